"""Where invented families say they lived: settlements named in reports of 2023, and a seed list of others.

The list is no register: it is not complete, and its spellings wait for a native speaker's check. How many families
each gives is a guess after the districts' population of about 2010; towns and villages that were lost in 2020 stand
only as the place of original registration.
"""

from dataclasses import dataclass

from demonstration.spelling import ARMENIAN, LATIN, RUSSIAN


@dataclass(frozen=True)
class Settlement:
    """One settlement with its district's code and its name in three scripts."""

    district: str
    armenian: str
    latin: str
    russian: str
    weight: float

    def written(self, script: str) -> str:
        """The name as a desk of this script writes it."""
        return {ARMENIAN: self.armenian, LATIN: self.latin, RUSSIAN: self.russian}[script]


_LISTED = """
STE 60 Ստեփանակերտ|Stepanakert|Степанакерт
ASK 3.5 Ասկերան|Askeran|Аскеран
ASK 2 Իվանյան|Ivanyan|Иванян
ASK 1.5 Նորագյուղ|Noragyugh|Норагюх
ASK 1 Այգեստան|Aygestan|Айгестан
ASK 1.2 Աստղաշեն|Astghashen|Астхашен
ASK 1 Բադարա|Badara|Бадара
ASK 1.5 Խնապատ|Khnapat|Хнапат
ASK 1.2 Շոշ|Shosh|Шош
ASK .8 Սարուշեն|Sarushen|Сарушен
ASK .6 Կրասնի|Krasni|Красни
MTK 6 Մարտակերտ|Martakert|Мартакерт
MTK 2.5 Հաթերք|Haterk|Атерк
MTK 1.8 Վանք|Vank|Ванк
MTK 1 Չլդրան|Chldran|Члдран
MTK 1 Վաղուհաս|Vaghuhas|Вагуас
MTK 1 Կոչողոտ|Kochoghot|Кочогот
MTK .8 Դրմբոն|Drmbon|Дрмбон
MTK .8 Գետավան|Getavan|Гетаван
MTK .8 Նոր Մարաղա|Nor Maragha|Нор Марага
MTN 6 Մարտունի|Martuni|Мартуни
MTN 4.5 Ճարտար|Chartar|Чартар
MTN 1.8 Բերդաշեն|Berdashen|Бердашен
MTN 1.2 Սոս|Sos|Сос
MTN 1 Մաճկալաշեն|Machkalashen|Мачкалашен
MTN 1.2 Կարմիր Շուկա|Karmir Shuka|Кармир Шука
MTN 1.2 Թաղավարդ|Taghavard|Тагавард
MTN 1.2 Գիշի|Gishi|Гиши
MTN .8 Ննգի|Nngi|Ннги
MTN .8 Սարգսաշեն|Sargsashen|Саргсашен
SHU .6 Եղցահող|Yeghtsahogh|Ехцаог
SHU .4 Հին Շեն|Hin Shen|Ин Шен
SHU .6 Մեծ Շեն|Mets Shen|Мец Шен
SHU .5 Լիսագոր|Lisagor|Лисагор
"""
_LOST = """
SHU 4 Շուշի|Shushi|Шуши
KSH 2 Բերձոր|Berdzor|Бердзор
KSH .5 Աղավնո|Aghavno|Агавно
HAD 6 Հադրութ|Hadrut|Гадрут
SHA 2 Շահումյան|Shahumyan|Шаумян
"""


def _read(listed: str) -> tuple[Settlement, ...]:
    rows = [line.split(" ", 2) for line in listed.strip().splitlines()]
    return tuple(
        Settlement(district, armenian, latin, russian, float(weight))
        for district, weight, names in rows
        for armenian, latin, russian in [names.split("|")]
    )


LIVED_IN_2023 = _read(_LISTED)
LOST_BEFORE = _read(_LOST)
