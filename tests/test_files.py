"""Formats: the same ledger in every format is the same ledger; a file that is not what its name says is told."""

import datetime as dt
import io
import re
import zipfile

import pandas as pd
import pytest
from file_examples import FORMATS, TEXTS, WORKBOOKS, Error, Formula, Table, text, utf16, write
from office_examples import EAST, Office, blocking, places

from analysis.intake.files import Range, Shelf, address, matches
from analysis.intake.files.kinds import kind_of
from analysis.intake.files.sheets import position
from analysis.quantities.cells import Shown
from analysis.rounds.faults import Fault

#: index of a spreadsheet row in the list of rows
A_1, A_2, A_3, A_10, TOTAL = range(4, 9)


@pytest.fixture
def office(tmp_path):
    return Office(tmp_path)


def sheet_of(path, tables, **known):
    """Write tables, read the file and return its sheets."""
    write(path, tables)
    book = Shelf(path.parent, **known).book(path.name)
    assert not isinstance(book, Fault), book
    return book.sheets


@pytest.mark.parametrize(
    ("place", "row", "column"),
    [("A1", 1, 1), ("Z2", 2, 26), ("AA3", 3, 27), ("AZ10", 10, 52), ("ZZ1", 1, 702), ("AAA1", 1, 703)],
)
def test_an_address_is_row_and_column_and_back(place, row, column):
    assert position(place) == (row, column)
    assert address(row, column) == place


# ---------------------------------------------------------------------------------- every format alike


@pytest.mark.parametrize("kind", FORMATS)
def test_a_ledger_is_the_same_in_every_format(tmp_path, kind):
    before = Office(tmp_path / "xlsx").read()
    office = Office(tmp_path / kind)
    table = office.keep_clues_in(kind)
    if kind in TEXTS:
        # without merged cells the upper header stands over its first column only
        table.rows[2][5] = "涉及情况"
    after = office.read()
    assert after.faults == []
    place = ["file", "sheet"]
    pd.testing.assert_frame_equal(
        after.ledgers["clues"].drop(columns=place), before.ledgers["clues"].drop(columns=place)
    )
    assert after.ledgers["clues"]["file"].tolist() == [f"线索台账.{kind}"] * 4
    # the addresses too: rows of entries, letters of columns
    same = ["field", "column", "header"]
    pd.testing.assert_frame_equal(
        after.columns.loc[after.columns["ledger"] == "clues", same],
        before.columns.loc[before.columns["ledger"] == "clues", same],
    )


@pytest.mark.parametrize("kind", FORMATS)
def test_a_bad_cell_has_its_address_in_every_format(office, kind):
    table = office.keep_clues_in(kind)
    table.rows[2][5] = "涉及情况"
    table.rows[A_3][5] = "见附件"
    table.rows[A_10][3] = "某日"
    assert places(blocking(office.read())) == [("not_a_number", "F7"), ("not_a_date", "D8")]


@pytest.mark.parametrize("kind", WORKBOOKS)
def test_what_workbooks_hold(tmp_path, kind):
    rows = [
        [None, None, None],
        [None, "x", 3, 3.5, dt.date(2020, 1, 17), True, " 两\n行 ", "", None],
        [],
        [1, None, "<&>"],
        [None, "m"],
        [None, None],
    ]
    sheets = sheet_of(tmp_path / f"a.{kind}", [Table("一", rows, ("B5:C6",)), Table("二", [["y"]])])
    assert list(sheets) == ["一", "二"]
    sheet = sheets["一"]
    assert sheet.value(2, 2) == "x"
    assert [sheet.value(2, column) for column in (3, 4, 6, 7)] == [3, 3.5, True, " 两\n行 "]
    day = sheet.value(2, 5)
    assert (day.date() if isinstance(day, dt.datetime) else day) == dt.date(2020, 1, 17)
    # an empty text is an empty cell, and cells outside the sheet are empty
    assert sheet.value(2, 8) is None
    assert sheet.value(1, 1) is None
    assert sheet.value(99, 99) is None
    assert [sheet.value(4, column) for column in (1, 2, 3)] == [1, None, "<&>"]
    assert [str(merged) for merged in sheet.merged] == ["B5:C6"]


@pytest.mark.parametrize("kind", WORKBOOKS)
def test_hidden_rows_columns_and_sheets(tmp_path, kind):
    rows = [["a", "b"], [1, 2], [3, 4]]
    tables = [Table("一", rows, hidden_rows=[2], hidden_columns=[2]), Table("二", [["y"]], hidden=True)]
    sheets = sheet_of(tmp_path / f"a.{kind}", tables)
    assert (sheets["一"].hidden, sheets["二"].hidden) == (False, True)
    assert sheets["一"].hidden_rows == {2}
    assert sheets["一"].hidden_columns == {2}


@pytest.mark.parametrize("kind", WORKBOOKS)
def test_an_error_is_what_the_cell_shows(office, kind):
    table = office.keep_clues_in(kind)
    table.rows[A_3][5] = Error("#REF!")
    table.rows[A_1][4] = Error("#DIV/0!")
    assert [(f.check, f.cell, f.found) for f in blocking(office.read())] == [
        ("formula_failed", "E5", "#DIV/0!"),
        ("formula_failed", "F7", "#REF!"),
    ]


@pytest.mark.parametrize("kind", ("xlsx", "xlsm", "ods"))
def test_a_formula_without_a_stored_value_blocks(office, kind):
    table = office.keep_clues_in(kind)
    table.rows[A_3][5] = Formula("F5*2")
    table.rows[A_1][5] = Formula("500+500", 1000)
    # an empty text is a result too, and means that nothing is reported
    table.rows[A_3][4] = Formula('IF(1,"","")', "")
    intake = office.read()
    assert [(f.check, f.cell) for f in intake.faults] == [("formula_without_value", "F7")]
    clues = intake.ledgers["clues"].set_index("no")
    assert clues.loc["A-1", "amount"] == 1000_00
    assert pd.isna(clues.loc["A-3", "workers"])


def test_an_xls_cannot_tell_an_empty_result_from_none(office):
    table = office.keep_clues_in("xls")
    table.rows[A_3][5] = Formula("F5*2")
    intake = office.read()
    assert [(f.check, f.severity, f.cell) for f in intake.faults] == [("formula_blank", "warns", "F7")]
    assert pd.isna(intake.ledgers["clues"].set_index("no").loc["A-3", "amount"])


def test_dates_in_the_formats_of_chinese_excel_and_of_the_1904_calendar(tmp_path):
    write(tmp_path / "a.xlsx", [Table("一", [[dt.date(2020, 1, 17)]])])
    with zipfile.ZipFile(tmp_path / "a.xlsx") as container:
        parts = {name: container.read(name) for name in container.namelist()}
    day, month = dt.date(2020, 1, 17), Shown(dt.date(2020, 1, 17), "2020年1月", "2020-01")
    # built-in formats that say year, month and day only in Chinese versions; two of them show no day
    for number, shown in ((27, month), (31, day), (57, month)):
        styles = parts["xl/styles.xml"].replace(b'numFmtId="164" fontId', b'numFmtId="%d" fontId' % number)
        assert styles != parts["xl/styles.xml"]
        assert read_parts(tmp_path / "b.xlsx", {**parts, "xl/styles.xml": styles}).value(1, 1) == shown
    book = parts["xl/workbook.xml"].replace(b"<workbookPr/>", b'<workbookPr date1904="1"/>')
    assert book != parts["xl/workbook.xml"]
    assert read_parts(tmp_path / "c.xlsx", {**parts, "xl/workbook.xml": book}).value(1, 1) == dt.date(
        2024, 1, 18
    )


def read_parts(path, parts):
    """Write the parts of a workbook, read it again and return its first sheet."""
    with zipfile.ZipFile(path, "w") as container:
        for name, content in parts.items():
            container.writestr(name, content)
    book = Shelf(path.parent).book(path.name)
    assert not isinstance(book, Fault), book
    return next(iter(book.sheets.values()))


def test_a_forgotten_cell_far_away_does_not_fill_the_memory(tmp_path):
    rows = [["a"], *[[number] for number in range(5)]]
    write(tmp_path / "a.xlsx", [Table("一", rows)])
    with zipfile.ZipFile(tmp_path / "a.xlsx") as container:
        parts = {name: container.read(name) for name in container.namelist()}
    part = "xl/worksheets/sheet1.xml"
    far = b'<row r="200000"><c r="XFD200000"><v>7</v></c></row></sheetData>'
    parts[part] = parts[part].replace(b"</sheetData>", far)
    sheet = read_parts(tmp_path / "b.xlsx", parts)
    assert sheet.value(200000, 16384) == 7
    assert sheet.value(2, 1) == 0


def test_repeated_cells_and_rows_of_an_ods(tmp_path):
    write(tmp_path / "a.ods", [Table("一", [["x"]])])
    with zipfile.ZipFile(tmp_path / "a.ods") as container:
        parts = {name: container.read(name) for name in container.namelist()}
    body = parts["content.xml"].decode()
    rows = (
        '<table:table-row table:number-rows-repeated="3"><table:table-cell table:number-columns-repeated="2"/>'
        '<table:table-cell office:value-type="float" office:value="5" table:number-columns-repeated="2"/>'
        '</table:table-row><table:table-row><table:table-cell office:value-type="string">'
        '<text:p>甲<text:s text:c="2"/>乙</text:p>'
        "<office:annotation><text:p>批注</text:p></office:annotation></table:table-cell></table:table-row>"
    )
    first = body.index("<table:table-row")
    parts["content.xml"] = (body[:first] + rows + body[first:]).encode()
    sheet = read_parts(tmp_path / "b.ods", parts)
    assert [sheet.value(row, 3) for row in (1, 2, 3, 4)] == [5, 5, 5, None]
    assert sheet.value(3, 4) == 5
    # a comment is no part of the text
    assert sheet.value(4, 1) == "甲  乙"
    assert sheet.value(5, 1) == "x"


# ---------------------------------------------------------------------------------- text tables


ENCODED = {
    "utf-8": lambda rows: text(rows).encode("utf-8"),
    "utf-8-sig": lambda rows: text(rows).encode("utf-8-sig"),
    "gb18030": lambda rows: text(rows).encode("gb18030"),
    "gbk": lambda rows: text(rows).encode("gbk"),
    "utf-16": utf16,
    "utf-16 with commas": lambda rows: utf16(rows, ","),
    "semicolons": lambda rows: text(rows, ";").encode("gb18030"),
    "tabs": lambda rows: text(rows, "\t").encode("utf-8"),
}
MARKS = [
    ["成员单位评价"],
    ["代码", "单位", "部门", "评分"],
    [EAST, "东区", "示例一局", 90],
    [EAST, "东区", "示例；二局,含分隔符", 85.5],
]
FIELDS = {"unit_code": ["代码"], "unit_name": ["单位"], "department": ["部门"], "mark": ["评分"]}
BIG5_MARKS = [
    ["成員單位評價"],
    ["代碼", "單位", "部門", "評分"],
    [EAST, "東區", "示例一局", 90],
    [EAST, "東區", "示例二局", 85.5],
]
BIG5_FIELDS = {"unit_code": ["代碼"], "unit_name": ["單位"], "department": ["部門"], "mark": ["評分"]}


def marks_in(office, content, fields=None, file="评价.csv", **mapped):
    """Put a text table of marks beside the other files and read the round."""
    office.maps["ledgers"]["department_marks"] = {
        "file": file, "year": 2020, "header_rows": [2], "fields": fields or FIELDS, **mapped,
    }  # fmt: skip
    office.books["名册.xlsx"][0].rows[2][4] = "东区政府、示例东、東區"
    office.write()
    (office.folder / file).write_bytes(content)
    intake = office.read_again()
    own = [fault for fault in intake.faults if fault.check != "unit_not_reported"]
    return intake.ledgers.get("department_marks"), own


@pytest.mark.parametrize("name", ENCODED)
def test_encodings_and_separators_change_nothing(office, name):
    marks, faults = marks_in(office, ENCODED[name](MARKS))
    assert faults == []
    assert marks[["unit", "department", "mark", "row", "column"]].values.tolist() == [
        [EAST, "示例一局", 90.0, 3, "D"],
        [EAST, "示例；二局,含分隔符", 85.5, 4, "D"],
    ]


def test_big5_is_told_from_gb18030_by_the_headers(office):
    content = text(BIG5_MARKS).encode("big5")
    # the trap: the same bytes are good GB18030 as well, and mean nothing
    assert "代碼" not in content.decode("gb18030")
    marks, faults = marks_in(office, content, BIG5_FIELDS)
    assert faults == []
    assert marks["unit"].tolist() == [EAST, EAST]


def test_text_in_which_no_encoding_shows_the_headers_is_not_guessed_at(office):
    content = text(BIG5_MARKS).encode("big5")
    marks, faults = marks_in(office, content)
    assert [(fault.check, fault.file) for fault in faults] == [("encoding_doubtful", "评价.csv")]
    assert marks is None
    # the maps may name the encoding; then the headers are what is wrong
    marks, faults = marks_in(office, content, encoding="big5")
    assert {fault.check for fault in faults} == {"column_missing", "column_unknown"}


def test_an_encoding_the_maps_name_wrongly(office):
    content = text(MARKS).encode("utf-8")
    _marks, faults = marks_in(office, content + b"\xff", encoding="utf-8")
    assert [(fault.check, fault.details["encoding"]) for fault in faults] == [("encoding_wrong", "utf-8")]


def test_headers_in_plain_ascii_leave_chinese_cells_in_doubt(office):
    rows = [["x"], ["code", "department", "mark"], [EAST, "示例局", 90]]
    fields = {"unit_code": ["code"], "department": ["department"], "mark": ["mark"]}
    _marks, faults = marks_in(office, text(rows).encode("gb18030"), fields)
    assert [fault.check for fault in faults] == ["encoding_doubtful"]
    marks, faults = marks_in(office, text(rows).encode("gb18030"), fields, encoding="gb18030")
    assert faults == []
    assert marks["department"].tolist() == ["示例局"]


@pytest.mark.parametrize(
    ("line", "check", "cell", "severity"),
    [
        # the thousands comma splits the amount, and the cells behind it slip
        (f"{EAST},东区,示例三局,1,200.50", "row_too_long", "E5", "blocks"),
        (f"{EAST},东区,80", "row_too_short", "A5", "warns"),
    ],
)
def test_rows_whose_cells_have_slipped(office, line, check, cell, severity):
    content = (text(MARKS) + line + "\r\n").encode("utf-8")
    _marks, faults = marks_in(office, content)
    told = [(f.check, f.cell, f.severity) for f in faults if f.check == check]
    assert told == [(check, cell, severity)]


def test_a_quote_that_is_never_closed(office):
    _marks, faults = marks_in(office, (text(MARKS) + f'{EAST},"东区,示例三局,80\r\n').encode("utf-8"))
    assert [(fault.check, fault.details["line"]) for fault in faults] == [("not_a_csv", "5")]


def test_the_rows_of_a_text_table_are_counted_as_a_spreadsheet_counts_them(office):
    rows = [["说明\n两行"], ["代码", "单位", "部门", "评分"], [EAST, "东区", "示例\n局", "若干"]]
    _marks, faults = marks_in(office, text(rows).encode("utf-8"))
    assert places(faults) == [("not_a_number", "D3")]


# ---------------------------------------------------------------------------------- other things


def ole(*streams):
    """Return the look of a compound file with streams of these names."""
    return (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(504)
        + b"".join(f"{s}\0".encode("utf-16-le") for s in streams)
    )


def packed(**parts):
    """Return a zip file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as container:
        for name, content in parts.items():
            container.writestr(name.replace("__", "/").replace("_", "."), content)
    return out.getvalue()


def locked(content):
    """Return a zip file whose entries say that only a password opens them."""
    # the flags stand eight bytes behind the beginning of an entry in the central directory
    return re.sub(rb"(PK\x01\x02.{4})..", lambda entry: entry[1] + b"\x01\x00", content, flags=re.DOTALL)


def bent(name, text):
    """Return a zip file with one entry whose packed bytes are no longer those that were written."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as container:
        container.writestr(name, text)
    content = bytearray(out.getvalue())
    begins = 30 + len(name)
    content[begins : begins + 4] = b"\xff\xff\xff\xff"
    return bytes(content)


def workbook(kind, folder):
    """Return the bytes of a workbook."""
    folder.mkdir(parents=True, exist_ok=True)
    write(folder / f"other.{kind}", [Table("一", [["x"]])])
    return (folder / f"other.{kind}").read_bytes()


HTML = "<html><head><meta charset='gbk'></head><body><table><tr><td>编号</td></tr></table></body></html>"
ENCRYPTED_ODS = {"mimetype": "application/vnd.oasis.opendocument.spreadsheet",
                 "META-INF__manifest_xml": "<manifest:encryption-data/>"}  # fmt: skip


@pytest.mark.parametrize("name", ["xlsx", "xls", "ods", "csv"])
@pytest.mark.parametrize(
    ("content", "check", "really"),
    [
        (b"", "file_empty", ""),
        (b" \r\n\r\n", "file_empty", ""),
        (b"PK\x03\x04 cut off", "file_damaged", ""),
        (ole("EncryptedPackage", "EncryptionInfo"), "file_encrypted", ""),
        (packed(**ENCRYPTED_ODS), "file_encrypted", ""),
        (locked(packed(mimetype="x", a_txt="a")), "file_encrypted", ""),
        (bent("mimetype", "application/" * 20), "file_damaged", ""),
        (ole("Book"), "file_is_another", "old_excel"),
        (b"\x09\x04\x06\x00\x00\x00\x10\x00", "file_is_another", "old_excel"),
        (ole("WordDocument"), "file_is_another", "document"),
        (packed(word__document_xml="<w/>"), "file_is_another", "document"),
        (packed(a_txt="a"), "file_is_another", "archive"),
        (packed(xl__workbook_bin="x"), "file_is_another", "xlsb"),
        (b"%PDF-1.7\n", "file_is_another", "pdf"),
        (b"\x89PNG\r\n\x1a\n", "file_is_another", "picture"),
        (HTML.encode("gbk"), "file_is_another", "html"),
        (("\ufeff" + HTML).encode("utf-16"), "file_is_another", "html"),
        (b'<?xml version="1.0"?><Workbook/>', "file_is_another", "xml"),
        (b"a\x00b\x00c", "file_is_another", "binary"),
    ],
)
def test_a_file_that_is_not_what_its_name_says(office, name, content, check, really):
    office.write()
    office.maps["ledgers"]["clues"]["file"] = f"线索.{name}"
    office.books.pop("线索台账.xlsx")
    office.write()
    (office.folder / f"线索.{name}").write_bytes(content)
    faults = [fault for fault in office.read_again().faults if fault.file == f"线索.{name}"]
    assert [(fault.check, fault.details.get("really", "")) for fault in faults] == [(check, really)]


def test_an_xls_with_a_password(tmp_path):
    content = workbook("xls", tmp_path)
    begin = content.index(b"\x09\x08\x10\x00\x00\x06")
    # the record after the first one becomes the one that says how the rest is encrypted
    (tmp_path / "a.xls").write_bytes(content[: begin + 20] + b"\x2f\x00" + content[begin + 22 :])
    assert Shelf(tmp_path).book("a.xls").check == "file_encrypted"


def test_a_text_may_begin_like_an_archive():
    assert kind_of(b"PK,name\r\n1,2\r\n") == "text"


@pytest.mark.parametrize("named", ["xlsx", "xls", "ods", "csv"])
@pytest.mark.parametrize("really", ["xlsx", "xls", "ods", "csv"])
def test_a_table_under_the_ending_of_another_format(tmp_path, named, really):
    content = workbook(really, tmp_path)
    kind = {"csv": "text"}.get(really, really)
    assert kind_of(content) == kind
    (tmp_path / f"a.{named}").write_bytes(content)
    found = Shelf(tmp_path).book(f"a.{named}")
    if named == really:
        assert not isinstance(found, Fault)
    else:
        assert (found.check, found.details["really"]) == ("file_is_another", kind)


def test_an_ending_that_cannot_be_read(office):
    office.write()
    (office.folder / "线索台账.xlsx").rename(office.folder / "线索台账.et")
    office.maps["ledgers"]["clues"]["file"] = "线索台账.et"
    office.books.pop("线索台账.xlsx")
    assert [(fault.check, fault.file) for fault in office.read().faults] == [
        ("file_ending_unknown", "线索台账.et")
    ]


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_a_workbook_cut_off_is_told(office, kind):
    office.keep_clues_in(kind)
    office.write()
    path = office.folder / f"线索台账.{kind}"
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * 2 // 3])
    assert [(fault.check, fault.file) for fault in office.read_again().faults] == [
        ("file_damaged", f"线索台账.{kind}")
    ]


def test_a_cell_whose_bytes_were_damaged_is_not_read(office):
    office.write()
    path = office.folder / "线索台账.xlsx"
    with zipfile.ZipFile(path) as container:
        parts = {name: container.read(name) for name in container.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as container:
        for name, content in parts.items():
            container.writestr(name, content)
    content = path.read_bytes()
    assert content.count(b"<v>1000</v>") == 2
    path.write_bytes(content.replace(b"<v>1000</v>", b"<v>7000</v>"))
    assert [fault.check for fault in office.read_again().faults] == ["file_damaged"]


# ---------------------------------------------------------------------------------- the model


@pytest.mark.parametrize(
    ("pattern", "name", "star"),
    [
        ("线索*.xlsx", "线索_东区.xlsx", "_东区"),
        ("线索[1].xlsx", "线索[1].xlsx", None),
        ("2020?.csv", "2020年.csv", None),
        # decomposed, as some systems unpack names
        ("caf\u00e9*.csv", "cafe\u03011.csv", "1"),
    ],
)
def test_patterns_of_names(pattern, name, star):
    found = matches(pattern, name)
    assert found
    assert (found.groups() or (None,))[0] == star


def test_patterns_stand_for_nothing_else():
    assert matches("线索[12].xlsx", "线索1.xlsx") is None
    assert matches("线索.xlsx", "线索axlsx") is None


def test_other_contents_in_a_cell_leave_the_sheet_as_it_is(tmp_path):
    sheet = sheet_of(tmp_path / "a.xlsx", [Table("一", [["a", "b"], [Formula("1+1")]])])["一"]
    other = sheet.with_cells({(2, 1): 5, (4, 3): "x"})
    assert (other.value(2, 1), other.value(4, 3), other.value(1, 2)) == (5, "x", "b")
    assert (sheet.value(2, 1), sheet.value(4, 3)) == (None, None)
    # a corrected cell is no formula without a value any more
    assert (sheet.unfinished, other.unfinished) == ({(2, 1)}, set())


def test_addresses():
    assert address(12, 28) == "AB12"
    assert str(Range(1, 3, 2, 2)) == "B1:B3"
