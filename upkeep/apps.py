"""The app is known to Django."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class UpkeepConfig(AppConfig):
    """Backups, watching, and who may do what in the database."""

    name = "upkeep"

    def ready(self) -> None:
        from upkeep.rights import grant_rights  # noqa: PLC0415 - the models are there only now

        post_migrate.connect(grant_rights, sender=self)
