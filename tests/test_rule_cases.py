"""Published rule sets from ledger to card: points and grades worked by hand, without a value that is not counted."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from rule_case_rounds import FOLDER, case_round, cases, written

from analysis.indicators import catalogue
from analysis.run import pages

#: a quota larger than the class is refused, with or without ledgers
REFUSED = ("g_quota_more_than_units",)
SCORED = [case for case in cases() if case not in REFUSED]


@pytest.fixture(autouse=True)
def nothing_left_declared() -> Iterator[None]:
    yield
    catalogue.declare(())


@pytest.mark.parametrize("case", SCORED)
def test_ledgers_give_the_points_and_the_grades_worked_by_hand(case: str) -> None:
    expected: dict[str, Any] = written(case, "expected")
    found = case_round(case)
    assert not [fault for fault in found.faults if fault.severity == "blocks"], found.faults
    a = found.assessed()
    scores = a.scores.set_index("id")["points"]
    wrong = {
        (unit, item): (scores[f"score.{unit}.{item}"], points)
        for unit, items in expected["points"].items()
        for item, points in items.items()
        if Decimal(scores[f"score.{unit}.{item}"]) != Decimal(str(points))
    }
    assert not wrong
    grades = dict(zip(a.grades["unit"], a.grades["grade"], strict=True))
    for unit, grade in expected.get("grades", {}).items():
        assert grades[unit] == (grade or ""), unit


def test_what_one_class_is_not_given_in_one_period_blocks_though_others_are() -> None:
    """February of the only firm is missing in the sheet of the hotline; counties and offices do not need the item."""
    found = case_round("c05_hotline")
    [fault] = found.without("figures", "990007", "热线清欠率", "2020-02")
    assert (fault.check, fault.severity) == ("rulebook_item_unfed", "blocks")
    lines = (FOLDER / "c05_hotline" / "rulebook.yaml").read_text(encoding="utf-8").splitlines()
    assert 'code: "4.1"' in lines[fault.line - 1]
    assert {name: fault.details[name] for name in ("item", "of_class", "periods")} == {
        "item": "4.1",
        "of_class": "国有企业",
        "periods": "2020-02",
    }
    # of an item of several units one is enough: the others did not report, and have no points for it
    assert not found.without("figures", "990003", "按时办结率", "2020-02")


@pytest.mark.parametrize("case", [case for case in SCORED if case.startswith("c")])
def test_report_and_cards_of_a_case_tell_its_points(case: str) -> None:
    a = case_round(case).assessed()
    report = str(pages.shown(a, "report"))
    unit = a.roll.codes[0]
    card = str(pages.shown(a, "card", unit=unit))
    total = a.scores.set_index("id").loc[f"score.{unit}.total", "points"]
    assert str(total) in report
    assert a.roll.short(unit) in card
    assert str(total) in card
