"""How far a unit is from another grade: the smallest change of its score, over all conditions of the rule set."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from rule_examples import roll, round_2020, rules_2020, table, value

from analysis.indicators.values import SCORE_COLUMNS
from analysis.rounds.frames import frame_of
from analysis.rulebook import Reading
from analysis.rulebook.bench import Bench, Evidence, grade_measures
from analysis.rulebook.grade_conditions import ScoreAtLeast, Verdict
from analysis.scoring import distances, grading
from analysis.scoring.grading import grade_units
from analysis.words import words

#: a unit passes every gate and has no event
_PASSED = {"coverage_account": Fraction(95, 100), "emergency_fund": Fraction(1)}


def readings(units: str, **changed: Fraction) -> dict[tuple[str, str], Reading]:
    """Return what the rule set of 2020 reads; `a_coverage_account` changes one of one unit."""
    return {
        (unit, measure): Reading(
            measure,
            "reported",
            changed.get(f"{unit}_{measure}", _PASSED.get(measure, Fraction(0))),
            denominator=Fraction(10),
        )
        for unit in units
        for measure in grade_measures(rules_2020())
    }


def bench(scores: dict[str, str], **changed: Fraction) -> Bench:
    totals = {unit: Decimal(score) for unit, score in scores.items()}
    return Bench(Evidence(totals, readings("".join(scores), **changed)), rules_2020())


def test_the_floor_binds_before_the_next_unit_overtakes() -> None:
    # the last of the five with grade A stands 2.19 before the next, but only 1.68 above the floor of 80
    of = bench({"a": "95", "b": "91", "c": "88", "d": "85", "e": "81.68", "f": "79.49", "g": "66"})
    assert of.points_to_top("e") == Fraction("1.68")
    # the next lacks 2.19 to the last place, though only 0.51 to the floor: both have to be made good
    assert of.points_to_top("f") == Fraction("-2.19")
    # the first meets the floor at 80 before the sixth, at 79.49, overtakes it
    assert of.points_to_top("a") == 15


def test_where_places_are_left_the_floor_alone_counts() -> None:
    of = bench({"a": "90", "b": "79", "c": "70"})
    assert (of.points_to_top("a"), of.points_to_top("b"), of.points_to_top("c")) == (10, -1, -10)


def test_no_score_makes_good_a_gate_or_a_veto() -> None:
    scores = {"a": "90", "b": "79", "c": "70"}
    assert bench(scores, b_coverage_account=Fraction(1, 2)).points_to_top("b") is None
    of = bench(scores, a_events_extreme=Fraction(1))
    assert (of.points_to_top("a"), of.points_to_lowest("a")) == (None, None)


def test_grade_c_asks_for_a_place_and_a_line_at_once() -> None:
    # C: among the last two and below 60
    of = bench({"a": "90", "b": "79", "c": "70", "d": "61", "e": "58"})
    # d is among the last two and lacks one point to the line; c would have to fall behind d as well
    assert of.points_to_lowest("d") == 1
    assert of.points_to_lowest("c") == 10
    # e leaves C at 60, or with the third last place, at 70: the nearer one counts
    assert of.points_to_lowest("e") == -2


@pytest.mark.parametrize("seed", range(40))
def test_the_distance_is_the_smallest_change_that_changes_the_grade(seed: int) -> None:
    rng = np.random.default_rng(seed)
    units = "abcdefgh"[: rng.integers(1, 9)]
    scores = {unit: f"{rng.uniform(50, 95):.1f}" for unit in units}
    gates = {
        f"{unit}_coverage_account": Fraction(int(rng.integers(4, 10)), 10)
        for unit in units
        if rng.random() < 0.3
    }
    of, known, unit = bench(scores, **gates), readings(units, **gates), units[0]
    found = {True: of.points_to_top(unit), False: of.points_to_lowest(unit)}

    def is_in(top: bool, score: Fraction) -> bool:
        totals = {each: Decimal(points) for each, points in scores.items()}
        totals[unit] = Decimal(score.numerator) / score.denominator
        (own, *_) = grade_units(totals, known, rules_2020())
        return own.grade == ("A" if top else "C")

    own, least = Fraction(scores[unit]), Fraction(1, 100)
    for top, gap in found.items():
        inside = is_in(top, own)
        steps = range(1, 6000, 7)
        if gap is None:
            # C is left by rising, A by falling, and neither is reached by any score
            assert all(is_in(top, own + sign * step * least) == inside for step in steps for sign in (1, -1))
            continue
        assert (gap > 0) == (inside if top else not inside) or gap == 0
        away = -gap
        beyond = own + away + (least if away > 0 else -least)
        short = own + away - (least if away > 0 else -least)
        assert is_in(top, beyond) != inside
        assert abs(gap) <= least or is_in(top, short) == inside


def test_the_rows_say_why_there_is_no_distance() -> None:
    book = rules_2020()
    values = table([value("990001", measure, value=0.0) for measure in grade_measures(book)])
    of, units = round_2020(), roll("990001", "990002")
    rows: list[dict[str, Any]] = [
        {
            "id": "score.990001.total",
            "unit": "990001",
            "indicator": "total",
            "points": "90.00",
            "status": "reported",
        }
    ]
    scores = frame_of(rows, SCORE_COLUMNS)
    grades = grading.grade(scores, values, book, units, of.settings, catalogue=words("zh"))
    found = distances.compute(values, scores, grades, book, units, of)
    # the gates of the first are not passed; the second has no score
    statuses = dict(zip(found["id"], found["status"], strict=True))
    assert statuses["990001.2020.score_gap_to_cut.difference"] == "not_applicable"
    assert statuses["990002.2020.score_gap_to_cut.difference"] == "not_reported"
    without = distances.compute(values, scores.head(0), grades.head(0), None, units, of)
    assert set(without["status"]) == {"not_reported"}


@pytest.mark.parametrize(
    ("gap", "said"),
    [
        # 得分比 90 分高 0.00 分 was said of a score on the line
        (Fraction(0), "得分正好 90 分"),
        (Fraction(1, 100), "得分比 90 分高 0.01 分"),
        (Fraction(1, 250), "得分比 90 分高 0.004 分"),
    ],
)
def test_a_distance_is_never_told_as_nought(gap: Fraction, said: str) -> None:
    line = ScoreAtLeast(kind="score_at_least", points="90")
    assert line.distance(Verdict(line, True, gap, gap / 100), rules_2020(), words("zh")).plain == said
