"""Rule sets written after published texts: every point and every grade as worked by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest
from published_examples import CASES, case_of
from rule_examples import ZH

from analysis.indicators.values import ValueIndex
from analysis.intake.fault_lists.lines import fault_line
from analysis.rulebook.unit_classes import UnitClass
from analysis.scoring import scoring

SOUND = [name for name in CASES if not case_of(name).expected.get("refused")]


@pytest.mark.parametrize("name", SOUND)
def test_points_and_grades_are_those_worked_by_hand(name: str) -> None:
    case = case_of(name)
    assert case.faults == []
    points = {
        (str(row["unit"]), str(row["indicator"])): float(row["points"] or 0)
        for row in case.scores().to_dict("records")
    }
    expected = {
        (unit, item): float(number)
        for unit, items in case.expected["points"].items()
        for item, number in items.items()
    }
    assert {key: points[key] for key in expected} == expected
    grades = {unit: row["grade"] or None for unit, row in case.grades().items()}
    assert {unit: grades[unit] for unit in case.expected.get("grades", {})} == case.expected.get("grades", {})


def test_more_places_than_units_are_refused_with_their_line() -> None:
    (fault,) = case_of("g_quota_more_than_units").faults
    assert fault_line(fault, ZH) == (
        "rulebook.yaml › 第21行：名次 5 多于被考核单位的个数 3。"
        "请改正 places，或在 grades 中用 few_units 写明单位少于名额时怎样评。"
    )


def test_four_grades_with_names_are_told_with_them() -> None:
    grades = case_of("c01_road_1000").grades()
    assert grades["990001"]["clause"] == "得分不低于 900 分，评为优秀。"
    assert grades["990001"]["nearest_clause"] == "改评良好的最近条件：得分比 900 分高 18.00 分。"
    assert grades["990002"]["clause"] == "认定发生较大及以上责任事故，评为不合格。"
    assert grades["990003"]["clause"] == "得分低于 700 分，评为不合格。"
    assert grades["990003"]["nearest_clause"] == "改评合格的最近条件：得分比 700 分低 155.00 分。"


def test_classes_are_ranked_among_themselves_and_one_unit_alone_has_no_place() -> None:
    grades = case_of("c05_hotline").grades()
    assert [grades[unit]["rank"] for unit in ("990002", "990001", "990003")] == [1, 2, 3]
    assert [grades[unit]["rank"] for unit in ("990006", "990004", "990005")] == [1, 2, 3]
    assert list(grades) == ["990002", "990001", "990003", "990006", "990004", "990005", "990007"]
    alone = grades["990007"]
    assert (alone["grade"], alone["clause"]) == ("", "本类只有 1 个单位，按规定不按名次评等次。")
    assert (alone["score"], alone["rank"]) == ("65.00", None)


def test_ties_are_told_in_the_clause() -> None:
    grades = case_of("g_cut_tie_out").grades()
    assert grades["990002"]["clause"] == (
        "得分 90.00 分，与第 2 名同分，按规定同分都不入围，不符合 A 级条件；未触发 C 级条款，评为 B 级。"
    )


@pytest.mark.parametrize("scale", ["100", "150", "1000"])
@pytest.mark.parametrize("name", SOUND)
def test_the_steps_of_every_total_are_the_score_at_any_scale(name: str, scale: str) -> None:
    case = case_of(name)
    assert case.rules is not None
    rules = case.rules.model_copy(update={"scale": Decimal(scale)})
    scored = scoring.score_units(
        ValueIndex(case.values()), rules, case.roll, period="2020", base_period="2019"
    )
    shown = scoring.score(case.values(), rules, case.roll, case.round.settings, catalogue=ZH)
    totals = shown[shown["indicator"] == "total"].set_index("unit")["points"]
    for unit in scored:
        assert sum(step.points for step in unit.whole.steps) == unit.whole.points
        assert f"{float(unit.whole.points):.2f}" == totals[unit.unit]


def test_splitting_a_class_changes_no_score_without_peers() -> None:
    case = case_of("c09_state2019")
    assert case.rules is not None
    codes, items = case.roll.codes, [part.code for part in case.rules.dimensions]
    halves = [
        UnitClass(code="X", name="甲类", units=codes[:1], items=items),
        UnitClass(code="Y", name="乙类", units=codes[1:], items=items),
    ]
    split = case.rules.model_copy(update={"classes": tuple(halves)})
    index = ValueIndex(case.values())
    before, after = (
        [
            unit.whole.points
            for unit in scoring.score_units(index, book, case.roll, period="2020", base_period="2019")
        ]
        for book in (case.rules, split)
    )
    assert before == after


def test_splitting_a_class_changes_the_scores_that_compare_units() -> None:
    case = case_of("c05_hotline")
    assert case.rules is not None
    county, *others = case.rules.classes
    halves = [
        county.model_copy(update={"code": code, "kinds": (), "units": units})
        for code, units in (("X1", ("990001", "990002")), ("X2", ("990003",)))
    ]
    split = case.rules.model_copy(update={"classes": (*halves, *others)})
    scored = scoring.score_units(
        ValueIndex(case.values()), split, case.roll, period="2020", base_period="2019"
    )
    points = {unit.unit: {item.item: item.points for item in unit.items} for unit in scored}
    # alone in its class the last of three is the first of one; the others keep what does not compare
    assert points["990003"]["2.1"] == 40
    assert points["990003"]["1.1"] == 27
