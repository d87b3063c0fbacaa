"""Names across scripts: one folded form for a name however a desk wrote it, and an order to list it in.

A name is kept as it was written. Beside it stands its fold: a coarse key in plain Latin letters, equal or
nearly equal for the same name in Armenian, Russian or Latin letters and in its usual spellings. The fold is
for finding and is never shown. A name alone identifies nobody: surnames and given names are few, and the fold
makes them fewer.

What the fold merges:

* case, width, accents, invisible characters, stress marks, apostrophes; a letter of another script in a word
  of look-alikes (Latin o for Armenian օ);
* the three ways to write և (և, եւ, եվ), classical and reformed spelling, doubled letters, ռ and ր;
* b/p, d/t, f/p, dz/ts/c, j/ch/zh, as Eastern, Western and Russian spelling disagree on them;
* g, gh, k, kh, q into k: Russian writes ղ as г, к or х, and a խ or a հ inside a word as х or г (Ղազարյան is
  Казарян and Газарян, Շահնազարյան is Шахназарян);
* an h that begins a word into nothing (Հակոբյան is Акопян), also after Ter-, one after v (Hovhannes is Hovannes) and
  one after an e that ends it (Nouneh);
* ye and e, vo and o at the beginning; y before e; io after a consonant into e (Արտյոմ is Артём and Артем),
  iu there into u (Ludmila); u before a vowel into v (Երուանդ);
* the endings -yan, -ian, -ean, -jan, -yants into one mark, "y", so that likeness is measured on the stem
  (-ants, -ents, -unts, -uni stay: they make other surnames of the same stem);
* Ter- and Der- with hyphen, space or joined;
* a few stems that Russian documents write in their own way: Hovhannes/Oganes, Sargs-/Sarkis-,
  Mkrtich/Mkrtych, Khachatryan/Khachaturian; the h that they drop between vowels (Саакян is Սահակյան);
  Abraham, Anahit and names in -uhi without their h.

Sources: Government Decree N 220-N of 3 March 2011 for the Latin letters; the Armenian fold of tetrak-translit
for classical spelling and the voiced and voiceless pairs; the usual practice of Russian documents, for
which no standard was found.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

import tetrak_translit

from registrations.letters import (
    ARMENIAN,
    ARMENIAN_ORDER,
    ARMENIAN_TO_LATIN,
    CYRILLIC,
    CYRILLIC_TO_LATIN,
    INNER_MARKS,
    LATIN,
    LOOK_ALIKES,
    RUSSIAN_H,
    SCRIPT_RANGES,
)

# How long a key may become, in characters: NFKC makes up to eighteen of one, and a column has its width.
LONGEST_FOLD, LONGEST_SORT_KEY = 160, 400

Rules = tuple[tuple[re.Pattern[str], str], ...]


def _rules(*pairs: tuple[str, str]) -> Rules:
    return tuple((re.compile(pattern), replacement) for pattern, replacement in pairs)


# What stands between words; a hyphen is one of them, so that Աննա-Մարիա has two parts.
_BETWEEN_WORDS = re.compile(r"[\W_]+")
_TER = re.compile(r"\b(տեր|տէր|դեր|тер|дер|ter|der) (?=\w)")

# Latin as people type it, before the Armenian fold reads it.
_LATIN_SPELLINGS = _rules(
    (r"(?<=[^aeiouy\W])jan$", "ian"),  # Sarkisjan
    (r"(?<=[^aeiouy\W])y$", "i"),  # Valery, Evgeny, Mery
    (r"^ale(?:x|ks)ander", "aleksandr"),
    (r"^(ale|ro|fe?li|ma)x", r"\1ks"),  # Alexan, Roxana, Felix, Maxim: elsewhere x is խ
    (r"^rh", "r"),
    (r"ş", "sh"),  # Turkish papers
    (r"ç", "ch"),
    (r"tch", "ch"),  # French ones: Tchobanian, Djivan
    (r"dj", "j"),
    (r"^chr", "kr"),
    (r"(?<=[^aeiouy\W])ie$", "i"),  # Natalie
)

# After it. Here ch is ճ չ ջ, c is ծ ձ ց, and an h that belongs to no digraph is հ.
_MERGES = _rules(
    (r"[cz]h", "j"),
    (r"f", "p"),
    (r"[kg]h", "k"),
    (r"^(ter)?h", r"\1"),
    (r"(?<=e)h$", ""),
    (r"(?<![sz])h", "k"),
    (r"y(?=e)", ""),
    (r"y", "i"),
    (r"(?<=[bcdfgjklmnpqrstvwxz])io(?=.)", "e"),
    (r"(?<=[bcdfgjklmnpqrstvwxz])iu", "u"),
    (r"u(?=[aeo]|i.)", "v"),
    (r"(.)\1+", r"\1"),
    (r"(?<=[aeo])i$", ""),  # Sergei, Sergey
)

_STEMS = _rules(
    (r"^(ter)?o[vk]an[ei]s", r"\1okanes"),
    (r"sarks", "sarkis"),
    (r"m[ei]?k[ei]?rt?[ei]?j", "mkrtj"),
    (r"^kajaturian", "kajatrian"),
    (r"^(ter)?i(?=akop|arut)", r"\1"),  # classical Յակոբ, Յարութիւն
    (r"^koar", "kokar"),
    (r"^apra[k]?am", "apram"),
    (r"^anakit", "anait"),
    (r"(?<=..)uki$", "ui"),
    (r"^vakn", "vakakn"),
    (r"(?<=..)ianc?$", "y"),
)


# For counting errors, one wrong letter must stay one: a sign for a letter of any script, neither stems nor endings.
_SIGNS = _rules(
    (r"ş", "š"),
    (r"ç", "č"),
    (r"[kg]h", "k"),
    (r"t[hw]", "t"),
    (r"sh", "š"),
    (r"zh", "ž"),
    (r"dj|[tc]?ch|j", "č"),
    (r"[td]z|ts|c", "c"),
    (r"ks", "x"),
    (r"ou|oo", "u"),
    (r"[gq]", "k"),
    (r"b", "p"),
    (r"d", "t"),
    (r"w", "v"),
    (r"y", "i"),
    (r"(.)\1+", r"\1"),
    (r"^i?e", "e"),
    (r"ia", "я"),
    (r"iu", "ю"),
)


def _apply(text: str, rules: Rules) -> str:
    for pattern, replacement in rules:
        text = pattern.sub(replacement, text)
    return text


def scripts(text: str) -> frozenset[str]:
    """The scripts that the letters of a text are in: armenian, cyrillic, latin; none for signs."""
    return frozenset(script for script, letters in SCRIPT_RANGES.items() if letters.search(text))


def mixes_scripts(word: str) -> bool:
    """Whether one word holds letters of two scripts, as when a desk types with the wrong keyboard.

    A sign for a warning beside the field, never for a refusal. Asked of a word, not of a line: a given name
    in Armenian beside a surname in Latin letters is no mistake.
    """
    return any(len(scripts(part)) > 1 for part in _BETWEEN_WORDS.split(unicodedata.normalize("NFKC", word)))


def _in_one_script(word: str) -> str:
    """The word, its look-alike letters brought to the script most of it is in if that makes it one script."""
    found = scripts(word)
    if len(found) < 2:
        return word
    for script in sorted(found, key=lambda s: (-len(SCRIPT_RANGES[s].findall(word)), s)):
        brought = word.translate(LOOK_ALIKES[script])
        if scripts(brought) == {script}:
            return brought
    return word


def plain_words(text: str) -> str:
    """One spelling of the bytes: compatible forms, no controls, marks or signs, one space between words."""
    text = unicodedata.normalize("NFKC", text)
    text = "".join(c for c in text if c.isspace() or unicodedata.category(c) not in ("Cc", "Cf", "Mn", "Me"))
    words = _BETWEEN_WORDS.sub(" ", INNER_MARKS.sub("", text)).split()
    return " ".join(_in_one_script(word) for word in words).casefold()


def _to_latin(word: str) -> str:
    """Cyrillic letters of one cleaned word as Latin ones; the rest is left as it is."""
    if not SCRIPT_RANGES[CYRILLIC].search(word):
        return word
    word = _apply(word, RUSSIAN_H).replace("дж", "j").replace("ье", "ие")
    if word.startswith("ё"):
        word = "yo" + word[1:]
    return word.translate(CYRILLIC_TO_LATIN)


@lru_cache(maxsize=2**16)
def _fold_word(word: str) -> str:
    """The fold of one cleaned word. Never empty: a letter that no rule knows stays as it is."""
    return _apply(_apply(_to_one_alphabet(word), _MERGES), _STEMS) or word


def _spell_word(word: str) -> str:
    latin = _to_latin(word).replace("ու", "u").translate(ARMENIAN_TO_LATIN)
    return _apply(latin, _SIGNS) or word


def _to_one_alphabet(word: str) -> str:
    latin = _to_latin(word)
    if SCRIPT_RANGES[LATIN].match(latin):
        latin = _apply(latin, _LATIN_SPELLINGS)
    # The Armenian fold reads every initial յ as the հ of the reform, and an initial ե before ա too; Յանա is not Աննա.
    glide = re.match(r"y(?=[au])|յ(?=ա|ու)|ե(?=ա)", latin)
    if glide and len(latin) > 2:
        return "i" + tetrak_translit.fold(latin[1:], script="hy")
    return tetrak_translit.fold(latin, script="hy")


@lru_cache(maxsize=2**16)
def fold(text: str) -> str:
    """The one form under which a name is found, its words separated by spaces; empty for an empty name."""
    return _fold_by(_fold_word, text)


@lru_cache(maxsize=2**16)
def spelt(text: str) -> str:
    """The name sign by sign, a word for each word of its fold: here one error, in any script, stays about one.

    The fold replaces whole word stems, so one wrong letter may change it much: Գրիորյան, Հովհնիսյան.
    """
    return _fold_by(_spell_word, text)


@lru_cache(maxsize=2**16)
def written_words(text: str) -> tuple[str, ...]:
    """The words of a name as it is written, in plain letters, one for each of its fold."""
    return tuple(_TER.sub(r"\1", plain_words(text)).split())


def _fold_by(fold_word: Callable[[str], str], text: str) -> str:
    return " ".join(map(fold_word, written_words(text)))[:LONGEST_FOLD].rstrip()


# Endings taken off before the fold, which would blur them: Aramovich, Sergeevna, Արամովիչ.
_PATRONYMIC = re.compile(r"(?<=..)(?:y?ev|ov|[եո]վ|եւ)(?:n?ich|na|իչ|նա)$")
_CONTRACTED = {"tavt": "tavit", "pavl": "pavel", "lv": "lev"}  # Դավթի, Павлович, Львович


@lru_cache(maxsize=2**16)
def fold_fathers_name(text: str) -> str:
    """The one form of a father's name: as he is called, in the genitive, or as a patronymic.

    Արամ, Արամի, Арамович, Арамовна, Aram, Arami give one form; so do Սերգեյ, Սերգեյի, Сергеевич, and Միշա,
    Միշայի. A name that itself ends in i loses it on both sides (Յուրի, Յուրիի, Юрьевич).
    """
    return _fold_by(_fold_fathers_word, text)


def _fold_fathers_word(word: str) -> str:
    stem = _PATRONYMIC.sub("", _to_latin(word))
    folded = _fold_word(stem)
    folded = re.sub(r"(?<=..)i$", "", folded)
    return _CONTRACTED.get(folded, folded)


def words(query: str) -> dict[str, str]:
    """The folded parts of what was typed into a search field, in order, each once, and how each is written."""
    parts: dict[str, str] = {}
    for folded, written in zip(fold(query).split(), written_words(query), strict=False):
        parts.setdefault(folded, written)
    return parts


def initials(query: str) -> list[str]:
    """The words of one letter in what was typed, as they are written."""
    return [word for word in plain_words(query).split() if len(word) == 1]


_SORT_RANK = {ARMENIAN: "1", CYRILLIC: "2", LATIN: "3"}


@lru_cache(maxsize=2**16)
def sort_key(text: str) -> str:
    """A sort key: strings compared code point by code point (collation C) put names in alphabetical order.

    Armenian comes first, in the order of the 39 letters of the reformed alphabet (ու after ց, և after ք),
    then Cyrillic (ё as е), then Latin without accents, then anything else. Hyphens and apostrophes are
    ignored, a space separates words. The three ways to write և sort as one.
    """
    text = re.sub(r"[-\u058a\u2010-\u2015]", "", unicodedata.normalize("NFKC", text))
    return " ".join(_sort_word(word) for word in plain_words(text).split())[:LONGEST_SORT_KEY]


def _sort_word(word: str) -> str:
    script = next((s for s, letters in SCRIPT_RANGES.items() if letters.match(word)), None)
    if script == ARMENIAN:
        word = word.replace("ու", "\ue000").replace("եւ", "և").replace("եվ", "և").replace("\ue000", "ւ")
        if word.startswith("և"):
            word = "եվ" + word[1:]  # no name begins with the ligature: Եվա stands under ե
        word = word.translate(ARMENIAN_ORDER)
    elif script == CYRILLIC:
        word = word.replace("ё", "е")
    elif script == LATIN:
        word = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
    return _SORT_RANK.get(script or "", "0" if word[:1].isdigit() else "4") + word
