from django.apps import AppConfig


class CentreConfig(AppConfig):
    """The ground every other app stands on."""

    name = "centre"

    def ready(self) -> None:
        from centre import accounts  # noqa: F401, PLC0415 - connects the sign-in log once apps are ready
