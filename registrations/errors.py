"""Why registrations may refuse."""

from django.utils.translation import gettext_lazy as _

from centre.refusals import Refusal


class NotHere(Refusal):
    """Nobody of the household is at the site that wants to record their departure."""

    code = "not_here"
    message = _("This family is not recorded at this site.")


class AlreadyHere(Refusal):
    """Everybody named is at the site already."""

    code = "already_here"
    message = _("This family is already recorded here.")


class ToldElsewhere(Refusal):
    """Everybody of the family who is not at the site was told to be elsewhere, and nobody was named."""

    code = "told_elsewhere"
    message = _("They were recorded in different places. Nobody was moved: choose who of them is here.")


class NobodyBelongs(Refusal):
    """Everybody of the household was taken out of it, or left it for another."""

    code = "nobody_belongs"
    message = _("Nobody belongs to this family any more. Look at its history: they were removed or joined another one.")


class AlreadyRegistered(Refusal):
    """The card's family has its names taken already."""

    code = "already_registered"
    message = _("The names of this family are already entered: nobody is left to be named.")


class AlreadyVoided(Refusal):
    """The fact was voided before."""

    code = "already_voided"
    message = _("This was already corrected.")


class AlreadyWritten(Refusal):
    """A person is already written under the id that was sent."""

    code = "already_written"
    message = _("A person is already recorded under this id. Nothing was saved: make a new id.")


class OneHead(Refusal):
    """The household has a head already, or two were named."""

    code = "one_head"
    message = _("A family has one head. Nothing was saved: choose how the other person is related to the head.")


class AlreadyMerged(Refusal):
    """One of the two records is merged already."""

    code = "already_merged"
    message = _("One of these records is already merged.")


class NotMerged(Refusal):
    """The merge was undone before."""

    code = "not_merged"
    message = _("This merge was already undone.")


class CardTaken(Refusal):
    """The card was given to a family in the meantime."""

    code = "card_taken"
    message = _("This card was just given to another family. Take the next one.")


class NotSeenThere(Refusal):
    """Nobody noted that the household was seen at the site, or it was answered before."""

    code = "not_seen_there"
    message = _("This was already answered.")


class RecordClosed(Refusal):
    """Somebody who is named has died; raised to those who may know of it."""

    code = "record_closed"
    message = _("This person is recorded as having died. If that is wrong, undo that entry first.")


class LivedOn(Refusal):
    """Of two records that would be one person, one died before the other came to a site."""

    code = "lived_on"
    message = _(
        "One of the two records says that the person died, the other that they came to a site after that. "
        "Nothing was merged: take back the entry that is wrong first."
    )
    untold = _("What is recorded of these two cannot be of one person. Nothing was merged: ask a protection officer.")


class CameLater(Refusal):
    """The person came to a site after the hour at which they are said to have died."""

    code = "came_later"
    message = _("This person is recorded as having come to a site after that. Undo that first, or correct the hour.")


class NotTold(Refusal):
    """All who would arrive are where the user may not know that they are."""

    code = "not_told"
    message = _("Registered, not here. Ask a protection officer.")
    phrase = _("registered, not here: ask a protection officer")  # beside a name


class NeverWas(Refusal):
    """Nobody stands behind this record: it was taken out as a mistake."""

    code = "never_was"
    message = _("This person was removed as a mistake. Undo that first.")


class NoLongerMember(Refusal):
    """One who is named left the household in the meantime, or was taken out of it."""

    code = "no_longer_member"
    message = _("One of these people is no longer in this family. Open the family again.")


class SaidOtherwise(Refusal):
    """What is to be taken back was corrected again since: the later correction comes first."""

    code = "said_otherwise"
    message = _("This was changed again in the meantime. Look at the history first.")
