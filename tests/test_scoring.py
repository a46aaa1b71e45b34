"""Scoring: one case worked by hand per rule and situation, and what must hold of every score."""

from __future__ import annotations

import random
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_examples import (
    CITY,
    change,
    change_row,
    indicator,
    roll,
    round_2020,
    rules,
    rules_2020,
    share,
    table,
    told,
    value,
    whole_unit,
)

from analysis.indicators.values import SCORE_COLUMNS, ValueIndex
from analysis.results.assessment import Assessment, Declared
from analysis.rulebook import Reading
from analysis.rulebook.derivation import derive
from analysis.rulebook.readings import read
from analysis.scoring import scoring
from analysis.words import words

SHORTFALL = {"shape": "shortfall", "full_at": "98%", "each": "1%", "off": 1}
WHOLE_STEPS = {**SHORTFALL, "steps": "whole"}
LINE = {"shape": "line", "full_at": "90%", "zero_at": "30%"}
FALL = {"shape": "line", "full_at": "15%", "zero_at": "0%"}
EACH = {"shape": "each", "off": 0.5, "counted": "event"}
HAVE = {"shape": "all_or_nothing", "at_least": 1}
RATE = {"shape": "proportional"}

DECLINE = {"measure": "change_cases", "read": "decline", "direction": "down"}
COUNT = {"measure": "petitions", "direction": "down"}
MARK = {"measure": "mark_field_1_1", "read": "mark"}


def count_of(number: int, status: str = "reported") -> Reading:
    return Reading("petitions", status, Fraction(number), counted="event")


def mark_of(mark: str, full: int | None = 4) -> Reading:
    return Reading("mark_field_1_1", "reported", Fraction(mark), None, Fraction(full) if full else None)


UNREPORTED = Reading("any", "not_reported")

# id: rule, indicator, points, reading, points given, sentence
WORKED: dict[str, tuple[Mapping[str, Any], Mapping[str, Any], str, Reading, str, str]] = {
    "shortfall, normal": (
        SHORTFALL, {}, "10", share(146, 150), "9.33",
        "核处化解率 97.33%（146/150），低于 98% 0.67 个百分点，每低 1 个百分点扣 1 分（按比例），扣 0.67 分，"
        "得 9.33 分",
    ),
    "shortfall, at the threshold": (
        SHORTFALL, {}, "10", share(98, 100), "10.00",
        "核处化解率 98.00%（98/100），达到 98%，得满分 10.00 分",
    ),
    "shortfall, down to zero": (
        SHORTFALL, {}, "10", share(43, 50), "0.00",
        "核处化解率 86.00%（43/50），低于 98% 12.00 个百分点，每低 1 个百分点扣 1 分（按比例），应扣 12.00 分，"
        "扣完为止，不得分",
    ),
    "shortfall, exactly used up": (
        SHORTFALL, {}, "10", share(88, 100), "0.00",
        "核处化解率 88.00%（88/100），低于 98% 10.00 个百分点，每低 1 个百分点扣 1 分（按比例），扣 10.00 分，不得分",
    ),
    "shortfall, floor above zero": (
        SHORTFALL, {"floor": 2}, "10", share(43, 50), "2.00",
        "核处化解率 86.00%（43/50），低于 98% 12.00 个百分点，每低 1 个百分点扣 1 分（按比例），应扣 12.00 分，"
        "最低 2 分，得 2.00 分",
    ),
    "shortfall in whole steps": (
        WHOLE_STEPS, {}, "10", share(955, 1000), "8.00",
        "核处化解率 95.50%（955/1,000），低于 98% 2.50 个百分点，每低 1 个百分点扣 1 分（不足一档不扣），"
        "扣 2.00 分，得 8.00 分",
    ),
    "shortfall, less than a whole step": (
        WHOLE_STEPS, {}, "10", share(146, 150), "10.00",
        "核处化解率 97.33%（146/150），低于 98% 0.67 个百分点，每低 1 个百分点扣 1 分（不足一档不扣），"
        "扣 0.00 分，得满分 10.00 分",
    ),
    "line, between": (
        LINE, {"measure": "coverage_guarantee"}, "5", share(6, 9), "3.06",
        "工程款支付担保覆盖率 66.67%（6/9），在 30% 与 90% 之间，按比例计分：5 分×（66.67%−30%）÷（90%−30%），"
        "得 3.06 分",
    ),
    "line, at the upper end": (
        LINE, {"measure": "coverage_guarantee"}, "5", share(9, 10), "5.00",
        "工程款支付担保覆盖率 90.00%（9/10），达到 90%，得满分 5.00 分",
    ),
    "line, at the lower end": (
        LINE, {"measure": "coverage_guarantee"}, "5", share(3, 10), "0.00",
        "工程款支付担保覆盖率 30.00%（3/10），不高于 30%，不得分",
    ),
    "decline, full": (
        FALL, DECLINE, "4", change(70, 83), "4.00",
        "欠薪案件数下降 15.66%（由 83 件降至 70 件），降幅达到 15%，得满分 4.00 分",
    ),
    "decline, at the declared decline": (
        FALL, DECLINE, "4", change(85, 100), "4.00",
        "欠薪案件数下降 15.00%（由 100 件降至 85 件），降幅达到 15%，得满分 4.00 分",
    ),
    "decline, pro rata": (
        FALL, DECLINE, "4", change(95, 100), "1.33",
        "欠薪案件数下降 5.00%（由 100 件降至 95 件），未达到 15%，按比例计分：4 分×5.00%÷15%，得 1.33 分",
    ),
    "decline, unchanged": (
        FALL, DECLINE, "4", change(100, 100), "0.00", "欠薪案件数与基期持平（均为 100 件），未下降，不得分",
    ),
    "decline, a rise": (
        FALL, DECLINE, "4", change(110, 100), "0.00",
        "欠薪案件数上升 10.00%（由 100 件升至 110 件），未下降，不得分",
    ),
    "decline from zero to zero": (
        FALL, DECLINE, "4", change(0, 0, "zero_base", cases=0), "4.00",
        "某项：基期为零，本期仍为零，按规定得满分 4.00 分",
    ),
    "decline from zero to some": (
        FALL, DECLINE, "4", change(3, 0, "zero_base", cases=0), "0.00",
        "某项：基期为零，本期为 3 件，按规定不得分",
    ),
    "decline, definition changed": (
        FALL, DECLINE, "4", Reading("change_cases", "not_comparable"), "0.00", "某项：口径变化，不可比，按规定不得分",
    ),
    "each": (EACH, COUNT, "3", count_of(3), "1.50", "进京赴省访 3 起，每起扣 0.5 分，扣 1.50 分，得 1.50 分"),
    "each, none": (EACH, COUNT, "3", count_of(0), "3.00", "进京赴省访 0 起，不扣分，得满分 3.00 分"),
    "each, exactly used up": (
        EACH, COUNT, "3", count_of(6), "0.00", "进京赴省访 6 起，每起扣 0.5 分，扣 3.00 分，不得分",
    ),
    "each, more than there is": (
        EACH, COUNT, "3", count_of(7), "0.00", "进京赴省访 7 起，每起扣 0.5 分，应扣 3.50 分，扣完为止，不得分",
    ),
    "all": (
        HAVE, {"measure": "emergency_fund"}, "2", Reading("emergency_fund", "reported", Fraction(1)), "2.00",
        "某项：已落实，得满分 2.00 分",
    ),
    "nothing": (
        HAVE, {"measure": "emergency_fund"}, "2", Reading("emergency_fund", "reported", Fraction(0)), "0.00",
        "某项：未落实，不得分",
    ),
    "rate times points": (
        RATE, {"measure": "rate_listed"}, "4", share(5, 8, measure="rate_listed"), "2.50",
        "失信名单列入率 62.50%（5/8），按比例计分：4 分×62.50%，得 2.50 分",
    ),
    "a rate above one is capped": (
        RATE, {"measure": "rate_listed"}, "4", share(9, 8, measure="rate_listed"), "4.00",
        "失信名单列入率 112.50%（9/8），按比例计分：4 分×112.50%，最高 4 分，得满分 4.00 分",
    ),
    "nothing to assess": (
        RATE, {"measure": "rate_listed"}, "4", share(0, 0, "not_applicable", "rate_listed"), "4.00",
        "某项：无应评对象，按规定得满分 4.00 分",
    ),
    "a mark": (RATE, MARK, "4", mark_of("3.5"), "3.50", "某项 3.5 分（满分 4 分），按评分折算：4 分×3.5÷4，得 3.50 分"),
    "a mean of marks": (
        RATE, {**MARK, "measure": "mark_departments", "full": 100}, "3",
        Reading("mark_departments", "reported", Fraction("93.875"), Fraction(751), Fraction(8)), "2.82",
        "某项平均 93.88 分（8 家评分，满分 100 分），按评分折算：3 分×93.88÷100，得 2.82 分",
    ),
    "a mark without a full mark": (RATE, MARK, "4", mark_of("3.5", None), "0.00", "某项：未报，按规定不得分"),
    "stated in part": (
        SHORTFALL, {}, "10", share(98, 100, "partial"), "10.00",
        "核处化解率 98.00%（98/100），数据不完整，按已填报部分计分，达到 98%，得满分 10.00 分",
    ),
    "not reported": (SHORTFALL, {}, "10", UNREPORTED, "0.00", "某项：未报，按规定不得分"),
    "withheld": (EACH, COUNT, "3", Reading("petitions", "withheld"), "0.00", "某项：未报，按规定不得分"),
}  # fmt: skip


@pytest.mark.parametrize("case", WORKED.values(), ids=list(WORKED))
def test_points_and_sentence_are_those_worked_by_hand(
    case: tuple[Mapping[str, Any], Mapping[str, Any], str, Reading, str, str],
) -> None:
    rule, more, possible, reading, points, sentence = case
    assert told(indicator(rule, points=possible, **more), reading) == (points, sentence)


def test_on_a_small_base_the_city_is_scored_and_the_units_counts_are_told() -> None:
    own, city = change(5, 7, "small_base", cases=7), change(840, 1000, cases=1000)
    assert told(indicator(FALL, points="4", **DECLINE), own, city) == (
        "4.00",
        "欠薪案件数由 7 件降至 5 件，基期案件 7 件，不足 10 件，按全市降幅计分，"
        "全市欠薪案件数下降 16.00%（由 1,000 件降至 840 件），降幅达到 15%，得满分 4.00 分",
    )


def test_ten_cases_are_no_small_base() -> None:
    points, sentence = told(
        indicator(FALL, points="4", **DECLINE), change(9, 10, cases=10), change(700, 1000, cases=1000)
    )
    assert points == "2.67"
    assert "全市" not in sentence


def test_money_on_a_small_base_of_cases_is_scored_on_the_citys_money() -> None:
    item = indicator(FALL, points="3", measure="change_amount", read="decline", direction="down")
    own = change(900_000, 600_000, "small_base", cases=9, measure="change_amount", counted="yuan")
    city = change(9_000_000, 10_000_000, cases=100, measure="change_amount", counted="yuan")
    assert told(item, own, city) == (
        "2.00",
        "涉及金额由 60.0 万元升至 90.0 万元，基期案件 9 件，不足 10 件，按全市降幅计分，"
        "全市涉及金额下降 10.00%（由 1,000.0 万元降至 900.0 万元），未达到 15%，按比例计分：3 分×10.00%÷15%，"
        "得 2.00 分",
    )


def test_a_rule_set_may_score_a_small_base_as_it_stands() -> None:
    book = rules(small_base={"cases_below": 10, "use": "unit"})
    points, sentence = told(indicator(FALL, points="4", **DECLINE), change(5, 7, cases=7), None, book)
    assert points == "4.00"
    assert sentence == (
        "欠薪案件数下降 28.57%（由 7 件降至 5 件），基期案件 7 件，不足 10 件，仍按本单位降幅计分，"
        "降幅达到 15%，得满分 4.00 分"
    )


def test_a_small_base_under_a_city_that_did_not_report_is_missing() -> None:
    own, city = change(5, 7, "small_base", cases=7), Reading("change_cases", "not_reported")
    points, sentence = told(indicator(FALL, points="4", **DECLINE), own, city)
    assert points == "0.00"
    assert sentence.endswith("按全市降幅计分，全市未报，按规定不得分")


def test_zero_base_is_asked_before_small_base() -> None:
    own = change(0, 0, "zero_base", cases=0)
    assert told(indicator(FALL, points="4", **DECLINE), own, change(90, 100))[0] == "4.00"


def test_incomplete_data_give_nothing_where_the_rule_set_says_so() -> None:
    book = rules(partial="no_points")
    assert told(indicator(SHORTFALL), share(98, 100, "partial"), None, book) == (
        "0.00",
        "核处化解率 98.00%（98/100），数据不完整，按规定不得分",
    )


@pytest.mark.parametrize("item", list(rules_2020().indicators()), ids=lambda item: item.code)
@pytest.mark.parametrize("worst", [Fraction(-5), Fraction(0), Fraction(1, 2), Fraction(100)])
def test_missing_never_beats_reported(item: Any, worst: Fraction) -> None:
    declared = rules_2020().declared(item)
    missing = derive("990001", item, declared, UNREPORTED, change(1, 100)).points
    reported = Reading(item.measure, "reported", worst, Fraction(1), Fraction(4), base_cases=Fraction(50))
    assert missing <= derive("990001", item, declared, reported).points


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 200), st.integers(0, 200), st.integers(1, 200))
def test_a_better_rate_never_scores_worse(one: int, other: int, base: int) -> None:
    low, high = sorted((one, other))
    for rule in (SHORTFALL, WHOLE_STEPS, LINE, RATE):
        item = indicator(rule)
        declared = rules_2020().declared(item)
        worse, better = (derive("990001", item, declared, share(count, base)).points for count in (low, high))
        assert 0 <= worse <= better <= item.points


# ── the whole score table ────────────────────────────────────────────────────────────────────────────────────────────


def scored(rows: list[dict[str, Any]], *codes: str, book: Any = None) -> pd.DataFrame:
    return scoring.score(
        table(rows), book or rules_2020(), roll(*codes), round_2020().settings, catalogue=words("zh")
    )


def points(scores: pd.DataFrame, unit: str, item: str = "total") -> str:
    return str(scores.set_index("id").loc[f"score.{unit}.{item}", "points"])


def test_the_score_table_holds_indicators_bonus_vetoes_dimensions_and_the_whole() -> None:
    scores = scored(whole_unit("990001"), "990001")
    assert list(scores.columns) == list(SCORE_COLUMNS)
    book = rules_2020()
    expected = [part.code for part in (*book.indicators(), *book.bonuses, *book.vetoes, *book.dimensions)]
    assert list(scores["indicator"]) == [*expected, "total"]
    assert set(scores["kind"]) == {"base", "bonus", "veto", "total"}
    assert scores["id"].is_unique
    assert (scores["derivation"] != "").all()


def test_the_total_is_the_sum_of_the_rounded_points() -> None:
    scores = scored(whole_unit("990001", 7), "990001")
    added = sum(Fraction(part) for part in scores.loc[scores["kind"].isin(["base", "bonus"]), "points"])
    assert Fraction(points(scores, "990001")) == added
    dimensions = scores[(scores["kind"] == "total") & (scores["indicator"] != "total")]
    assert Fraction(points(scores, "990001")) == sum(Fraction(part) for part in dimensions["points"])


def test_rounding_each_indicator_and_rounding_the_total_differ() -> None:
    # nine proportional thirds: 0.33 each and 2.97 together, or exactly 3
    indicators = [
        indicator(RATE, code=f"1.{place}", points="1", measure="rate_listed").model_dump()
        for place in range(1, 10)
    ]
    dimension = {"code": "1", "name": "甲", "name_en": "A", "points": 9, "indicators": indicators}
    rows = [value("990001", "rate_listed", value=1 / 3, numerator=1, denominator=3)]
    results = {}
    for moment in ("indicator", "total"):
        book = rules(
            base_points=9,
            dimensions=[dimension],
            bonuses=[],
            rounding={"rule": "half_even", "places": 2, "moment": moment},
        )
        scores = scored(rows, "990001", book=book)
        results[moment] = points(scores, "990001")
    assert results == {"indicator": "2.97", "total": "3.00"}


@pytest.mark.parametrize(("rule", "expected"), [("half_even", "0.12"), ("half_up", "0.13")])
def test_points_are_rounded_by_the_declared_rule_on_exact_numbers(rule: str, expected: str) -> None:
    # 1/8 of a point is exactly 0.125, at equal distance from both
    item = indicator(RATE, code="1.1", points="1", measure="rate_listed").model_dump()
    dimension = {"code": "1", "name": "甲", "name_en": "A", "points": 1, "indicators": [item]}
    book = rules(
        base_points=1,
        dimensions=[dimension],
        bonuses=[],
        rounding={"rule": rule, "places": 2, "moment": "indicator"},
    )
    rows = [value("990001", "rate_listed", value=0.125, numerator=1, denominator=8)]
    assert points(scored(rows, "990001", book=book), "990001") == expected


BONUSES = [
    ((1, 0, 0), "3.00", "国家级推广 1 项×3 分，加 3.00 分"),
    ((0, 1, 2), "3.00", "省级推广 1 项×2 分、市级推广 2 项×1 分，共 4 分，上限 3 分，加 3.00 分"),
    ((0, 0, 1), "1.00", "市级推广 1 项×1 分，加 1.00 分"),
    ((0, 0, 0), "0.00", "无加分事项，加 0.00 分"),
    (None, "0.00", "制度机制创新：未报，加 0.00 分"),
]


@pytest.mark.parametrize(
    ("counts", "expected", "sentence"), BONUSES, ids=["state", "capped", "city", "none", "missing"]
)
def test_bonus_adds_by_level_up_to_its_cap(
    counts: tuple[int, int, int] | None, expected: str, sentence: str
) -> None:
    rows = [row for row in whole_unit("990001", 5) if not row["measure"].startswith("innovation_")]
    for level, count in zip(("state", "province", "city"), counts or (), strict=counts is not None):
        rows.append(value("990001", f"innovation_{level}", value=float(count)))
    row = scored(rows, "990001").set_index("indicator").loc["B1"]
    assert (row["points"], row["derivation"]) == (expected, sentence)


def test_a_bonus_lifts_the_total_no_higher_than_the_base_points() -> None:
    rows = [row for row in whole_unit("990001", 10) if not row["measure"].startswith("innovation_")]
    rows += [value("990001", "innovation_state", value=1.0)]
    scores = scored(rows, "990001").set_index("indicator")
    assert scores.loc["total", "points"] == "100.00"
    assert str(scores.loc["total", "derivation"]).endswith(
        "加分 3.00 分，相加 103.00 分，总分不超过 100 分，得 100.00 分"
    )
    assert points(scored(rows, "990001", book=rules(bonus_may_pass=True)), "990001") == "103.00"


def test_vetoes_are_told_without_points() -> None:
    rows = [row for row in whole_unit("990001") if row["measure"] not in ("events_mass", "events_extreme")]
    rows.append(value("990001", "events_mass", value=2.0))
    scores = scored(rows, "990001").set_index("indicator")
    assert list(scores.loc[["V1", "V2", "V3"], "points"]) == ["", "", ""]
    assert list(scores.loc[["V1", "V2", "V3"], "derivation"]) == [
        "较大群体性事件 2 起，达到 2 起，触发否决",
        "政府投资项目群体性事件 0 起，未达到 1 起，未触发否决",
        "极端事件：未报，不能认定，未触发否决",
    ]


def test_what_is_not_reported_makes_the_total_partial() -> None:
    rows = [row for row in whole_unit("990001") if row["measure"] != "rate_paid"]
    scores = scored(rows, "990001").set_index("indicator")
    assert scores.loc["5.4", "status"] == "not_reported"
    assert scores.loc["5.4", "points"] == "0.00"
    assert scores.loc["5", "status"] == scores.loc["total", "status"] == "partial"
    assert scores.loc["6", "status"] == "reported"


def test_an_empty_unit_the_order_of_units_and_their_codes_change_no_score() -> None:
    rows = [*whole_unit("990001", 9), *whole_unit("990002", 6), *whole_unit(CITY, 8)]
    before = scored(rows, "990001", "990002")
    with_empty = scored(rows, "990003", "990002", "990001")
    for unit in ("990001", "990002"):
        kept = with_empty[with_empty["unit"] == unit].reset_index(drop=True)
        pd.testing.assert_frame_equal(kept, before[before["unit"] == unit].reset_index(drop=True))
    assert points(with_empty, "990003") == "0.00"
    renamed = scored(
        [{**row, "unit": {"990001": "880001"}.get(row["unit"], row["unit"])} for row in rows],
        "880001",
        "990002",
    )
    assert points(renamed, "880001") == points(before, "990001")
    shuffled = list(rows)
    random.Random(1).shuffle(shuffled)
    pd.testing.assert_frame_equal(scored(shuffled, "990001", "990002"), before)


def test_a_round_without_a_rule_set_is_not_scored() -> None:
    scores = scoring.score(
        table(whole_unit("990001")), None, roll("990001"), round_2020().settings, catalogue=words("zh")
    )
    assert list(scores.columns) == list(SCORE_COLUMNS)
    assert scores.empty


# ── what is read ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_stored_float_becomes_the_fraction_of_its_counts() -> None:
    rows = [
        value("990001", "rate_resolved", value=146 / 150, numerator=146, denominator=150),
        change_row("990001", "change_cases", 70, 83),
        value("990001", "petitions", value=3.0, unit_of_measure="event"),
        value("990001", "cases", period="2019", value=83.0, unit_of_measure="case"),
        value("990001", "cases", value=70.0, unit_of_measure="case"),
    ]
    index = ValueIndex(table(rows))
    assert read(index, "990001", "rate_resolved", "2020", "2019").value == Fraction(146, 150)
    fall = read(index, "990001", "change_cases", "2020", "2019")
    assert (fall.value, fall.counted, fall.base_cases) == (Fraction(-13, 83), "case", 83)
    assert read(index, "990001", "petitions", "2020", "2019").value == 3


def test_a_value_without_counts_is_read_as_the_decimal_written() -> None:
    index = ValueIndex(table([value("990001", "rate_resolved", value=0.1)]))
    assert read(index, "990001", "rate_resolved", "2020", "2019").value == Fraction(1, 10)


def test_another_period_or_no_row_at_all_is_not_reported() -> None:
    index = ValueIndex(table([value("990001", "rate_resolved", period="2019", value=0.9)]))
    assert read(index, "990001", "rate_resolved", "2020", "2019").status == "not_reported"
    assert read(index, "990002", "rate_resolved", "2020", "2019").value is None


@pytest.mark.parametrize(("places", "printed"), [(0, "96"), (1, "95.8"), (2, "95.80"), (3, "95.800")])
def test_points_are_printed_with_the_places_the_rule_set_rounds_them_to(places: int, printed: str) -> None:
    rulebook = rules_2020()
    rulebook = rulebook.model_copy(
        update={"rounding": rulebook.rounding.model_copy(update={"places": places})}
    )
    told_in = Assessment(Declared(round_2020(), rulebook, None, None), "zh", "").words
    assert told_in.figure({"id": "a", "score": "95.8"}, "scored", "score").text == printed
    assert told_in.points(95.8) == printed
