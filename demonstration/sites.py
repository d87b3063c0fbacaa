"""Where the demonstration works: the chain of September 2023 with its real names, and houses that are illustrative.

Found in reports of 2023: the point near Kornidzor, the coordination centre in Goris's drama theatre, the stations in
Vayk and Parakar, and that centres opened in all provinces. Which house in which town took how many people is not
known: these are marked as illustrative in their names. Coordinates are those of the town, roughly.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from demonstration.series import accommodated_by_marz

NAMES = ("en", "hy", "ru")
ILLUSTRATIVE = (" (illustrative)", " (օրինակ)", " (условно)")
HOUSES = 30  # aimed at; a house is neither smaller nor larger than the two figures below
SMALLEST, LARGEST = 20, 400  # places in a house
CAMP_TENTS, CAMP_HALL = 6, 20  # places in a tent, in a hall
PRESUMED_LEFT_AFTER = 12  # hours, at a registration point


@dataclass(frozen=True)
class Town:
    """A real town."""

    code: str
    marz: str
    names: tuple[str, str, str]
    latitude: float
    longitude: float


@dataclass(frozen=True)
class Ground:
    """A site as it is to be set up; `places` is how many people can sleep there."""

    code: str
    kind: str
    town: Town
    names: tuple[str, str, str]
    places: int = 0
    confidential: bool = False
    presumed_left_after: int | None = None


def _towns(listed: str) -> dict[str, Town]:
    rows = [line.split("|") for line in listed.strip().splitlines()]
    return {code: Town(code, marz, (en, hy, ru), float(y), float(x)) for code, marz, en, hy, ru, y, x in rows}


TOWNS = _towns("""
kornidzor|AM-SU|Kornidzor|Կոռնիձոր|Корнидзор|39.61|46.53
goris|AM-SU|Goris|Գորիս|Горис|39.51|46.34
kapan|AM-SU|Kapan|Կապան|Капан|39.21|46.41
sisian|AM-SU|Sisian|Սիսիան|Сисиан|39.52|46.03
vayk|AM-VD|Vayk|Վայք|Вайк|39.69|45.47
jermuk|AM-VD|Jermuk|Ջերմուկ|Джермук|39.84|45.67
yeghegnadzor|AM-VD|Yeghegnadzor|Եղեգնաձոր|Ехегнадзор|39.76|45.33
artashat|AM-AR|Artashat|Արտաշատ|Арташат|39.95|44.55
masis|AM-AR|Masis|Մասիս|Масис|40.07|44.44
ararat|AM-AR|Ararat|Արարատ|Арарат|39.83|44.70
parakar|AM-AV|Parakar|Փարաքար|Паракар|40.17|44.41
vagharshapat|AM-AV|Vagharshapat|Վաղարշապատ|Вагаршапат|40.17|44.29
armavir|AM-AV|Armavir|Արմավիր|Армавир|40.15|44.04
ashtarak|AM-AG|Ashtarak|Աշտարակ|Аштарак|40.30|44.36
aparan|AM-AG|Aparan|Ապարան|Апаран|40.59|44.36
sevan|AM-GR|Sevan|Սևան|Севан|40.56|44.95
gavar|AM-GR|Gavar|Գավառ|Гавар|40.36|45.13
abovyan|AM-KT|Abovyan|Աբովյան|Абовян|40.27|44.63
hrazdan|AM-KT|Hrazdan|Հրազդան|Раздан|40.50|44.77
tsaghkadzor|AM-KT|Tsaghkadzor|Ծաղկաձոր|Цахкадзор|40.53|44.72
vanadzor|AM-LO|Vanadzor|Վանաձոր|Ванадзор|40.81|44.49
stepanavan|AM-LO|Stepanavan|Ստեփանավան|Степанаван|41.01|44.38
gyumri|AM-SH|Gyumri|Գյումրի|Гюмри|40.79|43.85
artik|AM-SH|Artik|Արթիկ|Артик|40.62|43.98
dilijan|AM-TV|Dilijan|Դիլիջան|Дилижан|40.74|44.86
ijevan|AM-TV|Ijevan|Իջևան|Иджеван|40.88|45.15
yerevan|AM-ER|Yerevan|Երևան|Ереван|40.18|44.51
""")

GATE, GORIS, VAYK, STORE, CAMP = "kornidzor", "goris", "vayk", "goris-warehouse", "goris-camp"
HOUSE = "goris-1"  # the first house of the town, where one login receives

# The registration centre of each province, for those who drove on; in Syunik it is Goris itself.
CENTRES = {
    "AM-ER": "yerevan", "AM-AG": "ashtarak", "AM-AR": "masis", "AM-AV": "parakar", "AM-GR": "sevan",
    "AM-LO": "vanadzor", "AM-KT": "abovyan", "AM-SH": "gyumri", "AM-SU": GORIS, "AM-VD": VAYK, "AM-TV": "ijevan",
}  # fmt: skip

_KINDS = {
    "registration_point": ("Registration centre", "Գրանցման կենտրոն", "Центр регистрации"),
    "hotel": ("Hotel", "Հյուրանոց", "Гостиница"),
    "collective": ("Collective centre", "Ընդհանուր կացարան", "Пункт временного размещения"),
    "camp": ("Planned camp", "Ճամբար", "Лагерь"),
    "hospital": ("Hospital", "Հիվանդանոց", "Больница"),
    "children": ("Children's centre", "Երեխաների կենտրոն", "Детский центр"),
    "warehouse": ("Warehouse", "Պահեստ", "Склад"),
}


def all_sites(places: int) -> list[Ground]:
    """Every site of the demonstration, with so many places to sleep in all."""
    return [*_chain(), *_centres(), *_special(), *_houses(places)]


def marz_shares() -> dict[str, int]:
    """How the people in places of the state were spread over the provinces on 29 September 2023."""
    return accommodated_by_marz()[max(accommodated_by_marz())]


def _chain() -> Iterator[Ground]:
    """The registration points whose names are in the reports of 2023."""
    point: dict[str, Any] = {"kind": "registration_point", "presumed_left_after": PRESUMED_LEFT_AFTER}
    names = ("Kornidzor registration point", "Կոռնիձորի գրանցման կետ", "Пункт регистрации Корнидзор")
    yield Ground(GATE, town=TOWNS["kornidzor"], names=names, **point)
    names = ("Goris, drama theatre", "Գորիս, դրամատիկական թատրոն", "Горис, драматический театр")
    yield Ground(GORIS, "reception", TOWNS["goris"], names)
    names = ("Vayk registration point", "Վայքի գրանցման կետ", "Пункт регистрации Вайк")
    yield Ground(VAYK, town=TOWNS["vayk"], names=names, **point)
    names = ("Parakar coordination centre", "Փարաքարի համակարգման կենտրոն", "Координационный центр Паракар")
    yield Ground("parakar", town=TOWNS["parakar"], names=names, **point)


def _centres() -> Iterator[Ground]:
    for code in CENTRES.values():
        if code not in (GORIS, VAYK, "parakar"):
            yield _illustrative(code, "registration_point", TOWNS[code], presumed_left_after=PRESUMED_LEFT_AFTER)


def _special() -> Iterator[Ground]:
    yield _illustrative("goris-hospital", "hospital", TOWNS["goris"], confidential=True)
    yield _illustrative("yerevan-children", "children", TOWNS["yerevan"], confidential=True)
    yield _illustrative(STORE, "warehouse", TOWNS["goris"])


def _houses(places: int) -> Iterator[Ground]:
    """Hotels and collective centres in the towns, as many places a province as its share of 29 September."""
    shares = marz_shares()
    size = min(LARGEST, max(SMALLEST, places // HOUSES))
    yield _illustrative(CAMP, "camp", TOWNS["goris"], places=size)
    for marz, share in shares.items():
        towns = [town for town in TOWNS.values() if town.marz == marz and town.code != "kornidzor"]
        wanted = max(SMALLEST, round(places * share / sum(shares.values())))
        houses = max(1, round(wanted / size))
        for index in range(houses):
            town, number = towns[index % len(towns)], index // len(towns) + 1
            kind = "collective" if number % 3 == 0 or (houses == 1 and size == LARGEST) else "hotel"
            yield _illustrative(f"{town.code}-{number}", kind, town, number, places=round(wanted / houses))


def _illustrative(code: str, kind: str, town: Town, number: int = 0, **columns: object) -> Ground:
    numbered = f" {number}" if number else ""
    names = (
        f"{kind_name}{numbered}, {town_name}{mark}"
        for kind_name, town_name, mark in zip(_KINDS[kind], town.names, ILLUSTRATIVE, strict=True)
    )
    return Ground(code, kind, town, tuple(names), **columns)  # type: ignore[arg-type]  # three names, one a language
