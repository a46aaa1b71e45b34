"""Grades: quota, floor, gates, vetoes, ties, and the clauses that decided or nearly did."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import round_examples
from rule_examples import (
    RULEBOOK_2020,
    ZH,
    indicator,
    roll,
    round_2020,
    rules,
    rules_2020,
    table,
    value,
)
from rule_examples import told as scored_and_told

from analysis import rulebook as rulebooks
from analysis.indicators import catalogue
from analysis.indicators.values import GRADE_COLUMNS
from analysis.intake.fault_lists.lines import fault_line
from analysis.results.previous import previous_grades
from analysis.results.store import Store
from analysis.rounds.frames import frame_of
from analysis.rounds.units import Unit, UnitRoll
from analysis.rulebook import Reading, Rulebook
from analysis.rulebook.bench import grade_measures
from analysis.rulebook.grades import Ties, grade_sentences, slots_sentence, ties_sentence
from analysis.rulebook.stated_facts import StatementFile, read_statements
from analysis.run import checking
from analysis.scoring.grading import Graded, clause, grade, grade_units, nearest_clause, ranks

Scores = dict[str, str]
# nine units as they might stand: five above the cut, nobody near C
NINE: Scores = {
    "a": "95", "b": "91", "c": "88", "d": "85", "e": "82", "f": "79", "g": "75", "h": "70", "i": "66",
}  # fmt: skip


def graded(
    scores: Scores,
    changed: dict[tuple[str, str], float | None] | None = None,
    book: Rulebook | None = None,
    **more: Any,
) -> dict[str, Graded]:
    """Grade units that pass every gate and have no event, but for the values changed (None: not reported)."""
    book = book or rules_2020()
    usual = {
        "coverage_account": "0.95",
        "emergency_fund": "1",
        "events_mass": "0",
        "events_mass_government": "0",
        "events_extreme": "0",
    }
    usual |= {measure: "" for measure in grade_measures(book) if measure not in usual}
    readings: dict[tuple[str, str], Reading] = {}
    for unit in scores:
        for measure, number in usual.items():
            found = (changed or {}).get((unit, measure), number or None)
            readings[unit, measure] = (
                Reading(measure, "not_reported")
                if found is None
                else Reading(measure, "reported", Fraction(str(found)), denominator=Fraction(10))
            )
    totals = {unit: Decimal(score) for unit, score in scores.items()}
    return {unit.unit: unit for unit in grade_units(totals, readings, book, **more)}


def letters(*args: Any, **kwargs: Any) -> str:
    return "".join(unit.grade for unit in graded(*args, **kwargs).values())


def told(unit: Graded) -> tuple[str, str]:
    book = rules_2020()
    return clause(unit, book, ZH).plain, nearest_clause(unit, book, ZH).plain


def test_equal_scores_share_the_better_rank() -> None:
    scores = {"a": Decimal("70.00"), "b": Decimal("85.5"), "c": Decimal("90"), "d": Decimal("85.50")}
    assert ranks(scores) == {"c": 1, "b": 2, "d": 2, "a": 4}


def test_the_first_five_are_a_and_the_rest_b() -> None:
    assert letters(NINE) == "AAAAABBBB"


def test_the_floor_bars_a_unit_within_the_quota_and_keeps_its_slot() -> None:
    assert letters({**NINE, "e": "79.99"}) == "AAAABBBBB"
    assert letters({**NINE, "e": "80"}) == "AAAAABBBB"


def test_a_gate_bars_a_unit_whatever_its_score() -> None:
    assert letters(NINE, {("a", "coverage_account"): 0.5999}) == "BAAAABBBB"
    assert letters(NINE, {("a", "coverage_account"): 0.6}) == "AAAAABBBB"
    assert letters(NINE, {("a", "emergency_fund"): 0}) == "BAAAABBBB"
    assert letters(NINE, {("a", "emergency_fund"): None}) == "BAAAABBBB"


def test_a_barred_unit_frees_its_slot_where_the_rule_set_says_so() -> None:
    grades = rules_2020().grades.model_dump() | {"slots": {"vetoed": "freed", "barred": "freed"}}
    scores = {**NINE, "f": "81"}
    assert letters(scores, {("a", "emergency_fund"): 0}) == "BAAAABBBB"
    assert letters(scores, {("a", "emergency_fund"): 0}, rules(grades=grades)) == "BAAAAABBB"


@pytest.mark.parametrize(
    ("measure", "count", "vetoed"),
    [
        ("events_mass", 1, False),
        ("events_mass", 2, True),
        ("events_mass_government", 1, True),
        ("events_extreme", 1, True),
        ("events_extreme", 0, False),
        ("events_extreme", None, False),
    ],
)
def test_a_veto_beats_the_rank_and_frees_the_slot(measure: str, count: int | None, vetoed: bool) -> None:
    scores = {**NINE, "f": "81"}
    assert letters(scores, {("a", measure): count}) == ("CAAAAABBB" if vetoed else "AAAAABBBB")


def test_a_vetoed_unit_keeps_its_slot_where_the_rule_set_says_so() -> None:
    grades = rules_2020().grades.model_dump() | {"slots": {"vetoed": "kept", "barred": "kept"}}
    assert letters({**NINE, "f": "81"}, {("a", "events_extreme"): 1}, rules(grades=grades)) == "CAAAABBBB"


def test_last_two_alone_is_not_c_and_below_sixty_alone_is_not_either() -> None:
    assert letters({**NINE, "h": "59.99", "i": "59"}) == "AAAAABBCC"
    assert letters({**NINE, "h": "60", "i": "59.99"}) == "AAAAABBBC"
    assert letters({**NINE, "g": "59.99", "h": "59", "i": "58"}) == "AAAAABBCC"


def test_ties_at_the_cut_are_all_in_or_all_out_as_declared() -> None:
    tied = {**NINE, "f": "82"}
    assert letters(tied) == "AAAAAABBB"
    assert (
        letters(tied, book=rules(ties={"rank": "better", "at_top": "all_out", "at_last": "all_out"}))
        == "AAAABBBBB"
    )


def test_ties_at_the_last_places_are_all_out_or_all_in_as_declared() -> None:
    tied = {**NINE, "g": "50", "h": "50", "i": "40"}
    assert letters(tied) == "AAAAABBBC"
    assert (
        letters(tied, book=rules(ties={"rank": "better", "at_top": "all_in", "at_last": "all_in"}))
        == "AAAAABCCC"
    )


def test_the_grade_does_not_depend_on_the_order_of_the_units() -> None:
    backwards = dict(reversed(NINE.items()))
    assert {unit.unit: unit.grade for unit in graded(backwards).values()} == {
        unit.unit: unit.grade for unit in graded(NINE).values()
    }


def test_fewer_units_than_places_are_all_within_the_quota() -> None:
    assert letters({"a": "95", "b": "81", "c": "79"}) == "AAB"


CLAUSES = [
    (
        "the best", NINE, {}, "a",
        "得分 95.00 分，列第 1 位，在前 5 名以内；得分不低于 80 分；工资专用账户覆盖率 95.00%，不低于 60%；"
        "已落实欠薪应急周转金，4 项条件同时满足，评为 A 级。",
        "改评 B 级的最近条件：得分比 80 分高 15.00 分。",
    ),
    (
        "the last A", NINE, {}, "e",
        "得分 82.00 分，列第 5 位，在前 5 名以内；得分不低于 80 分；工资专用账户覆盖率 95.00%，不低于 60%；"
        "已落实欠薪应急周转金，4 项条件同时满足，评为 A 级。",
        "改评 B 级的最近条件：得分比 80 分高 2.00 分。",
    ),
    (
        "an A near its gate", NINE, {("a", "coverage_account"): 0.62}, "a",
        "得分 95.00 分，列第 1 位，在前 5 名以内；得分不低于 80 分；工资专用账户覆盖率 62.00%，不低于 60%；"
        "已落实欠薪应急周转金，4 项条件同时满足，评为 A 级。",
        "改评 B 级的最近条件：工资专用账户覆盖率比 60% 高 2.00 个百分点。",
    ),
    (
        "the first B", NINE, {}, "f",
        "得分 79.00 分，列第 6 位，未进入前 5 名；得分低于 80 分，不符合 A 级条件；未触发 C 级条款，评为 B 级。",
        "改评 A 级的最近条件：得分比名额以内的最低分低 3.00 分（1 个名次）；得分比 80 分低 1.00 分。",
    ),
    (
        "a B barred by a gate", NINE, {("b", "coverage_account"): 0.5}, "b",
        "工资专用账户覆盖率 50.00%，低于 60%，不符合 A 级条件；未触发 C 级条款，评为 B 级。",
        "改评 A 级的最近条件：工资专用账户覆盖率比 60% 低 10.00 个百分点。",
    ),
    (
        "a B with one mass incident", NINE, {("b", "emergency_fund"): 0, ("b", "events_mass"): 1}, "b",
        "未落实欠薪应急周转金，不符合 A 级条件；未触发 C 级条款，评为 B 级。",
        "改评 C 级的最近条件：得分比后 2 名的最高分高 21.00 分（6 个名次）；得分比 60 分高 31.00 分。",
    ),
    (
        "the last B", NINE, {}, "i",
        "得分 66.00 分，列第 9 位，未进入前 5 名；得分低于 80 分，不符合 A 级条件；未触发 C 级条款，评为 B 级。",
        "改评 C 级的最近条件：得分比 60 分高 6.00 分。",
    ),
    (
        "C by rank and score", {**NINE, "i": "58.5"}, {}, "i",
        "得分 58.50 分，列第 9 位，在后 2 名以内；得分低于 60 分，评为 C 级。",
        "改评 B 级的最近条件：得分比 60 分低 1.50 分。",
    ),
    (
        "C by two vetoes", NINE, {("a", "events_mass"): 4, ("a", "events_mass_government"): 1}, "a",
        "较大群体性事件 4 起，达到 2 起，一票否决；政府投资项目群体性事件 1 起，达到 1 起，一票否决，评为 C 级。",
        "改评 A 级的最近条件：较大群体性事件少 3 起、政府投资项目群体性事件少 1 起即不触发一票否决。",
    ),
    (
        "a fund nobody reported", NINE, {("a", "emergency_fund"): None}, "a",
        "欠薪应急周转金未报，视为未落实，不符合 A 级条件；未触发 C 级条款，评为 B 级。",
        "改评 C 级的最近条件：得分比后 2 名的最高分高 25.00 分（7 个名次）；得分比 60 分高 35.00 分。",
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("scores", "changed", "unit", "decided", "nearest"),
    [row[1:] for row in CLAUSES],
    ids=[row[0] for row in CLAUSES],
)
def test_the_clause_that_decided_and_the_nearest_one(
    scores: Scores, changed: dict[tuple[str, str], float], unit: str, decided: str, nearest: str
) -> None:
    assert told(graded(scores, changed)[unit]) == (decided, nearest)


def test_every_veto_that_stands_counts_for_the_way_out_of_c() -> None:
    # two mass incidents are one too many, two extreme ones two too many
    unit = graded(NINE, {("h", "events_mass"): 2, ("h", "events_extreme"): 2})["h"]
    _, nearest = told(unit)
    assert nearest == "改评 B 级的最近条件：极端事件少 2 起、较大群体性事件少 1 起即不触发一票否决。"


def test_a_veto_left_open_beside_one_that_is_taken_is_named_and_the_way_out_is_not_told() -> None:
    """Of two extreme incidents one is stated; whether a mass incident was a second one, nobody says."""
    book = rules_2020()
    usual = {"coverage_account": 1, "emergency_fund": 1, "events_extreme": 1}
    known = {
        (unit, measure): Reading(measure, "reported", Fraction(usual.get(measure, 0)))
        for unit in "ab"
        for measure in grade_measures(book)
    }
    mass = Reading("events_mass", "partial", Fraction(1))
    fillings = tuple(dataclasses.replace(mass, status="reported", value=Fraction(count)) for count in (1, 2))
    known["b", "events_mass"] = dataclasses.replace(mass, fillings=fillings)
    a, b = grade_units({"a": Decimal(90), "b": Decimal(70)}, known, book)
    assert (a.grade, a.undecided, b.grade, b.undecided) == ("C", (), "C", ("events_mass",))
    assert told(b) == (
        "极端事件 1 起，达到 1 起，一票否决，评为 C 级。"
        "另有较大群体性事件取决于没有填写的内容，既不认定也不排除，等次不因此改变。",
        "改变等次的最近条件取决于没有填写的较大群体性事件，填明后再列。",
    )
    # with one incident at most the veto cannot be triggered, and nothing is open
    few = dataclasses.replace(
        mass,
        value=Fraction(0),
        fillings=tuple(
            dataclasses.replace(mass, status="reported", value=Fraction(count)) for count in (0, 1)
        ),
    )
    (_, b) = grade_units({"a": Decimal(90), "b": Decimal(70)}, {**known, ("b", "events_mass"): few}, book)
    assert (b.grade, b.undecided, b.blurred) == ("C", (), ())


def test_a_veto_may_be_the_nearest_clause() -> None:
    book = rules(
        grades={
            "slots": {"vetoed": "freed", "barred": "kept"},
            "A": {"all_of": [{"kind": "top", "places": 5}]},
            "C": {"any_of": [[{"kind": "veto"}]]},
            "otherwise": "B",
        },
    )
    unit = graded({"a": "95", "b": "20"}, {("a", "events_mass"): 1}, book)["a"]
    assert clause(unit, book, ZH).plain == "得分 95.00 分，列第 1 位，在前 5 名以内，评为 A 级。"
    assert (
        nearest_clause(unit, book, ZH).plain == "改评 C 级的最近条件：较大群体性事件再有 1 起即触发一票否决。"
    )


def test_a_rule_without_any_way_out_says_so() -> None:
    book = rules(
        vetoes=[],
        grades={
            "slots": {"vetoed": "freed", "barred": "kept"},
            "A": {"all_of": [{"kind": "top", "places": 5}]},
            "C": {"any_of": [[{"kind": "veto"}]]},
            "otherwise": "B",
        },
    )
    unit = graded({"a": "95", "b": "20"}, book=book)["a"]
    assert (unit.grade, unit.nearest) == ("A", None)
    assert nearest_clause(unit, book, ZH).plain == "没有别的条件可以改变等次。"


def scores_table(scores: Scores) -> pd.DataFrame:
    usual = {"indicator": "total", "points_possible": "100", "status": "reported"}
    rows = [{**usual, "unit": unit, "points": points} for unit, points in scores.items()]
    return pd.DataFrame([*rows, {**usual, "unit": "a", "indicator": "1", "points": "9.00"}])


def test_the_grade_table_is_in_the_order_of_ranks() -> None:
    values = table(
        [
            row
            for unit in ("a", "b", "c")
            for row in (
                value(unit, "coverage_account", value=0.9, numerator=9, denominator=10),
                value(unit, "emergency_fund", value=1.0, unit_of_measure="unit"),
                value(unit, "events_extreme", value=float(unit == "c"), unit_of_measure="event"),
            )
        ]
    )
    totals = {"a": "85.10", "b": "85.10", "c": "99.00"}
    grades = grade(
        scores_table(totals), values, rules_2020(), roll("b", "c", "a"), round_2020().settings, catalogue=ZH
    )
    assert list(grades.columns) == list(GRADE_COLUMNS)
    assert list(grades["id"]) == ["grade.c", "grade.b", "grade.a"]
    assert list(grades["rank"]) == [1, 2, 2]
    assert list(grades["score"]) == ["99.00", "85.10", "85.10"]
    assert list(grades["grade"]) == ["C", "A", "A"]
    assert grades.loc[0, "unit_name"] == "甲c"


def test_a_round_without_a_rule_set_is_not_graded() -> None:
    grades = grade(scores_table({"a": "85"}), table([]), None, roll("a"), round_2020().settings, catalogue=ZH)
    assert list(grades.columns) == list(GRADE_COLUMNS)
    assert grades.empty


# ── single conditions: a rule of one condition, on both sides of its line ─────────────────────────────────────────────

FACTS = [
    {"code": "poor_work", "name": "工作不力", "name_en": "poor work"},
    {
        "code": "accurate",
        "name": "数据准确",
        "name_en": "accurate data",
        "otherwise": "数据不准确",
        "otherwise_en": "inaccurate data",
    },
    {"code": "visits", "name": "赴省集体上访", "name_en": "group visits"},
]
FIRST = [{"kind": "top", "places": 1}]
FREED = {"vetoed": "freed", "barred": "freed"}
KEPT = {"vetoed": "kept", "barred": "kept"}


def of_grades(
    best: list[dict[str, Any]],
    lowest: list[list[dict[str, Any]]],
    slots: dict[str, str] | None = None,
    consequences: list[dict[str, Any]] | None = None,
    **more: Any,
) -> Rulebook:
    """Return the rule set of 2020 with another grade rule, without vetoes unless they are given."""
    usual: dict[str, Any] = {"vetoes": [], "facts": FACTS}
    grades = {
        "slots": slots or {"vetoed": "freed", "barred": "kept"},
        "A": {"all_of": best},
        "C": {"any_of": lowest},
        "otherwise": "B",
        "consequences": consequences or [],
    }
    return rules(**(usual | more | {"grades": grades}))


def sentences(unit: Graded, book: Rulebook) -> tuple[str, str]:
    return clause(unit, book, ZH).plain, nearest_clause(unit, book, ZH).plain


#: a clause that takes nobody
NEVER = [{"kind": "score_below", "points": 0}]
#: what no unit below meets, nor can: it leaves the condition beside it as the only way to another grade
CLOSED = {"kind": "previous", "grades": ["A"]}
PART = {"items": ["3", "4.1"], "share": "80%", "name": "制度健全", "name_en": "institutions"}
COUNT = {
    "measures": ["stated_visits"],
    "number": 3,
    "name": "5人以上赴省集体上访",
    "name_en": "group visits",
}
INNOVATIONS = {
    "measures": ["innovation_state", "innovation_city"],
    "number": 1,
    "name": "创新事项",
    "name_en": "innovations",
    "counted": "unit",
}

# the condition, where it stands, what is read of unit a, its grade, the clause, the nearest one
CONDITIONS = [
    ("score_at_least at its closed end", {"kind": "score_at_least", "points": 90}, "A", {}, "90", "A",
     "得分不低于 90 分，评为 A 级。", "改评 B 级的最近条件：得分正好 90 分。"),
    ("score_at_least a hundredth below", {"kind": "score_at_least", "points": 90}, "A", {}, "89.99", "B",
     "得分低于 90 分，不符合 A 级条件；未触发 C 级条款，评为 B 级。", "改评 A 级的最近条件：得分比 90 分低 0.01 分。"),
    ("score_above at its open end", {"kind": "score_above", "points": 90}, "A", {}, "90", "B",
     "得分不高于 90 分，不符合 A 级条件；未触发 C 级条款，评为 B 级。",
     "改评 A 级的最近条件：得分正好 90 分，须高于 90 分。"),
    ("score_below at its open end", {"kind": "score_below", "points": 70}, "C", {}, "70", "B",
     None, "改评 C 级的最近条件：得分正好 70 分。"),
    ("score_below a hundredth below", {"kind": "score_below", "points": 70}, "C", {}, "69.99", "C",
     "得分低于 70 分，评为 C 级。", "改评 B 级的最近条件：得分比 70 分低 0.01 分。"),
    ("score_at_most at its closed end", {"kind": "score_at_most", "points": 70}, "C", {}, "70", "C",
     "得分不高于 70 分，评为 C 级。", "改评 B 级的最近条件：得分正好 70 分。"),
    ("a mark as a share, at the line", {"kind": "gate", "measure": "mark_field_1_1", "read": "mark", "at_least": "60%"},
     "A", {"mark_field_1_1": 6}, "70", "A",
     "部署调度 60.00%，不低于 60%，评为 A 级。", "改评 B 级的最近条件：部署调度正好 60%。"),
    ("poor work: a field mark below a share",
     {"kind": "below", "measure": "mark_field_1_1", "read": "mark", "below": "60%"},
     "C", {"mark_field_1_1": 5.5}, "70", "C",
     "部署调度 55.00%，低于 60%，评为 C 级。", "改评 B 级的最近条件：部署调度比 60% 低 5.00 个百分点。"),
    ("a full mark that the rule declares",
     {"kind": "below", "measure": "mark_field_1_1", "read": "mark", "full": 5, "below": "60%"},
     "C", {"mark_field_1_1": 3}, "70", "B", None, "改评 C 级的最近条件：部署调度正好 60%。"),
    ("poor work: a measure below its line", {"kind": "below", "measure": "rate_resolved", "below": "90%"},
     "C", {"rate_resolved": 0.9}, "70", "B", None, "改评 C 级的最近条件：核处化解率正好 90%。"),
    ("nobody leaves the lowest grade by silence", {"kind": "below", "measure": "rate_resolved", "below": "90%"},
     "C", {}, "70", "C", "核处化解率未报，视为低于 90%，评为 C 级。", "改评 B 级的最近条件：核处化解率未报。"),
    ("silence is no proof of poor work where the rule says so",
     {"kind": "below", "measure": "rate_resolved", "below": "90%", "missing": "unmet"},
     "C", {}, "70", "B", None, "改评 C 级的最近条件：核处化解率未报。"),
    ("a number below its line", {"kind": "below", "measure": "mark_departments", "below": 60},
     "C", {"mark_departments": 58.5}, "70", "C",
     "成员单位评价得分 58.5，低于 60，评为 C 级。", "改评 B 级的最近条件：成员单位评价得分比 60 少 1.5。"),
    ("three group visits", {"kind": "count", **COUNT}, "C", {"stated_visits": 3}, "70", "C",
     "5人以上赴省集体上访 3 起，达到 3 起，评为 C 级。",
     "改评 B 级的最近条件：5人以上赴省集体上访少 1 起即不足 3 起。"),
    ("two group visits", {"kind": "count", **COUNT}, "C", {"stated_visits": 2}, "70", "B",
     None, "改评 C 级的最近条件：5人以上赴省集体上访再有 1 起即达到 3 起。"),
    ("group visits nobody reported", {"kind": "count", **COUNT}, "C", {}, "70", "B",
     None, "改评 C 级的最近条件：5人以上赴省集体上访未报。"),
    ("several counts add up", {"kind": "count", **INNOVATIONS}, "A", {"innovation_city": 1}, "70", "A",
     "创新事项 1 个，达到 1 个，评为 A 级。", "改评 B 级的最近条件：创新事项少 1 个即不足 1 个。"),
    ("counts at most", {"kind": "count_at_most", **COUNT}, "A", {"stated_visits": 4}, "70", "B",
     "5人以上赴省集体上访 4 起，超过 3 起，不符合 A 级条件；未触发 C 级条款，评为 B 级。",
     "改评 A 级的最近条件：5人以上赴省集体上访少 1 起即不超过 3 起。"),
    ("counts at most, at the line", {"kind": "count_at_most", **COUNT}, "A", {"stated_visits": 3}, "70", "A",
     "5人以上赴省集体上访 3 起，不超过 3 起，评为 A 级。",
     "改评 B 级的最近条件：5人以上赴省集体上访再有 1 起即超过 3 起。"),
    ("a fact stated", {"kind": "stated", "fact": "poor_work"}, "C", {"stated_poor_work": 1}, "70", "C",
     "认定工作不力，评为 C 级。", "改评 B 级的最近条件：现已认定工作不力。"),
    ("a fact nobody stated", {"kind": "stated", "fact": "poor_work"}, "C", {}, "70", "B",
     None, "改评 C 级的最近条件：未认定工作不力。"),
    ("data stated to be accurate", {"kind": "stated", "fact": "accurate"}, "A", {"stated_accurate": 1}, "70", "A",
     "认定数据准确，评为 A 级。", "改评 B 级的最近条件：现已认定数据准确。"),
    ("data stated to be inaccurate", {"kind": "stated", "fact": "accurate"}, "A", {"stated_accurate": 0}, "70", "B",
     "认定数据不准确，不符合 A 级条件；未触发 C 级条款，评为 B 级。", "改评 A 级的最近条件：未认定数据准确。"),
    ("data of which nothing is stated", {"kind": "stated", "fact": "accurate"}, "A", {}, "70", "B",
     "未作“数据准确”的认定，不符合 A 级条件；未触发 C 级条款，评为 B 级。",
     "改评 A 级的最近条件：未认定数据准确。"),
    ("inaccurate data in C", {"kind": "stated", "fact": "accurate", "holds": False},
     "C", {"stated_accurate": 0}, "70", "C",
     "认定数据不准确，评为 C 级。", "改评 B 级的最近条件：现已认定数据不准确。"),
    ("nothing stated is not inaccurate", {"kind": "stated", "fact": "accurate", "holds": False}, "C", {}, "70", "B",
     None, "改评 C 级的最近条件：未认定数据不准确。"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("condition", "place", "unit", "expected"),
    [(row[1], row[2], row[3:5], row[5:]) for row in CONDITIONS],
    ids=[row[0] for row in CONDITIONS],
)
def test_a_condition_on_both_sides_of_its_line(
    condition: dict[str, Any],
    place: str,
    unit: tuple[dict[str, float], str],
    expected: tuple[str, str | None, str],
) -> None:
    (read, score), (letter, decided, nearest) = unit, expected
    book = of_grades([condition], [[CLOSED]]) if place == "A" else of_grades([CLOSED], [[condition]])
    changed: dict[tuple[str, str], float | None] = {
        ("a", measure): number for measure, number in read.items()
    }
    found = graded({"a": score}, changed, book, previous={"a": "B"})["a"]
    told_clause, told_nearest = sentences(found, book)
    assert (found.grade, told_nearest) == (letter, nearest)
    if decided is not None:
        assert told_clause == decided


@pytest.mark.parametrize(
    ("kind", "points", "letter", "decided", "nearest"),
    [
        ("part_at_least", "25.6", "A", "制度健全得 25.60 分（满分 32 分），得分率 80.00%，不低于 80%，评为 A 级。",
         "改评 B 级的最近条件：制度健全得分率正好 80%。"),
        ("part_at_least", "24", "B",
         "制度健全得 24.00 分（满分 32 分），得分率 75.00%，低于 80%，不符合 A 级条件；未触发 C 级条款，评为 B 级。",
         "改评 A 级的最近条件：制度健全得分率比 80% 低 5.00 个百分点。"),
        ("part_below", "24", "C", "制度健全得 24.00 分（满分 32 分），得分率 75.00%，低于 80%，评为 C 级。",
         "改评 B 级的最近条件：制度健全得分率比 80% 低 5.00 个百分点。"),
        ("part_below", "25.6", "B", None, "改评 C 级的最近条件：制度健全得分率正好 80%。"),
        ("part_at_least", "", "B", "制度健全没有得分，视为低于 80%，不符合 A 级条件；未触发 C 级条款，评为 B 级。",
         "改评 A 级的最近条件：制度健全没有得分。"),
    ],
)  # fmt: skip
def test_sound_institutions_are_a_share_of_the_points_of_some_items(
    kind: str, points: str, letter: str, decided: str | None, nearest: str
) -> None:
    """Dimension 3 (28 points) and indicator 4.1 (4 points) together: 25.6 of 32 are 80 %."""
    condition, in_a = {"kind": kind, **PART}, kind == "part_at_least"
    book = of_grades([condition], [[CLOSED]]) if in_a else of_grades([CLOSED], [[condition]])
    parts = {("a", "4.1"): (Fraction(4), Fraction(4))} if points else {}
    if points:
        parts["a", "3"] = (Fraction(points) - 4, Fraction(28))
    unit = graded({"a": "70"}, None, book, parts=parts, previous={"a": "B"})["a"]
    told_clause, told_nearest = sentences(unit, book)
    assert (unit.grade, told_nearest) == (letter, nearest)
    if decided is not None:
        assert told_clause == decided


# ── quota, floor, places ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_floor_without_a_quota() -> None:
    book = of_grades([{"kind": "score_at_least", "points": 90}], [[{"kind": "score_below", "points": 70}]])
    assert (
        letters({"a": "99", "b": "95", "c": "90", "d": "89.99", "e": "70", "f": "69.99"}, book=book)
        == "AAABBC"
    )


def test_a_quota_without_a_floor() -> None:
    book = of_grades([{"kind": "top", "places": 2}], [[{"kind": "last", "places": 2}]])
    assert letters({"a": "50", "b": "40", "c": "30", "d": "20", "e": "10"}, book=book) == "AABCC"


def test_ranks_1_2_2_4_and_a_cut_between_or_across_them() -> None:
    scores = {"a": "90", "b": "80", "c": "80", "d": "70"}
    book = of_grades([{"kind": "top", "places": 2}], [NEVER])
    units = graded(scores, book=book)
    assert [unit.rank for unit in units.values()] == [1, 2, 2, 4]
    assert letters(scores, book=book) == "AAAB"
    out = of_grades(
        [{"kind": "top", "places": 2}],
        [NEVER],
        ties={"rank": "better", "at_top": "all_out", "at_last": "all_out"},
    )
    assert letters(scores, book=out) == "ABBB"
    three = of_grades([{"kind": "top", "places": 3}], [NEVER])
    assert letters(scores, book=three) == "AAAB"


def test_a_measure_breaks_the_tie_at_the_cut() -> None:
    scores = {"a": "90", "b": "80", "c": "80", "d": "70", "e": "70"}
    ties = {
        "rank": "better",
        "at_top": "tie_break",
        "at_last": "tie_break",
        "tie_break": [{"measure": "rate_resolved"}, {"measure": "petitions", "better": "low"}],
    }
    book = of_grades([{"kind": "top", "places": 2}], [[{"kind": "last", "places": 1}]], ties=ties)
    by_rate: dict[tuple[str, str], float | None] = {("b", "rate_resolved"): 0.9, ("c", "rate_resolved"): 0.95}
    by_petitions: dict[tuple[str, str], float | None] = {
        **{(unit, "rate_resolved"): 0.9 for unit in "bcde"},
        ("b", "petitions"): 2,
        ("c", "petitions"): 3,
        ("d", "petitions"): 0,
        ("e", "petitions"): 1,
    }
    assert (
        letters(scores, by_rate | {("d", "rate_resolved"): 0.5}, book) == "ABABC"
    )  # e did not report: it loses
    assert letters(scores, by_petitions, book) == "AABBC"
    assert letters(scores, None, book) == "AAACC"  # nothing tells them apart: unresolved, all in
    out = of_grades([{"kind": "top", "places": 2}], [NEVER], ties=ties | {"unresolved": "all_out"})
    assert letters(scores, None, out) == "ABBBB"


def test_ties_and_slots_read_as_official_sentences() -> None:
    ties = {
        "rank": "better",
        "at_top": "tie_break",
        "at_last": "all_out",
        "tie_break": [{"measure": "rate_resolved"}, {"measure": "petitions", "better": "low"}],
    }
    book = rules(ties=ties)
    assert ties_sentence(book.ties, book, ZH).plain == (
        "前列名额界线上同分的，核处化解率高者在前、进京赴省访低者在前；仍不能区分的都入围。"
        "后列名次界线上同分的都不计入。"
    )
    assert slots_sentence(book.grades, book, ZH).plain == (
        "被一票否决的单位不占 A 级名额，名额顺延。不符合 A 级其他条件的单位占名额，名额不顺延。"
    )


def test_a_unit_in_c_by_any_clause_frees_or_keeps_its_slot() -> None:
    lowest = [[{"kind": "stated", "fact": "poor_work"}]]
    scores = {"a": "90", "b": "80", "c": "70"}
    stated: dict[tuple[str, str], float | None] = {("a", "stated_poor_work"): 1}
    freed, kept = of_grades(FIRST, lowest, FREED), of_grades(FIRST, lowest, KEPT)
    assert letters(scores, stated, freed) == "CAB"
    assert letters(scores, stated, kept) == "CBB"
    unit = graded(scores, stated, freed)["b"]
    assert (
        sentences(unit, freed)[0]
        == "得分 80.00 分，列第 2 位，其前 1 个单位不占名额，在前 1 名以内，评为 A 级。"
    )


def test_a_veto_may_bar_the_top_grade_only() -> None:
    veto = {
        "code": "V9",
        "name": "极端事件",
        "name_en": "Extreme",
        "measure": "events_extreme",
        "at_least": 1,
        "definition": "起数",
        "effect": "top_barred",
    }
    book = of_grades(FIRST, [[CLOSED]], FREED, vetoes=[veto])
    scores = {"a": "90", "b": "80"}
    units = graded(scores, {("a", "events_extreme"): 1}, book, previous={"a": "B", "b": "B"})
    assert "".join(unit.grade for unit in units.values()) == "BA"
    assert sentences(units["a"], book) == (
        "极端事件 1 起，达到 1 起，不得评 A 级，不符合 A 级条件；未触发 C 级条款，评为 B 级。",
        "改评 A 级的最近条件：极端事件少 1 起即可评 A 级。",
    )


@pytest.mark.parametrize(
    ("effect", "expected"), [("lowest_grade", "CA"), ("top_barred", "BA"), ("none", "AB")]
)
def test_falsification_settles_the_grade_by_a_measure_or_by_the_difference_of_self_scores(
    effect: str, expected: str
) -> None:
    usual = {"code": "F1", "name": "弄虚作假", "name_en": "Falsification", "definition": "起数", "off": 1}
    measured = {**usual, "measure": "stated_poor_work", "grade": effect}
    differing = {**usual, "difference": {"over": "indicator", "above": "10%"}, "at_least": 3, "grade": effect}
    scores = {"a": "90", "b": "80"}
    lowest = [[{"kind": "veto"}]]
    by_measure = of_grades(FIRST, lowest, FREED, falsification=[measured])
    assert letters(scores, {("a", "stated_poor_work"): 1}, by_measure) == expected
    by_difference = of_grades(FIRST, lowest, FREED, falsification=[differing])
    assert letters(scores, book=by_difference, differences={("a", "F1"): 3, ("b", "F1"): 2}) == expected
    assert letters(scores, book=by_difference, differences={("a", "F1"): 2}) == "AB"


def test_all_units_vetoed_are_all_c_and_nobody_fills_the_slots() -> None:
    everyone: dict[tuple[str, str], float | None] = {(unit, "events_extreme"): 1 for unit in NINE}
    assert letters(NINE, everyone) == "CCCCCCCCC"


def test_a_single_unit_is_first_and_last_at_once_and_c_beats_a() -> None:
    book = of_grades(FIRST, [[{"kind": "last", "places": 1}]])
    unit = graded({"a": "90"}, book=book)["a"]
    assert (unit.grade, unit.nearest) == ("C", None)


def test_last_n_may_count_units_without_a_score_or_leave_out_vetoed_ones() -> None:
    scores = {"a": "90", "b": "80", "c": "70", "d": "60"}

    def last(among: str) -> Rulebook:
        clauses = [[{"kind": "last", "places": 2, "among": among}], [{"kind": "stated", "fact": "poor_work"}]]
        return of_grades(FIRST, clauses)

    assert letters(scores, book=last("graded"), unscored=1) == "ABCC"
    assert letters(scores, book=last("all"), unscored=1) == "ABBC"
    assert letters(scores, book=last("all"), unscored=2) == "ABBB"
    stated: dict[tuple[str, str], float | None] = {("d", "stated_poor_work"): 1}
    assert letters(scores, stated, last("graded")) == "ABCC"
    assert letters(scores, stated, last("unvetoed")) == "ACCC"


def test_last_n_only_with_poor_work() -> None:
    clauses = [[{"kind": "last", "places": 2}, {"kind": "stated", "fact": "poor_work"}]]
    book = of_grades(FIRST, clauses)
    scores = {"a": "90", "b": "80", "c": "70", "d": "60"}
    stated: dict[tuple[str, str], float | None] = {("b", "stated_poor_work"): 1, ("d", "stated_poor_work"): 1}
    units = graded(scores, stated, book)
    assert "".join(unit.grade for unit in units.values()) == "ABBC"
    assert sentences(units["d"], book) == (
        "得分 60.00 分，列第 4 位，在后 2 名以内；认定工作不力，评为 C 级。",
        "改评 B 级的最近条件：得分比后 2 名以外的最低分低 20.00 分（2 个名次）。",
    )
    # c is near the first place by points, and a whole finding away from C
    assert (
        sentences(units["c"], book)[1]
        == "改评 A 级的最近条件：得分比名额以内的最低分低 20.00 分（2 个名次）。"
    )


# ── the previous round ────────────────────────────────────────────────────────────────────────────────────────────────

TWICE = [[{"kind": "last", "places": 2}, {"kind": "previous", "grades": ["C"]}]]
NOT_C_BEFORE = [*FIRST, {"kind": "previous", "grades": ["C"], "holds": False}]
FOLLOWS = [
    {"grade": "C", "text": "约谈主要负责人，两周内提交书面报告"},
    {"grade": "C", "previous": ["C"], "text": "连续两轮为 C 级，提请上级处理"},
]


def test_last_places_are_c_only_for_who_was_c_before() -> None:
    book = of_grades(FIRST, TWICE, consequences=FOLLOWS)
    scores = {"a": "90", "b": "80", "c": "70"}
    units = graded(scores, book=book, previous={"a": "C", "b": "B", "c": "C"})
    assert "".join(unit.grade for unit in units.values()) == "ABC"
    assert sentences(units["c"], book)[0] == (
        "得分 70.00 分，列第 3 位，在后 2 名以内；上一轮为 C 级，评为 C 级。"
        "约谈主要负责人，两周内提交书面报告。连续两轮为 C 级，提请上级处理。"
    )
    # nobody can change the previous round: b can only become A
    assert units["b"].nearest == "A"


def test_c_in_the_previous_round_bars_from_a_and_keeps_or_frees_the_slot() -> None:
    scores = {"a": "90", "b": "80"}
    kept, freed = of_grades(NOT_C_BEFORE, [NEVER], KEPT), of_grades(NOT_C_BEFORE, [NEVER], FREED)
    assert letters(scores, book=kept, previous={"a": "C", "b": "A"}) == "BB"
    assert letters(scores, book=freed, previous={"a": "C", "b": "A"}) == "BA"
    unit = graded(scores, book=freed, previous={"a": "C", "b": "A"})["a"]
    assert sentences(unit, freed)[0] == "上一轮为 C 级，不符合 A 级条件；未触发 C 级条款，评为 B 级。"


@pytest.mark.parametrize("previous", [None, {}, {"z": "C"}])
def test_without_a_previous_grade_the_clause_is_not_applied_and_says_so(
    previous: dict[str, str] | None,
) -> None:
    scores = {"a": "90", "b": "80"}
    book = of_grades(NOT_C_BEFORE, TWICE)
    units = graded(scores, book=book, previous=previous)
    assert "".join(unit.grade for unit in units.values()) == "AB"
    assert sentences(units["a"], book)[0] == (
        "得分 90.00 分，列第 1 位，在前 1 名以内，评为 A 级。没有上一轮等次，涉及上一轮等次的条款不适用。"
    )


def test_the_previous_grades_are_those_computed_for_the_round_compared_with(tmp_path: Path) -> None:
    of = dataclasses.replace(round_2020(compared_with="2019"), project=tmp_path)
    units = UnitRoll(
        [Unit("a", "甲县", "甲", order=1, former_codes=("old",)), Unit("b", "乙县", "乙", order=2)], "z", "市"
    )
    assert previous_grades(round_2020(), units) is None
    assert previous_grades(of, units) is None
    rows = [
        {"unit": unit, "grade": letter, "rank": 1}
        for unit, letter in (("old", "C"), ("gone", "A"), ("b", ""))
    ]
    Store(tmp_path / "data" / "processed" / "2019").write("grades", frame_of(rows, GRADE_COLUMNS))
    assert previous_grades(of, units) == {"a": "C"}


# ── units without a score ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_unit_without_a_score_is_not_graded_and_says_why() -> None:
    scores = scores_table({"a": "85.10", "b": "0.00", "c": ""})
    scores.loc[scores["unit"] == "b", "status"] = "not_reported"
    grades = grade(
        scores, table([]), rules_2020(), roll("c", "b", "a", "d"), round_2020().settings, catalogue=ZH
    )
    told_of = {row["unit"]: (row["grade"], row["score"], row["clause"]) for row in grades.to_dict("records")}
    assert list(told_of) == ["a", "c", "b", "d"]
    assert grades["rank"].isna().tolist() == [False, True, True, True]
    assert told_of["b"] == ("", "", "各项均未报，没有得分，不评等次。")
    assert told_of["c"] == told_of["d"] == ("", "", "没有得分，不评等次。")


def test_three_thousand_units_are_graded_in_a_moment() -> None:
    scores = {f"u{place}": f"{place % 997 / 10:.2f}" for place in range(3000)}
    units = graded(scores)
    # the five best are all of the highest score, 99.6: those of 996, 1993, 2990; then 99.5
    assert sorted(unit for unit, found in units.items() if found.grade == "A") == [
        "u1992", "u1993", "u2989", "u2990", "u995", "u996",
    ]  # fmt: skip


# ── faults of the rule and of the statements ──────────────────────────────────────────────────────────────────────────

RULE = RULEBOOK_2020.read_text(encoding="utf-8")
WITH_FACTS = (
    "# 问题归类：",
    "facts:\n  - {code: poor_work, name: 工作不力, name_en: poor work}\n# 问题归类：",
)
NO_VETO = "      - - {kind: veto}                                              # 触发任一否决事项" + "\n"
LAST = "      - - {kind: last, places: 2}                                   # 后2名，且\n"

BROKEN = [
    (
        "rulebook_fact_unknown",
        [WITH_FACTS, (LAST, "      - - {kind: stated, fact: poor_wrok}\n")],
        "poor_wrok",
        "等次规则用到的认定事项“poor_wrok”没有在 facts 中列出。"
        "是否应为“poor_work”？请改正 fact，或在 facts 中补列。",
    ),
    (
        "rulebook_fact_twice",
        [(WITH_FACTS[0], "facts:\n" + 2 * "  - {code: poor_work, name: 甲, name_en: A}\n" + WITH_FACTS[0])],
        "  - {code: poor_work, name: 甲, name_en: A}\n# 问题归类",
        "认定事项“poor_work”已在第{first}行写过。请删去一处，或改用别的编码。",
    ),
    (
        "rulebook_item_unknown",
        [(LAST, '      - - {kind: part_below, items: ["3", "3.11"], share: 60%, name: 甲, name_en: A}\n')],
        '"3.11"',
        "等次规则用到的项目“3.11”不是维度、指标或加分项的编码。是否应为“3.1”？请改正 items。",
    ),
    (
        "rulebook_score_never",
        [("kind: score_at_least, points: 80", "kind: score_at_least, points: 101")],
        "points: 101",
        "得分界线 101 高于可得的最高分 100，永远达不到。请改正 points。",
    ),
    (
        "rulebook_veto_unused",
        [(NO_VETO, "")],
        "- code: V1",
        "事项“V1”应评为最低等次，而等次“C”的条款没有写触发一票否决事项，它不起作用。"
        "请在该等次的 any_of 中补上这一条款，或改正 effect。",
    ),
    (
        "rulebook_measure_unknown",
        [(LAST, "      - - {kind: count, measures: [events_mas], number: 1, name: 甲, name_en: A}\n")],
        "events_mas]",
        None,
    ),
    (
        "rulebook_measure_unknown",
        [("at_last: all_out", "at_last: all_out\n  tie_break: [{measure: rate_resolvd}]")],
        "rate_resolvd",
        None,
    ),
    (
        "settings_bad_value",
        [("at_last: all_out", "at_last: tie_break")],
        "ties:",
        "“ties”的值“{found}”不合要求，"
        "应为与 tie_break 相配：at_top、at_last 写为 tie_break 的，须在 tie_break 中列明指标。请改正。",
    ),
    (
        "settings_bad_value",
        [(LAST, '      - - {kind: part_below, items: ["3"], share: 160%, name: 甲, name_en: A}\n')],
        "share: 160%",
        None,
    ),
]  # fmt: skip


@pytest.mark.parametrize(("check", "swaps", "place", "sentence"), BROKEN)
def test_a_broken_grade_rule_is_told_its_line_and_remedy(
    check: str, swaps: list[tuple[str, str]], place: str, sentence: str | None, tmp_path: Path
) -> None:
    text = RULE
    for old, new in swaps:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "rulebook.yaml"
    path.write_text(text, encoding="utf-8")
    names = sorted(catalogue.known_measures())
    book, faults = rulebooks.load(path, known=catalogue.is_known, units=9, measures=names)
    assert book is None
    line = text[: text.index(place)].count("\n") + 1
    told_of = [fault for fault in faults if fault.check == check and fault.line == line]
    assert len(told_of) == 1, faults
    if sentence is not None:
        said = sentence.format(first=line - 1, found=told_of[0].found)
        assert fault_line(told_of[0], ZH) == f"rulebook.yaml › 第{line}行：{said}"


def test_a_line_on_another_scale_is_warned_of_and_stops_nothing(tmp_path: Path) -> None:
    """80 points of 1,000 are 8 of 100: everybody is above."""
    project = round_examples.project(tmp_path)
    path = round_examples.raw(project) / "rulebook.yaml"
    text = path.read_text("utf-8")
    assert "kind: score_at_least, points: 80" in text
    path.write_text(
        text.replace("kind: score_at_least, points: 80", "kind: score_at_least, points: 8"), "utf-8"
    )
    checked = checking.check(project, "2020")
    assert not checked.blocked
    (low,) = [fault for fault in checked.faults if fault.check == "rulebook_score_low"]
    assert fault_line(low, ZH).endswith(
        "得分界线 8 只是最高分 100 的一小部分，像是按另一种满分写的。请核对 points；确实如此的不必改。"
    )


def test_a_clause_on_vetoes_needs_a_veto(tmp_path: Path) -> None:
    start, end = RULE.index("vetoes:\n"), RULE.index("# 等次：")
    path = tmp_path / "rulebook.yaml"
    path.write_text(RULE[:start] + RULE[end:], encoding="utf-8")
    _, faults = rulebooks.load(path)
    assert [fault.check for fault in faults] == ["rulebook_veto_nothing"]


def statements(text: str, tmp_path: Path) -> tuple[Any, list[str]]:
    path = tmp_path / "statements.yaml"
    path.write_text(text, encoding="utf-8")
    found, faults = read_statements(path, of_grades(FIRST, [NEVER]), roll("a", "b"))
    return found, [fault_line(fault, ZH) for fault in faults]


def test_what_the_office_states_becomes_values_with_their_basis(tmp_path: Path) -> None:
    found, faults = statements(
        "statements:\n"
        "  - {unit: a, fact: poor_work, holds: true, basis: 会议纪要第3号}\n"
        "  - {unit: a, fact: accurate, holds: false, basis: 会议纪要第3号}\n"
        "  - {unit: b, fact: visits, count: 3, basis: 信访部门通报}\n",
        tmp_path,
    )
    assert faults == []
    values, lineage = found.values("2020", "2020"), found.lineage("2020")
    assert list(zip(values["unit"], values["measure"], values["value"], strict=True)) == [
        ("a", "stated_poor_work", 1.0),
        ("a", "stated_accurate", 0.0),
        ("b", "stated_visits", 3.0),
    ]
    assert list(lineage["source"]) == list(values["id"])
    assert list(lineage["filter"])[2] == "role=statement;period=2020;line=4;note=信访部门通报"
    book = of_grades(FIRST, [[{"kind": "count", **COUNT}], [{"kind": "stated", "fact": "poor_work"}]])
    grades = grade(
        scores_table({"a": "85", "b": "80"}),
        values,
        book,
        roll("a", "b"),
        round_2020().settings,
        catalogue=ZH,
    )
    assert list(grades["grade"]) == ["C", "C"]
    assert list(grades["clause"]) == [
        "认定工作不力，评为 C 级。",
        "5人以上赴省集体上访 3 起，达到 3 起，评为 C 级。",
    ]


def test_a_round_without_statements_has_none(tmp_path: Path) -> None:
    found, faults = read_statements(tmp_path / "statements.yaml", rules_2020(), roll("a"))
    assert faults == []
    assert found is not None
    assert found.values("2020", "2020").empty
    assert found.lineage("2020").empty


def test_wrong_statements_are_told_all_at_once(tmp_path: Path) -> None:
    found, told_of = statements(
        "statements:\n"
        "  - {unit: a, fact: poor_work, holds: true, basis: 纪要}\n"
        "  - {unit: a, fact: poor_work, holds: false, basis: 纪要}\n"
        "  - {unit: z, fact: poor_wrk, holds: true, basis: 纪要}\n",
        tmp_path,
    )
    assert found is None
    assert told_of == [
        "statements.yaml › 第3行：同一单位的同一事项“poor_work”已在第2行认定过。请删去一处。",
        "statements.yaml › 第4行：认定事项所写的单位“z”不是被考核单位。请改正 unit。",
        "statements.yaml › 第4行：认定事项“poor_wrk”没有在考核细则的 facts 中列出。"
        "是否应为“poor_work”？请改正 fact，或在考核细则中补列。",
    ]


def test_points_off_at_discretion_stay_within_the_range_and_have_their_reason(tmp_path: Path) -> None:
    """The rule takes 1 to 2 points: 1.5 is scored as stated, 3 is refused, and so is a mere yes."""
    rule = {"shape": "discretion", "least": 1, "most": 2}
    part = {"name": "处置", "points": 10, "measure": "stated_handling", "direction": "down", "rule": rule}
    item = indicator({"shape": "sum", "parts": [part]}, "stated_handling", direction="down")
    dimension = {"code": "9", "name": "处置", "name_en": "Handling", "points": 10, "indicators": [item]}
    book = rules(dimensions=[dimension], facts=[{"code": "handling", "name": "处置不力"}])
    path = tmp_path / "statements.yaml"

    def read_of(answer: str) -> tuple[StatementFile | None, list[str]]:
        path.write_text(
            f"statements:\n  - {{unit: a, fact: handling, {answer}, basis: 核查记录第7号}}\n", "utf-8"
        )
        found, faults = read_statements(path, book, roll("a"))
        return found, [fault_line(fault, ZH) for fault in faults]

    found, told_of = read_of("off: 1.5")
    assert found is not None and told_of == []
    row = found.values("2020", "2020").iloc[0]
    assert (row["measure"], row["value"], row["unit_of_measure"]) == ("stated_handling", 1.5, "point")
    assert "核查记录第7号" in found.lineage("2020")["filter"].iloc[0]
    assert read_of("off: 0")[1] == []
    assert read_of("off: 3")[1] == [
        "statements.yaml › 第2行：酌情扣 3 分，不在考核细则规定的 1–2 分之间。请改正 off。"
    ]
    assert read_of("holds: true")[1] == [
        "statements.yaml › 第2行：认定事项“handling”是酌情扣分，没有写明扣多少。请用 off 代替 holds 或 count。"
    ]


def test_every_event_has_its_own_deduction_at_discretion(tmp_path: Path) -> None:
    """每起扣 1–2 分, of 10: two events at 1.5 and 2 points take 3.5; six of 2 points take all there is."""
    rule = {"shape": "discretion", "least": 1, "most": 2, "counted": "event"}
    item = indicator(rule, "stated_handling", direction="down")
    dimension = {"code": "9", "name": "处置", "name_en": "Handling", "points": 10, "indicators": [item]}
    book = rules(dimensions=[dimension], facts=[{"code": "handling", "name": "处置不力"}])
    path = tmp_path / "statements.yaml"

    def read_of(*offs: str) -> tuple[StatementFile | None, list[str]]:
        lines = [
            f"  - {{unit: a, fact: handling, off: {off}, basis: 核查记录第{place}号}}\n"
            for place, off in enumerate(offs, 1)
        ]
        path.write_text("statements:\n" + "".join(lines), "utf-8")
        found, faults = read_statements(path, book, roll("a"))
        return found, [fault_line(fault, ZH) for fault in faults]

    found, told_of = read_of("1.5", "2")
    assert found is not None and told_of == []
    (row,) = found.values("2020", "2020").to_dict("records")
    assert (row["value"], row["unit_of_measure"]) == (3.5, "point")
    lineage = found.lineage("2020")
    assert list(lineage["source"]) == [row["id"]] * 2, "each event with its line and its basis"
    assert ["第1号" in text for text in lineage["filter"]] == [True, False]
    assert rulebooks.rule_sentence(item, book, ZH).plain == (
        "满分 10 分，每发生 1 起视情节扣 1–2 分，写明理由，扣完为止。"
    )
    scored = {
        off: scored_and_told(item, Reading("stated_handling", "reported", Fraction(off)), book=book)
        for off in ("0", "3.5", "12")
    }
    assert [points for points, _ in scored.values()] == ["10.00", "6.50", "0.00"]
    assert "每起视情节扣 1–2 分，逐起认定，扣 3.50 分" in scored["3.5"][1]

    assert "off" in read_of("1.5", "3")[1][0], "one event out of the range"
    for offs in (("1.5", "0"), ("0", "1.5")):
        (fault,) = read_of(*offs)[1]
        assert fault.startswith("statements.yaml › 第3行：同一单位的同一事项“handling”已在第2行认定过。")


@pytest.mark.parametrize("answer", ["", "holds: true, count: 3, ", "count: 3, off: 1, "])
def test_a_statement_has_one_answer(answer: str, tmp_path: Path) -> None:
    found, told_of = statements(
        f"statements:\n  - {{unit: a, fact: visits, {answer}basis: 纪要}}\n", tmp_path
    )
    assert found is None
    assert len(told_of) == 1
    assert "holds（true 或 false）、count（次数）、off（酌情扣分）须填且只填一项" in told_of[0]


# ------------------------------------------------------------------------------------------- grades as data


def levels(*written: dict[str, Any], **more: Any) -> Rulebook:
    """Return the rule set of 2020 with other grades, the best first."""
    slots = {"vetoed": "freed", "barred": "kept"}
    return rules(
        vetoes=more.pop("vetoes", ()), grades={"slots": slots, "levels": written, **more}, falsification=()
    )


def at_least(points: int) -> list[dict[str, Any]]:
    return [{"kind": "score_at_least", "points": points}]


FOUR = (
    {"name": "优秀", "all_of": at_least(90)},
    {"name": "良好", "all_of": at_least(80)},
    {"name": "合格"},
    {"name": "不合格", "any_of": [[{"kind": "score_below", "points": 70}]]},
)


def test_any_number_of_grades_with_any_names() -> None:
    found = graded(
        {"a": "90", "b": "89.99", "c": "80", "d": "79.99", "e": "70", "f": "69.99"}, book=levels(*FOUR)
    )
    assert {unit: each.grade for unit, each in found.items()} == {
        "a": "优秀", "b": "良好", "c": "良好", "d": "合格", "e": "合格", "f": "不合格",
    }  # fmt: skip
    book = levels(*FOUR)
    assert (
        clause(found["b"], book, ZH).plain == "得分低于 90 分，不符合优秀条件；得分不低于 80 分，评为良好。"
    )
    assert clause(found["d"], book, ZH).plain == (
        "得分低于 80 分，不符合良好条件；未触发不合格条款，评为合格。"
    )
    assert nearest_clause(found["b"], book, ZH).plain == "改评优秀的最近条件：得分比 90 分低 0.01 分。"
    assert nearest_clause(found["e"], book, ZH).plain == "改评不合格的最近条件：得分正好 70 分。"
    assert [sentence.plain for sentence in grade_sentences(book.grades, book, ZH)] == [
        "同时满足下列条件的，评为优秀：得分不低于 90 分。",
        "同时满足下列条件的，评为良好：得分不低于 80 分。",
        "有下列情形之一的，评为不合格：得分低于 70 分。",
        "其余的，评为合格。",
    ]


def test_letters_to_d_where_the_lowest_takes_the_rest() -> None:
    book = levels(
        {"name": "A", "all_of": at_least(90)},
        {"name": "B", "all_of": at_least(80)},
        {"name": "C", "all_of": at_least(70)},
        {"name": "D"},
    )
    found = graded({"a": "95", "b": "85", "c": "75", "d": "65"}, book=book)
    assert "".join(str(found[unit].grade) for unit in "abcd") == "ABCD"
    assert clause(found["d"], book, ZH).plain == "得分低于 70 分，不符合 C 级条件，评为 D 级。"


def test_a_better_grade_may_have_alternatives() -> None:
    either = {"name": "优秀", "any_of": [at_least(95), [{"kind": "top", "places": 1}]]}
    book = levels(either, {"name": "合格"})
    found = graded({"a": "90", "b": "85"}, book=book)
    assert [found["a"].grade, found["b"].grade] == ["优秀", "合格"]
    assert clause(found["a"], book, ZH).plain == "得分 90.00 分，列第 1 位，在前 1 名以内，评为优秀。"
    assert grade_sentences(book.grades, book, ZH)[0].plain == (
        "有下列情形之一的，评为优秀：得分不低于 95 分；得分在前 1 名以内。"
    )


def test_first_places_of_a_second_grade_count_from_the_first() -> None:
    book = levels(
        {"name": "优秀", "all_of": [{"kind": "top", "places": 2}]},
        {"name": "良好", "all_of": [{"kind": "top", "places": 4}]},
        {"name": "合格"},
    )
    assert [each.grade for each in graded(NINE, book=book).values()] == ["优秀"] * 2 + ["良好"] * 2 + [
        "合格"
    ] * 5


LOWERING = {
    "code": "V1",
    "name": "约谈",
    "measure": "events_mass",
    "at_least": 1,
    "definition": "起数",
    "effect": "one_lower",
}


@pytest.mark.parametrize(("lowered", "third"), [("kept", "合格"), ("freed", "优秀")])
def test_an_event_may_lower_a_unit_by_one_grade(lowered: str, third: str) -> None:
    book = levels(
        {"name": "优秀", "all_of": [{"kind": "top", "places": 2}]},
        {"name": "合格"},
        {"name": "不合格", "any_of": [[{"kind": "score_below", "points": 60}]]},
        vetoes=[LOWERING],
        slots={"vetoed": "freed", "barred": "kept", "lowered": lowered},
    )
    scores = {"a": "95", "b": "90", "c": "85", "d": "70", "e": "50"}
    found = graded(scores, {("a", "events_mass"): 2, ("d", "events_mass"): 1, ("e", "events_mass"): 1}, book)
    assert {unit: each.grade for unit, each in found.items()} == {
        "a": "合格", "b": "优秀", "c": third, "d": "不合格", "e": "不合格",
    }  # fmt: skip
    told = clause(found["d"], book, ZH).plain
    assert told.endswith("评为合格。约谈 1 起，达到 1 起，降一个等次，评为不合格。"), told
    assert nearest_clause(found["d"], book, ZH).plain == "改评合格的最近条件：约谈少 1 起即不降等次。"
    assert nearest_clause(found["b"], book, ZH).plain != ""


@pytest.mark.parametrize(
    ("written", "letter", "told"),
    [
        ({}, "C", "得分 85.00 分，列第 1 位，在后 1 名以内，评为 C 级。"),
        ({"alone": "places"}, "C", "得分 85.00 分，列第 1 位，在后 1 名以内，评为 C 级。"),
        ({"alone": "no_grade"}, None, "本类只有 1 个单位，按规定不按名次评等次。"),
        (
            {"alone": "no_places"},
            "B",
            "本类只有 1 个单位，名次条件不适用，不符合 A 级条件；未触发 C 级条款，评为 B 级。",
        ),
    ],
)
def test_what_places_do_for_a_unit_alone_is_declared(
    written: dict[str, Any], letter: str | None, told: str
) -> None:
    book = levels(
        {"name": "A", "all_of": [{"kind": "top", "places": 1}]},
        {"name": "B"},
        {"name": "C", "any_of": [[{"kind": "last", "places": 1}]]},
        **written,
    )
    (alone,) = graded({"a": "85"}, book=book).values()
    assert (alone.grade, clause(alone, book, ZH).plain) == (letter, told)


def test_a_unit_alone_has_the_grade_that_needs_no_place() -> None:
    book = levels(
        {"name": "A", "all_of": [{"kind": "top", "places": 1}]},
        {"name": "B"},
        {"name": "C", "any_of": [[{"kind": "last", "places": 1}], [{"kind": "score_below", "points": 60}]]},
        alone="no_grade",
    )
    (alone,) = graded({"a": "50"}, book=book).values()
    assert alone.grade == "C"


def test_what_holds_with_fewer_units_than_places_is_declared() -> None:
    book = levels(
        {"name": "A", "all_of": [{"kind": "top", "places": 2}]},
        {"name": "B"},
        {"name": "C", "any_of": [[{"kind": "last", "places": 2}]]},
        few_units="no_places",
    )
    assert [each.grade for each in graded({"a": "90", "b": "80", "c": "70"}, book=book).values()] == ["B"] * 3
    four = graded({"a": "90", "b": "80", "c": "70", "d": "60"}, book=book)
    assert [each.grade for each in four.values()] == ["A", "A", "C", "C"]


TIED = {"a": "95", "b": "90", "c": "90", "d": "80"}


@pytest.mark.parametrize(
    ("ties", "letters", "told"),
    [
        ({"at_top": "all_in"}, "AAAC", "得分 90.00 分，与第 2 名同分，按规定同分都入围，评为 A 级。"),
        (
            {"at_top": "all_out"},
            "ABBC",
            "得分 90.00 分，与第 2 名同分，按规定同分都不入围，不符合 A 级条件；未触发 C 级条款，评为 B 级。",
        ),
        (
            {"at_top": "tie_break", "tie_break": [{"measure": "coverage_account"}]},
            "ABAC",
            "得分 90.00 分，与第 2 名同分，按规定工资专用账户覆盖率高者在前，未入围，"
            "不符合 A 级条件；未触发 C 级条款，评为 B 级。",
        ),
    ],
)
def test_ties_at_the_cut_are_told_in_the_clause(ties: dict[str, Any], letters: str, told: str) -> None:
    book = levels(
        {"name": "A", "all_of": [{"kind": "top", "places": 2}]},
        {"name": "B"},
        {"name": "C", "any_of": [[{"kind": "last", "places": 1}]]},
    ).model_copy(update={"ties": Ties.model_validate({"rank": "better", "at_last": "all_out", **ties})})
    found = graded(TIED, {("b", "coverage_account"): 0.8, ("c", "coverage_account"): 0.9}, book)
    assert "".join(str(each.grade) for each in found.values()) == letters
    assert clause(found["b"], book, ZH).plain == told


CLASSES = """\
classes:
  - {{code: X, name: 县区, kinds: [县区], items: ["1", "2", "3", "4", "5", "6"]{county}}}
  - {{code: B, name: 市直部门, kinds: [部门], items: ["1", "2", "3", "4", "5", "6"]{bureau}}}
"""


def of_two_classes(tmp_path: Path, grades: str, county: str = "", bureau: str = "") -> list[str]:
    """Return what is said of a rule set for three counties and one bureau."""
    text = RULE[: RULE.index("\ngrades:")] + "\n" + CLASSES.format(county=county, bureau=bureau) + grades
    path = tmp_path / "rulebook.yaml"
    path.write_text(text, encoding="utf-8")
    of = [
        Unit(code, code, code, kind=kind) for code, kind in zip("abcd", ["县区"] * 3 + ["部门"], strict=True)
    ]
    _, faults = rulebooks.load(path, roll=UnitRoll(of, "990000", "全市"))
    return [fault_line(fault, ZH).partition("：")[2] for fault in faults if "place" in fault.check]


PLACED = """\
grades:
  slots: {vetoed: freed, barred: kept}
  A: {all_of: [{kind: top, places: 2}]}
  C: {any_of: [[{kind: veto}], [{kind: last, places: 1}]]}
  otherwise: B
"""


def test_places_are_held_against_the_size_of_every_class(tmp_path: Path) -> None:
    (told,) = of_two_classes(tmp_path, PLACED)
    assert told.startswith("“市直部门”只有 1 个单位，少于名额 2。")
    (told,) = of_two_classes(tmp_path, PLACED, bureau=", places: {A: 1}")
    assert told.startswith(
        "“市直部门”只有 1 个单位，前 1 名与后 1 名合计多于此数，会有单位既在前列又在后列。"
    )
    assert of_two_classes(tmp_path, PLACED + "  few_units: no_places\n") == []
    assert of_two_classes(tmp_path, PLACED + "  alone: no_grade\n") == []
    (told,) = of_two_classes(tmp_path, PLACED + "  alone: no_grade\n", county=", places: {A: 3}")
    assert told.startswith("“县区”只有 3 个单位，前 3 名与后 1 名合计多于此数")
    (told,) = of_two_classes(tmp_path, PLACED + "  alone: no_grade\n", county=", places: {B: 3}")
    assert told.startswith("“B”不是按名次评的等次，另定的名额不起作用。")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("  levels: [{name: 优秀, all_of: [{kind: veto}]}, {name: 良好}]\n  otherwise: B\n", "只用一种写法"),
        ("  levels: [{name: 优秀}, {name: 良好}]\n", "其中恰有一个不写条件"),
        ("  levels: [{name: 优秀, all_of: [{kind: veto}]}, {name: 优秀}]\n", "每个等次只写一次"),
    ],
)
def test_grades_that_do_not_fit_together_are_refused(written: str, expected: str, tmp_path: Path) -> None:
    path = tmp_path / "rulebook.yaml"
    head = "grades:\n  slots: {vetoed: freed, barred: kept}\n"
    path.write_text(RULE[: RULE.index("\ngrades:") + 1] + head + written, encoding="utf-8")
    book, faults = rulebooks.load(path)
    assert book is None
    assert any(expected in fault_line(fault, ZH) for fault in faults), [
        fault_line(fault, ZH) for fault in faults
    ]


def test_a_lower_grade_with_a_higher_line_is_warned_of(tmp_path: Path) -> None:
    path = tmp_path / "rulebook.yaml"
    grades = """\
grades:
  slots: {vetoed: freed, barred: kept}
  levels:
    - {name: 优秀, all_of: [{kind: score_at_least, points: 80}]}
    - {name: 合格}
    - {name: 不合格, any_of: [[{kind: veto}], [{kind: score_below, points: 90}]]}
"""
    path.write_text(RULE[: RULE.index("\ngrades:") + 1] + grades, encoding="utf-8")
    book, faults = rulebooks.load(path)
    assert book is not None
    (told,) = [fault_line(fault, ZH) for fault in faults if fault.check == "rulebook_lines_crossed"]
    assert "“不合格”的分数线 90 高于更好的等次“优秀”的分数线 80。" in told


def test_a_class_may_have_its_own_grades_and_full_marks() -> None:
    written = {
        "code": "B",
        "name": "部门",
        "kinds": ["部门"],
        "items": ["1"],
        "base_points": 150,
        "grades": {
            "slots": {"vetoed": "freed", "barred": "kept"},
            "levels": [{"name": "好", "all_of": at_least(135)}, {"name": "一般"}],
        },
    }
    book = rules(classes=[{"code": "X", "name": "县区", "kinds": ["县区"], "items": ["1"]}, written])
    units = UnitRoll([Unit("a", "a", "a", kind="县区"), Unit("b", "b", "b", kind="部门")], "990000", "全市")
    of = book.by_class(units)
    assert (of["X"].whole, of["X"].grades.names) == (100, ("A", "B", "C"))
    assert (of["B"].whole, of["B"].grades.names) == (150, ("好", "一般"))
    assert book.grade_names.names == ("A", "B", "C", "好", "一般")
    assert [book.grade_names.tier(name) for name in ("A", "B", "C", "好", "一般")] == [
        "best", "", "lowest", "best", "lowest",
    ]  # fmt: skip
