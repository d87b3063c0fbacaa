"""Invented families, as a desk would write them down: for demonstrations, benchmarks and the replay.

Everybody here is invented; no list of real people was used. Document numbers begin with ZX, so that they are known
for what they are. Telephone numbers are drawn by chance and pass a check: never call one or send it a message.

Drawn after reports of 2023: 52 % women and girls, 31 % children, 18 to 20 % aged 60 and over (UNHCR Refugee
Response Plan, UNICEF appeal); about 2,000 of 100,000 pregnant (IFRC); 20 in 100,000 children alone (UNICEF). The
size of a household, 4.2 on average, is derived: 3.97 in a count of 2021, 4.75 people a vehicle at the bridge in
2023. The rest is a guess: ages of parents, needs, scripts, how often a name is misspelt.
"""

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from random import Random

from demonstration.kin import ADULT, Homes, Kin
from demonstration.mistakes import misspelt, wrong_date
from demonstration.settlements import LIVED_IN_2023, LOST_BEFORE, Settlement
from demonstration.spelling import (
    ARMENIAN,
    LATIN,
    RUSSIAN,
    genitive,
    patronymic,
    to_russian,
    written,
)

ARRIVALS_BEGAN_ON = dt.date(2023, 9, 24)
SCRIPT_SHARES = {ARMENIAN: 0.75, RUSSIAN: 0.15, LATIN: 0.10}
# Persons by marz in January 2024, all housing; Yerevan is the remainder of 108,000.
MARZ_WEIGHTS = {
    "AM-ER": 34460, "AM-KT": 22480, "AM-AR": 14653, "AM-AV": 9405, "AM-LO": 6290, "AM-AG": 4313,
    "AM-SH": 4111, "AM-GR": 4019, "AM-SU": 3740, "AM-TV": 2963, "AM-VD": 1566,
}  # fmt: skip


@dataclass(frozen=True)
class InventedMember:
    """One row of an intake as written at the desk; and beside it who it is, which no desk is told.

    `carer` is the id of a parent on the list, or one of relative, someone_else, nobody. `birth` holds what was said
    of the birth: one of birth_date, birth_year, age. `person` stays the same when a family is written down again;
    `parents` are persons too, and may not be on the list.
    """

    id: uuid.UUID
    given_name: str
    family_name: str
    fathers_name: str
    sex: str
    birth: dict[str, str | int]
    relationship: str
    carer: str
    needs: tuple[str, ...]
    documents: tuple[dict[str, str], ...]
    person: uuid.UUID
    born: dt.date
    age: int
    parents: tuple[uuid.UUID, ...]
    mistaken: bool = False

    def as_row(self) -> dict[str, object]:
        """The row as the API takes it."""
        row: dict[str, object] = {
            "id": str(self.id),
            "given_name": self.given_name,
            "family_name": self.family_name,
            "sex": self.sex,
            **self.birth,
            "relationship": self.relationship,
            "needs": list(self.needs),
            "documents": [dict(document) for document in self.documents],
        }
        if self.fathers_name:
            row["fathers_name"] = self.fathers_name
        if self.carer:
            row["carer"] = self.carer
        return row


@dataclass(frozen=True)
class InventedFamily:
    """A family at a desk, in the one script the desk writes; `kin` is who they are, in Armenian."""

    seed: str
    script: str
    members: tuple[InventedMember, ...]
    kin: tuple[Kin, ...] = field(compare=False, repr=False)
    last_residence: Settlement
    original_registration: Settlement
    phones: tuple[str, ...]
    languages: tuple[str, ...]
    vehicle: str
    going: str
    destination_marz: str

    def as_intake(
        self, *, id: uuid.UUID | str, at: dt.datetime, site: str, card: str = "", more: bool = False
    ) -> dict[str, object]:
        """The body of one `POST /api/v1/intakes/`; `more` adds origin, languages and vehicle."""
        body: dict[str, object] = {
            "id": str(id),
            "at": at.isoformat(),
            "site": site,
            "last_residence": self._place(self.last_residence),
            "phones": list(self.phones),
            "going": self.going,
            "members": [member.as_row() for member in self.members],
        }
        if card:
            body["card"] = card
        if self.destination_marz:
            body["destination_marz"] = self.destination_marz
        if more:
            body["original_registration"] = self._place(self.original_registration)
            body["languages"] = list(self.languages)
            body["vehicle"] = self.vehicle
        return body

    def again(self, *, mistakes: float = 0.3, script: str = "", time: int = 2) -> "InventedFamily":
        """The same family at another desk: other ids, perhaps another script, and mistakes of its own.

        `time` tells the second time from the third.
        """
        rng = Random(f"{self.seed} time {time}")
        desk = _Desk(rng, script or _script(rng), mistakes)
        return replace(self, script=desk.script, members=desk.write(self.kin, fresh_ids=True))

    def _place(self, settlement: Settlement) -> dict[str, str]:
        return {"district": settlement.district, "settlement": settlement.written(self.script)}


def invent_families(
    seed: int | str,
    *,
    families: int | None = None,
    people: int | None = None,
    on: dt.date = ARRIVALS_BEGAN_ON,
    mistakes: float = 0.0,
) -> Iterator[InventedFamily]:
    """Invent families as of a day: so many families, exactly so many people, or without end.

    The same seed invents the same families. `mistakes` is the share of rows with a mistake in a name or a date.
    """
    homes = Homes(Random(f"homes {seed}"), on)
    number, still = 0, people
    while (families is None or number < families) and (still is None or still > 0):
        kin = homes.household()
        if still is not None and len(kin) > still:
            continue
        yield _family(f"{seed} {number}", kin, mistakes)
        number += 1
        still = still if still is None else still - len(kin)


def _family(seed: str, kin: list[Kin], mistakes: float) -> InventedFamily:
    rng = Random(seed)
    script = _script(rng)
    _find_needs(rng, kin)
    lived = rng.choices(LIVED_IN_2023, [place.weight for place in LIVED_IN_2023])[0]
    displaced_before = lived.district == "STE" and rng.random() < 0.12
    lost = rng.choices(LOST_BEFORE, [place.weight for place in LOST_BEFORE])[0]
    going = rng.choices(("shelter", "own_address", "stays"), (45, 50, 5))[0]
    marz = rng.choices(tuple(MARZ_WEIGHTS), tuple(MARZ_WEIGHTS.values()))[0]
    return InventedFamily(
        seed=seed,
        script=script,
        members=_Desk(rng, script, mistakes).write(kin),
        kin=tuple(kin),
        last_residence=lived,
        original_registration=lost if displaced_before else lived,
        phones=_phones(rng),
        languages=("ru", "hy") if script == RUSSIAN else ("hy", "ru") if rng.random() < 0.6 else ("hy",),
        vehicle=rng.choices(("ավտոմեքենա", "միկրոավտոբուս", "բեռնատար", "ավտոբուս"), (70, 8, 10, 12))[0],
        going=going,
        destination_marz=marz if going == "own_address" else "",
    )


def _script(rng: Random) -> str:
    return rng.choices(tuple(SCRIPT_SHARES), tuple(SCRIPT_SHARES.values()))[0]


def _phones(rng: Random) -> tuple[str, ...]:
    """The number of a network that went off (97), and for most families a second one."""
    phones = []
    if rng.random() < 0.85:
        phones.append(f"+3749700{rng.randrange(10_000):04}")
    if rng.random() < 0.6:
        phones.append(f"+374{rng.choice(('41', '55', '77', '91', '93', '94', '98'))}00{rng.randrange(10_000):04}")
    elif rng.random() < 0.2:
        phones.append(f"+7900{rng.randrange(10_000):04}000")
    return tuple(phones)


def _find_needs(rng: Random, kin: list[Kin]) -> None:
    """Add the needs that chance brings, in the codes of the desk."""
    for one in kin:
        if one.sex == "F" and 18 <= one.age <= 42 and rng.random() < 0.10:
            one.needs.append("SM-DP")
        if one.age >= 60 and rng.random() < (0.5 if len(kin) == 1 else 0.08):
            one.needs.append("ER")
        if rng.random() < (0.13 if one.age >= 60 else 0.03):
            one.needs.append("DS")
        if rng.random() < (0.2 if one.age >= 60 else 0.03):
            one.needs.append("SM-CI")
        if rng.random() < 0.004:
            one.needs.append("SM-CC")
        if one.age >= ADULT and rng.random() < 0.012:
            one.needs.append("FU-TR")
        if one.age >= ADULT and rng.random() < 0.03:
            one.needs.append("LP-ND")


class _Desk:
    """Writes families down in one script, with mistakes at a rate."""

    def __init__(self, rng: Random, script: str, mistakes: float) -> None:
        self.rng, self.script, self.mistakes = rng, script, mistakes

    def write(self, kin: list[Kin] | tuple[Kin, ...], *, fresh_ids: bool = False) -> tuple[InventedMember, ...]:
        """The rows of one family; a surname is spelt in one way throughout."""
        choice = self.rng.choice((0, 0, 0, 1))
        ids = {one.id: uuid.UUID(int=self.rng.getrandbits(128), version=4) if fresh_ids else one.id for one in kin}
        rows = (self._row(one, choice, ids) for one in kin)
        return tuple(self._mistaken(row) if self.rng.random() < self.mistakes else row for row in rows)

    def _row(self, one: Kin, choice: int, ids: dict[uuid.UUID, uuid.UUID]) -> InventedMember:
        carers = {str(person): str(row) for person, row in ids.items()}
        return InventedMember(
            id=ids[one.id],
            given_name=written(one.given, self.script, choice),
            family_name=written(one.family, self.script, choice),
            fathers_name=self._fathers_name(one, choice),
            sex=one.sex,
            birth=self._birth(one),
            relationship=one.relationship,
            carer=carers.get(one.carer, one.carer),
            needs=tuple(one.needs),
            documents=self._documents(one),
            person=one.id,
            born=one.born,
            age=one.age,
            parents=tuple(parent.id for parent in one.parents),
        )

    def _fathers_name(self, one: Kin, choice: int) -> str:
        """As called, in the genitive, or as a patronymic; one in eight says none."""
        way = self.rng.random()
        if way < 0.125:
            return ""
        if self.script == RUSSIAN and way < 0.75:
            return patronymic(to_russian(one.father, choice), one.sex)
        if self.script == ARMENIAN and way < 0.8:
            return genitive(one.father)
        return written(one.father, self.script, choice)

    def _birth(self, one: Kin) -> dict[str, str | int]:
        way = self.rng.random()
        if way < 0.82 or one.age < 1:
            return {"birth_date": one.born.isoformat()}
        return {"birth_year": one.born.year} if way < 0.92 else {"age": one.age}

    def _documents(self, one: Kin) -> tuple[dict[str, str], ...]:
        """Most adults hold a passport with issuing code 070, most children a birth certificate; some show none."""
        digits = Random(one.id.int)
        if "LP-ND" in one.needs or self.rng.random() < 0.1:
            return ()
        if one.age < ADULT and digits.random() < 0.8:
            return ({"kind": "birth_certificate", "number": f"ZX {digits.randrange(10**6):06}", "issuer": ""},)
        return ({"kind": "passport", "number": f"ZX{digits.randrange(10**7):07}", "issuer": "070"},)

    def _mistaken(self, row: InventedMember) -> InventedMember:
        """The row with one mistake, as tired people make them."""
        kind = self.rng.choices(("family", "given", "swapped", "date", "father"), (35, 25, 10, 20, 10))[0]
        if kind == "date" and "birth_date" in row.birth:
            return replace(row, mistaken=True, birth={"birth_date": wrong_date(row.born, self.rng).isoformat()})
        if kind == "swapped":
            return replace(row, mistaken=True, given_name=row.family_name, family_name=row.given_name)
        if kind == "father" and row.fathers_name:
            return replace(row, mistaken=True, fathers_name=misspelt(row.fathers_name, self.rng))
        if kind == "given":
            return replace(row, mistaken=True, given_name=misspelt(row.given_name, self.rng))
        return replace(row, mistaken=True, family_name=misspelt(row.family_name, self.rng))
