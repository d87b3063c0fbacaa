"""What the intake and its correction ask alike: of a family, and of a person."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from centre.lines import LineField
from centre.models import Marz
from desk.fields import BirthField, NameField, PhoneField
from registrations.choosing import PersonChoice
from registrations.models import District, Going, Relationship, Sex


class FamilyFields(forms.Form):
    """What a family says of itself as a whole."""

    last_residence_district = forms.ChoiceField(
        label=_("Home district"), choices=[("", _("not said")), *District.choices], required=False
    )
    last_residence_settlement = LineField(label=_("Town or village"))
    phone = PhoneField(label=_("Telephone"))
    second_phone = PhoneField(label=_("Second number"))
    language = forms.ChoiceField(
        label=_("Language"), choices=[("", _("not said")), *settings.LANGUAGES], required=False
    )
    original_registration_district = forms.ChoiceField(
        label=_("Earlier registered address: district"),
        choices=[("", _("the same")), *District.choices],
        required=False,
    )
    original_registration_settlement = LineField(label=_("Earlier registered address"))
    vehicle = LineField(label=_("Vehicle"), max_length=40)
    going = forms.ChoiceField(
        label=_("Where do they go?"), choices=Going, widget=forms.RadioSelect, initial=Going.SHELTER
    )
    destination_marz = forms.ChoiceField(label=_("Marz"), choices=[("", _("not known")), *Marz.choices], required=False)


class PersonFields(forms.Form):
    """What is said of one person."""

    family_name = NameField(label=_("Family name"))
    given_name = NameField(label=_("Given name"))
    fathers_name = NameField(label=_("Father's name"))
    sex = forms.ChoiceField(label=_("Sex"), choices=[("", ""), *Sex.choices], required=False)
    birth = BirthField(label=_("Born, or age"))
    relationship = forms.ChoiceField(
        label=_("Relation to head"), choices=[("", ""), *Relationship.choices], required=False
    )
    carer = PersonChoice(label=_("Who looks after this child?"), required=False)
