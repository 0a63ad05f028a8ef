"""Files of every shape: what is read, and what is refused with which code."""

import csv
import datetime as dt
import io
import json
import os
import threading
import zipfile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from consultation.exchange.reading import Limits, UnreadableFile, open_table


def table_of(data: bytes, **options):
    return open_table(io.BytesIO(data), **options)


def cells_of(data: bytes, **options):
    return [list(row.cells.values()) for row in table_of(data, **options)]


def refusal(data, **options) -> UnreadableFile:
    with pytest.raises(UnreadableFile) as caught:
        list(open_table(io.BytesIO(data) if isinstance(data, bytes) else data, **options))
    assert str(caught.value)
    assert "%(" not in str(caught.value)
    return caught.value


def xlsx(rows, *, more_sheets=()) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for name in more_sheets:
        book.create_sheet(name)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
def test_delimiter_and_encoding_are_found(delimiter, codec):
    lines = ["ref|texte", "1|« Été, là »; fin", '2|"deux\nlignes"', "3|à"]
    data = "\r\n".join(line.replace("|", delimiter) for line in lines)
    data = data.replace("« Été, là »; fin", '"« Été, là »; fin"').encode(codec)
    with table_of(data) as table:
        assert table.delimiter == delimiter
        assert [row.cells["texte"] for row in table] == ["« Été, là »; fin", "deux\nlignes", "à"]
        assert [row.number for row in table] == [2, 3, 4]


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf16_is_read_where_it_is_asked_for_even_if_nothing_marks_it(codec):
    data = "é,à\nç,î\n".encode(codec)
    with table_of(data, encoding="UTF-16") as table:
        assert (table.encoding, table.columns, [row.cells for row in table]) == (
            "UTF-16", ("é", "à"), [{"é": "ç", "à": "î"}]
        )  # fmt: skip
    cut = refusal("a,b\n1,2\n3,4\n".encode(codec)[:-1], encoding="UTF-16")
    assert (cut.code, cut.params["encoding"]) == ("damaged_text", "UTF-16")


def test_a_pipe_is_read_like_a_file(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=("ref,titre\n1,été\n".encode(),))
    writer.start()
    with open_table(pipe) as table:
        writer.join()
        assert [row.cells for row in table] == [{"ref": "1", "titre": "été"}]


def test_row_numbers_count_blank_lines_and_a_separator_line_does_not_count():
    assert [row.number for row in table_of(b"\na,b\n1,2\n\n3,4\n")] == [3, 5]
    table = table_of(b'sep=;\na;"b,c"\n1;2\n')
    assert (table.delimiter, table.columns, [row.number for row in table]) == (";", ("a", "b,c"), [2])


def test_header_cells_are_named_and_made_distinct():
    table = table_of(b",id,id, id ,column_1\n1,2,3,4,5\n")
    assert table.columns == ("column_1_2", "id", "id_2", "id_3", "column_1")
    assert [notice.code for notice in table.notices] == ["unnamed_column", "repeated_column", "repeated_column"]
    assert [list(row.cells.values()) for row in table] == [["1", "2", "3", "4", "5"]]
    assert all("%(" not in notice.message() for notice in table.notices)


def test_rows_of_uneven_width_lose_nothing():
    rows = list(table_of(b"a,b\n1\n1,2,3,,5\n"))
    assert rows[0].cells == {"a": "1", "b": ""}
    assert rows[1].cells == {"a": "1", "b": "2", "column_3": "3", "column_5": "5"}
    assert [row.surplus for row in rows] == [False, True]


def test_one_column_with_commas_in_its_text_stays_one_column():
    assert cells_of(b"text\nwe want this, and that\nnothing\nmore, of it\n") == [
        ["we want this, and that"],
        ["nothing"],
        ["more, of it"],
    ]


@given(
    st.lists(
        st.lists(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12), min_size=3, max_size=3),
        min_size=1,
        max_size=6,
    ),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_what_a_csv_writer_wrote_is_read_again(rows, delimiter, line_end):
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator=line_end, quoting=csv.QUOTE_ALL)
    writer.writerows([["ref", "title", "text"], *rows])
    assert cells_of(out.getvalue().encode()) == rows


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty_file"),
        (b"\xef\xbb\xbf \r\n", "empty_file"),
        (b"a,b\n", "no_rows"),
        (b",,\n1,2,3\n", "no_header"),
        (b"1,2,3\n4,5,6\n", "no_header"),
        (b"%PDF-1.7 x", "binary_file"),
        (b"a,b\n1,\x00\x01\x02\n", "binary_file"),
        (b"\x89PNG\r\n\x1a\n", "binary_file"),
        (b"\n <!DOCTYPE html><html><body>Sign in, please</body></html>", "web_page"),
        (b"\xef\xbb\xbf<html lang=en>\n<body>\n", "web_page"),
        (b"PK\x03\x04 cut off", "damaged_spreadsheet"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old_spreadsheet"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"),
            "password_protected",
        ),
    ],
)
def test_what_is_no_table_is_refused(data, code):
    assert refusal(data).code == code


def test_an_open_quotation_mark_is_refused_with_its_row():
    error = refusal(b'a,b\n1,2\n3,"x\n4,5\n')
    assert (error.code, error.params["row"]) == ("unclosed_quote", 3)
    assert cells_of(b'a,b\n1,"closed"') == [["1", "closed"]]


def test_text_cut_within_a_character_is_refused_and_not_taken_as_windows_1252():
    error = refusal("a,b\n1,2\n3,é".encode()[:-1])
    assert (error.code, error.params) == ("damaged_text", {"offset": 10, "line": 3, "encoding": "UTF-8"})


def test_utf8_with_a_few_stray_bytes_is_refused_with_the_place():
    data = "a\né\nà\nç\n".encode() + b"x\xe9y\n"
    error = refusal(data)
    assert (error.code, error.params["offset"], error.params["line"]) == ("damaged_text", 12, 5)
    assert refusal(b"\xef\xbb\xbfa\nx\xe9y\n").params["offset"] == 6


def test_the_place_of_damage_is_right_beyond_the_first_chunk():
    data = b"a\n" + "é\n".encode() * 500_000 + b"\xff\n"
    error = refusal(data)
    assert (error.params["offset"], error.params["line"]) == (2 + 3 * 500_000, 500_002)


def test_a_named_encoding_is_checked_and_an_unknown_one_refused():
    assert cells_of(b"a,b\n\xe9,1\n", encoding="ISO-8859-1") == [["é", "1"]]
    assert refusal(b"a,b\n\xe9,1\n", encoding="UTF-8").code == "damaged_text"
    assert refusal(b"a,b\n1,1\n", encoding="utf-7").code == "unknown_encoding"
    assert refusal(b"a,b\n1,1\n", delimiter="x").code == "unknown_delimiter"
    assert refusal(b"a,b\n\xe9\x81,1\n").code == "undetected_encoding"


def test_a_file_over_the_limit_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        os.truncate(file.fileno(), 200_000_000)
    error = refusal(path)
    assert (error.code, error.params) == ("too_large", {"size": "200", "limit": "50"})

    class Untouchable(io.BytesIO):
        def read(self, size=-1):
            raise AssertionError("read")

    assert refusal(Untouchable(b"x" * 100), limits=Limits(bytes=99)).code == "too_large"


def test_a_stream_of_unknown_size_is_refused_as_soon_as_it_is_too_large():
    class Pipe(io.BytesIO):
        def seekable(self):
            return False

    assert refusal(Pipe(b"a,b\n" * 100), limits=Limits(bytes=99)).code == "too_large"
    assert [row.cells["a"] for row in open_table(Pipe(b"a,b\n1,2\n"))] == ["1"]


@pytest.mark.parametrize("size", [100_001, 10_000_000])
def test_a_cell_of_megabytes_is_refused_with_its_row(size):
    error = refusal(b"a,b\n1,2\n3," + b"x" * size + b"\n")
    assert (error.code, error.params["row"]) == ("cell_too_large", 3)
    assert cells_of(b"a,b\n3," + b"x" * 100_000) == [["3", "x" * 100_000]]


def test_rows_and_columns_are_limited():
    limits = Limits(row=100, rows=3, columns=4)
    assert refusal(b"a,b\n" + b"x" * 60 + b"," + b"y" * 60, limits=limits).code == "row_too_large"
    assert refusal(b"a,b\n" + b"1,2\n" * 4, limits=limits).code == "too_many_rows"
    assert len(cells_of(b"a,b\n" + b"1,2\n" * 3, limits=limits)) == 3
    assert refusal(b"a,b,c,d,e\n1,2,3,4,5\n", limits=limits).code == "too_many_columns"
    assert refusal(b"a,b\n1,2,3,4,5\n", limits=limits).params["row"] == 2


def test_json_as_a_list_within_an_object_and_one_object_a_line():
    rows = [{"a": 1, "b": None}, {"b": True, "c": [1, "x"], "d": {"e": 2.0}}]
    expected = [
        {"a": "1", "b": "", "c": "", "d": ""},
        {"a": "", "b": "true", "c": ["1", "x"], "d": '{"e": 2.0}'},
    ]
    whole = json.dumps(rows).encode()
    lines = "\n".join(map(json.dumps, rows)).encode()
    for data in (whole, b'{"meta": {"n": 2}, "rows": ' + whole + b"}", lines):
        table = table_of(data)
        assert (table.format, table.columns) == ("json", ("a", "b", "c", "d"))
        assert [(row.number, row.cells) for row in table] == [(1, expected[0]), (2, expected[1])]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b'[{"a": 1}', "invalid_json"),
        (b'{"a": 1}\n{"a"', "invalid_json"),
        (b"[" * 100_000, "invalid_json"),
        (b'[{"a": ' + b"9" * 10_000 + b"}]", "invalid_json"),
        (b'{"a": 1,\n"b": 2}', "no_list"),
        (b'{"x": [{"a": 1}], "y": [{"a": 1}]}', "several_lists"),
        (b'[{"a": 1}, 5]', "not_an_object"),
        (b"[]", "no_rows"),
    ],
)
def test_json_that_is_no_table_is_refused(data, code):
    assert refusal(data, filename="x.json").code == code


def test_an_object_that_names_a_field_twice_keeps_both_values():
    assert cells_of(b'[{"a": "1", "a": "2"}]') == [["1", "2"]]


def test_xlsx_rows_numbers_dates_and_other_sheets():
    rows = [["id", None, "when"], [7.0, "=1+1", dt.date(2026, 3, 31)], [], [None, "x"], [True, 1.5]]
    table = table_of(xlsx(rows, more_sheets=["Notes"]))
    assert table.columns == ("id", "column_2", "when")
    assert [(row.number, list(row.cells.values())) for row in table] == [
        (2, ["7", "", "2026-03-31"]),  # a formula that nobody computed has no result
        (4, ["", "x", ""]),
        (5, ["true", "1.5", ""]),
    ]
    assert [notice.code for notice in table.notices] == ["unnamed_column", "other_sheets"]


def test_a_spreadsheet_that_unpacks_to_too_much_is_refused_by_its_declared_size():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 30_000_000)
    assert len(out.getvalue()) < 100_000
    assert refusal(out.getvalue()).code == "expands_too_much"


def test_other_zip_files_and_forged_spreadsheets_are_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    assert refusal(out.getvalue()).code == "not_a_spreadsheet"
    source = zipfile.ZipFile(io.BytesIO(xlsx([["a"], ["1"]])))
    forged = io.BytesIO()
    with zipfile.ZipFile(forged, "w") as archive:
        for name in source.namelist():
            content = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                content = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + content
            archive.writestr(name, content)
    assert refusal(forged.getvalue()).code == "damaged_spreadsheet"


def test_a_stream_that_was_handed_in_stays_open():
    stream = io.BytesIO(b"a,b\n1,2\n")
    with open_table(stream) as table:
        assert len(list(table)) == len(list(table)) == 1
    assert not stream.closed
