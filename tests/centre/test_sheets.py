"""Tables as files: no text is a formula, whatever a sheet parts cells by; what no eye sees does not leave."""

import io
from datetime import date, datetime
from zipfile import ZipFile

import pytest
from django.utils import timezone
from python_calamine import CalamineWorkbook

from centre.books import book_chunks
from centre.sheets import LINES_AT_ONCE, Column, Table, csv_lines, list_separator, plain, tidy
from tests.libreoffice import needs_libreoffice, open_csv

SEPARATORS = (",", ";", "\t", "|")
MADE_AT = datetime.fromisoformat("2023-09-28T19:00:00+04:00")


def table(*rows, tag="", title="T"):
    width = max(map(len, rows))
    return Table("t", title, [Column(f"c{place}", f"H{place}", tag) for place in range(width)], rows)


def book_of(*tables):
    return b"".join(book_chunks(tables, made_at=MADE_AT, title="T"))


def read(book, sheet=0):
    return CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(sheet).to_python()


@pytest.mark.parametrize("sign", "=+-@＝＋－＠")
@pytest.mark.parametrize("before", ["", " ", "\t", "\r", "a;", "a,", "a\t", "a|", "a\n", 'a;"', "a; \t"])
def test_a_sign_that_opens_a_formula_has_an_apostrophe_before_it(before, sign):
    text = plain(f"{before}{sign}1+1")
    assert text.removeprefix("'").endswith(f"{before}'{sign}1+1" if before else f"{sign}1+1")
    assert "'" in text


@pytest.mark.parametrize(
    "text", ["+37493112233", "+37493112233; +37491123456", "Ter-Petrosyan", "a = b", "Գորիս; Կապան", "", "5–11", "x@y"]
)
def test_what_is_no_formula_stays_as_it_is(text):
    assert plain(text) == text


@pytest.mark.parametrize("text", ["\tGoris", "\rGoris", "\nGoris"])
def test_no_cell_begins_with_a_break(text):
    assert plain(text) == f"'{text}"


@pytest.mark.parametrize("text", ["+374+1", "+1;=1", "+37493112233*2", "+(1)"])
def test_a_sum_is_no_telephone(text):
    assert plain(text) != text


@needs_libreoffice
@pytest.mark.parametrize("opened_by", SEPARATORS)
@pytest.mark.parametrize("written_with", [",", ";"])
def test_no_cell_opens_as_a_formula_whatever_parts_it(tmp_path, written_with, opened_by):
    starts = ["=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1+1", "\r=1+1"]
    cells = [f"Petros{sign}{gap}=1+1{sign}" for sign in SEPARATORS for gap in ("", " ", '"')]
    content = b"".join(csv_lines(table(["x", *starts], cells), written_with))
    opened = open_csv(content, tmp_path, language="en", separator=opened_by)
    assert "1+1" in str(opened.rows)
    assert not opened.has_formula


def test_every_cell_is_quoted():
    assert b"".join(csv_lines(table(["a", 1, None], tag="#x"))).decode() == (
        '\ufeff"H0","H1","H2"\r\n"#x","#x","#x"\r\n"a","1",""\r\n'
    )


def test_what_no_eye_sees_does_not_leave():
    assert tidy("Зарегистри\u00adровано\u00a05\u202f000\u200b") == "Зарегистрировано 5 000"
    columns = [Column("c", "Зарегистри\u00adровано\u00a0всего")]
    assert read(book_of(Table("t", "Т\u00adТ", columns, [["а\u00adб"]]))) == [["Зарегистрировано всего"], ["аб"]]


@pytest.mark.parametrize(("language", "separator"), [("en", ","), ("ru", ";"), ("hy", ";")])
def test_a_list_is_parted_as_the_language_parts_it(language, separator):
    assert list_separator(language) == separator


def test_a_book_holds_text_numbers_days_and_instants_as_such():
    at = datetime.fromisoformat("2023-09-28T19:30:05+04:00")
    values = ["<=1&1>", "  +37493112233", 5, 1.5, date(1989, 5, 4), at, None, "", "\x00a\x0b"]
    (_head, row) = read(book_of(table(values)))
    naive = timezone.make_naive(at)
    assert row == ["<=1&1>", "  +37493112233", 5.0, 1.5, date(1989, 5, 4), naive, "", "", "a"]


def test_a_book_holds_every_row_of_every_sheet():
    many = [[f"n{row}", row] for row in range(2 * LINES_AT_ONCE + 1)]
    book = book_of(table(*many, tag="#x"), table(["last"], title="L"))
    assert read(book)[2:] == [[name, float(row)] for name, row in many]
    assert read(book, 1) == [["H0"], ["last"]]
    with ZipFile(io.BytesIO(book)) as parts:
        assert b"<dimension" not in parts.read("xl/worksheets/sheet1.xml")  # of a shell without rows


def test_a_book_made_twice_is_the_same():
    assert book_of(table(["a", MADE_AT])) == book_of(table(["a", MADE_AT]))


def test_a_book_goes_out_while_its_rows_are_read():
    read_rows = []

    def rows():
        for row in range(40 * LINES_AT_ONCE):
            read_rows.append(row)
            yield [str(hash((row, "noise"))) for _ in range(5)]

    pieces = book_chunks(
        [Table("t", "T", [Column(f"c{n}", "H") for n in range(5)], rows())], made_at=MADE_AT, title="T"
    )
    size, most = 0, 0
    for piece in pieces:
        size, most = size + len(piece), max(most, len(piece))
    assert most < size / 4
    assert len(read_rows) == 40 * LINES_AT_ONCE


def test_a_book_that_was_cut_is_no_book():
    whole = book_of(table(["a"]))
    with pytest.raises(Exception, match="zip"):
        ZipFile(io.BytesIO(whole[:-30]))
