"""From a score back to its cells, the three commands that answer questions, and their exit codes."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
import round_examples
from openpyxl import load_workbook
from rich.cells import cell_len
from rich.console import Console
from rule_examples import RULEBOOK_2020, ZH, roll, rules_2020
from typer.testing import CliRunner, Result

from analysis.cli.application import app
from analysis.cli.rule_display import print_rules
from analysis.questions import explain
from analysis.questions.explain import UnknownNameError, first_cells, item_called, unit_called
from analysis.results.assessment import Assessment
from analysis.rounds.units import Unit, UnitRoll
from analysis.rulebook.edit.rulefile import RuleFile
from analysis.rulebook.edit.rulefiles import RuleFiles
from analysis.rulebook.edit.ruletable import table_of
from analysis.run.stages import open_assessment

ROOT = Path(__file__).parents[1]
WEAK = "130303"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return round_examples.computed(tmp_path_factory, "explain")


@pytest.fixture(scope="module")
def assessment(project: Path) -> Assessment:
    return open_assessment("2020", "indicators", "zh", project=project)


def assess(project: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "--project", str(project)], catch_exceptions=False)


# ---------------------------------------------------------------------------------------- as data


def test_a_score_leads_through_its_rule_to_the_counted_cells(assessment: Assessment) -> None:
    told = explain.item(assessment, WEAK, "5.2")
    assert (told.item.points, told.item.lost) == (Decimal("0.43"), Decimal("6.57"))
    assert told.rule.startswith("达到 98% 得满分 7 分")
    assert "35/46" in told.item.derivation
    (read,) = told.reads
    assert (read.value, read.parts) == ("76.09%", (("分子", "35"), ("分母", "46")))
    above, below = told.cells
    assert (above.file, above.sheet) == ("线索案件台账.xlsx", "线索案件")
    assert above.what == "分子（已化解）：2020年；截至 2022-02-28"
    assert [len(cells_of(cells.shown)) + cells.more for cells in (above, below)] == [35, 46]
    assert len(cells_of(above.shown)) == 20


def cells_of(shown: tuple[str, ...]) -> list[str]:
    """Return the single cells of some ranges of one column."""
    found = []
    for part in shown:
        first, _, last = part.partition(":")
        letter = first.rstrip("0123456789")
        span = range(int(first[len(letter) :]), int((last or first)[len(letter) :]) + 1)
        found += [f"{letter}{row}" for row in span]
    return found


def test_the_cells_are_those_that_were_counted(assessment: Assessment, project: Path) -> None:
    told = explain.item(assessment, WEAK, "5.8")
    (cells,) = told.cells
    sheet = load_workbook(round_examples.raw(project) / cells.file)[cells.sheet]
    kinds = [str(sheet[cell].value) for cell in cells_of(cells.shown)]
    assert (told.reads[0].value, len(kinds)) == ("4 起", 4)
    unit_column = round_examples.column_of(sheet, "单位代码")
    codes = {str(sheet.cell(sheet[cell].row, unit_column).value) for cell in cells_of(cells.shown)}
    assert codes == {WEAK}


def test_a_decline_names_both_periods(assessment: Assessment) -> None:
    told = explain.item(assessment, WEAK, "5.5")
    (read,) = told.reads
    assert [label for label, _ in read.parts] == ["本期", "基期"]
    assert [cells.what[:2] for cells in told.cells] == ["本期", "基期"]


def test_on_a_small_base_the_citys_decline_is_read_too(assessment: Assessment) -> None:
    scores = assessment.scores
    small = scores[(scores["status"] == "small_base") & (scores["indicator"] == "5.5")]
    told = explain.item(assessment, str(small.iloc[0]["unit"]), "5.5")
    assert [read.name for read in told.reads] == [told.reads[0].name, f"全市{told.reads[0].name}"]


def test_a_unit_is_told_as_it_was_graded(assessment: Assessment) -> None:
    told = explain.unit(assessment, WEAK)
    with (assessment.round.processed / "grades.csv").open(encoding="utf-8-sig", newline="") as stream:
        stored = next(row for row in csv.DictReader(stream) if row["unit"] == WEAK)
    assert (told.score, told.rank, told.grade, told.clause, told.nearest) == (
        stored["score"], stored["rank"], stored["grade"], stored["clause"], stored["nearest_clause"],
    )  # fmt: skip
    whole = told.items[-1]
    base = [item for item in told.items if item.kind == "base"]
    assert whole.code == "total"
    assert sum(item.lost or 0 for item in base) == 100 - sum(item.points or 0 for item in base)
    assert whole.lost == 100 - (whole.points or 0)


def test_every_kind_of_item_can_be_explained(assessment: Assessment) -> None:
    for asked in ("1.1", "1.3", "2.1", "3.7", "5.4", "5.9", "B1", "V1"):
        told = explain.item(assessment, WEAK, asked)
        assert told.rule
        assert told.reads, asked


@pytest.mark.parametrize(
    ("cells", "most", "shown", "more"),
    [
        ("L6:L8,L20", 2, ("L6:L7",), 2),
        ("L6:L8,L20", 4, ("L6:L8", "L20"), 0),
        ("L6:L8,L20", 3, ("L6:L8",), 1),
        ("B2,B4:B9", 2, ("B2", "B4"), 5),
        ("6:8", 2, ("6:7",), 1),
        ("", 20, (), 0),
    ],
)
def test_the_first_cells_are_shown_and_the_others_counted(
    cells: str, most: int, shown: tuple[str, ...], more: int
) -> None:
    assert first_cells(cells, most) == (shown, more)


def test_a_unit_is_found_by_code_and_by_every_name() -> None:
    own = Unit("990001", "甲县人民政府", "甲县", ("甲县政府",), 1, "", ("980001",))
    units = UnitRoll([own], "990000", "全市")
    for text in ("990001", "980001", "甲县", "甲县人民政府", "甲县政府", " ９９０００１ "):
        assert unit_called(text, units) is own
    with pytest.raises(UnknownNameError) as unknown:
        unit_called("甲县人民政俯", units)
    assert (unknown.value.meant, unknown.value.known) == ("甲县", ("甲县",))


def test_an_indicator_is_found_by_code_and_name() -> None:
    assert item_called("5.2", rules_2020(), ZH) == "5.2"
    assert item_called("核处化解率", rules_2020(), ZH) == "5.2"
    with pytest.raises(UnknownNameError) as unknown:
        item_called("化解率", rules_2020(), ZH)
    assert unknown.value.meant == "5.2 核处化解率"
    assert roll("990001").short("990001") not in unknown.value.known


# ------------------------------------------------------------------------------------ as commands


def test_explain_prints_the_way_from_points_to_cells(project: Path) -> None:
    done = assess(project, "explain", "2020", "山海关区", "核处化解率")
    assert done.exit_code == 0
    told = done.stdout.splitlines()
    assert told[:2] == ["山海关区 · 5.2 核处化解率", "得分：0.43 分（满分 7 分，失 6.57 分）"]
    assert sum("另有" in line for line in told) == 2


def test_explain_a_whole_unit_ends_with_its_grade(project: Path) -> None:
    done = assess(project, "explain", "2020", WEAK)
    assert done.exit_code == 0
    assert "山海关区：得分 60.85 分，第 9 名，B 级" in done.stdout
    assert "改评" in done.stdout.splitlines()[-1]


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("explain", "2020", "山海"), 2, "是否应为“山海关区”？"),
        (("explain", "2020", WEAK, "化解率"), 2, "是否应为“5.2 核处化解率”？"),
        (("explain", "1999", WEAK), 2, "没有轮次“1999”"),
        (("rulebook", "2020", "--from-xlsx", "nowhere.xlsx"), 2, "没有文件 nowhere.xlsx"),
        (("what-if", "2020", "--set", "130303"), 2, "不是“位置=值”"),
        (("what-if", "2020", "--set", "130303.rate_resolvd=95%"), 2, "是否应为“rate_resolved”？"),
        (("what-if", "2020", "--set", "130303.5.2=95"), 2, "请带百分号"),
        (("what-if", "2020", "--rule", "nothing.here.at.all=1"), 2, "细则中没有“nothing.here.at.all”"),
        (("what-if", "2020", "--rulebook", "nowhere"), 2, "现有预置：guangdong"),
        (("what-if", "2020", "--rule", "5.2.rule.full_at=95"), 1, "rulebook.yaml › 第262行"),
        (("what-if", "2020", "--rule", "5.2.rule.ful_at=95%"), 1, "是否应为“full_at”？"),
        (("rulebook", "2020", "--check"), 0, "rulebook.yaml：未发现问题。"),
    ],
)
def test_exit_codes_and_what_is_said(
    project: Path, arguments: tuple[str, ...], status: int, said: str
) -> None:
    done = assess(project, *arguments)
    assert (done.exit_code, said in done.output) == (status, True), done.output


def test_what_if_shows_before_and_after_and_what_was_held_fixed(project: Path) -> None:
    done = assess(project, "what-if", "2020", "--set", "山海关区.5.2=44/46", "--rule", "5.2.points=8")
    assert done.exit_code == 0
    assert "山海关区 核处化解率：76.09%（35/46） → 95.65%（44/46）" in done.stdout
    assert "  规则 5.2 核处化解率 · 分值：7 → 8" in done.stdout.splitlines()
    assert "随之重算：全市核处化解率。" in done.stdout
    assert "保持不变" in done.stdout
    assert "维度“案件处置”的分值写为 30，而所属指标分值之和为 31" in done.stdout
    # 8 − 2.35×0.3 = 7.30, and the unit's total rises by 6.87
    assert "0.43 → 7.30" in done.stdout
    assert "60.85 → 67.72" in done.stdout


def test_what_if_without_a_question_says_what_a_would_take(project: Path) -> None:
    done = assess(project, "what-if", "2020")
    assert done.exit_code == 0
    told = done.stdout.splitlines()
    assert "昌黎县（80.60 分，B 级）" in told
    assert "  还差 4.04 分" in told
    assert any("欠薪应急周转金" in line and "须先排除" in line for line in told)


def test_another_whole_rule_set_may_be_asked_for(project: Path) -> None:
    done = assess(project, "what-if", "2020", "--rulebook", "jiangsu")
    assert done.exit_code == 0
    assert "江苏" in done.stdout
    # the text says which grade follows from a poor organisation, and nobody has found of a unit whether it is poor
    assert "本轮次没有下列 2 项数据或认定，按未报、未认定处理：组织领导不力" in done.stdout
    assumed = "这套细则的出处没有写明、由本项目假定的：修约、并列、基数过小、名额、指标和分值。"
    assert assumed in done.stdout.replace("\n", "")


def test_the_rule_set_is_printed_written_and_read_back(project: Path, tmp_path: Path) -> None:
    printed = assess(project, "rulebook", "2020")
    assert printed.exit_code == 0
    assert "核处化解率" in printed.stdout
    assert "其余的，评为 B 级。" in printed.stdout.splitlines()
    path, rulebook = tmp_path / "细则.xlsx", round_examples.raw(project) / "rulebook.yaml"
    before = rulebook.read_bytes()
    assert assess(project, "rulebook", "2020", "--xlsx", str(path)).exit_code == 0
    again = assess(project, "rulebook", "2020", "--from-xlsx", str(path))
    assert (again.exit_code, again.stdout.strip()) == (0, "没有改动，rulebook.yaml 保持原样。")
    book = load_workbook(path)
    page = book["细则"]
    row = next(row for row in range(5, page.max_row + 1) if page.cell(row, 2).value == "5.2")
    page.cell(row, 11).value = "满分线 97%；每差 1%；扣分 0.3"
    book.save(path)
    looked = assess(project, "rulebook", "2020", "--from-xlsx", str(path), "--dry-run")
    assert f"5.2.rule.full_at 满分线：98% → 97%（细则 › K{row}，rulebook.yaml 第262行）" in looked.stdout
    assert (looked.exit_code, rulebook.read_bytes()) == (0, before)
    assert assess(project, "rulebook", "2020", "--from-xlsx", str(path)).exit_code == 0
    assert b"full_at: 97%, each: 1%, off: 0.3" in rulebook.read_bytes()
    assert assess(project, "rulebook", "2020", "--xlsx", str(path)).exit_code == 0
    book = load_workbook(path)
    book["细则"].cell(row, 11).value = "满分线 197%；每差 1%；扣分 0.3"
    book.save(path)
    after = rulebook.read_bytes()
    refused = assess(project, "rulebook", "2020", "--from-xlsx", str(path))
    assert refused.exit_code == 1
    assert f"细则.xlsx › 细则 › K{row} ← rulebook.yaml › 第262行" in refused.stdout
    assert rulebook.read_bytes() == after
    rulebook.write_bytes(before)


@pytest.mark.parametrize("arguments", [("rulebook", "2020"), ("explain", "2020", WEAK, "5.2")])
def test_a_gbk_console_reads_the_answers(project: Path, arguments: tuple[str, ...]) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONIOENCODING": "gbk"}
    done = subprocess.run(
        [sys.executable, "-m", "analysis", *arguments, "--project", str(project)],
        env=environment,
        capture_output=True,
        timeout=120,
        check=False,
    )
    told = done.stdout.decode("gbk")
    assert (done.returncode, done.stderr) == (0, b"")
    assert "核处化解率" in told


@pytest.mark.parametrize("width", [60, 80, 160])
def test_the_table_fits_the_console_and_loses_nothing(width: int) -> None:
    files = RuleFiles(RuleFile.read(RULEBOOK_2020))
    out = Console(width=width, file=io.StringIO(), markup=False, highlight=False)
    print_rules(out, table_of(rules_2020(), files, ZH), ZH)
    assert isinstance(out.file, io.StringIO)
    told = out.file.getvalue()
    rows = told[told.index("\n", told.index("非官方细则")) :].split("其余的，评为 B 级")[0]
    letters = "".join(sign for sign in rows if "\u4e00" <= sign <= "\u9fff")
    for line in table_of(rules_2020(), files, ZH).lines:
        for sign in line.definition + line.department:
            assert sign in letters or not "\u4e00" <= sign <= "\u9fff"
    assert max(cell_len(row) for row in rows.splitlines() if row[:1] in "│├") <= width
