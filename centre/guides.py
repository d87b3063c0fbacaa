"""What each role does, step by step: the help pages, and the sheet that lies on the desk."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from centre.access import Role


class Step(NamedTuple):
    """One thing to do, why or how, and the picture that shows it."""

    do: str | Promise
    how: str | Promise
    picture: str = ""


GUIDES: dict[str, tuple[Step, ...]] = {
    Role.VOLUNTEER: (
        Step(
            _("Ask for the card"),
            _("Scan it or type its number. A family we know opens at once. No card? Begin with the names."),
            "intake",
        ),
        Step(
            _("Write everyone down"),
            _("One row a person. The family name carries down. An age or a year is enough."),
            "family-typed",
        ),
        Step(
            _("Ask who looks after each child"),
            _("Nobody, or a stranger? Say so on the form: a protection officer sees it at once. Stay with the child."),
        ),
        Step(
            _("Look at the matches"),
            _("A family that may be here already is shown below the names. Ask them before you choose."),
        ),
        Step(
            _("Say where they go, then register"),
            _("Call families by number, never by name. Give them their card. Everything here is free."),
        ),
        Step(
            _("At the gate, pre-register"),
            _("Scan a card, then: how many, which ages, what is urgent. Names come later."),
            "gate",
        ),
    ),
    Role.AID_VOLUNTEER: (
        Step(_("Choose the distribution"), _("Once a shift. It stays chosen until you change it.")),
        Step(_("Scan or type the card"), _("Nothing needs to be clicked first: the field is always ready."), "scan"),
        Step(
            _("Green: give what is written"),
            _("Then press Enter. You can undo a mistake within a minute."),
            "scan-give",
        ),
        Step(
            _("Red: do not give"),
            _("Explain the reason kindly. Then send the family to the coordinator."),
            "scan-stop",
        ),
    ),
    Role.RECEPTIONIST: (
        Step(
            _("Scan the card of who comes"),
            _("Or type its number. The page says in which room places are held for them. Then press Check in."),
            "door",
        ),
        Step(
            _("Say the room and how many they are"),
            _("Both stand above the page. No rooms are known yet? Type the number of the room you give them."),
        ),
        Step(
            _("Not expected? Ask the coordinator"),
            _("You give no places by yourself. Let the family sit down, and call the coordinator."),
        ),
        Step(
            _("Somebody leaves: press their number"),
            _("Tick who goes and say where to. Their beds are free from then on."),
        ),
        Step(
            _("Call the roll in the evening"),
            _("Scan each card, or tick the name. Who was not seen stays on the list, with since when."),
        ),
    ),
    Role.COORDINATOR: (
        Step(_("See who waits"), _("Urgent needs and the longest waits come first, with the reason."), "shelter"),
        Step(
            _("Choose a family, then a room"),
            _("The best rooms come first: place them or hold places. For a child alone, call a protection officer."),
            "shelter-family",
        ),
        Step(
            _("No room here? Hold elsewhere"),
            _(
                "In houses open to you; or begin one with a phone call. "
                "Each house checks in and is called in the evening."
            ),
        ),
        Step(
            _("Plan the whole list"),
            _("Tick the houses: each family gets rooms by turn, at once. Nobody is placed before you confirm."),
            "plan",
        ),
        Step(
            _("Fill the buses"),
            _(
                "From held places, families together. Who gets on and off is read by card; "
                "the driver sees numbers alone."
            ),
            "bus",
        ),
        Step(
            _("Look at tonight"),
            _("Promised, told by telephone, on the way, inside: house by house. Call those that were not told."),
            "tonight",
        ),
        Step(
            _("Check in who arrives"),
            _(
                "At the house's own page, by card; there is the roll call too. "
                "A hold that runs out gives its places back."
            ),
            "door",
        ),
        Step(
            _("Record who leaves"),
            _("In the family's file: where they go, and when. Leaving for their own address ends the stay."),
            "family",
        ),
        Step(
            _("Print cards, and new ones for those lost"),
            _("Print packs in advance, or one card from the family's file. The old card then stops working."),
        ),
        Step(
            _("Settle what two desks recorded differently"),
            _("Likely duplicates are shown side by side. A merge can be undone at any time."),
        ),
    ),
    Role.PROTECTION: (
        Step(_("Begin with the urgent"), _("Take a case: it is yours, and the others read so."), "cases"),
        Step(
            _("Write down what you know and what is next"),
            _("One page a case, with its letters. Nothing is edited: a step takes a step back."),
            "case",
        ),
        Step(
            _("Meet the child today"),
            _("Tick the safe place: then a bed is given. Keep brothers and sisters together."),
        ),
        Step(_("Take the round with you"), _("What is due today and tomorrow, room by room, on paper or phone.")),
        Step(_("Look for relatives"), _("A likely match is told to you alone. Both sides must agree to contact.")),
        Step(_("Close the case with how it ended"), _("Two of you hand a child over. A closed case can go on.")),
    ),
    Role.OFFICIAL: (
        Step(_("Read the figures with their times"), _("Each figure is its own. They are never added up."), "board"),
        Step(
            _("Open the day"), _("The balance says who came and went. A difference is shown, never hidden."), "census"
        ),
        Step(_("Download the file"), _("Counts only, no names. It says who made it, when and why.")),
    ),
    Role.AUDITOR: (
        Step(
            _("Read the census and its balance"),
            _("A snapshot never changes. Late reports have a line of their own."),
            "census",
        ),
        Step(_("Check who may do what"), _("One table says what each role may see and do."), "access"),
    ),
    Role.ADMINISTRATOR: (
        Step(
            _("Set up sites and staff"),
            _("Give each person a role at a site, until a day. Volunteers' accounts expire."),
            "settings",
        ),
        Step(_("Look at what is wrong, every morning"), _("Each problem is explained, with what to do.")),
        Step(_("Keep the backup key away from the machine"), _("Try a restore before you need one.")),
    ),
    Role.SERVICE: (
        Step(_("Read what is offered to you"), _("The newest stands first. You see what the officer wrote for you.")),
        Step(
            _("Accept or decline"),
            _("Accept with a time, or say why not. The officer reads it at once."),
        ),
        Step(_("Say whether the person came, and what came of it"), _("Then it is closed for you.")),
    ),
}


def picture_of(name: str, language: str) -> str:
    """The static file of a picture in a language; `make pictures` takes them."""
    return f"centre/help/{language[:2]}/{name}.webp"
