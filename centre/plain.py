"""What Django and the REST framework say of what cannot be read, in words that no programmer is needed for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from rest_framework import fields, relations, serializers

from centre.lines import UNREADABLE

NAMED, LIST, NOTHING = _("Send fields with their names here."), _("Send a list here."), _("There is nothing like this.")
NUMBER, LONG = _("Write a whole number, without quotation marks."), _("This is too long.")
MOMENT = _("Write a day and an hour that there is.")

PLAIN: dict[Any, dict[str, Any]] = {
    forms.CharField: {"null_characters_not_allowed": UNREADABLE},
    fields.Field: {"null": _("Write something here: null says nothing.")},
    fields.BooleanField: {"invalid": _("Write true or false.")},
    fields.CharField: {"invalid": _("Write text here.")},
    fields.IntegerField: {"invalid": NUMBER, "max_string_length": LONG},
    fields.FloatField: {"max_string_length": LONG, "overflow": LONG},
    fields.DecimalField: {"max_string_length": LONG},
    fields.DateField: {"datetime": _("Write a day, without an hour.")},
    fields.DateTimeField: {"date": _("Write the hour too."), "make_aware": MOMENT, "overflow": MOMENT},
    fields.MultipleChoiceField: {"not_a_list": LIST},
    fields.ListField: {"not_a_list": LIST},
    fields.DictField: {"not_a_dict": NAMED, "empty": NAMED},
    relations.PrimaryKeyRelatedField: {"does_not_exist": NOTHING, "incorrect_type": NOTHING},
    relations.SlugRelatedField: {"does_not_exist": NOTHING, "invalid": NOTHING},
    relations.ManyRelatedField: {"not_a_list": LIST},
    serializers.Serializer: {"invalid": NAMED},
    serializers.ListSerializer: {"not_a_list": LIST},
}
"""Of a kind of field, what is said instead, by the name of the mistake."""


def speak_plainly() -> None:
    """From now on every field of these kinds says it so."""
    for kind, messages in PLAIN.items():
        kind.default_error_messages = kind.default_error_messages | messages
