"""Other forms of one name: short forms, and forms in other languages. Each is written here and nowhere else.

Search and likeness use them; the fold does not, because each is also a legal name of its own.
"""

from rapidfuzz.distance import OSA, JaroWinkler

from registrations.deletions import deletions
from registrations.names import fold

LIKENESS = 0.9  # of a name and what it is called otherwise, at least
ERRORS = 1.4  # as many as that counts for: less than two letters amiss, more than one

# A line for each name; one may stand in several.
_CALLED = """
    Hovhannes Ohan Ohannes Vano Hovik Ivan Vanya Ioann Ioannes John Johannes Jean Giovanni
    Hovsep Joseph Josef Iosif Osip Yusif Soso
    Hakob Koko Hako Yakov Iakov Jacob Jakob Jacques James Yasha
    Gevorg Georgi George Georges Georg Yegor Zhora Gosha
    Petros Pyotr Peter Pierre Petya
    Poghos Pavel Paul Pavlik Pasha
    Stepan Stepanos Stephan Stephen Steven Stefan Étienne Stepa Styopa
    Mikayel Mikael Mikhail Михаил Michael Michel Misha
    Davit David Dato
    Sahak Isahak Исаак Isaac Sako
    Abraham Avraam Abram
    Movses Moisey Moses Moshe
    Harutyun Harut Artyush Artyom
    Grigor Grisha Grigori Gregory
    Sargis Serzh Sergo Sergey Sergius
    Karapet Karo
    Hambardzum Hambo
    Hayrapet Hayro
    Matevos Matteos Matvey Matthew Matteo
    Markos Mark Marcus
    Ghukas Luka Luke Lukas Lucas
    Hovakim Ioakim Joachim Akim
    Tovmas Toma Foma Thomas
    Andreas Andrey Andrew André
    Barsegh Vasily Vasil Basil Vasya
    Nikoghayos Nikolay Nicholas Nicolas Kolya
    Pilippos Filipp Philip Philippe
    Daniel Danil Danila
    Yeghia Ilya Elia Elias Elijah
    Simon Semyon Simeon
    Soghomon Solomon
    Aharon Aaron Aron
    Zakar Zakhar Zakaria Zachary
    Ghazar Ghazaros Lazar Lazarus
    Kristapor Khristofor Christapor Christopher Christophe Kristofer
    Gabriel Gavriil Gavril
    Benyamin Veniamin Benjamin
    Yesayi Isay Isaiah
    Yeremia Ieremia Jeremiah
    Tadevos Faddey Thaddeus Tadeos
    Kostandin Konstantin Constantin Constantine Kostya
    Ghevond Levon Leon Leo
    Aleksandr Aleksan Alexandre Sasha Alik Shura
    Yevgeni Eugene Zhenya
    Vladimir Vova Volodya
    Eduard Edward Edik
    Artur Arthur Artush
    Yuri Yura
    Samvel Samuel Samuil Samo
    Rafayel Rafael Raphael Rafik Rafo
    Ruben Reuben Rubik
    Sergey Seryozha Serozha
    Vyacheslav Slavik Slava
    Boris Borik
    Armen Armo
    Mariam Maria Mary Marie Masha Miriam
    Heghine Yelena Helen Helena Hélène Ellen Lena
    Yeghisabet Yelizaveta Elizabeth Elisabeth Eliza Liza
    Yekaterina Katarine Katerina Catherine Katherine Katya
    Anna Anne Ann Hannah Anya
    Anahit Ano
    Shushan Shushanik Susanna Susan Suzanne Suzi
    Sofia Sophie Sona
    Rebeka Rebecca Revekka
    Marta Martha Marfa
    Barbara Varvara
    Yuliana Yulia Julia Julie
    Natalia Natalie Natasha
    Tereza Theresa Thérèse
    Zhanna Joanna Jeanne Hovhanna
    Margarita Margaret Margarit Rita
    Svetlana Sveta
    Hripsime Hripsik
    Astghik Astgh
"""

_LINES_OF: dict[str, frozenset[int]] = {}
_NAMES_OF: list[frozenset[str]] = []
for _line in filter(None, map(str.strip, _CALLED.splitlines())):
    for _name in fold(_line).split():
        _LINES_OF[_name] = _LINES_OF.get(_name, frozenset()) | {len(_NAMES_OF)}
    _NAMES_OF.append(frozenset(fold(_line).split()))
_WITH_ONE_ERROR: dict[str, frozenset[str]] = {}
for _name in _LINES_OF:
    for _key in deletions(_name, 1):
        _WITH_ONE_ERROR[_key] = _WITH_ONE_ERROR.get(_key, frozenset()) | {_name}


def called_otherwise(folded: str) -> dict[str, float]:
    """The folds of the other forms of a name, even when it is misspelt; each with the number of errors between them."""
    meant = {name for key in deletions(folded, 1) for name in _WITH_ONE_ERROR.get(key, ())}
    found: dict[str, float] = {}
    for name in meant:
        amiss = OSA.distance(folded, name)
        for other in _others(name) if amiss <= 1 else ():
            found[other] = min(ERRORS + amiss, found.get(other, ERRORS + amiss))
    return found


def _others(folded: str) -> set[str]:
    return {name for line in _LINES_OF[folded] for name in _NAMES_OF[line]} - {folded}


def likeness(a: str, b: str) -> float:
    """How alike two folded parts are, 0 to 1: Jaro-Winkler, 0.9 at least for a name and another form of it."""
    alike = JaroWinkler.similarity(a, b)
    if alike < LIKENESS and not _LINES_OF.get(a, frozenset()).isdisjoint(_LINES_OF.get(b, frozenset())):
        return LIKENESS
    return alike
