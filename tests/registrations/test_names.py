"""A name is found in whichever letters it was written, and stands in Armenian order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from registrations.names import (
    LONGEST_FOLD,
    fold,
    fold_fathers_name,
    mixes_scripts,
    scripts,
    sort_key,
    spelt,
    words,
)
from registrations.other_names import likeness

SAME_SURNAME = """
    Հովհաննիսյան Hovhannisyan Hovanesian Oganesyan Оганесян Ованнисян
    Հարությունյան Harutyunyan Arutyunyan Haroutiunian Арутюнян Յարութիւնեան
    Հակոբյան Hakobyan Akopyan Hagopian Акопян Յակոբեան
    Ղազարյան Ghazaryan Kazaryan Gazaryan Казарян Газарян
    Գևորգյան Գեւորգյան Գեվորգյան ԳԵՎՈՐԳՅԱՆ ԳԵՒՈՐԳՅԱՆ Gevorgyan Gevorkyan Kevorkian Геворкян
    Հայրապետյան Hayrapetyan Ayrapetyan Hairapetian Айрапетян
    Համբարձումյան Hambardzumyan Ambartsumyan Амбарцумян
    Պողոսյան Poghosyan Boghossian Погосян
    Սողոմոնյան Soghomonyan Согомонян
    Ղուկասյան Ghukasyan Гукасян
    Եղիազարյան Yeghiazaryan Егиазарян
    Խաչատրյան Khachatryan Xachatryan Khachaturian Хачатрян Хачатурян
    Ծատուրյան Tsaturyan Caturyan Цатурян
    Մկրտչյան Mkrtchyan Megerdichian Мкртчян Мкртычян
    Ջհանգիրյան Jhangiryan Джангирян
    Սարգսյան Sargsyan Sarkisyan Sarkissian Sarkisjan Саргсян Саркисян
    Շահնազարյան Shahnazaryan Шахназарян
    Տեր-Պետրոսյան Տերպետրոսյան Ter-Petrosyan Der-Bedrossian Тер-Петросян
    Մամունց Mamunts Мамунц
    Խոջոյանց Khojoyants Ходжоянц
    Սահակյան Sahakyan Саакян Сагакян
    Իսահակյան Isahakyan Исаакян
    Շահինյան Shahinyan Шаинян
    Շահումյան Shahumyan Шаумян
    Չոբանյան Chobanyan Tchobanian Çobanyan Чобанян
    Օդաջյան Odajyan Odadjian Одаджян
    Նիշանյան Nishanyan Nişanyan Нишанян
    Եարճանեան Յարճանյան Yarjanian Ярчанян
    Տեր-Հովհաննիսյան Ter-Hovhannisyan Der-Hovanessian Тер-Оганесян Тер-Ованнисян
    Տեր-Հակոբյան Տէր-Յակոբեան Ter-Hakobyan Тер-Акопян
    Խանփերյան Khanperyan Ханферян
"""
SAME_GIVEN_NAME = """
    Հայկ Hayk Айк Гайк
    Մհեր Mher Мгер
    Վահագն Vahagn Ваагн
    Գոհար Gohar Гоар
    Հրանտ Hrant Грант
    Ջուլիետա Julieta Джульетта
    Հրաչյա Hrachya Грачья Рачья
    Հռիփսիմե Hripsime Рипсиме
    Սերգեյ Sergey Sergei Сергей
    Ալեքսանդր Aleksandr Alexander Александр
    Միքայել Mikayel Микаел Микаэл
    Արտյոմ Artyom Артём Артем
    Եվգենի Yevgeni Evgeny Евгений
    Անուշ Anush Anoush Ануш
    Լիլիթ Lilit Lilith Лилит
    Շահեն Shahen Шаэн Шаген
    Վահե Vahe Ваэ Ваге
    Ահարոն Aharon Аарон
    Արմանուհի Armanuhi Армануи
    Հրանուշ Hranush Грануш
    Ջիվան Jivan Djivan Дживан
    Երվանդ Երուանդ Yervand Yervant Ерванд
    Վարուժան Varuzhan Varoujan Варужан
    Լյուդմիլա Lyudmila Ludmila Людмила
    Նունե Nune Nouneh Нуне
    Ռափայել Rapayel Rafael Рафаел Рафаэл
    Նատալի Natali Natalie Натали
    Քրիստինե Kristine Christine Кристине
    Սամվել Սամուել Samvel Samuel Самвел
"""
SAME_FATHER = """
    Արամ Արամի Арам Арамович Арамовна Aram Arami Aramovich Արամովիչ
    Սերգեյ Սերգեյի Сергей Сергеевич Сергеевна Sergeyevich Սերգեևիչ
    Հակոբ Հակոբի Акопович Акоповна Hakobi
    Միշա Միշայի Миша Mishayi
    Յուրի Յուրիի Юрий Юрьевич Yuri
    Դավիթ Դավթի Դավիթի Давидович Davit
    Սարգիս Սարգսի Саркисович Sargis
    Մկրտիչ Մկրտչի Мкртич Мкртичович
    Հովհաննես Հովհաննեսի Оганесович Ованесович
    Պավել Պավելի Павлович Pavel
"""
SURNAME_STEMS = """
    Ադամ Աբրահամ Ալեքսան Ամիր Անտոն Առաքել Ասատուր Ավագ Ավետիս Բաբա Բաղդասար Բարսեղ Գաբրիել Գալուստ Գասպար
    Գրիգոր Դանիել Դավթ Եղիա Եսա Զաքար Զոհրաբ Թադևոս Թորոս Իսրայել Իշխան Լալա Լևոն Խաչատր Խաչիկ Ծատուր Կարապետ
    Կիրակոս Հակոբ Հայրապետ Հարություն Ղազար Ղուկաս Մանուկ Մարգար Մարտիրոս Մելիք Մինաս Միրզո Մկրտչ Մնացական
    Մովսիս Մուրադ Ներսիս Նիկոլ Շահնազար Շիրին Ոսկան Չալ Պետրոս Պողոս Ջհանգիր Սահակ Սարգս Սիմոն Սողոմոն Ստեփան
    Վարդան Վիրաբ Տիգրան Ուզուն Փանոս Քալանթար Քոչար Օհան Օսիպ
"""
IN_ORDER = """
    Անի Աննա Բաբկեն Գեղամ Գեորգի Գևորգ Եվա Եփրեմ Էդիկ Թամարա Ռուզան Ցոլակ Ուրարտու Փառանձեմ Քնարիկ Օհան
    Ֆրունզե Аветисян Елена Ёлкин Жора Яна Anna Ürün Zara
"""


def lines(table):
    return [row.split() for row in table.strip().splitlines()]


def trigrams(word):
    padded = f"  {word} "
    return {padded[i : i + 3] for i in range(len(padded) - 2)}


def trigram_similarity(a, b):
    """As PostgreSQL's pg_trgm measures two single words."""
    return len(trigrams(a) & trigrams(b)) / len(trigrams(a) | trigrams(b))


@pytest.mark.parametrize("spellings", lines(SAME_SURNAME) + lines(SAME_GIVEN_NAME), ids=lambda row: row[0])
def test_one_name_in_three_scripts_has_one_fold(spellings):
    assert {fold(name) for name in spellings} == {fold(spellings[0])}


@pytest.mark.parametrize("spellings", lines(SAME_FATHER), ids=lambda row: row[0])
def test_a_fathers_name_is_one_in_every_case(spellings):
    assert {fold_fathers_name(name) for name in spellings} == {fold_fathers_name(spellings[0])}


@pytest.mark.parametrize(
    ("written", "meant", "at_least"),
    [
        ("Hachatryan", "Խաչատրյան", 0.5),  # h for խ
        ("Ованесян", "Ավանեսյան", 0.3),  # two surnames, often taken for one
        ("Саргсан", "Սարգսյան", 0.45),  # a letter left out
        ("Григоран", "Գրիգորյան", 0.5),
        ("Մարտիրոսան", "Մարտիրոսյան", 0.55),
        ("Мовсесян", "Մովսիսյան", 0.4),
    ],
)
def test_a_misspelt_name_is_near(written, meant, at_least):
    assert trigram_similarity(fold(written), fold(meant)) >= at_least
    assert likeness(fold(written), fold(meant)) >= 0.75


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Գրիգորյան", "Գևորգյան"),
        ("Հակոբյան", "Հակոբջանյան"),
        ("Խաչատրյան", "Խաչիկյան"),
        ("Աննա", "Յանա"),
        ("Անի", "Աննա"),
        ("Նարեկ", "Նարե"),
        ("Մամունց", "Մամյան"),
        ("Петросян", "Տեր-Պետրոսյան"),
        ("Օհանյան", "Հովհաննիսյան"),
        ("Գարիկ", "Գագիկ"),
    ],
)
def test_two_names_stay_two(one, other):
    assert fold(one) != fold(other)


def test_distinct_surnames_are_not_merged():
    stems = [stem for row in lines(SURNAME_STEMS) for stem in row]
    assert len({fold(stem + "յան") for stem in stems}) == len(stems) == 71


def test_look_alike_letters_are_read_in_the_script_of_the_word():
    assert fold("Grig\u043eryan") == fold("Grigoryan")  # a Cyrillic о
    assert fold("Գև\u006fրգյան") == fold("Գևօրգյան")  # a Latin o
    assert fold("Մ\u0061րկ\u006fսян") != ""
    assert fold("Ղ\u043eнд") == fold("Ղ\u043eнд".upper())


def test_marks_case_and_invisible_characters_do_not_count():
    assert fold("  ՍԱՐԳՍՅԱՆ ") == fold("Սա՛րգսյան") == fold("Սարգ\u200bսյան") == fold("Սարգսյան\x00")
    assert fold("Ｓargsyan") == fold("Sargsyan") == fold("Sárgsyan")
    assert fold("ﬓացական") == fold("Մնացական")


def test_ter_is_one_with_its_name_and_other_parts_are_not():
    assert fold("Տեր Պետրոսյան") == fold("Տեր-Պետրոսյան") == fold("ter petrosyan")
    assert fold("Աննա-Մարիա") == fold("Анна Мария") == "ana maria"


def test_letters_of_no_rule_stand_for_themselves():
    assert fold("張") == "張"
    assert fold("") == fold(" ՜ - ") == ""


@given(st.text(max_size=200))
def test_any_text_has_a_fold_and_an_order(text):
    assert len(fold(text)) <= LONGEST_FOLD
    assert fold(text) == fold(text).strip()
    assert fold_fathers_name(text) == fold_fathers_name(f" {text} ")
    assert "\x00" not in fold(text) + sort_key(text)
    assert all(words(text))


def test_a_query_is_its_parts_in_order_each_once():
    asked = words("Тер Петросян,  Анна-Мария anna")
    assert tuple(asked) == ("terpetrosy", "ana", "maria")
    assert words("  ") == {}


@pytest.mark.parametrize(
    ("name", "amiss"),
    [("Погосян", "Погосня"), ("Погосян", "Погосн"), ("Alexander", "Aexander"), ("Հայկ", "Հայ"), ("Ծովինար", "Ովինար")],
)
def test_one_letter_amiss_is_one_sign_amiss(name, amiss):
    assert OSA.distance(spelt(name), spelt(amiss)) == 1


@pytest.mark.parametrize(
    "spellings", ["Մելիքյան Меликян Melikyan", "Ծովակ Цовак Tsovak", "Ալեքսանդր Александр Aleksandr"]
)
def test_letters_of_three_scripts_are_the_same_signs(spellings):
    assert len({spelt(name) for name in spellings.split()}) == 1


def test_scripts_are_told_apart():
    assert scripts("Անի Иванова Smith 12") == {"armenian", "cyrillic", "latin"}
    assert scripts("12-34") == set()


def test_a_word_in_two_scripts_is_noticed_a_line_is_not():
    assert mixes_scripts("Սարգսյաн")
    assert not mixes_scripts("Anna Սարգսյան")
    assert not mixes_scripts("Սարգսյան-Petrosyan")


def test_armenian_order_then_cyrillic_then_latin_by_code_point_and_by_bytes():
    in_order = [name for row in lines(IN_ORDER) for name in row]
    backwards = list(reversed(in_order))
    assert sorted(backwards, key=sort_key) == in_order
    assert sorted(backwards, key=lambda name: sort_key(name).encode()) == in_order


def test_the_spellings_of_yev_sort_as_one():
    assert sort_key("Գևորգ") == sort_key("Գեւորգ") == sort_key("ԳԵՎՈՐԳ") == sort_key("Գեվորգ")


def test_shorter_surname_stands_before_longer_one_that_begins_with_it():
    assert sort_key("Ադամ Զավեն") < sort_key("Ադամյան Արամ")


def test_names_that_repeat_are_folded_once():
    """As names repeat: 300 spellings seen 40 times each."""
    letters = "աբգդեզթիլկհմնոպսվտրք"
    names = [f"Հ{a}{b}ումյան" for a in letters for b in letters][:300]
    fold.cache_clear()
    for name in names * 40:
        fold(name)
    assert fold.cache_info()[:2] == (39 * 300, 300)
