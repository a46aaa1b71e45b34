"""What is put together: sources, periods, classes, deductions, vetoes, falsification, and the whole on its scale."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from rule_examples import CITY, ZH, indicator, roll, round_2020, rules, table, value

from analysis.indicators.values import LINEAGE_COLUMNS, ValueIndex
from analysis.rounds.frames import frame_of
from analysis.rounds.units import Unit, UnitRoll
from analysis.rulebook import Rulebook, veto_sentence
from analysis.rulebook.composed import Names, item_sentence, total_sentence
from analysis.rulebook.model import Deduction
from analysis.rulebook.sentences import (
    composition_sentence,
    deduction_sentence,
    falsification_sentence,
    whole_sentences,
)
from analysis.rulebook.unitscore import UnitScore
from analysis.scoring import grading, score_lineage, scoring
from analysis.words import words

RATE = {"shape": "proportional"}
EACH = {"shape": "each", "off": 2, "counted": "event"}
ONE, TWO, THREE = "990001", "990002", "990003"


def item(code: str, points: str, measure: str = "", **more: Any) -> dict[str, Any]:
    """Return an indicator as written; without a measure it reads the mark of the field check for itself."""
    if not measure:
        more = {"read": "mark", "source": "field", **more}
        measure = f"mark_field_{code.replace('.', '_')}"
    rule = more.pop("rule", RATE)
    return indicator(rule, measure, points, code=code, **more).model_dump(exclude_unset=True)


def dimension(code: str, *items: dict[str, Any], **more: Any) -> dict[str, Any]:
    points = sum(Fraction(str(part["points"])) for part in items)
    return {
        "code": code,
        "name": f"维度{code}",
        "name_en": code,
        "points": str(points),
        "indicators": list(items),
        **more,
    }


def book(*dimensions: dict[str, Any], **more: Any) -> Rulebook:
    """Return a rule set of some dimensions, nothing else declared than in 2020 unless said."""
    total = sum(Fraction(part["points"]) for part in dimensions)
    plain: dict[str, Any] = {"bonuses": [], "vetoes": [], "base_points": str(total)}
    return rules(**{**plain, "dimensions": list(dimensions), **more})


def mark(unit: str, source: str, code: str, points: float, full: float) -> dict[str, Any]:
    measure = f"mark_{source}_{code.replace('.', '_')}"
    return value(unit, measure, value=points, numerator=points, denominator=full, unit_of_measure="point")


def rate(unit: str, above: int, below: int, measure: str = "rate_listed", **more: Any) -> dict[str, Any]:
    if not below:
        return value(unit, measure, status="not_applicable", numerator=0, denominator=0, **more)
    return value(unit, measure, value=above / below, numerator=above, denominator=below, **more)


def count(unit: str, measure: str, number: float) -> dict[str, Any]:
    return value(unit, measure, value=number, unit_of_measure="event")


def scored(rows: Iterable[Mapping[str, Any]], rulebook: Rulebook, *units: str) -> list[UnitScore]:
    return scoring.score_units(
        ValueIndex(table(rows)), rulebook, roll(*(units or (ONE,))), period="2020", base_period="2019"
    )


def told(score: UnitScore, rulebook: Rulebook, code: str = "total") -> str:
    names = Names.of(rulebook, ZH)
    if code == "total":
        return total_sentence(score.whole, names, 2).plain
    found = next(part for part in score.items if part.item == code)
    return item_sentence(found, names, 2).plain


def points(score: UnitScore, code: str = "total") -> float:
    if code == "total":
        return float(score.whole.points)
    return next(float(part.points) for part in (*score.items, *score.dimensions) if part.item == code)


# ── sources ──────────────────────────────────────────────────────────────────────────────────────────────────────────

MARKED = dimension("1", item("1.1", "10"))
BOTH = [mark(ONE, "self", "1.1", 9, 10), mark(ONE, "field", "1.1", 6, 10)]


def composition(combine: str, *sources: Any, at: str = "indicator", **more: Any) -> dict[str, Any]:
    parts = [
        {"source": source} if isinstance(source, str) else {"source": source[0], "weight": source[1]}
        for source in sources
    ]
    return {"at": at, "combine": combine, "sources": parts, **more}


def test_sources_are_kept_apart_and_the_official_one_keeps_its_key() -> None:
    scores = scoring.score(
        table(BOTH), book(MARKED), roll(ONE), round_2020().settings, catalogue=words("zh")
    ).set_index("id")
    assert scores.loc[f"score.{ONE}.1.1", ["source", "points", "kind"]].tolist() == ["field", "6.00", "base"]
    other = scores.loc[f"score.{ONE}.1.1.self"]
    assert other[["source", "points", "kind"]].tolist() == ["self", "9.00", "base"]
    assert other["derivation"] == "自查评分 9 分（满分 10 分），折合 9.00 分"
    assert scores.loc[f"score.{ONE}.total", "points"] == "6.00"
    assert f"score.{ONE}.1.1.self" not in set(scoring.official(scores.reset_index())["id"])


def test_a_mark_on_another_scale_is_put_on_the_scale_of_the_points() -> None:
    rows = [mark(ONE, "self", "1.1", 45, 50), mark(ONE, "field", "1.1", 6, 10)]
    [score] = scored(rows, book(MARKED))
    assert [(part.source, float(part.derivation.points)) for part in score.sources] == [("self", 9.0)]


REPLACED = composition("replaced", "reviewed", "field", "self")


@pytest.mark.parametrize(
    ("rows", "expected", "source"),
    [
        ([*BOTH, mark(ONE, "reviewed", "1.1", 7, 10)], 7.0, "reviewed"),
        (BOTH, 6.0, "field"),
        (BOTH[:1], 9.0, "self"),
        ([], 0.0, "field"),
    ],
    ids=["reviewed", "field", "self", "none"],
)
def test_reviewed_replaces_field_replaces_self(
    rows: list[dict[str, Any]], expected: float, source: str
) -> None:
    rulebook = book(MARKED, composition=REPLACED)
    scores = scoring.score(
        table(rows), rulebook, roll(ONE), round_2020().settings, catalogue=words("zh")
    ).set_index("id")
    row = scores.loc[f"score.{ONE}.1.1"]
    assert (float(row["points"]), row["source"]) == (expected, source)
    assert row["status"] == ("reported" if rows else "not_reported")


def test_weighted_sources_add_up_and_are_told() -> None:
    rulebook = book(MARKED, composition=composition("weighted", ("self", "20%"), ("field", "80%")))
    [score] = scored(BOTH, rulebook)
    # 9×20% + 6×80%
    assert points(score, "1.1") == 6.6
    assert told(score, rulebook, "1.1") == "自查 9.00 分×20%＋实地核查 6.00 分×80%，合成得 6.60 分"
    assert {part.source: float(part.derivation.points) for part in score.sources} == {
        "self": 9.0,
        "field": 6.0,
    }


@pytest.mark.parametrize(("rule", "expected"), [("no_points", 4.8), ("spread", 6.0)])
def test_a_missing_source_costs_its_weight_or_leaves_it_to_the_others(rule: str, expected: float) -> None:
    weighted = composition("weighted", ("self", "20%"), ("field", "80%"), missing_source=rule)
    rulebook = book(MARKED, composition=weighted)
    [score] = scored(BOTH[1:], rulebook)
    assert points(score, "1.1") == expected
    assert told(score, rulebook, "1.1").startswith("自查未报（占 20%）＋实地核查 6.00 分×")


def test_only_what_is_named_is_composed() -> None:
    two = dimension("1", item("1.1", "10"), item("1.2", "10"))
    rows = [*BOTH, mark(ONE, "self", "1.2", 10, 10), mark(ONE, "field", "1.2", 5, 10)]
    weighted = composition("weighted", ("self", "50%"), ("field", "50%"), only=["1.2"])
    [score] = scored(rows, book(two, composition=weighted))
    assert (points(score, "1.1"), points(score, "1.2")) == (6.0, 7.5)


def test_the_whole_is_composed_of_whole_scores() -> None:
    parts = {
        "at": "total",
        "combine": "weighted",
        "sources": [
            {"source": "self", "weight": "10%"},
            {"source": "reviewed", "weight": "70%"},
            {"source": "departments", "weight": "20%", "measure": "mark_departments", "full": 100},
        ],
    }
    rulebook = book(MARKED, composition=parts)
    rows = [*BOTH, value(ONE, "mark_departments", value=90.0, numerator=180, denominator=2)]
    [score] = scored(rows, rulebook)
    # 9×10% + 6×70% + 10×90%×20%
    assert points(score) == 6.9
    assert told(score, rulebook) == (
        "自查 9.00 分×10%＋复核 6.00 分×70%＋成员单位评价 9.00 分×20%，相加 6.90 分，得 6.90 分"
    )
    [without] = scored(BOTH, rulebook)
    assert points(without) == 5.1
    assert without.whole.status == "partial"


# ── periods ──────────────────────────────────────────────────────────────────────────────────────────────────────────

HALVES = {
    "parts": [
        {"name": "上年", "periods": ["2019"], "weight": "40%"},
        {"name": "本年", "periods": ["2020"], "weight": "60%"},
    ]
}
RATED = dimension("1", item("1.1", "10", "rate_listed"))


def test_periods_are_weighted_indicator_by_indicator() -> None:
    rulebook = book(RATED, periods=HALVES)
    [score] = scored([rate(ONE, 5, 10, period="2019"), rate(ONE, 9, 10)], rulebook)
    assert points(score, "1.1") == 7.4
    assert told(score, rulebook, "1.1") == "上年 5.00 分×40%＋本年 9.00 分×60%，合成得 7.40 分"


def test_months_count_by_their_mean_beside_the_year() -> None:
    parts = [
        {"name": "平时", "periods": ["2020-01", "2020-02"], "weight": "40%"},
        {"name": "年度", "periods": ["2020"], "weight": "60%"},
    ]
    rows = [rate(ONE, 1, 2, period="2020-01"), rate(ONE, 1, 1, period="2020-02"), rate(ONE, 4, 5)]
    [score] = scored(rows, book(RATED, periods={"parts": parts}))
    # (5 + 10) ÷ 2 × 40% + 8 × 60%
    assert points(score, "1.1") == 7.8


@pytest.mark.parametrize(("rule", "expected"), [("no_points", 5.4), ("spread", 9.0)])
def test_a_missing_period_costs_its_weight_or_leaves_it_to_the_others(rule: str, expected: float) -> None:
    [score] = scored([rate(ONE, 9, 10)], book(RATED, periods={**HALVES, "missing_period": rule}))
    assert points(score, "1.1") == expected
    assert score.whole.status == "partial"


# ── scale, and what is taken out ─────────────────────────────────────────────────────────────────────────────────────

OUT = {"nothing_to_assess": "taken_out"}
TWO_DIMENSIONS = (
    dimension("1", item("1.1", "20", "rate_listed"), item("1.2", "20", "rate_filed", exceptions=OUT)),
    dimension("2", item("2.1", "60", "rate_resolved")),
)
NOTHING_TO_FILE = [
    rate(ONE, 1, 2),
    rate(ONE, 0, 0, "rate_filed"),
    rate(ONE, 9, 10, "rate_resolved"),
]


@pytest.mark.parametrize(
    ("scope", "expected", "first"),
    # (10 + 54) × 100 ÷ 80, or 10 × 40 ÷ 20 + 54
    [("total", 80.0, 10.0), ("dimension", 74.0, 20.0)],
)
def test_what_cannot_be_assessed_is_made_good_by_the_rest(scope: str, expected: float, first: float) -> None:
    [score] = scored(NOTHING_TO_FILE, book(*TWO_DIMENSIONS, renormalise=scope))
    assert (points(score), points(score, "1")) == (expected, first)


def test_a_total_made_good_is_told() -> None:
    rulebook = book(*TWO_DIMENSIONS)
    [score] = scored(NOTHING_TO_FILE, rulebook)
    assert told(score, rulebook) == (
        "维度1 10.00 分＋维度2 54.00 分，相加 64.00 分，由 80 分折算为 100 分，得 80.00 分"
    )


def test_a_total_made_good_and_rounded_is_told() -> None:
    dimensions = dimension(
        "1", item("1.1", "6", "rate_listed"), item("1.2", "4", "rate_filed", exceptions=OUT)
    )
    rulebook = book(dimensions)
    [score] = scored([rate(ONE, 2, 3), rate(ONE, 0, 0, "rate_filed")], rulebook)
    # 4 of 6 points are 6.666… of 10
    assert told(score, rulebook) == "维度1 4.00 分，相加 4.00 分，由 6 分折算为 10 分，得 6.67 分"


def test_a_dimension_without_anything_to_assess_is_made_good_by_the_others() -> None:
    dimensions = (
        dimension("1", item("1.1", "40", "rate_listed", exceptions=OUT)),
        dimension("2", item("2.1", "60", "rate_resolved")),
    )
    for scope in ("total", "dimension"):
        rulebook = book(*dimensions, renormalise=scope)
        [score] = scored([rate(ONE, 0, 0), rate(ONE, 9, 10, "rate_resolved")], rulebook)
        assert points(score) == 90.0
        names = Names.of(rulebook, ZH)
        assert total_sentence(score.dimensions[0], names, 2).plain == "各项均无应评对象，不计分"


def test_a_set_of_which_nothing_can_be_assessed_has_no_points_and_says_so() -> None:
    rulebook = book(dimension("1", item("1.1", "40", "rate_listed", exceptions=OUT)))
    [score] = scored([rate(ONE, 0, 0)], rulebook)
    assert (points(score), score.whole.status) == (0.0, "not_applicable")


@pytest.mark.parametrize(("scale", "expected"), [(None, 30.0), ("100", 75.0), ("1000", 750.0)])
def test_a_total_is_expressed_on_the_scale(scale: str | None, expected: float) -> None:
    rulebook = book(dimension("1", item("1.1", "40", "rate_listed")), scale=scale)
    [score] = scored([rate(ONE, 3, 4)], rulebook)
    assert points(score) == expected
    assert score.whole.possible == Fraction(rulebook.whole)


def test_groups_belong_to_their_dimension() -> None:
    group = {
        "code": "1a", "name": "组", "name_en": "g", "points": 10,
        "indicators": [item("1.1", "4", "rate_listed"), item("1.2", "6", "rate_filed")],
    }  # fmt: skip
    grouped = {"code": "1", "name": "维度", "name_en": "d", "points": 10, "groups": [group]}
    rulebook = rules(base_points=10, bonuses=[], vetoes=[], dimensions=[grouped])
    assert [part.code for part in rulebook.dimensions[0].indicators] == ["1.1", "1.2"]
    [score] = scored([rate(ONE, 1, 2), rate(ONE, 1, 2, "rate_filed")], rulebook)
    assert points(score, "1") == 5.0
    # made from its own dump, it is the same
    assert Rulebook.model_validate(rulebook.model_dump(exclude_unset=True)) == rulebook


# ── classes ──────────────────────────────────────────────────────────────────────────────────────────────────────────

CLASSES = [
    {"code": "K1", "name": "县区", "kinds": ["县", "区"], "items": ["1", "2.1"], "points": {"2.1": 80}},
    {"code": "K2", "name": "部门", "units": [THREE], "items": ["3"]},
]
OF_CLASSES = book(
    dimension("1", item("1.1", "20", "rate_listed")),
    dimension("2", item("2.1", "30", "rate_resolved"), item("2.2", "10", "rate_filed")),
    dimension("3", item("3.1", "100", "rate_paid")),
    base_points=100,
    classes=CLASSES,
)
UNITS = UnitRoll(
    [
        Unit(ONE, "甲县", "甲县", order=1, kind="县"),
        Unit(TWO, "乙区", "乙区", order=2, kind="区"),
        Unit(THREE, "丙局", "丙局", order=3, kind="区"),
    ],
    CITY,
    "全市",
)


def class_scores(rows: list[dict[str, Any]], rulebook: Rulebook = OF_CLASSES) -> list[UnitScore]:
    return scoring.score_units(ValueIndex(table(rows)), rulebook, UNITS, period="2020", base_period="2019")


def test_a_class_is_assessed_by_its_own_items_and_points() -> None:
    rows = [
        row
        for unit in UNITS.codes
        for row in (rate(unit, 1, 2), rate(unit, 9, 10, "rate_resolved"), rate(unit, 3, 4, "rate_paid"))
    ]
    county, _, office = class_scores(rows)
    # 20×½ + 80×0.9; a listed unit before its kind
    assert points(county) == 82.0
    assert [part.item for part in county.items] == ["1.1", "2.1"]
    assert points(office) == 75.0
    assert [part.item for part in office.dimensions] == ["3"]
    scores = scoring.score(
        table(rows), OF_CLASSES, UNITS, round_2020().settings, catalogue=words("zh")
    ).set_index("id")
    assert "得分" not in str(scores.loc[f"score.{ONE}.2.1", "derivation"])
    assert "80 分×90.00%" in str(scores.loc[f"score.{ONE}.2.1", "derivation"])


def test_relative_rules_compare_the_units_of_a_class_only() -> None:
    best = {"compare": {"to": "best"}, "rule": RATE}
    rulebook = book(
        dimension("1", item("1.1", "100", "rate_listed", **best)),
        base_points=100,
        classes=[
            {"code": "K1", "name": "县区", "kinds": ["县", "区"], "items": ["1"]},
            {"code": "K2", "name": "部门", "units": [THREE], "items": ["1"]},
        ],
    )
    rows = [rate(ONE, 2, 10), rate(TWO, 4, 10), rate(THREE, 8, 10)]
    assert [points(score) for score in class_scores(rows, rulebook)] == [50.0, 100.0, 100.0]


def test_a_unit_of_no_class_is_refused() -> None:
    rulebook = book(MARKED, classes=[{"code": "K1", "name": "县区", "kinds": ["县"], "items": ["1"]}])
    with pytest.raises(KeyError, match=TWO):
        class_scores([], rulebook)


# ── deductions, vetoes, order ────────────────────────────────────────────────────────────────────────────────────────


def deduction(**more: Any) -> dict[str, Any]:
    written = indicator(EACH, "events_mass", "1", code="D1", direction="down").model_dump(exclude_unset=True)
    return {**written, "points": 0, "floor": -5, "unreported": "nothing", **more}


DEDUCTED = [
    (0.0, "80.00", "0.00"),
    (1.0, "78.00", "-2.00"),
    (2.0, "76.00", "-4.00"),
    (3.0, "75.00", "-5.00"),
]


@pytest.mark.parametrize(("events", "total", "taken"), DEDUCTED, ids=["none", "one", "two", "capped"])
def test_deductions_come_off_the_total_up_to_their_cap(events: float, total: str, taken: str) -> None:
    rulebook = book(dimension("1", item("1.1", "100", "rate_listed")), deductions=[deduction()])
    rows = [rate(ONE, 4, 5), count(ONE, "events_mass", events)]
    scores = scoring.score(
        table(rows), rulebook, roll(ONE), round_2020().settings, catalogue=words("zh")
    ).set_index("id")
    assert scores.loc[f"score.{ONE}.total", "points"] == total
    row = scores.loc[f"score.{ONE}.D1"]
    assert (row["kind"], row["points"], row["points_possible"]) == ("deduction", taken, "")
    assert f"从总分中扣 {taken[1:]} 分" in row["derivation"] or not events


def test_a_deduction_without_limit_takes_for_every_event() -> None:
    rulebook = book(
        dimension("1", item("1.1", "100", "rate_listed")), deductions=[deduction(floor="unlimited")]
    )
    # 4 of 5 give 80 points, nine events take 2 each
    [score] = scored([rate(ONE, 4, 5), count(ONE, "events_mass", 9.0)], rulebook)
    assert points(score) == 62.0
    [part] = rulebook.deductions
    sentence = deduction_sentence(part, rulebook, words("zh")).plain
    assert "从总分中扣除，扣分不设上限。" in sentence
    assert "最多" not in sentence and "扣完为止" not in sentence
    assert not list(part.faults())


def test_what_has_no_limit_has_no_most_to_take_for_silence() -> None:
    [fault] = Deduction.model_validate(deduction(floor="unlimited", unreported="most")).faults()
    assert fault[:2] == (("unreported",), "rulebook_most_unlimited")


def test_an_item_without_least_points_could_not_score_silence() -> None:
    [fault] = indicator(EACH, "events_mass", "3", direction="down", floor="unlimited").faults()
    assert fault[:2] == (("floor",), "rulebook_floor_unlimited")


@pytest.mark.parametrize("floor", [0, 5])
def test_a_deduction_takes_something(floor: int) -> None:
    with pytest.raises(ValidationError, match="less than 0"):
        Deduction.model_validate(deduction(floor=floor))


@pytest.mark.parametrize(("silence", "total"), [("nothing", 80.0), ("most", 75.0)])
def test_what_silence_costs_is_declared(silence: str, total: float) -> None:
    rulebook = book(
        dimension("1", item("1.1", "100", "rate_listed")), deductions=[deduction(unreported=silence)]
    )
    [score] = scored([rate(ONE, 4, 5)], rulebook)
    assert points(score) == total
    assert "未报" in told(score, rulebook, "D1")


@pytest.mark.parametrize(("may", "total"), [(False, 0.0), (True, -3.0)])
def test_a_total_falls_below_zero_only_where_declared(may: bool, total: float) -> None:
    rulebook = book(
        dimension("1", item("1.1", "10", "rate_listed")),
        deductions=[deduction()],
        total_may_fall_below_zero=may,
    )
    [score] = scored([rate(ONE, 1, 5), count(ONE, "events_mass", 3.0)], rulebook)
    assert points(score) == total
    assert told(score, rulebook) == "维度1 2.00 分，相加 2.00 分，扣 5.00 分" + (
        "，得 −3.00 分" if may else "，总分不低于 0 分，得 0.00 分"
    )


@pytest.mark.parametrize(
    ("order", "total"),
    # 98 + 3 − 2: the cap of 100 applies after both, or between them
    [(["bonus", "deduction", "cap", "floor"], 99.0), (["bonus", "cap", "deduction", "floor"], 98.0)],
)
def test_the_order_of_bonus_cap_and_deduction_is_declared(order: list[str], total: float) -> None:
    bonus = {
        "code": "B1", "name": "创新", "name_en": "b", "points": 3, "department": "", "data_source": "",
        "definition": "", "levels": [{"name": "省级", "measure": "innovation_province", "points": 3}],
    }  # fmt: skip
    rulebook = book(
        dimension("1", item("1.1", "100", "rate_listed")),
        bonuses=[bonus],
        deductions=[deduction()],
        order=order,
    )
    rows = [rate(ONE, 49, 50), count(ONE, "innovation_province", 1.0), count(ONE, "events_mass", 1.0)]
    [score] = scored(rows, rulebook)
    assert points(score) == total


@pytest.mark.parametrize(
    ("limits", "expected", "sentence"),
    [
        ({"level_cap": 2}, 3.0, "省级 3 项×1 分、市级 1 项×1 分，每级上限 2 分，累计上限 9 分，加 3.00 分"),
        (
            {"levels_count": "highest"},
            3.0,
            "省级 3 项×1 分、市级 1 项×1 分，只计加分最多的一级，累计上限 9 分，加 3.00 分",
        ),
    ],
    ids=["cap of a level", "highest level only"],
)
def test_a_bonus_may_be_limited_by_level(limits: dict[str, Any], expected: float, sentence: str) -> None:
    levels = [
        {"name": "省级", "measure": "innovation_province", "points": 1},
        {"name": "市级", "measure": "innovation_city", "points": 1},
    ]
    bonus = {
        "code": "B1", "name": "创新", "name_en": "b", "points": 9, "department": "", "data_source": "",
        "definition": "", "levels": levels, **limits,
    }  # fmt: skip
    rulebook = book(RATED, bonuses=[bonus], bonus_may_pass=True)
    rows = [rate(ONE, 1, 2), count(ONE, "innovation_province", 3.0), count(ONE, "innovation_city", 1.0)]
    [score] = scored(rows, rulebook)
    assert points(score, "B1") == expected
    assert told(score, rulebook, "B1") == sentence


def veto(effect: str) -> dict[str, Any]:
    return {
        "code": "V1", "name": "极端事件", "name_en": "v", "measure": "events_extreme", "at_least": 1,
        "definition": "", "effect": effect,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("effect", "total"), [("lowest_grade", 5.0), ("top_barred", 5.0), ("total_zero", 0.0)]
)
def test_only_a_veto_on_the_total_takes_it(effect: str, total: float) -> None:
    rulebook = book(RATED, vetoes=[veto(effect)])
    [score] = scored([rate(ONE, 1, 2), count(ONE, "events_extreme", 1.0)], rulebook)
    assert points(score) == total
    if effect == "total_zero":
        assert told(score, rulebook) == "维度1 5.00 分，相加 5.00 分，因“极端事件”总分记零分，得 0.00 分"
    for quiet in ([rate(ONE, 1, 2)], [rate(ONE, 1, 2), count(ONE, "events_extreme", 0.0)]):
        assert points(scored(quiet, rulebook)[0]) == 5.0


# ── falsification ────────────────────────────────────────────────────────────────────────────────────────────────────


def falsification(**more: Any) -> dict[str, Any]:
    return {"code": "F1", "name": "弄虚作假", "definition": "", **more}


TWO_MARKED = dimension("1", item("1.1", "10"), item("1.2", "10"))
SELF_AND_FIELD = [
    mark(ONE, "self", "1.1", 10, 10), mark(ONE, "field", "1.1", 8, 10),
    mark(ONE, "self", "1.2", 9, 10), mark(ONE, "field", "1.2", 9, 10),
]  # fmt: skip


def test_a_counted_falsification_takes_points_and_the_linked_items() -> None:
    rulebook = book(TWO_MARKED, falsification=[falsification(measure="petitions", off=3, loses=["1.1"])])
    [score] = scored([*SELF_AND_FIELD, count(ONE, "petitions", 1.0)], rulebook)
    assert [points(score, code) for code in ("1.1", "1.2", "total")] == [0.0, 9.0, 6.0]
    assert told(score, rulebook, "1.1").endswith("因“弄虚作假”，本项不得分")
    assert told(score, rulebook, "F1") == "弄虚作假 1 起，达到 1 起，从总分中扣 3 分，有关指标不得分"
    frame = scoring.score(
        table([*SELF_AND_FIELD, count(ONE, "petitions", 1.0)]),
        rulebook,
        roll(ONE),
        round_2020().settings,
        catalogue=words("zh"),
    ).set_index("id")
    assert frame.loc[f"score.{ONE}.F1", ["kind", "points"]].tolist() == ["veto", "-3.00"]


@pytest.mark.parametrize("events", [0.0, None], ids=["none", "not reported"])
def test_without_a_finding_nothing_is_taken(events: float | None) -> None:
    rulebook = book(TWO_MARKED, falsification=[falsification(measure="petitions", off=3, loses=["1.1"])])
    rows = [*SELF_AND_FIELD, *([] if events is None else [count(ONE, "petitions", events)])]
    [score] = scored(rows, rulebook)
    assert points(score) == 17.0
    frame = scoring.score(
        table(rows), rulebook, roll(ONE), round_2020().settings, catalogue=words("zh")
    ).set_index("id")
    assert frame.loc[f"score.{ONE}.F1", "points"] == ""


@pytest.mark.parametrize(
    ("above", "number"), [("19%", 1), ("20%", 0), ("0%", 1)], ids=["over", "at the tolerance", "any"]
)
def test_a_self_score_above_the_verified_one_counts_beyond_the_tolerance(above: str, number: int) -> None:
    sign = {"over": "indicator", "above": above}
    rulebook = book(TWO_MARKED, falsification=[falsification(difference=sign, loses_differing=True)])
    [score] = scored(SELF_AND_FIELD, rulebook)
    assert points(score, "1.1") == (0.0 if number else 8.0)
    given = table(SELF_AND_FIELD), rulebook, roll(ONE, TWO), round_2020().settings
    # the second unit gave itself nothing: no difference, which is not zero
    assert scoring.differences(*given) == {(ONE, "F1"): number}
    # whoever asks how far a unit is from another grade knows it, too
    assert grading.evidence_of(scoring.score(*given, catalogue=words("zh")), *given).differences == {
        (ONE, "F1"): number
    }


def test_a_difference_may_be_looked_for_in_the_whole() -> None:
    # 19 against 17 of 20 points
    for above, total in (("9%", 12.0), ("10%", 17.0)):
        sign = {"over": "total", "above": above}
        rulebook = book(TWO_MARKED, falsification=[falsification(difference=sign, off=5)])
        assert points(scored(SELF_AND_FIELD, rulebook)[0]) == total


def test_a_modest_self_score_is_no_falsification() -> None:
    rows = [mark(ONE, "self", "1.1", 2, 10), mark(ONE, "field", "1.1", 9, 10)]
    rulebook = book(
        MARKED, falsification=[falsification(difference={"over": "indicator", "above": "10%"}, off=5)]
    )
    assert points(scored(rows, rulebook)[0]) == 9.0


# ── silence ──────────────────────────────────────────────────────────────────────────────────────────────────────────

COVERED = dimension("1", item("1.1", "100", "coverage_account"))


def covered(yes: int, no: int, blank: int = 0) -> list[dict[str, Any]]:
    row = rate(ONE, yes, yes + no, "coverage_account")
    if not blank:
        return [row]
    bounds = (("lowest", yes), ("highest", yes + blank))
    filled = [rate(ONE, top, yes + no + blank, f"{bound}_coverage_account") for bound, top in bounds]
    return [{**row, "status": "partial"}, *filled]


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 20), st.integers(0, 20), st.integers(1, 20))
def test_a_blank_is_worth_no_more_than_a_no(yes: int, no: int, blank: int) -> None:
    rulebook = book(COVERED, partial="worst")
    silent, honest = (
        scored(rows, rulebook)[0] for rows in (covered(yes, no, blank), covered(yes, no + blank))
    )
    assert points(silent) == points(honest)


def test_a_rule_set_that_says_nothing_does_not_reward_silence() -> None:
    assert Rulebook.model_fields["partial"].default == "worst"
    stated = book(COVERED, partial="as_stated")
    assert points(scored(covered(9, 0, 1), stated)[0]) == 100.0


def test_silence_of_which_no_filling_is_known_gives_nothing() -> None:
    row = {**rate(ONE, 9, 10, "rate_paid"), "status": "partial"}
    rulebook = book(dimension("1", item("1.1", "100", "rate_paid")), partial="worst")
    assert points(scored([row], rulebook)[0]) == 0.0


# ── what must hold of every score ────────────────────────────────────────────────────────────────────────────────────

EVERYTHING = book(
    dimension(
        "1",
        item("1.1", "10"),
        item("1.2", "20", "rate_listed", compare={"to": "best"}),
        item("1.3", "10", "rate_filed", compare={"to": "mean"}, rule={
            "shape": "shortfall", "full_at": "0%", "each": "1%", "off": "0.1",
        }),
    ),
    dimension("2", item("2.1", "30", "rate_resolved"), item("2.2", "30", "rate_closed", exceptions=OUT)),
    deductions=[deduction()],
    vetoes=[veto("total_zero")],
    composition=composition("weighted", ("self", "30%"), ("field", "70%"), only=["1.1"]),
    falsification=[falsification(difference={"over": "indicator", "above": "40%"}, off=1)],
)  # fmt: skip

NUMBERS = st.lists(st.integers(0, 10), min_size=8, max_size=8)


def values_of(unit: str, n: list[int]) -> list[dict[str, Any]]:
    rows = [
        mark(unit, "self", "1.1", n[0], 10),
        mark(unit, "field", "1.1", n[1], 10),
        *(
            rate(unit, number, 10, measure)
            for measure, number in zip(("rate_listed", "rate_filed", "rate_resolved"), n[2:5], strict=True)
        ),
        rate(unit, n[5] % 3, n[5] % 3 and 3, "rate_closed"),
        count(unit, "events_mass", float(n[6] % 4)),
        count(unit, "events_extreme", float(n[7] == 10)),
    ]
    # a zero stands for a value that was not handed in
    return [row for row, number in zip(rows, n, strict=True) if number]


@settings(max_examples=40, deadline=None)
@given(st.lists(NUMBERS, min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_empty_units_order_and_codes_change_no_score(numbers: list[list[int]], chance: random.Random) -> None:
    units = [f"99000{place}" for place in range(1, len(numbers) + 1)]
    rows = [row for unit, n in zip(units, numbers, strict=True) for row in values_of(unit, n)]
    before = {score.unit: score for score in scored(rows, EVERYTHING, *units)}

    shuffled, order = list(rows), [*units, "990009"]
    chance.shuffle(shuffled)
    chance.shuffle(order)
    after = {score.unit: score for score in scored(shuffled, EVERYTHING, *order)}
    assert {unit: after[unit] for unit in units} == before

    codes = {unit: f"88{unit[2:]}" for unit in units}
    renamed = [{**row, "unit": codes[row["unit"]]} for row in rows]
    for score in scored(renamed, EVERYTHING, *codes.values()):
        [unit] = (old for old, new in codes.items() if new == score.unit)
        assert score.whole.points == before[unit].whole.points


@settings(max_examples=40, deadline=None)
@given(NUMBERS)
def test_the_order_of_indicators_changes_no_total(n: list[int]) -> None:
    turned = [
        part.model_copy(update={"indicators": part.indicators[::-1]}) for part in EVERYTHING.dimensions[::-1]
    ]
    other = EVERYTHING.model_copy(update={"dimensions": tuple(turned)})
    rows = values_of(ONE, n)
    assert scored(rows, other)[0].whole.points == scored(rows, EVERYTHING)[0].whole.points


@settings(max_examples=40, deadline=None)
@given(st.lists(NUMBERS, min_size=1, max_size=3))
def test_points_are_the_sum_of_their_derivations(numbers: list[list[int]]) -> None:
    units = [f"99000{place}" for place in range(1, len(numbers) + 1)]
    rows = [row for unit, n in zip(units, numbers, strict=True) for row in values_of(unit, n)]
    for score in scored(rows, EVERYTHING, *units):
        by_code = {part.item: part.points for part in score.items}
        for part in (*score.items, *score.dimensions, score.whole):
            assert part.points == sum(step.points for step in part.steps)
        for part, declared in zip(score.dimensions, EVERYTHING.dimensions, strict=True):
            own = sum(by_code[inner.code] for inner in declared.indicators)
            assert own == sum(step.points for step in part.steps if step.how in by_code) or own == 0
        assert 0 <= score.whole.points <= 100


def test_what_is_put_together_reads_as_official_sentences() -> None:
    rulebook = book(
        TWO_MARKED,
        composition=composition("weighted", ("self", "30%"), ("field", "70%"), missing_source="spread"),
        periods=HALVES,
        scale=100,
        classes=[{"code": "K1", "name": "县区", "kinds": ["县", "区"], "items": ["1"]}],
        deductions=[deduction()],
        vetoes=[veto("top_barred"), {**veto("total_zero"), "code": "V2"}],
        falsification=[
            falsification(difference={"over": "indicator", "above": "20%"}, off=5, loses_differing=True),
            falsification(code="F2", measure="petitions", grade="lowest_grade", loses=["1.1", "1.2"]),
        ],
    )
    assert [sentence.plain for sentence in whole_sentences(rulebook, ZH)] == [
        "各指标得分由自查 30%、实地核查 70%合成。未评分、未报的部分，其权重按比例分给其余部分。",
        "各指标得分由上年 40%、本年 60%合成。未评分、未报的部分不计分。",
        "总分由 20 分折算为 100 分。",
        "县区（县、区）按下列项目考核：1。",
        "总分扣至零分为止。",
    ]
    taken = deduction_sentence(rulebook.deductions[0], rulebook, ZH).plain
    assert taken.endswith("从总分中扣除，最多扣 5 分。未报的不扣分。")
    assert [veto_sentence(part, rulebook, ZH).plain for part in rulebook.vetoes] == [
        "极端事件达到 1 起的，不得评为 A 级。",
        "极端事件达到 1 起的，总分记零分。",
    ]
    assert [falsification_sentence(part, rulebook, ZH).plain for part in rulebook.falsification] == [
        "自查得分高于核定得分超过分值 20% 的指标达到 1 项的，从总分中扣 5 分，有此差异的指标不得分。",
        "进京赴省访达到 1 次的，指标 1.1、1.2 不得分，评为最低等次。",
    ]
    replaced = composition_sentence(book(MARKED, composition=REPLACED).composition, ZH).plain
    assert replaced == "各指标得分依次以复核、实地核查、自查评分为准，前者有评分的不再看后者。"


def test_sentences_are_made_only_when_asked_for() -> None:
    with_them = scoring.score(
        table(BOTH), book(MARKED), roll(ONE), round_2020().settings, catalogue=words("zh")
    )
    without = scoring.score(
        table(BOTH), book(MARKED), roll(ONE), round_2020().settings, sentences=False, catalogue=words("zh")
    )
    assert (without["derivation"] == "").all()
    assert (with_them["derivation"] != "").all()
    columns = [column for column in without.columns if column != "derivation"]
    pd.testing.assert_frame_equal(without[columns], with_them[columns])


def test_what_sources_and_deductions_read_leads_to_its_cells() -> None:
    rulebook = book(MARKED, deductions=[deduction()])
    values = table([*BOTH, count(ONE, "events_mass", 1.0)])
    lineage = frame_of(
        (
            {
                "source": ident,
                "file": "某表.xlsx",
                "sheet": "甲",
                "cells": f"C{row}",
                "filter": "role=count;of=confirmed",
                "rows": 1,
            }
            for row, ident in enumerate(values["id"], 1)
        ),
        {**LINEAGE_COLUMNS, "rows": "Int64"},
    )
    traced = score_lineage.of_scores(rulebook, values, lineage, roll(ONE), round_2020())
    cells = traced.groupby("source")["cells"].agg(set)
    assert cells[f"score.{ONE}.1.1"] == {"C2"}
    assert cells[f"score.{ONE}.1.1.self"] == {"C1"}
    assert cells[f"score.{ONE}.D1"] == {"C3"}
    assert cells[f"score.{ONE}.total"] == {"C2", "C3"}
    filters = traced.loc[traced["source"] == f"score.{ONE}.total", "filter"]
    assert sorted(filters) == ["item=1.1;role=count;of=confirmed", "item=D1;role=count;of=confirmed"]
