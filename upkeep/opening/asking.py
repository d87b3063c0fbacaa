"""Questions at a terminal: a field at a time, asked again until the answer can be."""

import getpass
from collections.abc import Callable

from django import forms
from django.core.exceptions import ValidationError

from centre.forms import SiteForm
from upkeep.opening.plan import (
    ROOM_FIELDS,
    SITE_FIELDS,
    FirstRooms,
    FirstSite,
    Wrong,
    read_account,
    read_operation,
    read_site,
)

PASSWORD = "password"
Say = Callable[[str], None]


def ask_operation(told: dict[str, str], say: Say) -> dict[str, str]:
    """Name, code and where to complain; what was told already is not asked."""
    questions = {
        "name": "Name of the operation",
        "code": "Code of four letters",
        "complaints_to": "Where people can complain, as every card says",
    }
    return _until_right(read_operation, told, questions, say)


def ask_account(told: dict[str, str], say: Say) -> dict[str, str]:
    """The administrator's account; the password is typed twice and not shown."""
    questions = {
        "username": "Administrator's user name",
        "first_name": "Given name",
        "last_name": "Family name",
        PASSWORD: "Password (not shown)",
    }
    return _until_right(read_account, told, questions, say)


def ask_sites(say: Say) -> list[FirstSite]:
    """The first sites, until an empty code."""
    sites: list[FirstSite] = []
    say("The first sites; more can be added later in Settings. An empty code ends the list.")
    while True:
        code = input(f"Site {len(sites) + 1}, code{'' if sites else ' (such as goris)'}: ").strip()
        if not code and sites:
            return sites
        if not code or code.lower() in {site.facts["code"] for site in sites}:
            say("  An operation needs at least one." if not code else "  This code stands above.")
        elif wrong := _why_not(SiteForm.base_fields["code"], code):  # at once, and not after nine questions
            say(f"  {wrong}")
        else:
            sites.append(_ask_site(code, say))


def _ask_site(code: str, say: Say) -> FirstSite:
    """The rest of a site; what was wrong of it is asked again, and what was right stands."""
    answers = {"code": code}
    fields = {**SiteForm.base_fields, **FirstRooms.base_fields}
    while True:
        for name in (*SITE_FIELDS[1:], *ROOM_FIELDS[:2]):
            if name not in answers and (name != "places" or answers["rooms"]):
                answers[name] = _ask_field(fields[name], say, required=name == "places")
        try:
            return read_site(answers, "this site")
        except Wrong as wrong:
            say(f"  {wrong}")
            for name in wrong.fields & answers.keys() or {*answers} - {"code"}:
                del answers[name]


def _why_not(field: forms.Field, answer: str) -> str:
    """What is wrong with an answer; empty when nothing is."""
    try:
        field.clean(answer)
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


def _ask_field(field: forms.Field, say: Say, *, required: bool = False) -> str:
    """One answer; a choice is named or numbered."""
    choices = [str(value) for value, _label in getattr(field, "choices", ())]
    if choices:
        listed = [f"{number} {label}" for number, (_v, label) in enumerate(field.choices, 1)]  # type: ignore[attr-defined]  # of choices
        say("  " + " · ".join(listed))
    hint = "" if required or field.required else f" ({field.help_text or 'may be empty'})"
    while True:
        answer = input(f"  {field.label}{hint}: ").strip()
        if answer.isdecimal() and 1 <= int(answer) <= len(choices):
            answer = choices[int(answer) - 1]
        wrong = _why_not(field, answer) or ("" if answer or not required else "Needed.")
        if not wrong:
            return answer
        say(f"  {wrong}")


def _ask_password(question: str, say: Say) -> str:
    while True:
        password = getpass.getpass(question)
        if getpass.getpass("The same once more: ") == password:
            return password
        say("  The two differ.")


def _until_right(
    read: Callable[[dict[str, str]], dict[str, str]], told: dict[str, str], questions: dict[str, str], say: Say
) -> dict[str, str]:
    """Ask what was not told, and again what was wrong of it, also of what the command line told; the rest stands."""
    answers = dict(told)
    while True:
        for name, question in questions.items():
            if name not in answers:
                asked = f"{question}: "
                answers[name] = _ask_password(asked, say) if name == PASSWORD else input(asked).strip()
        try:
            return read(answers)
        except Wrong as wrong:
            say(f"  {wrong}")
            for name in wrong.fields & questions.keys() or questions:
                answers.pop(name, None)
