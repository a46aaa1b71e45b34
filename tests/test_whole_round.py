"""The example round from its files to grades, findings and lineage, and what happens when the files change."""

from __future__ import annotations

import csv
import datetime as dt
import re
from pathlib import Path

import pandas as pd
import pytest
import round_examples as example
from openpyxl import load_workbook
from openpyxl.utils import range_boundaries

from analysis import open_round
from analysis.intake import fault_line
from analysis.render.html_blocks import Html
from analysis.report.claims import funnel_flag
from analysis.report.figure_sources import origins
from analysis.report.sections import PRODUCTS
from analysis.results.assessment import Assessment
from analysis.rounds.faults import FaultsFoundError
from analysis.rounds.frames import rows_of
from analysis.run import in_memory
from analysis.run.checking import check
from analysis.run.pages import page_of
from analysis.words import words

A_UNIT, B_UNIT = "130302", "130303"
SPELLINGS = {
    A_UNIT: ("海港区", "秦皇岛市海港区", "海港"),
    B_UNIT: ("山海关区", "秦皇岛市山海关区", "山海关"),
}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Assessment:
    return example.compute(example.computed(tmp_path_factory, "base"))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return example.project(tmp_path)


def graded(a: Assessment) -> dict[str, tuple[str, str]]:
    return {row["unit"]: (row["score"], row["grade"]) for row in rows_of(a.grades)}


def named(a: Assessment) -> dict[str, set[str]]:
    chosen = a.findings[a.findings["named"]]
    return {str(group): set(part["unit"]) for group, part in chosen.groupby("group")}


# ------------------------------------------------------------------------------------------- the result


def test_grades_are_those_of_the_circular_in_its_order(base: Assessment) -> None:
    letters = {letter: list(base.grades.loc[base.grades["grade"] == letter, "unit_name"]) for letter in "ABC"}
    assert letters == {
        "A": ["北戴河新区", "海港区", "卢龙县", "北戴河区", "秦皇岛开发区"],
        "B": ["昌黎县", "青龙县", "抚宁区", "山海关区"],
        "C": [],
    }


def test_problem_groups_name_the_units_of_the_circular(base: Assessment) -> None:
    short = {code: base.roll.short(code) for code in base.roll.codes}
    assert {group: {short[unit] for unit in units} for group, units in named(base).items()} == {
        "resolution": {"山海关区", "抚宁区", "昌黎县", "青龙县"},
        "institutions": {"北戴河区", "山海关区", "昌黎县", "卢龙县", "青龙县"},
        "enforcement": {"海港区", "抚宁区", "秦皇岛开发区", "青龙县"},
    }


def test_the_points_of_a_unit_are_the_sum_of_its_indicators(base: Assessment) -> None:
    for unit in base.roll.codes:
        own = base.scores[base.scores["unit"] == unit]
        parts = own.loc[own["kind"].isin(["base", "bonus", "deduction"]), "points"].astype(float).sum()
        total = float(own.loc[own["indicator"] == "total", "points"].iloc[0])
        assert parts == pytest.approx(total, abs=1e-9)


def test_ids_are_unique_over_values_scores_grades_and_findings(base: Assessment) -> None:
    ids = pd.concat([frame["id"] for frame in (base.values, base.scores, base.grades, base.findings)])
    assert ids.is_unique


# ------------------------------------------------------------------------------------------- changed files


def exchanged(cell: object) -> object:
    """Return a cell with the codes and names of two units exchanged."""
    spellings = [(A_UNIT, B_UNIT), *zip(SPELLINGS[A_UNIT], SPELLINGS[B_UNIT], strict=True)]
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    spellings.append((A_UNIT.translate(wide), B_UNIT.translate(wide)))
    table = dict(spellings) | {b: a for a, b in spellings}
    return table.get(str(cell), cell)


def test_exchanging_two_units_exchanges_scores_grades_and_groups(base: Assessment, project: Path) -> None:
    example.rewrite(project, exchanged)
    swapped = example.compute_quickly(project)
    before, after = graded(base), graded(swapped)
    assert after[A_UNIT] == before[B_UNIT]
    assert after[B_UNIT] == before[A_UNIT]
    others = set(before) - {A_UNIT, B_UNIT}
    assert {unit: after[unit] for unit in others} == {unit: before[unit] for unit in others}
    for group, units in named(base).items():
        assert {str(exchanged(unit)) for unit in units} == named(swapped)[group]


def test_a_unit_without_clues_is_not_reported_and_never_better(base: Assessment, project: Path) -> None:
    codes = {B_UNIT, B_UNIT.translate(str.maketrans("0123456789", "０１２３４５６７８９"))}

    def drop(sheet) -> None:
        ours = example.rows_where(sheet, "单位代码", lambda code: str(code) in codes)
        this_year = example.rows_where(sheet, "编号", lambda number: str(number).startswith("2020-"))
        example.blank(sheet, set(ours) & set(this_year))

    example.edit(example.raw(project) / example.CLUES, drop)
    silent = example.compute_quickly(project)
    mine = silent.values[(silent.values["unit"] == B_UNIT) & (silent.values["period"] == "2020")]
    about_clues = mine["measure"].isin(
        ["cases", "amount", "rate_resolved", "rate_paid", "change_cases", "backlog"]
    )
    assert set(mine.loc[about_clues, "status"]) == {"not_reported"}
    assert mine.loc[about_clues, "value"].isna().all()
    # a unit that is silent in a core ledger has no grade, and no score to be ranked by
    assert graded(base)[B_UNIT][0]
    assert graded(silent)[B_UNIT][0] == ""
    own = silent.scores[silent.scores["unit"] == B_UNIT].set_index("indicator")
    then = base.scores[base.scores["unit"] == B_UNIT].set_index("indicator")
    both = own["points"].ne("")
    assert (own.loc[both, "points"].astype(float) <= then.loc[both, "points"].astype(float)).all()
    assert "未报" in own.loc["5.2", "derivation"]


def test_order_of_rows_changes_nothing(base: Assessment, project: Path) -> None:
    def mix(sheet) -> None:
        numbers = example.rows_where(
            sheet, "编号", lambda value: re.match(r"\d{4}-\d+", str(value)) is not None
        )
        example.shuffle(sheet, range(numbers[0], numbers[-1] + 1))

    example.edit(example.raw(project) / example.CLUES, mix)
    mixed = example.compute(project)
    pd.testing.assert_frame_equal(mixed.values, base.values)
    pd.testing.assert_frame_equal(mixed.scores, base.scores)
    pd.testing.assert_frame_equal(mixed.grades, base.grades)
    pd.testing.assert_frame_equal(mixed.findings, base.findings)


def test_the_compare_section_shows_what_differs(project: Path) -> None:
    example.rewrite(project, exchanged)
    shown = Html()(page_of(example.compute_quickly(project), "report").annex_compare())
    assert "不一致" in shown
    assert 'data-row="130300.2020.facts_differing.count"' in shown
    row = next(part for part in shown.split("<tr") if "海港区等次" in part)
    assert re.findall(r">(A|B|不一致)<", row) == ["A", "B", "不一致"]


def test_an_unchanged_round_is_not_computed_again(project: Path) -> None:
    example.compute(project)
    stored = project / "data" / "processed" / "2020" / "values.csv"
    written = stored.stat().st_mtime_ns
    example.compute(project)
    assert stored.stat().st_mtime_ns == written
    example.edit(example.raw(project) / "创新.xlsx", lambda sheet: sheet.delete_rows(sheet.max_row))
    example.compute(project)
    assert stored.stat().st_mtime_ns > written


def test_a_round_without_a_rulebook_is_analysed_and_not_graded(project: Path) -> None:
    (example.raw(project) / "rulebook.yaml").unlink()
    (example.raw(project) / "published.yaml").unlink()
    page = page_of(in_memory.assess_read(in_memory.read(project, "2020")), "report")
    assert page.assessment.grades.empty
    assert "不评等次" in Html()(page.summary())
    of_rules = {"results", "firmness", "problems", "annex-indicators", "annex-scores"}
    # only a project has a round before that a round is put beside
    listed = {section.id for section in PRODUCTS["report"].sections} - {"since-last"}
    shown = page.sections()
    assert {*shown} == listed - of_rules
    assert all(Html()(section) for section in shown.values())


def test_a_rulebook_of_a_thousand_points_runs_to_the_end(
    base: Assessment, project: Path, monkeypatch
) -> None:
    rulebook = example.raw(project) / "rulebook.yaml"
    tenfold = re.sub(
        r"\b((?:base_)?points|off): ([\d.]+)",
        lambda found: f"{found[1]}: {float(found[2]) * 10:g}",
        rulebook.read_text("utf-8"),
    )
    rulebook.write_text(tenfold, "utf-8")
    scored = example.compute(project)
    whole = scored.scores[scored.scores["indicator"] == "total"]
    # stored as a plain number, printed with the sign of thousands
    assert set(whole["points_possible"]) == {"1000"}
    assert {unit: letter for unit, (_, letter) in graded(scored).items()} == {
        unit: letter for unit, (_, letter) in graded(base).items()
    }
    monkeypatch.chdir(project)
    page = open_round("2020").page("report")
    assert "1,000分" in Html()(page.results())
    (told,) = origins(page.records, [f"score.{A_UNIT}.total"]).values()
    assert dict(told.facts)["应得分"] == "1,000"
    assert Html()(page.annex_scores())


# ------------------------------------------------------------------------------------------- wrong files


def lines(project: Path) -> list[str]:
    """Return what `assess check` says of the blocking faults."""
    found = check(project, "2020")
    return [fault_line(fault, words("zh")) for fault in found.faults if fault.severity == "blocks"]


#: file, cell, what somebody typed there, where and as what it is reported
WRONG = (
    (example.CLUES, "L7", "见附件", "线索案件台账.xlsx › 线索案件 › L7", "见附件"),
    (example.CLUES, "D8", "130399", "线索案件台账.xlsx › 线索案件 › D8", "130399"),
    (example.CLUES, "E9", "不存在区", "线索案件台账.xlsx › 线索案件 › E9", "不存在区"),
    (example.CLUES, "A11", "2016-0001", "线索案件台账.xlsx › 线索案件 › A11", "2016-0001"),
    ("实地核查评分.xlsx", "C4", "优", "实地核查评分.xlsx › 实地核查评分 › C4", "优"),
    ("创新.xlsx", "C4", "昌黎县", "创新.xlsx › 创新", "昌黎县"),
    ("省级反馈.xlsx", "D2", "类别", "省级反馈.xlsx › 省级反馈", "问题类别"),
)


def test_every_wrong_cell_is_named_with_its_place_all_at_once(project: Path) -> None:
    """A text for a number, an unknown code and name, one number twice, code and name that disagree, no column."""
    for file in dict.fromkeys(file for file, *_ in WRONG):

        def change(sheet, name=file) -> None:
            for wrong, address, value, *_ in WRONG:
                if wrong == name:
                    sheet[address] = value

        example.edit(example.raw(project) / file, change)
    (example.raw(project) / "事件台账.xlsx").unlink()
    found = lines(project)
    for *_, place, said in WRONG:
        assert any(place in line and said in line for line in found), (place, found)
    assert any(line.startswith("事件台账.xlsx") for line in found)
    with pytest.raises(FaultsFoundError):
        example.compute(project)
    assert not (project / "data" / "processed" / "2020" / "values.csv").exists()


def test_words_for_not_reported_are_neither_faults_nor_zero(project: Path, base: Assessment) -> None:
    written = ["无", "/", "—", "不详", None]
    owed: list[float] = []

    def blank(sheet) -> None:
        column, paid = (example.column_of(sheet, header) for header in ("欠薪金额", "已付金额"))
        stated = example.rows_where(sheet, "欠薪金额", lambda value: isinstance(value, int | float))
        confirmed = set(example.rows_where(sheet, "是否查实", lambda value: value == "是"))
        ours = set(example.rows_where(sheet, "单位代码", lambda value: value == A_UNIT))
        chosen = [row for row in stated if row in confirmed & ours and str(sheet.cell(row, 1).value) > "2020"]
        for row, word in zip(chosen, written, strict=False):
            owed.append(float(sheet.cell(row, column).value))
            sheet.cell(row, column).value = word
            sheet.cell(row, paid).value = None

    example.edit(example.raw(project) / example.CLUES, blank)
    assert not lines(project)
    row = example.compute_quickly(project).values.set_index("id").loc[f"{A_UNIT}.2020.amount.sum"]
    before = base.values.set_index("id").loc[f"{A_UNIT}.2020.amount.sum"]
    assert len(owed) == len(written)
    assert row["status"] == "partial"
    assert row["value"] == pytest.approx(before["value"] - sum(owed), abs=0.005)
    assert row["numerator"] == before["numerator"] - len(written)


# ------------------------------------------------------------------------------------------- back to the cells


def cells_of(folder: Path, row: pd.Series) -> list[object]:
    """Return the contents of the cells a lineage row names."""
    file = folder / row["file"]
    found: list[object] = []
    if file.suffix == ".csv":
        table = list(csv.reader(file.read_text("gb18030").splitlines()))
        for part in row["cells"].split(","):
            left, top, right, bottom = range_boundaries(part)
            found += [table[y - 1][x - 1] for y in range(top, bottom + 1) for x in range(left, right + 1)]
        return found
    sheet = BOOKS.setdefault(file, load_workbook(file))[row["sheet"]]
    for part in row["cells"].split(","):
        left, top, right, bottom = range_boundaries(part)
        found += [sheet.cell(y, x).value for y in range(top, bottom + 1) for x in range(left, right + 1)]
    return found


BOOKS: dict[Path, object] = {}


def lineage(a: Assessment, value_id: str, role: str) -> list[object]:
    source = a.values.set_index("id").loc[value_id, "source"]
    rows = a.lineage[(a.lineage["source"] == source) & a.lineage["filter"].str.contains(f"={role};")]
    assert len(rows), f"no {role} of {value_id} in the lineage"
    return [cell for _, row in rows.iterrows() for cell in cells_of(a.round.folder, row)]


@pytest.mark.parametrize("unit", ["130302", "130306", "130372", "130300"])
def test_values_are_recomputed_from_the_cells_their_lineage_names(base: Assessment, unit: str) -> None:
    value = base.values.set_index("id")["value"]
    cases = lineage(base, f"{unit}.2020.cases.count", "count")
    assert set(cases) == {"是"}
    assert len(cases) == value[f"{unit}.2020.cases.count"]
    amounts = [str(cell).replace(",", "") for cell in lineage(base, f"{unit}.2020.amount.sum", "sum")]
    assert sum(map(float, amounts)) == pytest.approx(value[f"{unit}.2020.amount.sum"], abs=0.005)
    resolved = lineage(base, f"{unit}.2020.rate_resolved.wilson", "numerator")
    assert all(isinstance(day, dt.datetime) and day.date() <= base.round.as_of for day in resolved)
    confirmed = lineage(base, f"{unit}.2020.rate_resolved.wilson", "denominator")
    assert len(resolved) / len(confirmed) == pytest.approx(value[f"{unit}.2020.rate_resolved.wilson"])
    accounts = lineage(base, f"{unit}.2020.coverage_account.wilson", "numerator")
    stated = lineage(base, f"{unit}.2020.coverage_account.wilson", "denominator")
    assert accounts.count("是") == len(accounts)
    assert len(accounts) / len(stated) == pytest.approx(value[f"{unit}.2020.coverage_account.wilson"])


def test_a_change_leads_to_the_cells_of_both_periods(base: Assessment) -> None:
    row = base.values.set_index("id").loc["130302.2020.2019.change_cases.exact"]
    now = lineage(base, "130302.2020.2019.change_cases.exact", "current")
    before = lineage(base, "130302.2020.2019.change_cases.exact", "previous")
    assert len(now) / len(before) - 1 == pytest.approx(row["value"])


def test_every_printed_figure_leads_to_a_file(base: Assessment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(base.round.project)
    page = open_round("2020").page("report")
    sections = (
        page.summary,
        page.results,
        page.declines,
        page.progress,
        page.gaps,
        page.problems,
        page.annex_scores,
    )
    shown = "".join(Html()(section()) for section in sections)
    cited = set(re.findall(r'data-row="([^"]+)"', shown))
    sources = {row["id"]: row["source"] for row in rows_of(base.values)}
    known = set(base.lineage["source"])
    assert len(cited) > 500
    unknown = {row for row in cited if sources.get(row, row) not in known}
    assert {row for row in unknown if not row.startswith(("score.", "grade."))} == set()
    assert {row for row in unknown if row.startswith(("score.", "grade."))} == set()


def test_printed_figures_are_those_of_their_rows(base: Assessment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(base.round.project)
    shown = Html()(open_round("2020").page("report").declines())
    value = {row["id"]: row for row in rows_of(base.values)}
    figures = re.findall(r'<data value="([^"]+)" data-row="([^"]+)">', shown)
    assert figures
    for machine, row in figures:
        # where the whole is compared over some units only, its two amounts are those of the change itself
        columns = ("value", "lower", "upper", "numerator", "denominator")
        assert float(machine) in [value[row][column] for column in columns]


def test_the_example_flags_the_low_rate_and_nothing_else(base: Assessment, monkeypatch) -> None:
    monkeypatch.chdir(base.round.project)
    evidence = open_round("2020").page("report").evidence
    flags = {unit: funnel_flag(evidence, unit) for unit in base.roll.codes}
    assert flags.pop("130303") == "low_998"
    assert set(flags.values()) == {"inside"}
