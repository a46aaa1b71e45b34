"""The example round: drawn again it is the same, and it comes to what its plan and the published facts say."""

from __future__ import annotations

import datetime as dt
import functools
import re
import zipfile
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from openpyxl import load_workbook

from analysis import intake, rulebook
from analysis.example.__main__ import write_example
from analysis.example.plan import (
    ASSESSED,
    FIELD_ITEMS,
    FIELD_MARKS,
    FUNDS,
    INSTITUTIONS,
    ITEMS,
    PLAN,
    PROJECTS,
    YEARS,
    spread,
)
from analysis.example.problem_ledger import PROBLEMS
from analysis.example.unit_roll import UNITS
from analysis.example.workbooks import STAMP, Column, Sheet, write_workbook
from analysis.indicators import measures
from analysis.indicators.values import ValueIndex
from analysis.intake import Intake
from analysis.rounds.bulletin_texts import Bulletin
from analysis.rounds.published import Published, PublishedStage
from analysis.rounds.rounds import Round, load_round
from analysis.rounds.settings_files import read_settings
from analysis.rulebook import Rulebook
from analysis.scoring import grading, scoring
from analysis.scoring import problems as findings
from analysis.words import words

PROJECT = Path(__file__).parents[1]
FOLDER = PROJECT / "data" / "raw" / "2020"
CODES = [unit.code for unit in UNITS]


@dataclass
class Example:
    """The committed round with what it comes to."""

    round: Round
    rules: Rulebook
    published: Published
    arrived: Intake
    values: pd.DataFrame

    def graded(self, values: pd.DataFrame) -> pd.DataFrame:
        """Return the grades that values come to, by unit."""
        roll = self.arrived.roll
        scores = scoring.score(values, self.rules, roll, self.round.settings, catalogue=words("zh"))
        return grading.grade(
            scores, values, self.rules, roll, self.round.settings, catalogue=words("zh")
        ).set_index("unit")

    def value(self, unit: str, measure: str, year: int = ASSESSED) -> float:
        """Return one value of the round."""
        return float(self.index.row(unit, str(year), measure)["value"])

    @functools.cached_property
    def index(self) -> ValueIndex:
        """The values by key."""
        return ValueIndex(self.values)


@pytest.fixture(scope="module")
def example() -> Example:
    found = load_round(PROJECT, "2020")
    rules, faults = rulebook.load(FOLDER / "rulebook.yaml")
    published, wrong = read_settings(FOLDER / "published.yaml", Published, "published.yaml")
    assert rules is not None and published is not None, (faults, wrong)
    arrived = intake.read_round(found)
    return Example(found, rules, published, arrived, measures.compute(arrived, found.settings).values)


@functools.cache
def cells(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return what stands in every cell of a file, by sheet."""
    if path.suffix == ".csv":
        return {"": [(line,) for line in path.read_bytes().decode("gb18030").split("\r\n")]}
    book = load_workbook(path, read_only=True)
    return {
        sheet.title: [tuple(row) for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets
    }


def test_drawn_again_every_cell_is_the_same(tmp_path: Path) -> None:
    drawn = write_example(tmp_path)
    assert len(drawn) == 10
    for path in drawn:
        assert cells(path) == cells(FOLDER / path.name), path.name


def test_a_workbook_keeps_no_clock(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_workbook(path, [Sheet("表", ("标题",), (Column("编号"),), (("1",),))])
    with zipfile.ZipFile(path) as container:
        assert {entry.date_time for entry in container.infolist()} == {STAMP.timetuple()[:6]}
        properties = container.read("docProps/core.xml").decode()
    assert set(re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", properties)) == {STAMP.strftime("%Y-%m-%dT%H:%M:%SZ")}


def test_groups_of_the_header_are_merged_over_their_columns(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    columns = (Column("编号"), Column("人数", group="处置"), Column("金额", group="处置"))
    write_workbook(path, [Sheet("表", ("标题", "单位：元"), columns, (("1", 2, 3),), ("合计", 2, 3))])
    sheet = load_workbook(path)["表"]
    assert "B3:C3" in {str(merged) for merged in sheet.merged_cells.ranges}
    assert [[cell.value for cell in row] for row in sheet["A3:C6"]] == [
        [None, "处置", None],
        ["编号", "人数", "金额"],
        ["1", 2, 3],
        ["合计", 2, 3],
    ]


@pytest.mark.parametrize(
    ("total", "weights", "parts"), [(6, [1, 1, 1], [2, 2, 2]), (7, [3, 1], [5, 2]), (0, [], [])]
)
def test_spread_keeps_the_total_and_gives_everyone_something(total, weights, parts) -> None:
    assert spread(total, np.array(weights, dtype=float)) == parts
    with pytest.raises(ValueError, match="cannot be spread"):
        spread(len(weights) - 1, np.array(weights, dtype=float))


def test_the_files_have_only_the_slips_put_there_on_purpose(example: Example) -> None:
    found = Counter((fault.severity, fault.check) for fault in example.arrived.faults)
    assert found == {
        ("warns", "number_twice_same"): 1,
        ("warns", "dates_out_of_order"): 1,
        ("warns", "paid_exceeds_owed"): 1,
        # resolved, closed and rectified after the cut-off, where it does not count
        ("notes", "day_after_cut_off"): 3,
    }


def test_the_measures_are_what_the_plan_says(example: Example) -> None:
    for code, plan in PLAN.items():
        for year, clues, cases, petitions in zip(YEARS, plan.clues, plan.cases, plan.petitions, strict=True):
            assert example.value(code, "clues_received", year) == clues
            assert example.value(code, "cases", year) == cases
            assert example.value(code, "petitions", year) == petitions
        last = {name: getattr(plan, name)[-1] for name in ("clues", "cases", "unresolved")}
        assert example.value(code, "rate_resolved") == pytest.approx(1 - last["unresolved"] / last["cases"])
        assert example.value(code, "rate_checked") == pytest.approx(1 - plan.unchecked / last["clues"])
        assert example.value(code, "rate_closed") == pytest.approx(1 - plan.unclosed / last["clues"])
        assert example.value(code, "backlog") == sum(plan.unresolved[:-1])
        # what a row does not say was paid is not paid: one case each of two units takes up to 3.5 points off
        assert -0.035 <= example.value(code, "rate_paid") - plan.paid / 100 <= 0.005
        for measure, (due, done) in {
            "rate_filed": plan.filing,
            "rate_listed": plan.listing,
            "rate_published": plan.publishing,
        }.items():
            assert example.value(code, measure) == pytest.approx(done / due)
        assert example.value(code, "emergency_fund") == (FUNDS[code][0] == "是")


def test_coverage_leaves_the_exempt_and_the_unstated_out(example: Example) -> None:
    for code, (projects, exempt, without) in PROJECTS.items():
        lacking = dict(zip(INSTITUTIONS, without, strict=True))
        assert example.value(code, "coverage_account") == pytest.approx(1 - lacking["account"] / projects)
        subject = projects - exempt
        assert example.value(code, "coverage_deposit") == pytest.approx(1 - lacking["deposit"] / subject)


def test_magnitudes_are_those_of_the_field(example: Example) -> None:
    for code in CODES:
        for year in YEARS:
            workers, amount = example.value(code, "workers", year), example.value(code, "amount", year)
            assert 5 <= workers / example.value(code, "cases", year) <= 17
            assert 6_000 <= amount / workers <= 18_000
    cases = {year: sum(example.value(code, "cases", year) for code in CODES) for year in YEARS}
    assert cases[2019] == pytest.approx(540, abs=10) and cases[2020] == pytest.approx(450, abs=10)
    assert min(cases[year] for year in (2016, 2017, 2018)) > cases[2019]
    assert 4_000 <= len(example.arrived.ledgers["clues"]) <= 5_000


def test_every_unit_stands_in_every_ledger_every_year(example: Example) -> None:
    for name, day in (("clues", "received_on"), ("events", "occurred_on")):
        ledger = example.arrived.ledgers[name]
        assert set(zip(ledger["unit"], ledger[day].dt.year, strict=True)) == {
            (c, y) for c in CODES for y in YEARS
        }
    for name in ("projects", "funds", "innovation", "self_marks", "field_marks", "department_marks"):
        assert set(example.arrived.ledgers[name]["unit"]) == set(CODES), name


def test_units_are_spelled_in_several_ways() -> None:
    rows = cells(FOLDER / "线索案件台账.xlsx")["线索案件"][5:-1]
    spellings = {(code, name) for _, _, _, code, name, *_ in rows}
    assert len(spellings) > 3 * len(CODES)
    assert ("130323", "抚宁县") in spellings
    assert any(code.isdecimal() and not code.isascii() for code, _ in spellings)


def test_decoys_of_the_clues_would_change_the_figures(example: Example) -> None:
    clues = example.arrived.ledgers["clues"]
    repeated = clues["duplicate_of"] != ""
    assert (repeated & clues["confirmed"]).sum() > 50
    late = clues["resolved_on"] > pd.Timestamp(example.round.as_of)
    assert late.any() and (clues["closed_on"] > pd.Timestamp(example.round.as_of)).any()
    of_cases = clues[clues["confirmed"].fillna(False).astype(bool) & ~repeated]
    assert of_cases["workers"].isna().any() and of_cases["amount"].isna().any()


def test_gatherings_look_like_vetoes_and_are_none(example: Example) -> None:
    events = example.arrived.ledgers["events"]
    large = events[(events["kind"] == "mass") & (events["people"] >= 50)]
    assert set(large["occurred_on"].dt.year) == {2018, 2020}
    assert not large[large["occurred_on"].dt.year == ASSESSED]["verified"].any()


def test_nothing_computed_stands_in_the_files() -> None:
    for path in sorted([*FOLDER.glob("*.xlsx"), *FOLDER.glob("*.csv")]):
        for rows in cells(path).values():
            text = {str(cell) for row in rows for cell in row if isinstance(cell, str)}
            assert not [
                cell
                for cell in text
                if re.search("总分|得分|名次|排名|等次|合计得|降幅|[率]$", cell) and "核" not in cell
            ]


def test_marks_given_by_people_carry_at_most_thirty_points(example: Example) -> None:
    by_people = sum(i.points for i in example.rules.indicators() if i.measure.startswith("mark_"))
    assert by_people == 16
    assert sum(points for _, _, points in ITEMS) == 100
    assert [item for item, _, _ in ITEMS] == [indicator.code for indicator in example.rules.indicators()]
    assert [name for _, name, _ in ITEMS] == [indicator.name for indicator in example.rules.indicators()]
    full = {item: points for item, _, points in ITEMS}
    for given, level in FIELD_MARKS.values():
        assert all(0 <= mark <= full[item] for item, mark in zip(FIELD_ITEMS, given, strict=True))
        assert 0 <= level <= 100


def test_the_order_of_the_scores_stands_on_clear_steps(example: Example) -> None:
    scores = example.graded(example.values)["score"].astype(float).sort_values(ascending=False)
    printed = [code for _, codes in sorted(example.published.grades.items()) for code in codes]
    assert list(scores.index) == printed
    steps = -scores.diff().dropna()
    assert steps.min() >= 1
    assert 60 < scores.min() < scores.max() < 97
    assert scores.iloc[4] - scores.iloc[5] >= 2


def test_the_grades_are_the_published_ones(example: Example) -> None:
    grades = example.graded(example.values)["grade"]
    assert {code: grades[code] for code in CODES} == {
        code: example.published.grade_of(code) for code in CODES
    }


def test_equal_marks_change_no_grade(example: Example) -> None:
    field = example.arrived.ledgers["field_marks"]
    departments = example.arrived.ledgers["department_marks"]
    equal = {
        "field_marks": field.assign(mark=field.groupby("item")["mark"].transform("mean")),
        "department_marks": departments.assign(mark=departments["mark"].mean()),
    }
    arrived = replace(example.arrived, ledgers={**example.arrived.ledgers, **equal})
    before = example.graded(example.values)
    after = example.graded(measures.compute(arrived, example.round.settings).values)
    assert (after["score"] != before["score"]).all()
    assert after["grade"].equals(before["grade"])


def test_the_published_units_are_named(example: Example) -> None:
    arrived = example.arrived
    counted, _ = findings.count(
        arrived.ledgers["findings"],
        arrived.ledgers["feedback"],
        example.rules,
        arrived.roll,
        example.round,
        arrived=arrived,
    )
    for number, group in enumerate(example.published.groups):
        rows = counted[counted["group"] == group.code].set_index("unit")
        assert set(rows.index[rows["named"]]) == set(group.named), group.code
        for code in CODES:
            ledger, feedback = PROBLEMS[code][number]
            assert rows.loc[code, "findings"] == sum(map(ledger.count, "odl")) + feedback.count("n"), code


def test_counting_rows_alone_would_name_other_units(example: Example) -> None:
    rows = pd.concat([example.arrived.ledgers["findings"], example.arrived.ledgers["feedback"]])
    for group in example.rules.problem_groups:
        counts = rows[rows["group"] == group.code]["unit"].value_counts()
        assert set(counts.index[counts >= group.threshold]) > set(example.published.named(group.code)), (
            group.code
        )


def test_some_problems_are_overdue_and_some_closed_after_the_cut_off(example: Example) -> None:
    problems, as_of = example.arrived.ledgers["findings"], pd.Timestamp(example.round.as_of)
    assert ((problems["deadline"] < as_of) & problems["closed_on"].isna()).any()
    assert (problems["closed_on"] > as_of).any() and (problems["closed_on"] <= as_of).any()
    assert not problems["post"].str.contains("示例人").any()


def test_persons_are_fictional_and_stay_outside(example: Example) -> None:
    persons = {
        str(cell)
        for name, sheet in (("线索案件台账", "线索案件"), ("问题整改台账", "问题整改"))
        for row in cells(FOLDER / f"{name}.xlsx")[sheet]
        for cell in row
        if re.match(r"示例人|000-", str(cell))
    }
    assert len(persons) > 1000
    assert all(re.fullmatch(r"示例人\d{4}|000-\d{7}", person) for person in persons)
    for name, frame in example.arrived.ledgers.items():
        text = set(frame.astype(str).to_numpy().ravel())
        assert not persons & text, name


def test_the_round_is_marked_synthetic(example: Example) -> None:
    assert example.round.settings.synthetic
    assert example.round.settings.nil_returns == []
    for path in FOLDER.glob("*.xlsx"):
        for rows in cells(path).values():
            assert "示例数据（合成）" in str(rows[0][0]), path.name
    paragraphs, faults = read_settings(FOLDER / "bulletin.yaml", Bulletin, "bulletin.yaml")
    assert paragraphs is not None, faults
    texts = [*paragraphs.achievements, *(requirement.text for requirement in paragraphs.requirements)]
    assert paragraphs.example and all(text.startswith("（示例文字）") for text in texts)


def test_the_stages_have_their_days(example: Example) -> None:
    spans = [stage.span for stage in example.published.stages]
    assert spans[0] is not None and (spans[0].start, spans[0].end) == (
        dt.date(2021, 1, 1),
        dt.date(2021, 5, 31),
    )
    assert spans[1] is not None and spans[1].text == "2021-10"
    assert spans[2] is None
    assert example.published.named("no such group") == () and example.published.grade_of("000000") == ""


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("B: [130322,", "B: [130372,", 10),
        ("named: [130303, 130306, 130322, 130321]", "named: [130303, 130303]", 17),
        ("- code: institutions ", "- code: resolution ", 14),
        ("begins: 2021-01", "begins: 2021-06", 27),
        ("    ends: 2021-05\n", "", 27),
        ("printed_on: 2022-03-31", "printed_on: 2022-03-32", 5),
    ],
)
def test_published_facts_that_cannot_be_are_refused(tmp_path: Path, old: str, new: str, line: int) -> None:
    text = (FOLDER / "published.yaml").read_text(encoding="utf-8")
    assert text.count(old) == 1
    (tmp_path / "published.yaml").write_text(text.replace(old, new), encoding="utf-8")
    published, faults = read_settings(tmp_path / "published.yaml", Published, "published.yaml")
    assert published is None
    assert [fault.check for fault in faults] == ["settings_bad_value"]
    assert abs(faults[0].line - line) <= 1, faults


def test_a_stage_without_a_date_is_allowed() -> None:
    assert PublishedStage(name="综合量化评价", place="第一部分").span is None
