"""Rule sets written after published texts: every point and every grade as worked by hand."""

from __future__ import annotations

import pytest
from published_examples import CASES, case_of
from rule_examples import ZH

from analysis.intake.lines import fault_line

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
