"""What a matter can be, how soon somebody has to look, and how it can end: the words of casework."""

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What a matter is about; of each there is one open for a person."""

    CHILD_PROTECTION = "child_protection", _("Child protection")
    MEDICAL = "medical", _("Medical")
    OLDER_PERSON = "older_person", _("Older person")
    DISABILITY = "disability", _("Disability")
    TRACING = "tracing", _("Looking for relatives")
    DOCUMENTS = "documents", _("Documents")
    PRIVATE_TALK = "private_talk", _("Wants a private talk")
    OTHER = "other", _("Other matter")


class Urgency(models.TextChoices):
    """How soon somebody has to look; in the order of the alphabet, which is that of the queue."""

    NOW = "now", _("now")
    TODAY = "today", _("today")
    WEEK = "week", _("this week")


class Reason(models.TextChoices):
    """Why a case was opened."""

    CHILD_ALONE = "child_alone", _("Child without a parent here")
    CHILD_LEFT = "child_left", _("Child has gone with another person")
    URGENT_NEED = "urgent_need", _("Urgent need")
    SEEN = "seen", _("Seen by somebody at a desk")
    ASKED = "asked", _("Asked for a private talk")
    OPENED = "opened", _("Opened by who follows cases")


class Outcome(models.TextChoices):
    """How a matter ended."""

    HELPED = "helped", _("Helped")
    REFERRED = "referred", _("A service has taken over")
    REUNITED = "reunited", _("With the family again")
    HANDED_OVER = "handed_over", _("Handed to a parent or carer")
    LEFT = "left", _("Left, and others follow it there")
    DECLINED = "declined", _("Did not want help")
    DIED = "died", _("The person died")
    MISTAKE = "mistake", _("Opened by mistake")
    OTHER = "other", _("Other end")


class Sign(models.TextChoices):
    """What a volunteer can see in a minute, without a word of their own."""

    WOUNDED = "wounded", _("Wounded or very ill")
    NEAR_BIRTH = "near_birth", _("Pregnant, and the birth is near")
    MEDICINE = "medicine", _("Needs medicine that runs out")
    CHILD_UNSAFE = "child_unsafe", _("A child seems afraid or is with strangers")
    OLD_ALONE = "old_alone", _("An older person has nobody")
    CANNOT_ALONE = "cannot_alone", _("Cannot move or manage alone")
    LOST_RELATIVE = "lost_relative", _("Is looking for a relative")
    PRIVATE_TALK = "private_talk", _("Asks for a private talk")


class Topic(models.TextChoices):
    """What a step is about, where that is one of the usual things."""

    VISIT = "visit", _("Visit")
    CALL = "call", _("Telephone call")
    APPOINTMENT = "appointment", _("Appointment")
    MEDICINE = "medicine", _("Medicine runs out")
    BIRTH = "birth", _("The birth is near")
    SAFE_PLACE = "safe_place", _("A safe place for tonight")
    SPOKE_ALONE = "spoke_alone", _("Spoke with the child alone")
    CARER_SEEN = "carer_seen", _("Carer's identity seen")
    SIBLINGS = "siblings", _("Brothers and sisters are together")
    RELATIVES = "relatives", _("Relatives are looked for")
    HEALTH = "health", _("Health looked at")
    WISHES = "wishes", _("The child said what they want")


LETTERS_KEPT = timedelta(days=90)  # after the case is closed

ERRANDS = (Topic.VISIT, Topic.CALL, Topic.APPOINTMENT, Topic.MEDICINE, Topic.BIRTH)
"""What is planned for a day, and done on a round through the houses."""

BEST_INTEREST = (
    Topic.SAFE_PLACE, Topic.SPOKE_ALONE, Topic.CARER_SEEN, Topic.SIBLINGS, Topic.RELATIVES, Topic.HEALTH, Topic.WISHES,
)  # fmt: skip
"""What is looked at for a child who is alone; an own list after the steps of best-interest procedures."""


OF_SIGN: dict[str, tuple[Kind, Urgency]] = {
    Sign.WOUNDED: (Kind.MEDICAL, Urgency.NOW),
    Sign.NEAR_BIRTH: (Kind.MEDICAL, Urgency.TODAY),
    Sign.MEDICINE: (Kind.MEDICAL, Urgency.TODAY),
    Sign.CHILD_UNSAFE: (Kind.CHILD_PROTECTION, Urgency.NOW),
    Sign.OLD_ALONE: (Kind.OLDER_PERSON, Urgency.TODAY),
    Sign.CANNOT_ALONE: (Kind.DISABILITY, Urgency.TODAY),
    Sign.LOST_RELATIVE: (Kind.TRACING, Urgency.TODAY),
    Sign.PRIVATE_TALK: (Kind.PRIVATE_TALK, Urgency.TODAY),
}
"""Which matter a sign opens, and how soon somebody has to look."""


class Consent(models.TextChoices):
    """Whether somebody agrees that the other is told where they are."""

    YES = "yes", _("agrees")
    NO = "no", _("does not agree")


class Answer(models.TextChoices):
    """What became of a likely match."""

    NOT_THEM = "not_them", _("It is somebody else")
    ASKED = "asked", _("It is them: they are asked")
    AGREES = "agrees", _("They agree to contact")
    DECLINES = "declines", _("They do not agree to contact")
    CONTACTED = "contacted", _("They are in contact")


MAY_FOLLOW: dict[str, frozenset[Answer]] = {
    "": frozenset({Answer.NOT_THEM, Answer.ASKED}),
    Answer.NOT_THEM: frozenset({Answer.ASKED}),
    Answer.ASKED: frozenset({Answer.NOT_THEM, Answer.AGREES, Answer.DECLINES}),
    Answer.AGREES: frozenset({Answer.NOT_THEM, Answer.DECLINES, Answer.CONTACTED}),
    Answer.DECLINES: frozenset({Answer.NOT_THEM, Answer.AGREES}),
    Answer.CONTACTED: frozenset(),
}
"""What may be answered about a match after what was."""


class SearchEnd(models.TextChoices):
    """How the search for a person ended."""

    FOUND = "found", _("Found")
    REUNITED = "reunited", _("Together again")
    WITHDRAWN = "withdrawn", _("No longer sought")
    DIED = "died", _("The sought person died")


class Help(models.TextChoices):
    """What a service offers."""

    MEDICAL = "medical", _("Medical care")
    CHILDREN = "children", _("Protection of children")
    TALK = "talk", _("Psychologist")
    RELATIVES = "relatives", _("Family links")
    DOCUMENTS = "documents", _("Documents")
    LEGAL = "legal", _("Legal advice")
    OTHER = "other", _("Other help")


class Transport(models.TextChoices):
    """What takes a person to a service, where they cannot go by themselves."""

    CAR = "car", _("Car")
    AMBULANCE = "ambulance", _("Ambulance")


class Declining(models.TextChoices):
    """Why a service declines."""

    FULL = "full", _("No place")
    NOT_OURS = "not_ours", _("They do not do this")
    NO_ANSWER = "no_answer", _("They cannot reach the person")
    UNWILLING = "unwilling", _("The person does not want it")
    OTHER = "other", _("Another reason")


class ReferralEnd(models.TextChoices):
    """How a referral ended."""

    DECLINED = "declined", _("declined")
    HELPED = "helped", _("there is a result")
    WITHDRAWN = "withdrawn", _("no longer offered")


class ReferralState(models.TextChoices):
    """How a referral stands, as its dates say."""

    OFFERED = "offered", _("waits for an answer")
    ACCEPTED = "accepted", _("accepted")
    CAME = "came", _("came")
    MISSED = "missed", _("did not come")
    DECLINED = "declined", _("declined")
    HELPED = "helped", _("there is a result")
    WITHDRAWN = "withdrawn", _("no longer offered")
