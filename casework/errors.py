"""Why casework may refuse."""

from collections.abc import Iterable

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from centre.refusals import Refusal


class AlreadyClosed(Refusal):
    """Someone closed the case before."""

    code = "already_closed"
    message = _("This case was already closed.")


class NotClosed(Refusal):
    """The case is open."""

    code = "not_closed"
    message = _("This case is open.")


class GoesOnElsewhere(Refusal):
    """The case of a merged record goes on in the one of the person."""

    code = "goes_on_elsewhere"
    message = _("This person has another open case of this kind: it goes on there.")


class AlreadyOpen(Refusal):
    """The person has an open case of this kind."""

    code = "already_open"
    message = _("This person has an open case of this kind already.")


class AlreadyTaken(Refusal):
    """Somebody else follows the case."""

    code = "already_taken"
    message = _("Somebody else follows this case.")


class NotAskedByAnother(Refusal):
    """Two members of staff hand a child to somebody: one asks, another agrees."""

    code = "not_asked_by_another"
    message = _("Two of you hand a child over: a colleague must first write to whom, and what they saw.")
    asked_yourself = _("You asked for it yourself: a colleague must agree, by closing the case.")


class StillOpen(Refusal):
    """Something is to be done in the case, or a service was asked, and nobody has said how that ended."""

    code = "still_open"
    asked = _("Still open. Nothing was closed: end it first, or say why it is closed all the same.")

    def __init__(self, what: Iterable[str]) -> None:
        self.what = list(what)
        told = gettext("Still open: %(what)s. Nothing was closed: end it first, or say why it is closed all the same.")
        super().__init__(told % {"what": "; ".join(self.what)})


class NobodyCares(Refusal):
    """A case would end with the child back in its family, where nobody is recorded as its carer."""

    code = "nobody_cares"
    message = _("Nobody of its family looks after this child, as was said at the desk. Correct that first.")


class NoDeathRecorded(Refusal):
    """A case would end because the person died, and no death is recorded."""

    code = "no_death_recorded"
    message = _("No death of this person is recorded. Record the death first.")


class AboutSomethingElse(Refusal):
    """What was planned would be done as something else."""

    code = "about_something_else"
    message = _("This was planned about something else. Write it down by itself.")


class PlaceNotNamed(Refusal):
    """A child has a safe place for tonight, and it is not said which."""

    code = "place_not_named"
    message = _("Write which place is safe for tonight.")


class StepTakenBack(Refusal):
    """The step was taken back, or done, before."""

    code = "step_taken_back"
    message = _("This step was already done or taken back.")


class StepStays(Refusal):
    """The step cannot be taken back by itself."""

    code = "step_stays"
    message = _("Only what is known, to do or done can be taken back.")


class FollowsNoCases(Refusal):
    """The person to whom a case would be handed follows no cases where it is."""

    code = "follows_no_cases"
    message = _("This person follows no cases at this place.")


class ChildApart(Refusal):
    """A child would be where none of its carers is."""

    code = "child_apart"
    message = _("A child would be without who looks after it. Nothing was changed: ask a protection officer.")


class ChildAmongStrangers(Refusal):
    """A child would sleep in a room with others and without anybody who looks after it."""

    code = "child_among_strangers"
    message = _("A child would sleep among strangers. Choose other rooms, or ask a protection officer.")


class OfficerFirst(Refusal):
    """A child after whom nobody of its family looks would be given a bed."""

    code = "officer_first"
    message = _(
        "Nobody of its family looks after this child: a protection officer must first say that the place is safe."
    )
    on_duty = _("On duty: %(who)s.")
    nobody_on_duty = _("Nobody is on duty here: call a protection officer of another site, or an administrator.")

    def __init__(self, who: str = "") -> None:
        called = self.on_duty % {"who": who} if who else self.nobody_on_duty
        super().__init__(f"{self.message} {called}")


class ChildAlone(Refusal):
    """The record of a child without its parents, which a protection officer follows."""

    code = "child_alone"
    message = _("This child has no parent here: a protection officer decides.")


class SearchEnded(Refusal):
    """The search for this person has ended."""

    code = "search_ended"
    message = _("The search for this person has already ended.")


class AnsweredOtherwise(Refusal):
    """What is answered about a match cannot follow what was answered."""

    code = "answered_otherwise"
    message = _("This does not follow from the last answer. Read it again.")


class NotAgreed(Refusal):
    """One of the two does not agree to contact, or was not asked."""

    code = "not_agreed"
    message = _("Contact is made only when both agree. Ask who seeks first.")


class AlreadyOffered(Refusal):
    """This matter was offered to the service, and the offer is open."""

    code = "already_offered"
    message = _("This is already offered to that service.")


class ServiceEnded(Refusal):
    """The service is not there any more."""

    code = "service_ended"
    message = _("This service is closed. Choose another.")


class ServiceFull(Refusal):
    """The service takes no more people on that day."""

    code = "service_full"
    message = _("This service has no place left on that day. Choose another day.")


class ReferralEnded(Refusal):
    """The offer was declined, ended or taken back before."""

    code = "referral_ended"
    message = _("This offer has already ended.")


class AlreadyAccepted(Refusal):
    """The service has accepted before."""

    code = "already_accepted"
    message = _("This was already accepted.")


class NotAccepted(Refusal):
    """The service has not accepted yet."""

    code = "not_accepted"
    message = _("The service must accept first.")


class NoTransport(Refusal):
    """Nobody asked for a car or an ambulance."""

    code = "no_transport"
    message = _("No car or ambulance was asked for.")


class NotOutside(Refusal):
    """The account of a service is one that opens nothing else."""

    code = "not_outside"
    message = _("Only who has the role of an outside service, and no other, can answer for one.")


class LetterGone(Refusal):
    """What was kept is gone: the case's time is over, or it was taken back."""

    code = "letter_gone"
    message = _("This letter is gone: it was taken back, or the case was closed long ago.")
