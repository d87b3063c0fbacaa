"""Why the shelter may refuse."""

import uuid
from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from centre.refusals import Refusal
from shelter.hold_times import day_and_hour, hour_of


class PlaceTaken(Refusal):
    """Another desk gave the place away."""

    code = "place_taken"
    message = _("This place was just given to someone else. Nobody was moved: choose another.")


class UndoTooLate(Refusal):
    """What is to be undone is older than five minutes, or somebody else did it."""

    code = "undo_too_late"
    message = _("Only what you did yourself in the last five minutes can be undone. Nothing was changed.")


class UndoneBefore(Refusal):
    """All of it was undone already."""

    code = "undone_before"
    message = _("This was undone already.")


class UsedSince(Refusal):
    """More was recorded of the same people since."""

    code = "used_since"
    message = _("More was recorded of these people since. Nothing was undone: change it where they are now.")


class PlaceBlocked(Refusal):
    """The place is blocked."""

    code = "place_blocked"
    message = _("This place is already blocked.")


class NotEnoughPlaces(Refusal):
    """The rooms have fewer free places than there are people."""

    code = "not_enough_places"

    def __init__(self, free: int, needed: int) -> None:
        free_text = ngettext("%(free)d free place", "%(free)d free places", free) % {"free": free}
        super().__init__(
            ngettext(
                "%(free)s for %(needed)d person. Nobody was moved: choose another room or add one.",
                "%(free)s for %(needed)d people. Nobody was moved: choose another room or add one.",
                needed,
            )
            % {"free": free_text, "needed": needed}
        )


class AlreadyHoused(Refusal):
    """Somebody of the family already sleeps somewhere; in the very house, where and since when."""

    code = "already_housed"
    message = _("This family already has places. Move them instead.")

    def __init__(self, where: str = "", since: datetime | None = None) -> None:
        if since is None:
            super().__init__()
        elif where:
            told = gettext("They are checked in already: %(where)s, at %(at)s.")
            super().__init__(told % {"where": where, "at": hour_of(since)})
        else:
            super().__init__(gettext("They are checked in already, at %(at)s.") % {"at": hour_of(since)})


class AlreadyHeld(Refusal):
    """Places are held for somebody of the family already."""

    code = "already_held"
    message = _("Places are already held for this family. Release them first.")


class HoldEndsFirst(Refusal):
    """The hold would end before it begins."""

    code = "hold_ends_first"
    message = _("The hold must end later than now.")


class HoldTooLong(Refusal):
    """The hold would last longer than a place is held for who is expected."""

    code = "hold_too_long"
    message = _("A place is held for three days at most. Nothing was held: choose an earlier time.")


class RoomNameTaken(Refusal):
    """The site has a room of this name."""

    code = "room_name_taken"
    message = _("This site already has a room of this name. Nothing was changed.")


class RoomGiven(Refusal):
    """They sleep in a room that is known, or without a place."""

    code = "room_given"
    message = _("They have no place in a room that is to be divided. Nothing was changed: look where they sleep.")


class SeveralFamilies(Refusal):
    """People of more than one family would share a room, and nobody said so."""

    code = "several_families"
    message = _("These are more than one family. Nobody was given the room: say so if they share it.")


class HoldGone(Refusal):
    """The hold ended and its place is no longer free."""

    code = "hold_gone"
    message = _("The hold has ended and its place is no longer free. Place the family anew.")


class NotHeldThen(Refusal):
    """Nobody had promised the place at the hour of the check-in."""

    code = "not_held_then"

    def __init__(self, since: datetime) -> None:
        told = gettext("These places are held since %(at)s. Nobody was checked in: correct the hour.")
        super().__init__(told % {"at": day_and_hour(since)})


class NotANoShow(Refusal):
    """The hold runs still, was given back, or is off the list already, or on it again."""

    code = "not_a_no_show"
    message = _("The list has changed since: nobody was taken off it or put back. Look at it again.")


class StayEnded(Refusal):
    """The stay or hold ended already."""

    code = "stay_ended"
    message = _("This stay has already ended.")


class SiteDiffers(Refusal):
    """The rooms belong to different sites."""

    code = "site_differs"
    message = _("All rooms must be at one site.")


class NobodyToPlace(Refusal):
    """The family has no member who needs a place."""

    code = "nobody_to_place"
    message = _("Nobody of this family needs a place.")


class NotWaiting(Refusal):
    """The family is on no waiting list."""

    code = "not_waiting"
    message = _("This family does not wait for a place. Nothing was recorded.")


class OpeningSpent(Refusal):
    """The site is open to others for fewer places than are asked for."""

    code = "opening_spent"

    def __init__(self, left: int, needed: int) -> None:
        left_text = ngettext("%(left)d place", "%(left)d places", left) % {"left": left}
        super().__init__(
            ngettext(
                "This site is open to other sites for %(left)s more, and %(needed)d person needs one. "
                "Nothing is held: choose another site, or ask them to open more.",
                "This site is open to other sites for %(left)s more, and %(needed)d people need one each. "
                "Nothing is held: choose another site, or ask them to open more.",
                needed,
            )
            % {"left": left_text, "needed": needed}
        )


class TooFewPlaces(Refusal):
    """More people sleep in the room, or are awaited there, than it would have places."""

    code = "too_few_places"
    message = _("People sleep here or are awaited: the room cannot have so few places. No place was taken away.")

    def __init__(self, asleep: int | None = None, held: int = 0) -> None:
        if asleep is None:
            super().__init__()
            return
        parts = []
        if asleep:
            parts.append(ngettext("%(count)d sleeps here", "%(count)d sleep here", asleep) % {"count": asleep})
        if held:
            said = ngettext("for %(count)d a place is held", "for %(count)d a place is held", held)
            parts.append(said % {"count": held})
        told = {"who": ", ".join(parts), "least": asleep + held}
        super().__init__(gettext("%(who)s: the room can have no fewer than %(least)d. Nothing was changed.") % told)


class TooManyPlaces(Refusal):
    """The room has as many places as a room may have."""

    code = "too_many_places"

    def __init__(self, most: int) -> None:
        super().__init__(gettext("A room has at most %(most)d places. No bed was brought in.") % {"most": most})


class HouseWasUsed(Refusal):
    """Somebody was at the house, or a place was kept there: it is no mistake any more, and is closed as others are."""

    code = "house_was_used"
    message = _(
        "People were in this house or are on the way, places were held there, or others work there too. "
        "It is not taken back; ask for it to be closed."
    )


class HouseOfThatName(Refusal):
    """A house of this name is open in the marz already, and whoever begins one may know of it."""

    code = "house_of_that_name"

    def __init__(self, house: str) -> None:
        super().__init__(gettext("One of this name is open already: %(house)s. Begin another one?") % {"house": house})


class PlaceGone(Refusal):
    """The place was taken away."""

    code = "place_gone"
    message = _("This place was taken away. Nothing was changed: reload the page.")


class BlockEndsFirst(Refusal):
    """The block would end before it begins."""

    code = "block_ends_first"
    message = _("The places must stay blocked until later than now. Nothing was blocked.")


class NothingChanged(Refusal):
    """The room is so already."""

    code = "nothing_changed"
    message = _("The room is so already. Nothing was changed.")


class StillUndivided(Refusal):
    """Places are to be a room of their own that is to be divided itself."""

    code = "still_undivided"
    message = _("What is parted off is a room, a tent, a hall or a container. Nothing was divided: choose which.")


class NoBaby(Refusal):
    """Somebody of two or older is to share a bed."""

    code = "no_baby"
    message = _("Only a child under two can sleep without a place of its own. Nobody was moved.")


class BabyAlone(Refusal):
    """A child under two would be without a place, and nobody who looks after it in the room."""

    code = "baby_alone"
    message = _(
        "A baby without a place of its own sleeps in the room of who looks after it. Nobody was moved: "
        "choose one room for both, or give the baby a place."
    )


class SwapDoesNotFit(Refusal):
    """One family is more than the other's beds and what else is free in those rooms."""

    code = "swap_does_not_fit"

    def __init__(self, there: int, needed: int) -> None:
        said = ngettext(
            "The other rooms have beds for %(there)d, and %(count)d person would come.",
            "The other rooms have beds for %(there)d, and %(count)d people would come.",
            needed,
        )
        told = said % {"there": there, "count": needed}
        super().__init__(told + " " + gettext("Nobody was moved: swap with a family of the same size."))


class SwapWithThemselves(Refusal):
    """Somebody stands on both sides of a swap."""

    code = "swap_with_themselves"
    message = _("A family swaps with another one, not with itself. Nobody was moved.")


class NotAsleepHere(Refusal):
    """Somebody who is said to be seen does not sleep in the house."""

    code = "not_asleep_here"
    message = _("Not all of them sleep in this house now. Nobody was ticked: reload the list.")


class RollCallOver(Refusal):
    """A later roll call has begun."""

    code = "roll_call_over"
    message = _("A later roll call has begun in this house. Nobody was ticked: go on there.")


class SameFamily(Refusal):
    """A family is not kept apart from itself."""

    code = "same_family"
    message = _("This is one and the same family. Nothing was written.")


class AlreadyApart(Refusal):
    """The two are kept apart already."""

    code = "already_apart"
    message = _("These two families are already kept apart.")


class NotApart(Refusal):
    """They are not kept apart any more."""

    code = "not_apart"
    message = _("These two families are no longer kept apart.")


class NotInThisHouse(Refusal):
    """A family from which this one is kept apart has a bed or a hold in the house; who, is not said."""

    code = "not_in_this_house"
    message = _("This house is not for this family. Nobody was placed and nothing was held: choose another house.")


class CallWhoPlaces(Refusal):
    """The same, for a user who only checks in: about such a house they may not decide, whatever has happened."""

    code = "call_who_places"
    message = _(
        "This house is not for this family. Nobody was checked in: call the coordinator or the protection officer."
    )


class NoRoomSuits(Refusal):
    """A rule of a house that belongs to others forbids it; which rule, and because of whom, is said to nobody."""

    code = "no_room_suits"
    message = _("No room here suits them. Nothing is held: choose another house.")

    def __init__(self, tells_of: Iterable[uuid.UUID] = ()) -> None:
        super().__init__()
        self.tells_of = set(tells_of)


class WomenOnly(Refusal):
    """A man would sleep in a room for women only."""

    code = "women_only"
    message = _("Room %(room)s is for women only. Nobody was moved: choose another room.")

    def __init__(self, room: str) -> None:
        super().__init__(self.message % {"room": room})


class MenSleepHere(Refusal):
    """The room is to be for women only, and a man sleeps in it or is awaited there."""

    code = "men_sleep_here"
    message = _("Men sleep in this room or are awaited. Nothing was changed: give them other beds first.")


class NotTicked(Refusal):
    """Somebody whose tick is to be taken back has none."""

    code = "not_ticked"
    message = _("Not all of them are ticked now. Nothing was taken back: reload the list.")


class RollCallKept(Refusal):
    """The roll call began more than a day ago: its ticks stand."""

    code = "roll_call_kept"
    message = _("This roll call began more than a day ago and is kept as it is. Nothing was taken back.")


AGAINST_THE_HOUSE = (NotInThisHouse.code, WomenOnly.code)
"""What is refused by a rule of the house, and can have happened anyway."""
