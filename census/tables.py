"""The census as tables: the same for every format, with HXL 1.1 hashtags under the headings."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from census.balance import LINES
from census.cuts import Cut, Part, name_of_part
from census.profiles import SMALL, Profile, PublicTally, for_the_public
from census.reading import (
    COHORTS,
    SEXES,
    PlaceRow,
    read_figures,
    read_places,
    read_revised,
    read_total,
    read_whereabouts,
    revised_lines,
)
from centre.models import Marz
from centre.sheets import Column, Table, Value
from registrations.models import Sex

WIDE, NAME = 18, 34  # characters
NOT_SHOWN = "not_shown"
"""The key of the line that holds all people of places whose own number is hidden."""
SEX_TAG = {"F": "+f", "M": "+m", "X": "+i", "": "+sex_unknown"}


@dataclass(frozen=True)
class About:
    """Where a file comes from: the operation, who made it, when, why and for whom, and what it counts.

    `by` is empty where the file does not say it: the public learns no name of the staff.
    """

    operation: str
    purpose: str
    profile: Profile
    by: str
    made_at: datetime
    why: str
    at: datetime
    known_at: datetime
    revision: int | None  # of the snapshot; None where it was counted now
    seal: str


def official_tables(tally: dict[str, Any], at: datetime, revision: int | None) -> list[Table]:
    """Every place with its people and its balance; all of them together; the figures; where the registered are.

    Of a revision also what was learnt since the one before.
    """
    places, total = read_places(tally), read_total(tally)
    tables = [_places("places", _("Sites"), places, total)]
    if total:
        tables.append(_places("total", _("Total"), [total], total))
    if revision and revision > 1:
        tables.append(_revised(tally, revision))
    return [*tables, *([_figures(tally["figures"], at)] if tally.get("figures") else [])]


def public_tables(tally: dict[str, Any], at: datetime) -> list[Table]:
    """Places with their people, people by sex and age, all together, the headline figures: small numbers empty."""
    shown = for_the_public(tally)
    people = [_public_people(shown), _public_cohorts(shown)] if shown.people else []
    return [_public_places(tally, shown), *people, _public_figures(shown, tally["figures"], at)]


def about_columns(about: About) -> tuple[list[tuple[Column, Value]], list[tuple[Column, Value]]]:
    """What stands in every row of a file that is one table: its instants before, its origin after the row's own."""
    before: list[tuple[Column, Value]] = [
        (Column("as_of", _("As of"), "#date+occurred", WIDE), about.at),
        (Column("known_at", _("As known at"), "#date+reported", WIDE), about.known_at),
        (Column("revision", _("Revision"), "#meta+revision"), about.revision),
    ]
    after: list[tuple[Column, Value]] = [
        (Column("operation", _("Programme"), "#meta+operation", NAME), about.operation),
        (Column("purpose", _("Purpose"), "#meta+purpose", WIDE), about.purpose),
        (Column("profile", _("Made for"), "#meta+profile", WIDE), str(about.profile.label)),
        *([(Column("made_by", _("Made by"), "#meta+author", NAME), about.by)] if about.by else []),
        (Column("made_at", _("Made at"), "#meta+made_at", WIDE), about.made_at),
        (Column("why", _("Why"), "#meta+why", NAME), about.why),
        (Column("seal", _("Seal of the log"), "#meta+seal", WIDE), about.seal),
    ]
    return before, after


def about_table(about: About) -> Table:
    """The same as a sheet of its own, in words."""
    before, after = about_columns(about)
    rows: list[tuple[Value, Value]] = [(column.heading, value) for column, value in (*before, *after)]
    state = _("Frozen: this never changes.") if about.revision else _("Counted now: it changes with every new entry.")
    rows.append((_("State"), state))
    if about.profile == Profile.PUBLIC:
        hidden = _("Numbers below %(small)d, and any that would reveal them.") % {"small": SMALL}
        rows.append((_("Empty cells"), hidden))
    else:
        marked = _("Numbers below %(small)d can point at a person: do not publish them.") % {"small": SMALL}
        rows.append((_("Too small to publish"), marked))
    columns = [Column("what", _("What"), "", WIDE), Column("value", _("Value"), "", 2 * NAME)]
    return Table("about", _("About"), columns, rows)


def _places(key: str, title: str, places: list[PlaceRow], total: PlaceRow | None) -> Table:
    words = dict(Sex.choices)
    cells = [(sex, cohort) for sex in SEXES for cohort in COHORTS]
    columns = [
        *_place_columns(),
        Column("persons", _("People"), "#affected+ind", WIDE),
        *(
            Column(
                f"{sex or 'unknown_sex'}_{cohort or 'unknown_age'}",
                f"{words.get(sex, _('not said'))} {cohort or _('age not known')}",
                f"#affected{SEX_TAG[sex]}+{_age_tag(cohort)}",
            )
            for sex, cohort in cells
        ),
        *(Column(line, str(word), f"#indicator+{line}", WIDE) for line, word in LINES.items()),
        Column("adds_up", _("Adds up"), "#indicator+adds_up"),
        Column("small", _("Too small to publish"), "#meta+small", NAME),
        _all_people(),
    ]
    everybody = total.lines["closing"] if total else None
    counted = columns[len(_place_columns()) :][: 1 + len(cells)]

    def whole(row: PlaceRow) -> list[Value]:
        people = [row.lines["closing"], *(row.people.get(sex, {}).get(cohort, 0) for sex, cohort in cells)]
        lines = [row.lines[line] for line in LINES]
        return [*_place(row), *people, *lines, row.difference == 0, _small(counted, people), everybody]

    return Table(key, title, columns, map(whole, places), 2)


def _revised(tally: dict[str, Any], revision: int) -> Table:
    lines = revised_lines(revision)
    columns = [*_place_columns(), *(Column(line, str(word), f"#indicator+{line}", WIDE) for line, word in lines)]
    rows = [[*_place(row), *(row.lines[line] for line, _word in lines)] for row in read_revised(tally)]
    return Table("revised", _("What changed"), columns, rows, 2)


def cut_table(by: Cut, parts: Iterable[Part]) -> Table:
    """Those present and on the way, told apart: a row a part; few people with a need are left empty."""
    columns = [
        Column("value", str(by.label), "#meta+value", NAME),
        Column("people", _("People"), "#indicator+people", WIDE),
        Column("families", _("Families"), "#indicator+hh", WIDE),
    ]
    rows = [[name_of_part(by, part.value), part.people, part.households] for part in parts]
    return Table(f"by_{by.value}", str(by.label), columns, rows)


def _small(columns: Iterable[Column], people: Iterable[int]) -> str:
    """The columns whose number could point at somebody."""
    return "; ".join(column.heading for column, number in zip(columns, people, strict=True) if 0 < number < SMALL)


def _all_people() -> Column:
    """A column of its own for the total, so that the rows of people sum to it."""
    return Column("all_people", _("Total"), "#indicator+all_people", WIDE)


def _place_columns() -> list[Column]:
    return [
        Column("place", _("Code"), "#loc+code", WIDE),
        Column("name", _("Site"), "#loc+name", NAME),
        Column("kind", _("Kind"), "#loc+type", WIDE),
        Column("marz_code", _("Province code"), "#adm1+code", WIDE),
        Column("marz", _("Province"), "#adm1+name", WIDE),
        Column("p_code", _("P-code of the settlement"), "#loc+code+v_pcode", WIDE),
    ]


def _place(row: PlaceRow) -> list[Value]:
    site = row.site
    if site is None:
        return _no_place(row.key, str(row.name))
    return [row.key, site.name, site.get_kind_display(), site.marz, str(Marz(site.marz).label), site.p_code]


def _no_place(key: str, name: str) -> list[Value]:
    return [key, name, *("" for _column in _place_columns()[2:])]


def _figures(figures: Mapping[str, Any], at: datetime) -> Table:
    rows: Iterable[list[Any]] = (
        *([str(one.label), one.people, one.at] for one in read_figures(dict(figures), at)),
        [_("Vehicles at the gate"), figures["gate_vehicles"], at],
        [_("Pre-registered"), figures["pre_registered"], at],
        *([str(name), people, at] for name, people in read_whereabouts(dict(figures))),
    )
    return Table("figures", _("Figures"), _figure_columns(), rows)


def _figure_columns() -> list[Column]:
    return [
        Column("figure", _("Figure"), "#indicator+name", 2 * NAME),
        Column("people", _("People"), "#indicator+value", WIDE),  # these overlap: no tag to be summed
        Column("as_of", _("As of"), "#date+occurred", WIDE),
    ]


def _public_places(tally: dict[str, Any], shown: PublicTally) -> Table:
    columns = [*_place_columns(), Column("persons", _("People"), "#affected+ind", WIDE), _all_people()]
    total = read_total(tally)
    everybody = total.lines["closing"] if total else 0
    rows: list[list[Value]] = [[*_place(row), shown.places[row.key], everybody] for row in read_places(tally)]
    if rest := _rest(everybody, shown.places.values()):
        rows.append([*_no_place(NOT_SHOWN, _("Small numbers, together")), rest, everybody])
    return Table("places", _("Sites"), columns, rows, 2)


def _rest(total: int | None, shown: Iterable[int | None]) -> int | None:
    """What the hidden numbers come to together: no more than anybody can work out from what is shown."""
    return None if total is None else total - sum(people or 0 for people in shown)


def _public_people(shown: PublicTally) -> Table:
    words = dict(Sex.choices)
    rows: list[list[Value]] = [[str(words.get(sex, _("not said"))), *counts] for sex, counts in shown.people.items()]
    by_column = zip(*shown.people.values(), strict=True)
    rest = [_rest(total, counts) for total, counts in zip(shown.cohorts, by_column, strict=True)]
    if any(rest):
        rows.append([_("Small numbers, together"), *rest])
    return Table("people", _("Sex and age"), _people_columns(), rows)


def _public_cohorts(shown: PublicTally) -> Table:
    return Table("total", _("Total"), _people_columns(), [[_("Total"), *shown.cohorts]])


def _people_columns() -> list[Column]:
    return [
        Column("sex", _("Sex"), "#meta+sex", WIDE),
        *(
            Column(cohort or "unknown_age", cohort or _("age not known"), f"#affected+{_age_tag(cohort)}")
            for cohort in COHORTS
        ),
        Column("persons", _("Total"), "#affected+ind", WIDE),
    ]


def _public_figures(shown: PublicTally, figures: Mapping[str, Any], at: datetime) -> Table:
    words = read_figures(dict(figures), at)
    rows = [[str(word.label), people, word.at] for word, people in zip(words, shown.figures.values(), strict=True)]
    return Table("figures", _("Figures"), _figure_columns(), rows)


def _age_tag(cohort: str) -> str:
    return "age_" + cohort.replace("-", "_").replace("+", "_plus") if cohort else "age_unknown"
