"""Personal data stay at the door: columns of persons, and numbers of persons inside free text.

Every number here is made up: the region 110000 is nobody's, telephone numbers are runs of zeros, cards are the issuer's
digits and zeros. The many ways in which numbers are written stand in `person_forms`.
"""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from pathlib import Path

import nbformat
import pytest
import round_examples as example
from executed_pages import execute
from hypothesis import given
from hypothesis import strategies as st
from leaks import leaks
from office_examples import Office, blocking, places
from openpyxl import load_workbook
from rich.console import Console

from analysis.intake import fault_line
from analysis.intake.persons.person_columns import is_about_persons
from analysis.intake.persons.person_names import PersonNames
from analysis.intake.persons.person_numbers import MASK, card_number, identity_number, mask, nobodys
from analysis.publish import workbook
from analysis.publish.html_exporter import AssessHTMLExporter
from analysis.publish.person_gate import Gate
from analysis.quantities import plain_text
from analysis.rounds.levels import level_of
from analysis.run import pipeline
from analysis.run.checking import check
from analysis.run.orders import REPORT, Order, notebooks_folder
from analysis.run.progress import RunConsole
from analysis.run.stages import open_assessment
from analysis.words import words

# weights 7 9 10 5 8 4 2 1 6 3 7 9 10 5 8 4 2 on 1 1 0 0 0 0 1 9 9 0 0 1 0 1 1 1 1:
# 7+9+0+0+0+0+2+9+54+0+0+9+0+5+8+4+2 = 109 = 9·11 + 10, and the eleventh of 1 0 X 9 8 7 6 5 4 3 2 is 2
IDENTITY = "110000199001011112"
OLD_IDENTITY = "110000550101111"
MOBILE = "13800000000"
LANDLINE = "0335-2000000"
# from the right, every second digit doubled: 0 … 0, 6·2 = 12 → 3, 2; 3 + 2 = 5, so that the last digit must be 5
CARD = "6200000000000005"
#: rows of the example ledger: its header and its first clue
HEADER, FIRST = 2, 4
NUMBERS = {"identity": IDENTITY, "phone": MOBILE, "card": CARD}


def test_check_digits_computed_by_hand() -> None:
    assert identity_number(IDENTITY)
    assert not any(identity_number(IDENTITY[:-1] + digit) for digit in "013456789X")
    # no such day, no such region
    assert not identity_number("110000199013011112")
    assert not identity_number("990000199001011116")
    assert card_number(CARD)
    assert not card_number("6200000000000006")


@pytest.mark.parametrize(
    ("text", "masked", "kinds"),
    [
        (f"身份证{IDENTITY}。", f"身份证{MASK}。", ("identity",)),
        (f"见{IDENTITY}", f"见{MASK}", ("identity",)),
        ("见１１００００１９９００１０１１１１２", f"见{MASK}", ("identity",)),
        ("110000 19900101 1112", MASK, ("identity",)),
        # named as one, a number with a wrong check digit is a slip of the pen
        ("身份证号：110000199001011117", f"身份证号：{MASK}", ("identity",)),
        # typed as numbers, of which a spreadsheet keeps fifteen digits
        (plain_text(110000199001011112), MASK, ("identity",)),
        (plain_text(1.10000199001011e17), MASK, ("identity",)),
        (plain_text(6.222020200112233e18), MASK, ("card",)),
        ("110000199099011000", "110000199099011000", ()),
        (f"老证{OLD_IDENTITY}", f"老证{MASK}", ("identity",)),
        (f"联系{MOBILE}、138 0000 0001", f"联系{MASK}、{MASK}", ("phone", "phone")),
        (f"{MOBILE}/13900000000,13700000000", f"{MASK}/{MASK},{MASK}", ("phone",) * 3),
        ("+86 13800000000", MASK, ("phone",)),
        (f"办公室{LANDLINE}", f"办公室{MASK}", ("phone",)),
        ("（0335）2000000", MASK, ("phone",)),
        ("电话：2000000", f"电话：{MASK}", ("phone",)),
        (f"付至{CARD}", f"付至{MASK}", ("card",)),
        ("6200 0000 0000 0005", MASK, ("card",)),
        ("账号 100000000000", f"账号 {MASK}", ("card",)),
        (f"编号：{MOBILE}", f"编号：{MASK}", ("phone",)),
        (f"XS-{MOBILE}", f"XS-{MASK}", ("phone",)),
        (f"金额{IDENTITY}元", f"金额{MASK}元", ("identity",)),
        ("一一〇〇〇〇一九九〇〇一〇一一一一二", MASK, ("identity",)),
        ("110\u200b000\n1990.01/01\u00a01112", MASK, ("identity",)),
        ("邮箱shili@example.com", f"邮箱{MASK}", ("email",)),
        ("冀C·12345", MASK, ("plate",)),
        ("护照E12345678", f"护照{MASK}", ("passport",)),
        ("QQ：100000", f"QQ：{MASK}", ("account",)),
    ],
)
def test_numbers_of_persons_are_masked(text: str, masked: str, kinds: tuple[str, ...]) -> None:
    assert mask(text) == (masked, kinds)


@pytest.mark.parametrize(
    "text",
    [
        "微信群里通知100000元",
        "G102国道",
        "2020-130302-47-01-000123",
        "130302202012140001",
        "130302200101001",
        "13800000000元",
        "欠薪 13,800,000,000.00",
        "2020-12-14",
        "秦治欠〔2022〕1号",
        "6200000000000006",
        "1990010111112345678901",
        "1号楼2单元",
    ],
)
def test_numbers_that_are_nobodys_stay(text: str) -> None:
    assert mask(text) == (text, ())


def test_the_ledgers_own_numbers_are_known() -> None:
    assert mask(f"同{MOBILE}", {MOBILE}) == (f"同{MOBILE}", ())
    assert mask("线索13030220001", {"130302"}).kinds == ()
    # of a region that the round does not know
    assert mask("线索13030220001", {"120100"}).kinds == ("phone",)


def test_what_an_office_makes_public_itself_stays() -> None:
    public = nobodys(["0335-2000000", "Bangong@example.com"])
    text = "电话03352000000、（0335）2000000，bangong@example.com"
    assert mask(text, public) == (text, ())


@given(st.text(), st.sampled_from(sorted(NUMBERS)))
def test_masking_twice_changes_nothing_and_keeps_the_rest(text: str, kind: str) -> None:
    once = mask(f"{text}，{NUMBERS[kind]}，").text
    assert mask(once).text == once
    assert NUMBERS[kind] not in once


@pytest.mark.parametrize(
    ("levels", "about"),
    [
        (("姓名",), True),
        (("联系人",), True),
        (("联系人", "电话"), True),
        (("农民工姓名",), True),
        (("法定代表人姓名",), True),
        (("开户行账号",), True),
        (("家庭住址",), True),
        (("责任人",), True),
        (("Phone number",), True),
        (("first_name",), True),
        (("patient_name",), True),
        (("case_name",), False),
        (("责任岗位",), False),
        (("联系人", "岗位"), False),
        (("涉及人数",), False),
        (("工资专用账户",), False),
        (("单位名称",), False),
        (("项目名称",), False),
    ],
)
def test_headers_of_persons_are_known(levels: tuple[str, ...], about: bool) -> None:
    assert is_about_persons(*levels) is about


# ------------------------------------------------------------------------------------------- at the door


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_a_column_of_persons_is_dropped_although_the_maps_forget_it(office: Office) -> None:
    office.clues[HEADER].append("联系电话")
    office.clues[FIRST].append(MOBILE)
    told = [fault for fault in office.read().faults if fault.check == "persons_column_dropped"]
    assert [(fault.found, fault.severity) for fault in told] == [("联系电话", "warns")]


def test_a_column_of_persons_is_no_field(office: Office) -> None:
    office.maps["ledgers"]["clues"]["fields"]["project"] = ["工人姓名"]
    office.clues[HEADER].append("工人姓名")
    assert places(blocking(office.read()))[0][0] == "persons_column_mapped"


def test_an_identity_number_is_no_number_of_a_clue(office: Office) -> None:
    office.clues[FIRST][0] = IDENTITY
    intake = office.read()
    assert ("person_number_as_key", "A5") in places(blocking(intake))
    assert not any(IDENTITY in fault_line(fault, words("zh")) for fault in intake.faults)


@pytest.mark.parametrize(
    ("number", "kind"),
    [(IDENTITY, "identity"), (MOBILE, "phone"), (CARD, "card"), ("shili@example.com", "email")],
)
def test_a_key_that_is_a_number_of_a_person_blocks_and_is_not_told(
    office: Office, number: str, kind: str
) -> None:
    office.clues[FIRST][0] = number
    told = [fault for fault in blocking(office.read()) if fault.check == "person_number_as_key"]
    assert [(fault.cell, fault.found, fault.details["number_of"]) for fault in told] == [("A5", MASK, kind)]


def test_running_numbers_of_an_office_are_keys(office: Office) -> None:
    # eleven digits that begin with the code of the city are the number of a clue, as is one with a year in it
    office.settings["city"]["code"] = "130300"
    office.clues[FIRST][0], office.clues[FIRST + 1][0] = "13030000001", "139-2020-0001"
    intake = office.read()
    assert blocking(intake) == []
    assert {"13030000001", "139-2020-0001"} <= intake.nobodys


def test_a_number_of_a_person_in_the_name_of_a_file_a_sheet_or_a_column_blocks(office: Office) -> None:
    (table,) = office.books.pop("线索台账.xlsx")
    office.books[f"线索台账{MOBILE}.xlsx"] = [table]
    table.name = f"线索{IDENTITY}"
    table.rows[HEADER][9] = f"办结日期{LANDLINE}"
    mapped = office.maps["ledgers"]["clues"]
    mapped |= {"file": f"线索台账{MOBILE}.xlsx", "sheet": f"线索{IDENTITY}"}
    mapped["fields"]["closed_on"] = [f"办结日期{LANDLINE}"]
    intake = office.read()
    told = [
        (fault.cell, fault.found, fault.file)
        for fault in blocking(intake)
        if fault.check == "person_number_in_place"
    ]
    file = f"线索台账{MASK}.xlsx"
    assert told == [("", file, file), ("", f"线索{MASK}", file), ("J4", f"办结日期{MASK}", file)]
    # the maps name them too
    assert {fault.file for fault in blocking(intake)} == {file, "maps.yaml"}


def test_a_number_of_a_person_in_the_settings_blocks_with_its_line(office: Office) -> None:
    office.settings["issuer"] = f"示例办公室（联系{MOBILE}）"
    told = [fault for fault in blocking(office.read()) if fault.check == "person_number_in_settings"]
    # below the three lines of the city
    line = list(office.settings).index("issuer") + 1 + len(office.settings["city"])
    assert [(fault.file, fault.line, fault.found) for fault in told] == [
        ("round.yaml", line, f"issuer: 示例办公室（联系{MASK}）")
    ]


def test_what_the_office_makes_public_is_no_persons_number(office: Office) -> None:
    office.settings |= {"issuer": f"示例办公室（举报电话{LANDLINE}）", "public_numbers": [LANDLINE, CARD]}
    office.clues[FIRST][0] = CARD
    intake = office.read()
    assert blocking(intake) == []
    assert mask(LANDLINE.replace("-", ""), intake.nobodys).kinds == ()


# ----------------------------------------------------------------------------------------------- the last gate


def packed(text: str, *, name: str = "inner/part.xml", note: str = "") -> bytes:
    """Return an archive with a text in a part, and a note about the whole."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr(name, text)
        archive.comment = note.encode()
    return data.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "what"),
    [
        ("report.html", f"<h2>问题</h2><p>见{IDENTITY}</p>", "identity"),
        ("report.html", "<h2>问题</h2><p>见<b>110000</b>1990<i>0101</i>1112</p>", "identity"),
        ("report.html", f'<h2>问题</h2><img alt="{MOBILE}">', "phone"),
        ("figures/a.svg", "<svg><text>&#49;3800000000</text></svg>", "phone"),
        ("manifest.json", json.dumps({"inputs": [{"path": f"{MOBILE}.xlsx"}]}), "phone"),
        (
            "5_report.ipynb",
            json.dumps({"cells": [{"cell_type": "markdown", "source": ["冀C12345"]}]}),
            "plate",
        ),
        ("ledgers/clues.csv", f"no,project\n1,{CARD}\n2,某工地\n", "card"),
        ("ledgers/clues.csv", f"no,amount\n1,{IDENTITY}\n2,100\n", "identity"),
        (f"units/{MOBILE}.html", "", "phone"),
        ("cards.zip", packed("", name=f"{MOBILE}.html"), "phone"),
        ("cards.zip", packed("", note="shili@example.com"), "email"),
        ("workbook.xlsx", packed(f"<dc:creator>{MOBILE}</dc:creator>", name="docProps/core.xml"), "phone"),
        ("workbook.xlsx", packed(f"<sheetData><c><v>{IDENTITY}</v></c></sheetData>"), "identity"),
        (
            "workbook.xlsx",
            packed(f'<sheetData><c r="A1"><v>7</v></c><c r="B1" s="3"><v>{IDENTITY}</v></c></sheetData>'),
            "identity",
        ),
        (
            "workbook.xlsx",
            packed(f'<sheetData><c r="A1" t="inlineStr"><is><t>电话{MOBILE}</t></is></c></sheetData>'),
            "phone",
        ),
        (
            "bulletin.docx",
            packed("<w:p><w:r><w:t>QQ：100</w:t></w:r><w:r><w:t>000</w:t></w:r></w:p>"),
            "account",
        ),
    ],
)
def test_the_gate_finds_a_number_in_every_format(
    tmp_path: Path, name: str, data: str | bytes, what: str
) -> None:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    (found,) = Gate(PersonNames(), ()).leaks(tmp_path)
    heading = "问题" if "<h2>" in str(data) else ""
    assert found == (name.replace(MOBILE, MASK), heading, what)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        # amounts in fen, a coordinate, places of texts in a list, a hash, a decimal, what the office makes public
        ("values.csv", "measure,value\namount,13800000000\namount,100\n"),
        ("a.svg", '<svg><path d="M 1380 0000 000 L 0335 200 0000"/></svg>'),
        ("report.html", "<script>0 0 142 1521 1023 143 1523 1023 144 1525</script>"),
        (
            "manifest.json",
            json.dumps({"sha256": "0e130f13210e588e32949adb9517385f3bea3423901f03dc4e034944938798d3"}),
        ),
        ("report.html", "<td>0.4384615384615385</td>"),
        ("workbook.xlsx", packed("<sheetData><c><v>13800000000</v></c></sheetData>")),
        ("workbook.xlsx", packed('<sheetData><c r="A1" s="3"><v>13800000000</v></c></sheetData>')),
        ("bulletin.html", f"<p>举报电话{LANDLINE}</p>"),
    ],
)
def test_the_gate_takes_figures_for_figures(tmp_path: Path, name: str, data: str | bytes) -> None:
    (tmp_path / name).write_bytes(data.encode() if isinstance(data, str) else data)
    assert Gate(PersonNames(), (), nobodys([LANDLINE])).leaks(tmp_path) == []


# ------------------------------------------------------------------------------------------- the whole road


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the example round with numbers of persons in its texts."""
    folder = example.project(tmp_path_factory.mktemp("persons"))
    for file, header, text in (
        ("线索案件台账.xlsx", "项目名称", f"某工地 {IDENTITY} {MOBILE}"),
        ("问题整改台账.xlsx", "问题表述", f"未支付至{CARD}，电话 {LANDLINE}"),
    ):
        path = folder / "data" / "raw" / "2020" / file
        book = load_workbook(path)
        sheet = book.worksheets[0]
        at = next(cell for row in sheet.iter_rows(max_row=6) for cell in row if cell.value == header)
        for row in range(7, 12):
            sheet.cell(row, at.column).value = text
        book.save(path)
    return folder


def test_no_output_holds_a_number_of_a_person(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    forbidden = [*NUMBERS.values(), LANDLINE, LANDLINE.replace("-", "")]
    found = check(project, "2020")
    assert not found.blocked
    assert {
        fault.details["number_of"] for fault in found.faults if fault.check == "person_number_masked"
    } == {
        "identity",
        "phone",
        "card",
    }
    console = Console(file=io.StringIO(), width=400)
    RunConsole(console, words("zh")).blocked(found.faults)
    texts = {"console.txt": console.file.getvalue()}  # type: ignore[attr-defined]

    assessment = open_assessment("2020", "comparison", "zh", project)
    assert MASK in " ".join(assessment.ledger("clues")["project"])
    monkeypatch.chdir(project)
    notebook = execute("5_report", round_id="2020")
    page, _ = AssessHTMLExporter().from_notebook_node(notebook)
    texts |= {"report.html": page}
    workbook.write(workbook.of(assessment, notebook, level_of("internal")), project / "workbook.xlsx")

    outputs = [project / "workbook.xlsx", *(project / "data" / "processed").rglob("*.*")]
    for name, text in texts.items():
        assert leaks(name, text.encode(), forbidden) == [], name
    for file in outputs:
        if file.is_file() and file.suffix in {".csv", ".json", ".xlsx"}:
            assert leaks(file.name, file.read_bytes(), forbidden) == [], file.name


def test_a_number_that_took_a_way_around_stops_the_run_before_publishing(tmp_path: Path) -> None:
    """A notebook of the office says what no cell does; the last report stays, and the number is not told."""
    folder = example.project(tmp_path)
    shutil.copytree(notebooks_folder(folder), folder / "notebooks")
    path = folder / "notebooks" / f"{REPORT}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.insert(1, nbformat.v4.new_markdown_cell(f"联系电话 {MOBILE}"))
    nbformat.write(notebook, path)
    last = folder / "reports" / "2020" / "grades" / "report.html"
    last.parent.mkdir(parents=True)
    last.write_text("上一次", encoding="utf-8")
    said = io.StringIO()
    order = Order(folder, "2020", formats=("html",), disclosure="grades")
    assert pipeline.run(order, Console(file=said, width=400)) == pipeline.DATA_BLOCK
    assert last.read_text("utf-8") == "上一次"
    assert f"notebooks/{REPORT}.ipynb" in said.getvalue()
    assert MOBILE not in said.getvalue()
