"""How far a unit is from another grade: the smallest change of its score, over all conditions of the rule set."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from itertools import chain, combinations
from typing import Any

import numpy as np
import pytest
from rule_examples import roll, round_2020, rules, rules_2020, table, value

from analysis.indicators.values import SCORE_COLUMNS
from analysis.rounds.frames import frame_of
from analysis.rulebook import Reading
from analysis.rulebook.bench import Bench, Evidence, grade_measures
from analysis.rulebook.grade_conditions import Gate, ScoreAtLeast, Verdict
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


_MORE = {
    "vetoes": [
        {"code": "V1", "name": "甲", "measure": "events_mass", "at_least": 2, "definition": ""},
        {"code": "V2", "name": "乙", "measure": "events_extreme", "at_least": 1, "definition": ""},
        {"code": "V3", "name": "丙", "measure": "events", "at_least": 3, "definition": "", "effect": "top_barred"},
        {"code": "V4", "name": "丁", "measure": "petitions", "at_least": 1, "definition": "", "effect": "one_lower"},
    ],
    "grades": {
        "slots": {"vetoed": "freed", "barred": "kept", "lowered": "kept"},
        "A": {
            "all_of": [
                {"kind": "top", "places": 3},
                {"kind": "score_at_least", "points": 80},
                {"kind": "gate", "measure": "coverage_account", "at_least": "60%"},
            ]
        },
        "C": {
            "any_of": [
                [{"kind": "veto"}],
                [{"kind": "last", "places": 2, "among": "unvetoed"}, {"kind": "score_below", "points": 70}],
            ]
        },
        "otherwise": "B",
    },
}  # fmt: skip


def _turned(
    unit: str, turning: Iterable[Verdict], scores: dict[str, Decimal], known: dict[tuple[str, str], Reading]
) -> tuple[dict[str, Decimal], dict[tuple[str, str], Reading]]:
    """Return scores and readings in which what is named has turned, as little as it takes."""
    scores, known = dict(scores), dict(known)
    own = scores[unit]
    for verdict in turning:
        if verdict.condition.by_score:
            # a place is won, and a line left, by rising; the others by falling
            upward = verdict.met != (verdict.condition.kind in {"top", "score_at_least"})
            moved = Decimal(str(float(verdict.size))) + Decimal("0.001")
            further = max if upward else min
            scores[unit] = further(scores[unit], own + moved if upward else own - moved)
        elif verdict.vetoes:
            triggered = verdict.met != verdict.bars
            for veto, reading in verdict.vetoes:
                number = veto.at_least - 1 if triggered else veto.at_least
                known[unit, veto.measure] = dataclasses.replace(reading, value=Fraction(number))
        else:
            assert isinstance(verdict.condition, Gate)
            line = verdict.condition.line - (Fraction(1, 1000) if verdict.met else 0)
            reading = known[unit, verdict.condition.measure]
            known[unit, verdict.condition.measure] = dataclasses.replace(reading, value=line)
    return scores, known


@pytest.mark.parametrize("seed", range(30))
def test_what_is_nearest_does_lead_to_the_grade_that_is_named_and_no_part_of_it_does(seed: int) -> None:
    """Places, lines, gates and all kinds of vetoes at once, replayed with what the sentence names turned."""
    rng, book = np.random.default_rng(seed), rules(**_MORE)
    units = "abcdefgh"[: rng.integers(3, 9)]
    scores = {unit: Decimal(f"{rng.uniform(55, 95):.1f}") for unit in units}
    counts = {"events_mass": 4, "events_extreme": 3, "events": 5, "petitions": 2}
    known = {}
    for unit in units:
        for measure in grade_measures(book):
            number = Fraction(int(rng.integers(4, 11)), 10)
            if measure in counts:
                number = Fraction(int(rng.integers(0, counts[measure] + 1)) if rng.random() < 0.3 else 0)
            known[unit, measure] = Reading(measure, "reported", number, denominator=Fraction(10))
    for graded in grade_units(scores, known, book):
        if graded.nearest is None:
            assert not graded.turning
            continue
        assert graded.nearest != graded.grade
        # the larger change of a score has the smaller one in it
        scored = tuple(verdict for verdict in graded.turning if verdict.condition.by_score)
        groups = [(verdict,) for verdict in graded.turning if verdict not in scored] + [scored] * bool(scored)
        for some in range(len(groups) + 1):
            for part in combinations(groups, some):
                turned = _turned(graded.unit, chain.from_iterable(part), scores, known)
                after = {each.unit: each.grade for each in grade_units(*turned, book)}
                assert (after[graded.unit] == graded.nearest) == (some == len(groups)), part


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
