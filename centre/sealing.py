"""Text and files that lie in the database under a key that does not: what a stolen disk or a backup does not reveal."""

from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from django.utils.translation import gettext_lazy as _

from centre.refusals import Refusal


class SealBroken(Refusal):
    """No key of this machine opens what is sealed."""

    code = "seal_broken"
    message = _("These words are sealed with a key that this server does not have.")


class Unreadable(str):
    """Stands where words are sealed with a key that is not here, and says so; it is never written."""


def seal(words: str) -> str:
    """The words under the first key; nothing stays nothing."""
    return seal_bytes(words.encode()).decode()


def unseal(sealed: str) -> str:
    """The words, whichever of the keys they were sealed with. Refuses with SealBroken."""
    return unseal_bytes(sealed.encode()).decode()


def seal_bytes(content: bytes) -> bytes:
    """The bytes under the first key; none stay none."""
    return _keys().encrypt(content) if content else b""


def unseal_bytes(sealed: bytes) -> bytes:
    """The bytes, whichever of the keys they were sealed with. Refuses with SealBroken."""
    try:
        return _keys().decrypt(sealed) if sealed else b""
    except InvalidToken as error:
        raise SealBroken from error


def _keys() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.CASE_KEYS])


class SealedField(models.TextField):
    """A text that is sealed where it is kept; searching it finds nothing."""

    def get_prep_value(self, value: Any) -> Any:
        if isinstance(value, Unreadable):
            raise SealBroken
        return seal(super().get_prep_value(value) or "")

    def from_db_value(self, value: str, *_where: Any) -> str:
        try:
            return unseal(value)
        except SealBroken as broken:
            return Unreadable(broken)


class SealedBytes(models.BinaryField):
    """A file that is sealed where it is kept. Reading it refuses with SealBroken under another key: defer it."""

    def get_prep_value(self, value: Any) -> bytes:
        return seal_bytes(bytes(super().get_prep_value(value) or b""))

    def from_db_value(self, value: Any, *_where: Any) -> bytes:
        return unseal_bytes(bytes(value))


def seal_all_anew() -> int:
    """Seal whatever is sealed with the first key, all or nothing; how many texts and files. Refuses with SealBroken."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL reception.seals_anew = 'yes'")  # what else may never change lets this through
        return sum(_seal_column_anew(model, field.name) for model in apps.get_models() for field in _sealed(model))


def is_under_another_key() -> bool:
    """Whether a key is missing: the first and the last of what is sealed are tried, of each column."""
    columns = ((model, field.name) for model in apps.get_models() for field in _sealed(model))
    return any(_is_broken(*column, order) for column in columns for order in ("pk", "-pk"))


def _is_broken(model: type[models.Model], name: str, order: str) -> bool:
    rows = model._default_manager.exclude(**{name: ""}).order_by(order).values_list(name, flat=True)
    try:
        return isinstance(rows.first(), Unreadable)
    except SealBroken:
        return True


def _sealed(model: type[models.Model]) -> list[SealedField | SealedBytes]:
    return [field for field in model._meta.local_fields if isinstance(field, (SealedField, SealedBytes))]


def _seal_column_anew(model: type[models.Model], name: str) -> int:
    rows = model._default_manager.order_by("pk").values_list("pk", name)
    done = 0
    for key, said in rows.iterator(chunk_size=20):  # a file is some megabytes
        done += model._default_manager.filter(pk=key).update(**{name: said}) if said else 0
    return done
