"""What a desk may choose from: districts, sexes, age groups, ways, relationships."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class District(models.TextChoices):
    """Districts of last residence; the codes are our own and name no country."""

    STEPANAKERT = "STE", _("Stepanakert")
    ASKERAN = "ASK", _("Askeran")
    MARTAKERT = "MTK", _("Martakert")
    MARTUNI = "MTN", _("Martuni")
    SHUSHI = "SHU", _("Shushi")
    HADRUT = "HAD", _("Hadrut")
    KASHATAGH = "KSH", _("Kashatagh")
    SHAHUMYAN = "SHA", _("Shahumyan")


class Sex(models.TextChoices):
    FEMALE = "F", _("female")
    MALE = "M", _("male")
    OTHER = "X", _("other")


class AgeGroup(models.TextChoices):
    """UNHCR's cohorts."""

    FROM_0 = "0-4", "0-4"
    FROM_5 = "5-11", "5-11"
    FROM_12 = "12-17", "12-17"
    FROM_18 = "18-59", "18-59"
    FROM_60 = "60+", "60+"


class Going(models.TextChoices):
    """Where a family says it goes when it is registered."""

    SHELTER = "shelter", _("Shelter wanted")
    OWN_ADDRESS = "own_address", _("Own address or relatives")
    STAYS = "stays", _("Stays here")


class Relationship(models.TextChoices):
    """What a member is to the head of the household; our own list."""

    HEAD = "head", _("head")
    SPOUSE = "spouse", _("spouse or partner")
    SON = "son", _("son")
    DAUGHTER = "daughter", _("daughter")
    PARENT = "parent", _("parent")
    SIBLING = "sibling", _("brother or sister")
    GRANDPARENT = "grandparent", _("grandparent")
    GRANDCHILD = "grandchild", _("grandchild")
    PARENT_IN_LAW = "parent_in_law", _("parent-in-law")
    CHILD_IN_LAW = "child_in_law", _("son- or daughter-in-law")
    AUNT_UNCLE = "aunt_uncle", _("aunt or uncle")
    NIECE_NEPHEW = "niece_nephew", _("niece or nephew")
    COUSIN = "cousin", _("cousin")
    OTHER_RELATIVE = "other_relative", _("other relative")
    FOSTER = "foster", _("foster child or child in their care")
    NOT_RELATED = "not_related", _("not related")
