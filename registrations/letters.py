"""The letters in which names arrive at a desk: Armenian, Cyrillic, Latin, and what looks alike among them.

Tables only; names.py says what is done with them. The Latin they lead to is that of Government Decree
N 220-N of 3 March 2011 (ծ ts, ձ dz, ղ gh, ճ ch, ք k, փ p, խ kh, ժ zh), which the Armenian fold of
tetrak-translit merges further.
"""

import re
from itertools import product

ARMENIAN, CYRILLIC, LATIN = "armenian", "cyrillic", "latin"

SCRIPT_RANGES = {
    ARMENIAN: re.compile(r"[\u0531-\u0556\u0560-\u0588\ufb13-\ufb17]"),
    CYRILLIC: re.compile(r"[\u0400-\u0481\u048a-\u052f]"),
    LATIN: re.compile(r"[A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02af\u1e00-\u1eff]"),
}

# Marks that stand inside a word and are no letters: apostrophes of every kind, and the Armenian signs of
# stress, question and abbreviation, which are set on a vowel.
INNER_MARKS = re.compile(r"['’‘ʻʼʿʾˈˀ`´ʹ\u02bc\u0559-\u055f]")

# Russian letters as Latin, towards the spellings of Decree N 220-N. ё falls to е, as it is mostly printed.
CYRILLIC_TO_LATIN = str.maketrans(
    {
        "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z", "и": "i",
        "й": "y", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t",
        "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sh", "ъ": "", "ы": "y", "ь": "",
        "э": "e", "ю": "yu", "я": "ya", "і": "i", "ї": "yi", "є": "ye", "ґ": "g", "ў": "u", "ј": "y",
    }
)  # fmt: skip

# The same for Armenian, towards what the Russian letters become; ու is read before.
ARMENIAN_TO_LATIN = str.maketrans(
    {
        "ա": "a", "բ": "b", "գ": "g", "դ": "d", "ե": "e", "զ": "z", "է": "e", "ը": "y", "թ": "t", "ժ": "zh", "ի": "i",
        "լ": "l", "խ": "kh", "ծ": "ts", "կ": "k", "հ": "h", "ձ": "ts", "ղ": "gh", "ճ": "ch", "մ": "m", "յ": "y",
        "ն": "n", "շ": "sh", "ո": "o", "չ": "ch", "պ": "p", "ջ": "j", "ռ": "r", "ս": "s", "վ": "v", "տ": "t", "ր": "r",
        "ց": "ts", "ւ": "v", "փ": "p", "ք": "k", "և": "ev", "օ": "o", "ֆ": "f",
    }
)  # fmt: skip

# Where Russian writes the հ of a name as an initial г (Гайк is Հայկ), and where it drops it between vowels: Саакян is
# Սահակյան, Шаэн Շահեն, Шаумян Շահումյան, Шаинян Շահինյան, Ваагн Վահագն.
RUSSIAN_H = (
    (re.compile(r"^г(?=а[йя]к|ама[йя]к|амлет|арутюн|акоп|амбарц|айрапет|рант|рануш|рай?р|рач[ьяи]|рип?сим)"), ""),
    (re.compile(r"^г(?=енри|ектор|ермине|овсеп|овик|оваким|ованес|овнан|усик)"), ""),
    (re.compile(r"^гоар"), "гогар"),
    (re.compile(r"(?<=а)(?=а)|(?<=^ва)(?=э)|(?<=^ша)(?=[эеиу])|(?<=^на)(?=апет)"), "г"),
)

# Letters that a desk with the wrong keyboard types for one another. Each row is one shape, in the order of
# _COLUMNS.
_COLUMNS = (ARMENIAN, CYRILLIC, LATIN)
_LOOK_ALIKES = (
    ("օ", "о", "o"), ("Օ", "О", "O"), ("Տ", None, "S"), ("ս", None, "u"), ("Ս", None, "U"), ("հ", None, "h"),
    ("ո", "п", "n"), ("Լ", None, "L"), ("ց", None, "g"), ("զ", None, "q"), ("յ", "ј", "j"),
    (None, "а", "a"), (None, "А", "A"), (None, "В", "B"), (None, "е", "e"), (None, "Е", "E"),
    (None, "К", "K"), (None, "к", "k"), (None, "М", "M"), (None, "Н", "H"), (None, "р", "p"),
    (None, "Р", "P"), (None, "с", "c"), (None, "С", "C"), (None, "Т", "T"), (None, "у", "y"),
    (None, "У", "Y"), (None, "х", "x"), (None, "Х", "X"), (None, "і", "i"), (None, "І", "I"),
)  # fmt: skip


def _look_alikes_towards(script: str) -> dict[int, str]:
    """For one script, the letters of the other two that look like one of its own."""
    column = _COLUMNS.index(script)
    return {
        ord(other): own
        for row in _LOOK_ALIKES
        for own, other in product([row[column]], row)
        if own and other and other != own
    }


LOOK_ALIKES = {script: _look_alikes_towards(script) for script in _COLUMNS}

# The 39 letters of the reformed alphabet, և and ու among them, moved so that their code points follow its
# order: ու is the 34th letter, before փ; և the 37th, between ք and օ.
ARMENIAN_ORDER = str.maketrans({"ւ": "\u0582", "և": "\u0585", "օ": "\u0586", "ֆ": "\u0587"})
