"""Every scoring shape: the worked examples of docs/shapes.yaml, and what must hold of every rule."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from rule_examples import (
    ZH,
    change_row,
    indicator,
    rules,
    rules_2020,
    table,
    value,
)
from shape_examples import (
    UNIT,
    book_of,
    derived,
    examples,
    item_of,
    reading_of,
    row_of,
    set_examples,
    shapes,
)

from analysis.indicators.values import ValueIndex
from analysis.intake.fault_lists.lines import fault_line
from analysis.rounds.faults import Fault
from analysis.rulebook import Indicator, Reading
from analysis.rulebook.derivation import Derivation, Peers, derive
from analysis.rulebook.predicates import Predicate
from analysis.rulebook.readings import read
from analysis.rulebook.sentences import rule_sentence
from analysis.rulebook.telling import indicator_sentence

SHORTFALL = {"shape": "shortfall", "full_at": "98%", "each": "1%", "off": 1}
RATE = {"shape": "proportional"}
UNREPORTED = Reading("any", "not_reported")


# ── the worked examples ──────────────────────────────────────────────────────────────────────────────────────────────


def test_every_shape_has_its_examples() -> None:
    assert {f"S{number}" for number in range(1, 32)} <= set(shapes())
    for shape, entry in shapes().items():
        assert entry["zh"] and entry["en"], shape
        assert len({case["situation"] for case in entry["cases"]}) == len(entry["cases"]), shape
        assert any("missing" in case["situation"] for case in entry["cases"]) or shape in ("S21", "S31"), (
            shape
        )


@pytest.mark.parametrize(
    ("shape", "entry", "case"),
    list(examples()),
    ids=[f"{shape}, {case['situation']}" for shape, _, case in examples()],
)
def test_an_example_gives_the_points_and_the_sentence_worked_by_hand(
    shape: str, entry: Mapping[str, Any], case: Mapping[str, Any]
) -> None:
    item = item_of(entry["indicator"], case)
    result = derived(item, case)
    assert f"{float(result.points):.2f}" == f"{case['points']:.2f}"
    assert indicator_sentence(result, item, ZH, 2).plain == case["sentence"]
    assert result.points == sum((step.points for step in result.steps), Fraction(0))
    assert list(item.faults()) == []


@pytest.mark.parametrize(
    ("shape", "entry"),
    [(shape, entry) for shape, entry in shapes().items() if "indicator" in entry],
    ids=[shape for shape, entry in shapes().items() if "indicator" in entry],
)
def test_a_rule_reads_as_the_official_sentence(shape: str, entry: Mapping[str, Any]) -> None:
    assert rule_sentence(item_of(entry["indicator"]), rules_2020(), ZH).plain == entry["official"]


@pytest.mark.parametrize(
    ("shape", "entry", "case"),
    list(set_examples()),
    ids=[f"{shape}, {case['situation']}" for shape, _, case in set_examples()],
)
def test_an_example_of_the_whole_set(shape: str, entry: Mapping[str, Any], case: Mapping[str, Any]) -> None:
    assert row_of(book_of(entry["set"], case), case) == (case["points"], case["sentence"])


# ── what must hold of every rule ─────────────────────────────────────────────────────────────────────────────────────

#: rules under which more of a rate is never worth less
RISING: list[dict[str, Any]] = [
    RATE,
    {"shape": "proportional", "full_at": "95%", "zero_below": "70%"},
    SHORTFALL,
    {**SHORTFALL, "steps": "whole"},
    {**SHORTFALL, "steps": "started", "end": "open"},
    {**SHORTFALL, "most": 3, "zero_below": "80%"},
    {**SHORTFALL, "full_at": "80%", "start": 6, "above": {"each": "1%", "add": 0.2, "most": 4}},
    {"shape": "line", "full_at": "90%", "zero_at": "30%"},
    {"shape": "all_or_nothing", "at_least": "85%", "off": 1},
    {
        "shape": "bands",
        "bands": [
            {"above": "95%", "points": 10},
            {"at_least": "60%", "at_most": "95%", "points": 4},
            {"below": "60%", "points": 0},
        ],
    },
    {
        "shape": "first",
        "cases": [{"when": {"below": "50%"}, "points": 0}],
        "otherwise": SHORTFALL,
    },
]


@pytest.mark.parametrize("rule", RISING, ids=lambda rule: str(rule["shape"]))
@settings(max_examples=60, deadline=None)
@given(st.integers(0, 200), st.integers(0, 200))
def test_a_better_rate_never_scores_worse(rule: Mapping[str, Any], one: int, other: int) -> None:
    item = indicator(rule)
    declared = rules_2020().declared(item)
    worse, better = (
        derive(UNIT, item, declared, reading_of("rate_resolved", f"{count}/200")).points
        for count in sorted((one, other))
    )
    assert 0 <= worse <= better <= item.points


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 40), min_size=2, max_size=8), st.sampled_from(["better", "worse", "mean"]))
def test_a_better_place_never_scores_worse_and_shared_points_are_only_shared(
    counts: list[int], ties: str
) -> None:
    points = [10, 8, 5, 3, 2, 1, 1, 0]
    item = indicator(
        {"shape": "places", "points": points, "ties": ties},
        "petitions",
        direction="down",
        compare={"to": "rank"},
    )
    declared = rules_2020().declared(item)
    readings = {str(number): reading_of("petitions", count) for number, count in enumerate(counts)}
    peers = Peers(lambda _measure: readings)
    given_points = [derive(unit, item, declared, own, peers=peers).points for unit, own in readings.items()]
    for count, scored in zip(counts, given_points, strict=True):
        assert all(
            scored >= worse for other, worse in zip(counts, given_points, strict=True) if other > count
        )
        assert all(
            scored == equal for other, equal in zip(counts, given_points, strict=True) if other == count
        )
    if ties == "mean":
        assert sum(given_points) == sum(points[: len(counts)])


@settings(max_examples=40, deadline=None)
@given(st.permutations(list(range(6))), st.sampled_from(["best", "mean"]))
def test_the_order_of_the_units_changes_no_points(order: list[int], to: str) -> None:
    rule = RATE if to == "best" else {"shape": "shortfall", "full_at": "0%", "each": "1%", "off": 0.2}
    item = indicator(rule, compare={"to": to})
    declared = rules_2020().declared(item)
    readings = {str(number): reading_of("rate_resolved", f"{80 + number}/100") for number in range(6)}
    shuffled = {str(number): readings[str(number)] for number in order}
    one, other = (Peers(lambda _measure, table=table: table) for table in (readings, shuffled))
    for unit, own in readings.items():
        assert derive(unit, item, declared, own, peers=one) == derive(unit, item, declared, own, peers=other)


def test_a_unit_that_did_not_report_moves_nobody() -> None:
    item = indicator(
        {"shape": "shortfall", "full_at": "0%", "each": "1%", "off": 0.2}, compare={"to": "mean"}
    )
    declared = rules_2020().declared(item)
    own = reading_of("rate_resolved", "80/100")
    with_it, without = (
        derive(UNIT, item, declared, own, peers=Peers(lambda _measure, more=more: {UNIT: own, **more})).points
        for more in ({"a": reading_of("rate_resolved", "90/100"), "b": UNREPORTED},
                     {"a": reading_of("rate_resolved", "90/100")})
    )  # fmt: skip
    assert with_it == without


@pytest.mark.parametrize(("direction", "points"), [("down", 0), ("up", 4)])
def test_beside_a_mean_of_zero_who_has_some_is_worse_or_better_by_any_measure(
    direction: str, points: int
) -> None:
    """The others have no petition, this unit has two: not "nothing to compare with", which would be full points."""
    item = indicator(
        {"shape": "shortfall", "full_at": "0%", "each": "1%", "off": "0.2"},
        measure="petitions", direction=direction, points="4", compare={"to": "mean", "of": "others"},
    )  # fmt: skip
    two, none = Reading("petitions", "reported", Fraction(2)), Reading("petitions", "reported", Fraction(0))
    found = derive(
        UNIT,
        item,
        rules_2020().declared(item),
        two,
        peers=Peers(lambda _measure: {UNIT: two, "a": none, "b": none}),
    )
    assert found.points == points
    assert "其他单位平均为零" in indicator_sentence(found, item, ZH, 2).plain


def test_without_peers_an_item_that_compares_units_is_refused() -> None:
    item = indicator(RATE, compare={"to": "best"})
    with pytest.raises(ValueError, match="no peers"):
        derive(UNIT, item, rules_2020().declared(item), reading_of("rate_resolved", "8/10"))


def every_item() -> list[tuple[Indicator, Derivation]]:
    return [(item := item_of(entry["indicator"], case), derived(item, case)) for _, entry, case in examples()]


def test_parts_add_up_and_points_stay_between_floor_and_cap() -> None:
    seen_parts = False
    for item, result in every_item():
        _, floor, cap = item.bounds
        assert floor <= result.points <= cap
        if result.parts:
            seen_parts = True
            scored = [step.points for step in result.steps if step.how == "part"]
            assert sorted(scored) == sorted(part.points for part in result.parts)
    assert seen_parts


def test_nothing_but_the_rule_turns_what_is_missing_into_points() -> None:
    for _, entry, case in examples():
        if "missing" not in case["situation"] or case.get("declared"):
            continue
        item = item_of(entry["indicator"], case)
        full = derived(item_of(entry["indicator"], {**case, "declared": {"missing": "full_points"}}), case)
        assert derived(item, case).points <= full.points


@pytest.mark.parametrize("given_points", ["full_points", "no_points", "taken_out"])
@pytest.mark.parametrize(
    ("key", "reading"),
    [
        ("missing", UNREPORTED),
        ("missing", Reading("any", "withheld")),
        ("nothing_to_assess", Reading("any", "not_applicable")),
        ("not_comparable", Reading("any", "not_comparable")),
        ("zero_base", Reading("any", "zero_base", None, Fraction(3), Fraction(0))),
    ],
)
def test_what_is_declared_is_done_and_told(key: str, reading: Reading, given_points: str) -> None:
    decline = {"measure": "change_cases", "read": "decline", "direction": "down"}
    rule = {"shape": "line", "full_at": "15%", "zero_at": "0%"}
    item = indicator(rule, points="4", exceptions={key: given_points}, **decline)
    result = derive(UNIT, item, rules_2020().declared(item), reading)
    assert result.points == (4 if given_points == "full_points" else 0)
    told = {"full_points": "按规定得满分 4.00 分", "no_points": "按规定不得分", "taken_out": "按规定不计本项"}
    assert indicator_sentence(result, item, ZH, 2).plain.endswith(told[given_points])


def test_a_copy_with_other_points_is_scored_on_them() -> None:
    item = indicator(RATE)
    declared = rules_2020().declared(item)
    assert derive(UNIT, item, declared, reading_of("rate_resolved", "1/2")).points == 5
    copied = item.model_copy(update={"points": 4})
    assert derive(UNIT, copied, declared, reading_of("rate_resolved", "1/2")).points == 2


# ── conditions ───────────────────────────────────────────────────────────────────────────────────────────────────────

FOUND = {"a": Fraction(1, 2), "b": Fraction(3), "c": None}
CONDITIONS = [
    ({"measure": "a", "at_least": "50%"}, True),
    ({"measure": "a", "above": "50%"}, False),
    ({"measure": "a", "at_most": "50%"}, True),
    ({"measure": "a", "below": "50%"}, False),
    ({"measure": "b", "above": 1, "below": 3}, False),
    ({"measure": "c", "above": 1}, None),
    ({"all_of": [{"measure": "a", "at_least": "50%"}, {"measure": "c", "above": 1}]}, None),
    ({"all_of": [{"measure": "a", "above": "50%"}, {"measure": "c", "above": 1}]}, False),
    ({"any_of": [{"measure": "a", "above": "50%"}, {"measure": "c", "above": 1}]}, None),
    ({"any_of": [{"measure": "a", "at_least": "50%"}, {"measure": "c", "above": 1}]}, True),
]


@pytest.mark.parametrize(("written", "holds"), CONDITIONS)
def test_a_condition_on_something_not_reported_is_neither_met_nor_unmet(
    written: Mapping[str, Any], holds: bool | None
) -> None:
    assert Predicate.model_validate(written).holds(FOUND.get) is holds


def test_a_rise_of_a_rate_is_read_from_the_counts_of_both_periods() -> None:
    rows = [
        value("990001", "rate_resolved", value=2 / 3, numerator=2, denominator=3),
        value("990001", "rate_resolved", period="2019", value=1 / 7, numerator=1, denominator=7),
        value("990001", "difference_rate_resolved", value=2 / 3 - 1 / 7, numerator=2 / 3, denominator=1 / 7),
        change_row("990001", "change_cases", 2, 3),
    ]
    found = read(ValueIndex(table(rows)), "990001", "difference_rate_resolved", "2020", "2019")
    assert (found.value, found.numerator, found.denominator) == (
        Fraction(11, 21),
        Fraction(2, 3),
        Fraction(1, 7),
    )


def told(rule: Mapping[str, Any], count: int) -> str:
    """Return why a number of events gave its points."""
    item = indicator(rule, "petitions", name="检查")
    reading = Reading("petitions", "reported", Fraction(count), counted="event")
    return indicator_sentence(derive(UNIT, item, rules_2020().declared(item), reading), item, ZH, 2).plain


def test_of_several_cases_the_one_that_applied_tells_its_own() -> None:
    """Beside other cases a line at 1 is a line; alone it asks for a mere yes. Each case has its own bands."""
    line = {"shape": "all_or_nothing", "at_least": 1}
    assert told(line, 1) == "检查：已落实，得满分 10.00 分"
    case = {"when": {"at_least": 5}, "points": 5}
    assert told({"shape": "first", "cases": [case], "otherwise": line}, 1).endswith("达到 1，得满分 10.00 分")
    few, many = (
        {"shape": "bands", "bands": [{"below": cut, "points": 2}, {"at_least": cut, "points": 10}]}
        for cut in (3, 9)
    )
    by_case = {"shape": "first", "cases": [{"when": {"below": 5}, "rule": few}], "otherwise": many}
    assert "属于“不低于 3”一档" in told(by_case, 4)
    assert "属于“低于 9”一档" in told(by_case, 6)


# ── rules that cannot be meant ───────────────────────────────────────────────────────────────────────────────────────

BAND = {"shape": "bands"}
#: check, rule, more of the indicator, where it is found, what is told
BROKEN: list[tuple[str, dict[str, Any], dict[str, Any], tuple[str | int, ...], str]] = [
    ("rulebook_ends", {"shape": "line", "full_at": "30%", "zero_at": "90%"}, {}, ("rule", "zero_at"),
     "不得分的界线 原文 不低于满分的界线 30%，这条规则无法计分。请改正 zero_at 或 full_at。"),
    ("rulebook_ends_falling", {"shape": "line", "full_at": 5, "zero_at": 1},
     {"measure": "petitions", "direction": "down"}, ("rule", "zero_at"),
     "不得分的界线 原文 不高于满分的界线 5，而这里是越低越好，这条规则无法计分。请改正 zero_at 或 full_at。"),
    ("rulebook_ends", {**SHORTFALL, "zero_below": "99%"}, {}, ("rule", "zero_below"),
     "不得分的界线 原文 不低于满分的界线 98%，这条规则无法计分。请改正 zero_at 或 full_at。"),
    ("rulebook_never_reached", {**SHORTFALL, "full_at": "101%"}, {}, ("rule", "full_at"),
     "界线 原文 超过可能的最大值 100%，永远达不到。请改正这条界线。"),
    ("rulebook_never_reached", {"shape": "all_or_nothing", "at_least": "120%"}, {}, ("rule", "at_least"),
     "界线 原文 超过可能的最大值 100%，永远达不到。请改正这条界线。"),
    ("rulebook_bonus_never", {**SHORTFALL, "full_at": "90%", "above": {"each": "1%", "add": 1}}, {}, ("rule", "above"),
     "加分加在上限 10 分之上，永远加不上。请写明加分后的上限 cap，或删去 above。"),
    ("rulebook_full_never", {**SHORTFALL, "start": 8}, {}, ("rule", "start"),
     "这条规则最多得 8 分，永远得不到满分 10 分。请改正规则中的分数，或改正 points。"),
    ("rulebook_points_above_cap", {**SHORTFALL, "start": 12}, {}, ("rule", "start"),
     "规则给出的分数高于上限 10 分，超出的部分永远得不到。请改正分数；允许加分超过满分的，请写 cap。"),
    ("rulebook_cap_below_floor", RATE, {"cap": 1, "floor": 2}, ("cap",),
     "上限 1 分低于下限 2 分。请改正 cap 或 floor。"),
    ("rulebook_bands_overlap",
     {**BAND, "bands": [{"at_least": "90%", "points": 10}, {"at_most": "90%", "points": 0}]}, {}, ("rule", "bands", 0),
     "这一档与前一档在 90% 处重叠，同一个数有两种得分。请改正两档的端点。"),
    ("rulebook_bands_endless", {**BAND, "bands": [{"at_least": "50%", "points": 5}, {"points": 10}]}, {},
     ("rule", "bands", 0), "这一档与前一档都没有写明相接的一端，互相重叠。请补上两档之间的端点。"),
    ("rulebook_bands_gap",
     {**BAND, "bands": [{"at_least": "90%", "points": 10}, {"below": "80%", "points": 0}]}, {}, ("rule", "bands", 0),
     "从 80% 到 90% 之间不属于任何一档。请改正两档的端点，或补上一档。"),
    ("rulebook_end_undeclared",
     {**BAND, "bands": [{"above": "90%", "points": 10}, {"below": "90%", "points": 0}]}, {}, ("rule", "bands", 0),
     "界线 90% 归哪一档没有写明。请把其中一端的 above 改为 at_least，或把 below 改为 at_most。"),
    ("rulebook_band_empty",
     {**BAND, "bands": [{"at_least": "90%", "below": "80%", "points": 10}]}, {}, ("rule", "bands", 0),
     "这一档从 90% 到 80%，没有任何数落在其中。请改正这一档的两端。"),
    ("rulebook_bands_open_below", {**BAND, "bands": [{"at_least": "10%", "points": 10}]}, {}, ("rule", "bands", 0),
     "低于 10% 的数不属于任何一档。请删去最低一档的下端，或补上一档。"),
    ("rulebook_bands_open_above", {**BAND, "bands": [{"below": "90%", "points": 10}]}, {}, ("rule", "bands", 0),
     "高于 90% 的数不属于任何一档。请删去最高一档的上端，或补上一档。"),
    ("rulebook_full_never", {**BAND, "bands": [{"at_least": "90%", "points": 5}, {"below": "90%", "points": 0}]}, {},
     ("rule", "bands"), "这条规则最多得 5 分，永远得不到满分 10 分。请改正规则中的分数，或改正 points。"),
    ("rulebook_places_order", {"shape": "places", "points": [10, 5, 6]}, {"compare": {"to": "rank"}},
     ("rule", "points", 2), "靠后的名次得分高于靠前的名次（5 分）。请改正各名次的分数。"),
    ("rulebook_rank_missing", {"shape": "places", "points": [10, 5]}, {}, ("rule", "shape"),
     "按名次给分的规则没有说明按什么排名。请在指标里写明 compare 的 to 为 rank。"),
    ("rulebook_rank_unused", RATE, {"compare": {"to": "rank"}}, ("compare", "to"),
     "指标按名次读取，而规则不按名次给分。请改用 places 或 bands，或改正 compare。"),
    ("rulebook_points_above_cap", {"shape": "each_adds", "add": 12, "counted": "time"}, {"measure": "stated_meetings"},
     ("rule", "add"), "规则给出的分数高于上限 10 分，超出的部分永远得不到。请改正分数；允许加分超过满分的，请写 cap。"),
    ("rulebook_discretion_range", {"shape": "discretion", "least": 2, "most": 1},
     {"measure": "stated_handling", "direction": "down"}, ("rule", "most"),
     "酌情扣分的上限 原文 分不高于下限 2 分。请改正 least 或 most。"),
    ("rulebook_discretion_unstated", {"shape": "discretion", "least": 1, "most": 2},
     {"measure": "petitions", "direction": "down"}, ("rule", "shape"),
     "酌情扣分要逐个单位写明扣多少和理由，而 measure 不是认定事项。"
     "请在 facts 中列出这一事项，把 measure 改为 stated_ 加它的编码，"
     "在 statements.yaml 中用 off 写明扣分、用 basis 写明理由。"),
    ("rulebook_zero_best_unused", RATE, {"compare": {"to": "best", "zero_best": "as_one"}}, ("compare", "zero_best"),
     "zero_best 写为 原文，在这里用不到。请删去 zero_best，或改正 compare 和 direction。"),
    ("rulebook_zero_best_unused", RATE,
     {"measure": "petitions", "direction": "down", "compare": {"to": "best", "zero_best": "full_points"}},
     ("compare", "zero_best"), "zero_best 写为 原文，在这里用不到。请删去 zero_best，或改正 compare 和 direction。"),
    ("rulebook_pair_missing", RATE, {"read": "rate", "measure": "clues_closed"}, ("read",),
     "按两数之比（rate）读取需要第二个指标。请写明 against。"),
    ("rulebook_pair_unused", RATE, {"against": "cases"}, ("against",),
     "写了第二个指标“原文”，而按指标本身（value）读取时用不到它。请删去 against，或改正 read。"),
    ("rulebook_samples", RATE, {"read": "samples", "measure": "mark_field_a"}, ("read",),
     "samples 与 read 不相配。请同时写明 samples 与 read，或都删去。"),
    ("rulebook_reading", RATE, {"measure": "change_cases"}, ("measure",),
     "指标“原文”不能按指标本身（value）读取。请把 read 改为 decline，或改正 measure。"),
    ("rulebook_direction", {"shape": "each", "off": 1, "counted": "event"}, {"measure": "petitions"}, ("direction",),
     "direction 写为 原文，与规则的形状不符：这条规则是越低越好（down）。请把 direction 改为 down，或改正 rule。"),
    ("rulebook_full_never",
     {"shape": "items", "items": [{"name": "甲", "when": {"measure": "petitions", "below": 1}, "points": 2}]}, {},
     ("rule", "items"), "这条规则最多得 2 分，永远得不到满分 10 分。请改正规则中的分数，或改正 points。"),
    ("rulebook_matrix_order",
     {"shape": "matrix", "rows": [{"name": "甲", "measure": "events_mass", "off": [3, 1]}]}, {"direction": "down"},
     ("rule", "rows", 0, "off", 1), "起数多的扣 原文 分，反而少于起数少的 3 分。请改正 off。"),
    ("rulebook_matrix_includes",
     {"shape": "matrix", "rows": [{"name": "甲", "measure": "events_mass", "includes": ["petitions"], "off": [1]}]},
     {"direction": "down"}, ("rule", "rows", 0, "includes", 0),
     "“甲”包含“原文”，而表中没有单独列出它。请补上这一行，或删去 includes。"),
    ("rulebook_points_of_parts",
     {"shape": "sum", "parts": [
         {"name": "甲", "points": 4, "measure": "rate_closed", "direction": "up", "rule": RATE}]}, {},
     ("rule", "parts"), "各部分分值之和为 4，而满分为 10 分。请改正各部分的 points，或改正指标的 points。"),
    ("rulebook_never_reached",
     {"shape": "sum", "parts": [{"name": "甲", "points": 10, "measure": "rate_closed", "direction": "up",
                                 "rule": {**SHORTFALL, "full_at": "110%"}}]}, {},
     ("rule", "parts", 0, "rule", "full_at"), "界线 原文 超过可能的最大值 100%，永远达不到。请改正这条界线。"),
    ("rulebook_never_reached",
     {"shape": "first", "cases": [{"when": {"measure": "petitions", "above": 3}, "points": 0}],
      "otherwise": {**SHORTFALL, "full_at": "110%"}}, {},
     ("rule", "otherwise", "full_at"), "界线 原文 超过可能的最大值 100%，永远达不到。请改正这条界线。"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("check", "rule", "more", "place", "sentence"),
    BROKEN,
    ids=[f"{row[0]}, {row[1]['shape']}" for row in BROKEN],
)
def test_a_rule_that_cannot_be_meant_is_told_its_place_and_remedy(
    check: str, rule: dict[str, Any], more: dict[str, Any], place: tuple[str | int, ...], sentence: str
) -> None:
    found = list(indicator(rule, **more).faults())
    assert [(at, told) for at, told, _ in found] == [(place, check)]
    fault = Fault(check, file="rulebook.yaml", line=1, found="原文", details=found[0][2])
    assert fault_line(fault, ZH) == f"rulebook.yaml › 第1行：{sentence}"


UNREADABLE: list[tuple[dict[str, Any], dict[str, Any], tuple[str | int, ...], str]] = [
    ({**SHORTFALL, "full_at": 98}, {}, ("rule", "full_at"), "percent_sign_missing"),
    ({**SHORTFALL, "each": 1}, {}, ("rule", "each"), "percent_sign_missing"),
    ({**SHORTFALL, "each": "0%"}, {}, ("rule", "shortfall", "each"), "greater_than"),
    ({**SHORTFALL, "off": 0}, {}, ("rule", "shortfall", "off"), "greater_than"),
    (RATE, {"waived_when": {"measure": "rate_paid", "above": 99}}, ("waived_when", "above"), "percent_sign_missing"),
    (RATE, {"waived_when": {"measure": "rate_paid"}}, ("waived_when",), "not_a_condition"),
    (RATE, {"waived_when": {"at_least": "1%", "all_of": [{"at_least": "1%"}]}}, ("waived_when",), "not_a_condition"),
    (RATE, {"waived_when": {"above_mean_of": "all", "above": "5%"}}, ("waived_when",), "mean_without_bound"),
    (RATE, {"waived_when": {"measure": "rate_paid", "above_mean_of": "all", "above": 5}}, ("waived_when", "above"),
     "percent_sign_missing"),
    ({"shape": "all_or_nothing"}, {}, ("rule", "all_or_nothing"), "line_or_condition"),
    (RATE, {"compare": {"to": "target"}}, ("compare",), "target_without_comparison"),
    (RATE, {"compare": {"to": "best", "target": "90%"}}, ("compare",), "target_without_comparison"),
    ({"shape": "first", "cases": [{"when": {"above": "5%"}, "points": 1}, {"when": {"above": "3%"}}],
      "otherwise": RATE}, {}, ("rule", "first", "cases", 1), "points_or_rule"),
    ({"shape": "first", "cases": [{"when": {"above": "5%"}, "points": 1}],
      "otherwise": {"shape": "all_or_nothing", "when": {"above": "5%"}}}, {}, ("rule", "first"), "line_or_condition"),
    (RATE, {"exceptions": {"order": ["bonus", "cap", "cap", "floor"]}}, ("exceptions", "order"), "order_incomplete"),
    ({"shape": "nonsense"}, {}, ("rule",), "union_tag_invalid"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "more", "place", "kind"), UNREADABLE)
def test_what_is_no_rule_is_refused_at_its_place(
    rule: dict[str, Any], more: dict[str, Any], place: tuple[str | int, ...], kind: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        indicator(rule, **more)
    assert [(error["loc"], error["type"]) for error in caught.value.errors()] == [(place, kind)]
    assert kind in ("greater_than",) or f"fault_term.kind.{kind}" in ZH


def test_an_item_reads_what_its_rule_names() -> None:
    item = item_of(shapes()["S2"]["indicator"])
    assert item.measure == "emergency_fund"
    assert item.measures == ("emergency_fund", "coverage_account", "coverage_bankpay")
    parts = item_of(shapes()["sum"]["indicator"])
    assert parts.measures == ("rate_resolved", "rate_filed", "innovation_province", "petitions")
    assert item_of(shapes()["S10"]["indicator"]).relative
    assert not parts.relative


def test_a_rule_set_declares_once_and_an_item_overrides() -> None:
    book = rules(steps="whole", ends="open", percent="percent", rank_ties="worse", reading_places=1)
    plain, own = (
        indicator(SHORTFALL),
        indicator(SHORTFALL, exceptions={"steps": "started", "reading_places": 0}),
    )
    declared = book.declared(plain)
    assert (declared.steps, declared.ends, declared.percent, declared.rank_ties, declared.reading_places) == (
        "whole", "open", "percent", "worse", 1,
    )  # fmt: skip
    assert (book.declared(own).steps, book.declared(own).reading_places) == ("started", 0)
    part = dataclasses.replace(reading_of("rate_resolved", "955/1000"))
    assert derive(UNIT, plain, declared, part).points == 8
