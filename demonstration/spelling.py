"""How a desk writes an Armenian name in Latin or in Russian letters.

Latin follows the simplified table of Government Decree N 220-N of 3 March 2011, as passports do. Russian follows
usual practice, which has several spellings for some names: Ղազարյան is Казарян or Газарян.
"""

from collections.abc import Callable
from functools import lru_cache

ARMENIAN, RUSSIAN, LATIN = "hy", "ru", "la"

_VOWELS = frozenset("աեէըիոօ")
_TO_LATIN = {
    "ա": "a", "բ": "b", "գ": "g", "դ": "d", "ե": "e", "զ": "z", "է": "e", "ը": "y", "թ": "t", "ժ": "zh",
    "ի": "i", "լ": "l", "խ": "kh", "ծ": "ts", "կ": "k", "հ": "h", "ձ": "dz", "ղ": "gh", "ճ": "ch", "մ": "m",
    "յ": "y", "ն": "n", "շ": "sh", "ո": "o", "չ": "ch", "պ": "p", "ջ": "j", "ռ": "r", "ս": "s", "վ": "v",
    "տ": "t", "ր": "r", "ց": "ts", "ւ": "v", "փ": "p", "ք": "k", "և": "ev", "օ": "o", "ֆ": "f", "ու": "u",
}  # fmt: skip
_TO_RUSSIAN = {
    "ա": "а", "բ": "б", "գ": "г", "դ": "д", "ե": "е", "զ": "з", "է": "э", "ը": "ы", "թ": "т", "ժ": "ж",
    "ի": "и", "լ": "л", "խ": "х", "ծ": "ц", "կ": "к", "ձ": "дз", "ղ": "г", "ճ": "ч", "մ": "м", "յ": "й",
    "ն": "н", "շ": "ш", "ո": "о", "չ": "ч", "պ": "п", "ջ": "дж", "ռ": "р", "ս": "с", "վ": "в", "տ": "т",
    "ր": "р", "ց": "ц", "ւ": "в", "փ": "п", "ք": "к", "և": "ев", "օ": "о", "ֆ": "ф", "ու": "у",
    "յա": "я", "յու": "ю", "յո": "ё", "յե": "е", "յի": "и",
}  # fmt: skip

# Beginnings that Russian writes in a way of its own; the first spelling is the commoner one.
_RUSSIAN_STEMS = {
    "հովհաննիս": ("оганес", "ованнис", "оганнис"), "հովհաննես": ("оганес", "ованес"),
    "հակոբ": ("акоп", "акоб"),
    "սարգս": ("саргс", "саркис"), "սարգիս": ("саркис", "саргис"), "գևորգյան": ("геворкян", "геворгян"),
    "համբարձում": ("амбарцум",), "ղազար": ("казар", "газар"), "խաչատրյան": ("хачатрян", "хачатурян"),
    "մկրտչյան": ("мкртчян", "мкртычян"), "հայկ": ("айк", "гайк"), "հրանտ": ("грант",), "հրաչյա": ("грачья", "рачья"),
    "հրաչիկ": ("грачик", "рачик"),
    "համլետ": ("гамлет",), "վահագն": ("ваагн",), "գոհար": ("гоар",), "յուրի": ("юрий",), "վալերի": ("валерий",),
    "եվգենի": ("евгений",), "արկադի": ("аркадий",), "գրիգորի": ("григорий",), "գեորգի": ("георгий",),
    "վիտալի": ("виталий",), "արտյոմ": ("артём", "артем"), "լյուդմիլա": ("людмила",), "տատյանա": ("татьяна",),
    "էմմա": ("эмма",), "ջուլիետա": ("джульетта",), "օֆելյա": ("офелия", "офеля"), "ամալյա": ("амалия", "амаля"),
    "վիկտորյա": ("виктория",), "ժենյա": ("женя",), "աիդա": ("аида",), "նատալի": ("натали",),
    "ալեքսանդր": ("александр",), "ալեքսան": ("алексан",), "ալեքս": ("алекс",), "միքայել": ("микаел", "микаэл"),
    "ռաֆայել": ("рафаэл", "рафаел"), "գաբրիել": ("габриел", "габриэл"), "մանվել": ("манвел",),
    "վիոլետա": ("виолетта",), "ելենա": ("елена",), "աննա": ("анна",), "նելլի": ("нелли",), "հայրապետ": ("айрапет",),
    "ջհանգիր": ("джангир",),
}  # fmt: skip


def written(name: str, script: str, choice: int = 0) -> str:
    """An Armenian name as a desk of this script writes it; `choice` picks among the usual Russian spellings."""
    if script == LATIN:
        return to_latin(name)
    if script == RUSSIAN:
        return to_russian(name, choice)
    return name


@lru_cache(maxsize=2**15)
def to_latin(name: str) -> str:
    """The name in the Latin letters of a passport."""
    return _each_word(name, _latin_word)


@lru_cache(maxsize=2**15)
def to_russian(name: str, choice: int = 0) -> str:
    """The name in Russian letters, in one of its usual spellings."""
    return _each_word(name, lambda word: _russian_word(word, choice))


def _each_word(name: str, spell: Callable[[str], str]) -> str:
    return "-".join(" ".join(spell(word.lower()).capitalize() for word in part.split(" ")) for part in name.split("-"))


def _latin_word(word: str) -> str:
    for beginning, latin in (("ու", "u"), ("և", "yev"), ("ե", "ye"), ("ով", "ov"), ("ո", "vo")):
        if word.startswith(beginning):
            return latin + _by_table(word[len(beginning) :], _TO_LATIN)
    return _by_table(word, _TO_LATIN)


def _russian_word(word: str, choice: int) -> str:
    stem = next((word[:n] for n in range(len(word), 3, -1) if word[:n] in _RUSSIAN_STEMS), "")
    if stem:
        spellings = _RUSSIAN_STEMS[stem]
        return spellings[choice % len(spellings)] + _russian_rest(word[len(stem) :])
    if word.startswith("հ"):
        word = word[1:]
    if word.startswith("ո") and not word.startswith(("ով", "ու")):
        return "во" + _russian_rest(word[1:])
    return _russian_rest(word)


def _russian_rest(word: str) -> str:
    """The letters after the beginning: հ before a vowel is г, before a consonant х; a final իա is ия."""
    word = word[:-2] + "իյա" if word.endswith("իա") else word
    letters = []
    for index, letter in enumerate(word):
        before_vowel = word[index + 1 : index + 2] in _VOWELS
        letters.append(("г" if before_vowel else "х") if letter == "հ" else letter)
    return _by_table("".join(letters), _TO_RUSSIAN)


def _by_table(word: str, table: dict[str, str]) -> str:
    spelt, index = [], 0
    while index < len(word):
        size = next((n for n in (3, 2) if word[index : index + n] in table), 1)
        unit = word[index : index + size]
        spelt.append(table.get(unit, unit))
        index += size
    return "".join(spelt)


def genitive(name: str) -> str:
    """A father's name as Armenian documents write it: Արամի of Արամ."""
    contracted = {"Դավիթ": "Դավթի", "Սարգիս": "Սարգսի", "Մկրտիչ": "Մկրտչի"}
    if name in contracted:
        return contracted[name]
    return name + ("յի" if name[-1] in "աեոէօ" else "ի")


def patronymic(russian_name: str, sex: str) -> str:
    """A father's name as Russian documents write it: Арамович or Арамовна; a name in a vowel stays as it is."""
    ends = ("ич", "на")
    end = ends[sex == "F"]
    if russian_name.endswith("ий"):
        return f"{russian_name[:-2]}ьев{end}"
    if russian_name.endswith("й"):
        return f"{russian_name[:-1]}ев{end}"
    if russian_name[-1] in "аеёиоуыэюя":
        return russian_name
    return f"{russian_name}ов{end}"
