"""Why a desk may refuse."""

import uuid
from collections.abc import Iterable

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from centre.refusals import Refusal, TooMany


class CarerMissing(Refusal):
    """A child who is not son or daughter of the head needs an answer: who looks after this child?

    `children` are those of them who are written already; machines read them as `individuals`.
    """

    code = "carer_missing"
    message = _("Say who looks after this child.")

    def __init__(self, children: Iterable[uuid.UUID] = ()) -> None:
        super().__init__()
        self.children = list(children)
        if self.children:
            self.beside = {"individuals": [str(child) for child in self.children]}


class NotNewborn(Refusal):
    """A birth of somebody who was not born in these days, or who is to the head what no newborn child is."""

    code = "not_newborn"
    message = _("Only for a child born in the last seven days. Enter the day of birth.")


class NotTheMother(Refusal):
    """The mother who was named is no woman of the household."""

    code = "not_the_mother"
    message = _("Choose a woman of this family.")


class NotPlanned(Refusal):
    """A child would go, or be left, without who looks after it, and no protection officer agreed."""

    code = "child_departs"
    message = _(
        "A child would go, or stay, without who looks after it: a protection officer must agree. "
        "Record it as already happened, or ask."
    )


class BedsBecomeFree(Refusal):
    """Those who would arrive sleep elsewhere; said again with `beds_become_free`, they are here and not there."""

    code = "beds_become_free"

    def __init__(self, houses: Iterable[str]) -> None:
        said = gettext("They sleep in %(houses)s, and their beds there would become free. Nothing was saved: is it so?")
        super().__init__(said % {"houses": ", ".join(houses)})


class NoDeath(Refusal):
    """No death of the person is recorded."""

    code = "no_death"
    message = _("No death of this person is recorded.")


class FamilyToldAlready(Refusal):
    """It is recorded already that the family was told."""

    code = "family_told_already"
    message = _("It is already recorded that the family was told.")


class FamilyNotTold(Refusal):
    """Nothing is recorded that could be taken back: the family was not told of the death."""

    code = "family_not_told"
    message = _("It is not recorded that the family was told.")


class NotAHospital(Refusal):
    """Somebody is sent to a hospital that is none."""

    code = "not_a_hospital"
    message = _("This place is not a hospital. Record a departure instead.")


class NotInHospital(Refusal):
    """Somebody who is to be back from hospital is recorded elsewhere, where the user may know of it."""

    code = "not_in_hospital"
    message = _("This person is not recorded in a hospital. Record their arrival instead.")


class CardNeeded(Refusal):
    """A family is said to be another's match, and neither its card nor birth date and father's name show it."""

    code = "card_needed"
    message = _("Type the number of their card: birth date and father's name do not agree.")


class NotProven(Refusal):
    """What was said of the family is not so of the one with this number."""

    code = "not_proven"
    message = _("This does not agree with the family of this number. Ask for their card.")


class ReadInEmergency(Refusal):
    """Who opened the family in an emergency knows what only the family can say."""

    code = "read_in_emergency"
    message = _("You read their file in an emergency. Now only their card opens it, or its nine digits.")


class TooManyTries(TooMany):
    """The user said three times within an hour what was not so of a family."""

    code = "too_many_tries"
    message = _("Three attempts did not agree. Ask a coordinator, or wait an hour.")


class AskCoordinator(Refusal):
    """What another desk wrote, or what was written before today, is corrected by who supervises it."""

    code = "ask_coordinator"
    message = _("Your desk did not write this today. Ask a coordinator to correct it.")


class ReasonMissing(Refusal):
    """A correction that matters later says why."""

    code = "reason_missing"
    message = _("Say why: whether somebody is a child, their sex, or a name that a document shows matters later.")


class HeadMissing(Refusal):
    """A family without a head: nobody was named in place of the one."""

    code = "head_missing"
    message = _("A family has a head. Choose who is the head now.")


class HeadNameless(Refusal):
    """Somebody without a name is to be head of a family in which others have one."""

    code = "head_nameless"
    message = _("This person has no name yet. Enter their name first, or choose somebody who has one.")


class NeedsHidden(Refusal):
    """Whoever is not shown the person's needs ends none of them, and adds no other than a desk may pick."""

    code = "needs_hidden"
    message = _("You cannot see what this person needs. Ask a coordinator.")


class AlreadySettled(Refusal):
    """Somebody decided between the two before."""

    code = "already_settled"
    message = _("This was already decided.")


class NothingToUndo(Refusal):
    """The act said nothing of people that still stands."""

    code = "nothing_to_undo"
    message = _("There is nothing left to take back.")
