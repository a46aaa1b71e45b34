"""Grades: quota, floor, gates, vetoes, ties, and the clauses that decided or nearly did."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd
import pytest
from rule_examples import ZH, roll, round_2020, rules, rules_2020, table, value

from analysis.grading import Graded, clause, grade, grade_units, nearest_clause, ranks
from analysis.rulebook import Reading, Rulebook
from analysis.values import GRADE_COLUMNS

Scores = dict[str, str]
# nine units as they might stand: five above the cut, nobody near C
NINE: Scores = {
    "a": "95", "b": "91", "c": "88", "d": "85", "e": "82", "f": "79", "g": "75", "h": "70", "i": "66",
}  # fmt: skip


def graded(
    scores: Scores, changed: dict[tuple[str, str], float | None] | None = None, book: Rulebook | None = None
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
    readings: dict[tuple[str, str], Reading] = {}
    for unit in scores:
        for measure, number in usual.items():
            found = (changed or {}).get((unit, measure), number)
            readings[unit, measure] = (
                Reading(measure, "not_reported")
                if found is None
                else Reading(measure, "reported", Fraction(str(found)))
            )
    totals = {unit: Decimal(score) for unit, score in scores.items()}
    return {unit.unit: unit for unit in grade_units(totals, readings, book)}


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
        "改评 A 级的最近条件：得分比名额以内的最低分低 3.00 分；得分比 80 分低 1.00 分。",
    ),
    (
        "a B barred by a gate", NINE, {("b", "coverage_account"): 0.5}, "b",
        "工资专用账户覆盖率 50.00%，低于 60%，不符合 A 级条件；未触发 C 级条款，评为 B 级。",
        "改评 A 级的最近条件：工资专用账户覆盖率比 60% 低 10.00 个百分点。",
    ),
    (
        "a B with one mass incident", NINE, {("b", "emergency_fund"): 0, ("b", "events_mass"): 1}, "b",
        "未落实欠薪应急周转金，不符合 A 级条件；未触发 C 级条款，评为 B 级。",
        "改评 C 级的最近条件：得分比后 2 名的最高分高 21.00 分；得分比 60 分高 31.00 分。",
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
        "改评 A 级的最近条件：较大群体性事件少 3 起即不触发一票否决。",
    ),
    (
        "a fund nobody reported", NINE, {("a", "emergency_fund"): None}, "a",
        "欠薪应急周转金未报，视为未落实，不符合 A 级条件；未触发 C 级条款，评为 B 级。",
        "改评 C 级的最近条件：得分比后 2 名的最高分高 25.00 分；得分比 60 分高 35.00 分。",
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
    rows = [{"unit": unit, "indicator": "total", "points": points} for unit, points in scores.items()]
    return pd.DataFrame([*rows, {"unit": "a", "indicator": "1", "points": "9.00"}])


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
    grades = grade(scores_table(totals), values, rules_2020(), roll("b", "c", "a"), round_2020())
    assert list(grades.columns) == list(GRADE_COLUMNS)
    assert list(grades["id"]) == ["grade.c", "grade.b", "grade.a"]
    assert list(grades["rank"]) == [1, 2, 2]
    assert list(grades["score"]) == ["99.00", "85.10", "85.10"]
    assert list(grades["grade"]) == ["C", "A", "A"]
    assert grades.loc[0, "unit_name"] == "甲c"


def test_a_round_without_a_rule_set_is_not_graded() -> None:
    grades = grade(scores_table({"a": "85"}), table([]), None, roll("a"), round_2020())
    assert list(grades.columns) == list(GRADE_COLUMNS)
    assert grades.empty
