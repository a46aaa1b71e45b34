"""The list of issues: as a workbook, per unit to send back, and as marked copies of the office's workbooks."""

import dataclasses
import datetime as dt
import hashlib
import io
import zipfile

import pytest
import round_examples
from office_examples import EAST, Office
from openpyxl import load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.worksheet.datavalidation import DataValidation
from ruamel.yaml import YAML
from typer.testing import CliRunner

from analysis.cli.application import app
from analysis.intake.checks import CHECKS
from analysis.intake.fault_lists import issue_lists
from analysis.rounds.faults import Fault, together
from analysis.rounds.rounds import load_round
from analysis.run import checking, stages
from analysis.words import words

FILE = "线索台账.xlsx"
A_1, A_2, A_3, A_10 = range(4, 8)


@pytest.fixture
def office(tmp_path):
    """An office with an issue of either district and one that is nobody's."""
    office = Office(tmp_path / "project")
    office.clues[A_1][6] = 1500  # G5, east: more paid than owed
    office.clues[A_10][9] = dt.date(2019, 1, 1)  # J8, new district: closed before it was received
    office.clues[8][6] = 9999  # G9: the printed total
    return office


def of(office, language="zh", **changed):
    intake = office.read()
    round_ = load_round(office.project, "2020")
    return intake.faults, issue_lists.Office(round_, intake.roll, words(language))


def table(content):
    """Return the rows of a list below its heads, and the heads."""
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    rows = [["" if cell is None else cell for cell in row] for row in sheet.iter_rows(values_only=True)]
    return rows[2], rows[3:], rows[0][0]


def test_the_list_says_place_fault_and_remedy_in_words(office):
    faults, about = of(office)
    heads, rows, title = table(issue_lists.list_of(faults, about))
    assert title == "示例考核：数据问题清单"
    assert heads == ["程度", "检查项", "单位", "文件", "工作表", "单元格", "所见", "问题", "应为", "改法"]
    assert [row[5] for row in rows] == ["G5", "J8", "G9"]
    assert rows[0][:7] == ["提醒", "已付多于拖欠", "东区", FILE, "线索", "G5", "1500"]
    assert rows[0][7].startswith("已付金额 1500 超过")
    assert rows[2][2] == ""


def test_the_list_in_english_has_the_same_rows(office):
    faults, about = of(office)
    chinese = table(issue_lists.list_of(faults, about))[1]
    english = table(issue_lists.list_of(faults, issue_lists.Office(about.round, about.roll, words("en"))))[1]
    assert [row[3:7] for row in english] == [row[3:7] for row in chinese]
    assert english[0][1] == "Paid exceeds owed"


def test_every_cell_of_a_list_is_a_text_and_runs_nothing(office):
    faults, about = of(office)
    hostile = [
        Fault("not_a_number", FILE, "=1+1", "F7", found=text, details={"field": "@SUM(A1)"})
        for text in ("=1+1", "+cmd|' /C calc'!A0", "-2", "@x", "http://example.invalid", "1234")
    ]
    content = issue_lists.list_of([*faults, *hostile], about)
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.hyperlink is None for cell in cells)
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert not any(b"<f>" in parts.read(name) for name in parts.namelist())


def test_the_same_faults_give_the_same_bytes(office, tmp_path):
    faults, about = of(office)
    assert issue_lists.list_of(faults, about) == issue_lists.list_of(faults, about)
    digests = []
    for name in ("a", "b"):
        issue_lists.write_marked(faults, about, tmp_path / name)
        digests.append(hashlib.sha256((tmp_path / name / FILE).read_bytes()).digest())
    assert digests[0] == digests[1]


# ------------------------------------------------------------------------------------------- per unit


def texts(path):
    book = load_workbook(path)
    return " ".join(
        str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value
    )


def test_each_unit_gets_its_own_issues_and_nothing_of_others(office, tmp_path):
    faults, about = of(office)
    written = issue_lists.write_per_unit(faults, about, tmp_path / "back")
    assert [(path.name, count) for path, count in written] == [
        ("990001_东区.xlsx", 1),
        ("990002_东新区.xlsx", 1),
        ("990000_全市.xlsx", 1),
    ]
    heads, rows, title = table(written[0][0].read_bytes())
    assert title == "示例考核：东区需核实的数据问题"
    assert heads == ["程度", "文件", "工作表", "单元格", "所见", "问题", "应为", "改法", "处理情况"]
    assert [row[3] for row in rows] == ["G5"]
    # the last column is for the answer
    assert rows[0][8] == ""
    for path, others in zip(
        (path for path, _ in written), (("J8", "G9", "东新区"), ("G5", "G9")), strict=False
    ):
        assert not [other for other in others if other in texts(path)]


def test_a_unit_is_sent_what_it_can_mend(office, tmp_path):
    _, about = of(office)
    of_city = Fault("not_a_number", "核查.xlsx", "表", "B2", unit=EAST, found="甲")
    faults = [
        Fault("not_a_number", FILE, "线索", "E5", unit=EAST, found="甲", details={"field": "人数"}),
        of_city,
        Fault("column_unknown", FILE, "线索", "K3", unit=EAST, found="备注", severity="warns"),
        Fault("subtotal_row", FILE, "线索", "A7", unit=EAST, found="小计", severity="notes"),
        Fault("settings_unknown_key", "maps.yaml", line=3, unit=EAST, found="x"),
    ]
    about = dataclasses.replace(about, of_city=frozenset({"核查.xlsx"}))
    written = dict(issue_lists.write_per_unit(faults, about, tmp_path / "back"))
    # the field team's marks, the maps and what only tells how a row was read are nothing for the unit
    assert {path.name: count for path, count in written.items()} == {
        "990001_东区.xlsx": 1,
        "990000_全市.xlsx": 3,
    }
    assert [row[3] for row in table((tmp_path / "back" / "990001_东区.xlsx").read_bytes())[1]] == ["E5"]


def test_what_was_accepted_is_not_sent_back(office, tmp_path):
    office.write()
    decided = {
        "kind": "accept", "file": FILE, "cell": "G5", "expected": 1500, "reason": "无误", "reported_by": "统计岗",
        "date": "2021-03-01",
    }  # fmt: skip
    with (office.folder / "corrections.yaml").open("w", encoding="utf-8") as file:
        YAML().dump({"corrections": [decided]}, file)
    faults, about = of(office)
    written = issue_lists.write_per_unit(faults, about, tmp_path / "back")
    assert [path.name for path, _ in written] == ["990002_东新区.xlsx", "990000_全市.xlsx"]


def test_a_round_without_issues_sends_nothing_back(tmp_path):
    faults, about = of(Office(tmp_path / "project"))
    assert issue_lists.write_per_unit(faults, about, tmp_path / "back") == []


# ------------------------------------------------------------------------------------------- marked copies


def test_a_marked_copy_colours_and_comments_the_cells_and_leaves_the_rest(office, tmp_path):
    faults, about = of(office)
    before = (office.folder / FILE).read_bytes()
    marked = issue_lists.write_marked(faults, about, tmp_path / "marked")
    assert marked.copies == ((tmp_path / "marked" / FILE, 3),)
    assert (marked.beside, marked.unmarked) == (None, 0)
    assert (office.folder / FILE).read_bytes() == before
    sheet = load_workbook(tmp_path / "marked" / FILE)["线索"]
    source = load_workbook(office.folder / FILE)["线索"]
    commented = {cell.coordinate for row in sheet.iter_rows() for cell in row if cell.comment}
    assert commented == {"G5", "J8", "G9"}
    assert {sheet[cell].fill.start_color.rgb[-6:] for cell in commented} == {"FBE3A1"}
    comment = sheet["G5"].comment
    assert comment.author == "考核程序"
    assert comment.text.startswith("提醒：已付金额 1500 超过欠薪金额（F5）。")
    for part in ("应为：不超过欠薪金额", "改法：请核实是否小数点或单位有误。"):
        assert part in comment.text
    assert sheet.merged_cells.ranges == source.merged_cells.ranges
    assert [[cell.value for cell in row] for row in sheet] == [[cell.value for cell in row] for row in source]


def test_a_copy_keeps_formulas_formats_validations_and_earlier_comments(office, tmp_path):
    office.write()
    book = load_workbook(office.folder / FILE)
    sheet = book["线索"]
    sheet["L5"] = "=E5*2"
    sheet["A5"].font = Font(bold=True, color="FF0000FF")
    sheet["G5"].comment = Comment("请复核", "填报人示例")
    sheet.column_dimensions["B"].hidden = True
    rule = DataValidation(type="list", formula1='"是,否"')
    rule.add("I5:I8")
    sheet.add_data_validation(rule)
    book.save(office.folder / FILE)
    intake = office.read_again()
    about = issue_lists.Office(load_round(office.project, "2020"), intake.roll, words("zh"))
    issue_lists.write_marked(intake.faults, about, tmp_path / "marked")
    copy = load_workbook(tmp_path / "marked" / FILE)["线索"]
    assert copy["L5"].value == "=E5*2"
    assert copy["A5"].font.b
    assert copy.column_dimensions["B"].hidden
    assert [str(each.sqref) for each in copy.data_validations.dataValidation] == ["I5:I8"]
    assert "原批注：请复核" in copy["G5"].comment.text
    # who wrote a comment before is nobody's business here
    assert copy["G5"].comment.author == "考核程序"


def test_two_faults_of_one_cell_share_a_comment_in_the_colour_of_the_graver(office, tmp_path):
    _, about = of(office)
    both = [
        Fault("paid_exceeds_owed", FILE, "线索", "E3", severity="warns", details={"field": "已付金额"}),
        Fault("not_a_number", FILE, "线索", "E3", found="若干", details={"field": "人数"}),
        Fault("column_unknown", FILE, "线索", "F3", found="备注", severity="notes"),
    ]
    issue_lists.write_marked(both, about, tmp_path / "marked")
    sheet = load_workbook(tmp_path / "marked" / FILE)["线索"]
    # E3:F3 is one merged cell, which is marked once
    assert [part in sheet["E3"].comment.text for part in ("若干", "备注")] == [True, True]
    assert sheet["E3"].fill.start_color.rgb[-6:] == "F4B6A6"


@pytest.mark.parametrize("kind", ["csv", "xls", "ods"])
def test_other_formats_are_listed_beside(office, tmp_path, kind):
    sheet = office.keep_clues_in(kind)
    sheet.merged = ()
    office.maps["ledgers"]["clues"]["header_rows"] = [3, 4]
    faults, about = of(office)
    listed = [fault for fault in faults if fault.file == f"线索台账.{kind}"]
    assert listed
    marked = issue_lists.write_marked(listed, about, tmp_path / "marked")
    assert marked.copies == ()
    assert marked.unmarked == len(listed)
    assert [row[5] for row in table(marked.beside.read_bytes())[1]] == [fault.cell for fault in listed]


@pytest.mark.parametrize(
    "inside", ["reports", "reports/2020", "data/processed/2020", "data/raw", "data/raw/2020/回"]
)
def test_nothing_is_written_among_reports_and_data(office, inside):
    faults, about = of(office)
    before = sorted(office.project.rglob("*"))
    for write in (issue_lists.write_marked, issue_lists.write_per_unit):
        with pytest.raises(issue_lists.ForbiddenFolderError):
            write(faults, about, office.project / inside)
    assert sorted(office.project.rglob("*")) == before


def test_a_link_into_the_reports_is_refused_too(office, tmp_path):
    faults, about = of(office)
    (office.project / "reports").mkdir()
    (tmp_path / "link").symlink_to(office.project / "reports", target_is_directory=True)
    with pytest.raises(issue_lists.ForbiddenFolderError):
        issue_lists.write_marked(faults, about, tmp_path / "link" / "marked")


# ------------------------------------------------------------------------------------------- the command


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """The example round with a slipped decimal point and twenty-five wrong dates."""
    project = round_examples.project(tmp_path_factory.mktemp("listed"))

    def spoil(sheet):
        column = round_examples.column_of(sheet, "化解日期")
        for row in round_examples.rows_where(sheet, "化解日期", lambda cell: cell is not None)[:25]:
            sheet.cell(row, column).value = dt.date(1970, 1, 1)

    round_examples.edit(round_examples.raw(project) / round_examples.CLUES, spoil)
    return project


def command(project, *options):
    return CliRunner().invoke(app, ["check", "2020", "--project", str(project), *options])


def test_the_console_shows_what_is_alike_as_one_line_and_where_the_list_is(project):
    done = command(project)
    assert done.exit_code == 0
    lines = done.output.splitlines()
    shown = [line for line in lines if " › " in line]
    # twenty-five dates of which the same is to be said are one line
    assert sum("是程序在没有日期时写入的默认值" in line for line in shown) == 1
    assert sum("（同样的共 25 格。）" in line for line in shown) == 1
    assert lines[-2] == "完整清单：data/processed/2020/data_issues.xlsx"
    assert (
        lines[-1]
        == f"轮次“2020”：0 处须改正，{sum_of(project, 'warns')} 处提醒，{sum_of(project, 'notes')} 处说明。"
    )
    faults = checking.check(project, "2020").faults
    assert len(shown) == len(together(faults, across_units=True)) < len(faults) - 24


def test_of_more_than_twenty_lines_the_rest_is_counted_by_check(office):
    for number in range(25):
        office.clues.insert(
            -1, [f"B-{number}", "990001", None, f"第{number}日", 1, 1, 1, None, "是", None, None]
        )
    office.write()
    done = CliRunner().invoke(app, ["check", "2020", "--project", str(office.project)])
    lines = done.output.splitlines()
    assert sum(" › " in line for line in lines) == 20
    assert "  不是日期：6 处" in lines[lines.index("未逐条显示的：") :]


def sum_of(project, severity):
    return sum(fault.severity == severity for fault in checking.check(project, "2020").faults)


def test_the_command_answers_in_english_too(project, tmp_path):
    done = command(project, "--lang", "en", "--mark", str(tmp_path / "m"), "--per-unit", str(tmp_path / "b"))
    assert done.exit_code == 0
    assert "(The same in 25 cells.)" in done.output
    sheet = load_workbook(tmp_path / "m" / round_examples.CLUES).worksheets[0]
    comments = [cell.comment for row in sheet.iter_rows() for cell in row if cell.comment]
    assert len(comments) >= 25
    assert {comment.author for comment in comments} == {"assessment program"}
    assert len(list((tmp_path / "b").glob("*.xlsx"))) >= 2


def test_the_command_refuses_a_folder_of_the_project_before_it_writes_anything(project):
    done = command(project, "--mark", str(project / "reports" / "marked"))
    assert done.exit_code == 2
    assert not (project / "reports").exists()


def test_the_list_of_a_run_is_the_list_of_the_check(project):
    command(project)
    folder = project / "data" / "processed" / "2020"
    checked = [(folder / name).read_bytes() for name in ("data_issues.csv", "data_issues.xlsx")]
    stages.open_assessment("2020", "intake", "zh", project=project)
    assert [(folder / name).read_bytes() for name in ("data_issues.csv", "data_issues.xlsx")] == checked


def test_every_fault_shown_has_a_name(project):
    assert {fault.check for fault in checking.check(project, "2020").faults} <= set(CHECKS)
