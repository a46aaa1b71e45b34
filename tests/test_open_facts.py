"""Facts that hang on empty cells: every combination of answers counts, not only all yes and all no."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
from rule_examples import ZH, roll, rules

from analysis.rulebook import Reading, Rulebook
from analysis.rulebook.bench import Bench, Evidence, grade_measures, least_favourable
from analysis.rulebook.open_facts import MOST, Fillings, open_facts
from analysis.scoring import distances
from analysis.scoring.grading import Graded, clause, grade_units, nearest_clause
from analysis.words import words

#: by measure: the number, or the least and the most that its empty cells leave possible
Said = Mapping[str, int | tuple[int, int]]

_TOP = {"kind": "top", "places": 1}
_FUND = {"kind": "gate", "measure": "emergency_fund", "at_least": 1}


def of(*best: dict[str, Any], effect: str = "top_barred", lowest: Any = (), **more: Any) -> Rulebook:
    """Return rules of three grades: the conditions of A, the clauses of C, and what an extreme incident does."""
    clauses = [list(each) for each in lowest] or [[{"kind": "score_below", "points": 10}]]
    return rules(
        vetoes=[
            {
                "code": "v",
                "name": "极端事件",
                "definition": "极端事件 1 起",
                "measure": "events_extreme",
                "at_least": 1,
                "effect": effect,
            }
        ],
        grades={
            "slots": {"vetoed": "freed", "barred": "kept"},
            "A": {"all_of": list(best)},
            "C": {"any_of": clauses},
            "otherwise": "B",
        },
        **more,
    )


def reading(measure: str, number: int | tuple[int, int]) -> Reading:
    if isinstance(number, int):
        return Reading(measure, "reported", Fraction(number))
    ends = [Reading(measure, "reported", Fraction(end)) for end in number]
    return Reading(measure, "partial", Fraction(number[0]), fillings=tuple(ends))


def read(book: Rulebook, said: Said) -> dict[tuple[str, str], Reading]:
    """Return what is read of unit a as said, and of unit b nothing bad."""
    good = {"emergency_fund": 1}
    return {
        (unit, measure): reading(measure, (said if unit == "a" else good).get(measure, good.get(measure, 0)))
        for unit in "ab"
        for measure in grade_measures(book)
    }


def graded(book: Rulebook, said: Said, score: str = "90") -> Graded:
    scores = {"a": Decimal(score), "b": Decimal(70)}
    return next(unit for unit in grade_units(scores, read(book, said), book) if unit.unit == "a")


def test_a_fact_that_helps_beside_one_that_harms() -> None:
    """Without a fund: B. With the fund and the incident: B. With the fund and without the incident: A."""
    unit = graded(of(_TOP, _FUND), {"emergency_fund": (0, 1), "events_extreme": (0, 1)})
    assert (unit.grade, set(unit.undecided)) == (None, {"emergency_fund", "events_extreme"})


def test_a_number_between_the_least_and_the_most() -> None:
    """B without an incident reported, A with one or two (openly reported), and barred from A by a third."""
    asked = {"kind": "count", "measures": ["events_mass"], "number": 1, "name": "上报"}
    barred = {"kind": "count_at_most", "measures": ["events_mass"], "number": 2, "name": "事件"}
    book = of(_TOP, asked, barred)
    assert [graded(book, {"events_mass": number}).grade for number in range(4)] == ["B", "A", "A", "B"]
    assert graded(book, {"events_mass": (0, 3)}).grade is None
    assert graded(book, {"events_mass": (1, 2)}).grade == "A"


def test_a_grade_that_is_the_same_is_not_told_to_rest_on_what_nobody_said() -> None:
    """Below the floor of 80 a unit is B with the fund and without; that there is none, nobody says."""
    book = of({"kind": "score_at_least", "points": 80}, _FUND)
    unit = graded(book, {"emergency_fund": (0, 1)}, score="75")
    assert (unit.grade, unit.undecided) == ("B", ("emergency_fund",))
    said = clause(unit, book, ZH).plain
    assert said.startswith("得分低于 80 分，不符合 A 级条件") and "未落实" not in said
    # 5 points lead to A with the fund; without it no points do
    assert nearest_clause(unit, book, ZH).plain.startswith("改变等次的最近条件取决于没有填写的")


def test_the_same_grade_by_different_ways_has_no_reason_of_its_own() -> None:
    """An incident reported lowers A to B; where it is not, B comes from its not being reported."""
    asked = {"kind": "count", "measures": ["events_extreme"], "number": 1, "name": "上报"}
    book = of(_TOP, asked, effect="one_lower")
    assert [graded(book, {"events_extreme": number}).grade for number in (0, 1)] == ["B", "B"]
    unit = graded(book, {"events_extreme": (0, 1)})
    assert clause(unit, book, ZH).plain.startswith("没有填写的内容无论怎样回答，都评为 B 级。")
    assert clause(unit, book, words("en")).plain.startswith("Whatever was left blank: grade B.")


def test_points_to_another_grade_hold_whatever_the_answers() -> None:
    """75 points, A from 80 and with the fund: the 5 points wanting are told only of a unit whose fund is known."""
    book = of(
        {"kind": "score_at_least", "points": 80}, _FUND, lowest=[[{"kind": "score_below", "points": 60}]]
    )

    def points(said: Said) -> list[tuple[str, float]]:
        raw = read(book, said)
        bench = Bench(
            Evidence(
                {"a": Decimal(75), "b": Decimal(70)},
                least_favourable(raw, book),
                open_facts=open_facts(raw, book),
            ),
            book,
        )
        rows = distances._rows({"a": bench}, roll("a"), {"a"})
        return [(row["status"], row.get("value", 0)) for row in rows if row["unit"] == "a"]

    assert points({"emergency_fund": 1}) == [("reported", -5), ("reported", 15)]
    # below 60 it is C, with the fund or without
    assert points({"emergency_fund": (0, 1)}) == [("not_applicable", 0), ("reported", 15)]


def _random(generator: np.random.Generator) -> tuple[Rulebook, dict[str, int | tuple[int, int]]]:
    """Return rules whose facts help, harm, or do both, and a unit of which some are open."""
    names = ["events_extreme", "events_mass", "events_beijing", "emergency_fund"]

    def counted() -> dict[str, Any]:
        several = generator.choice(names[:3], int(generator.integers(1, 3)), replace=False)
        return {
            "kind": str(generator.choice(["count", "count_at_most"])),
            "measures": [str(name) for name in several],
            "number": int(generator.integers(0, 4)),
            "name": "事件",
        }

    best = [_TOP, _FUND, counted()][: int(generator.integers(1, 4))]
    lowest = [[counted()] for _ in range(int(generator.integers(0, 3)))]
    effect = str(generator.choice(["top_barred", "one_lower"]))
    said: dict[str, int | tuple[int, int]] = {}
    for name in names:
        least, more = int(generator.integers(0, 2)), int(generator.integers(0, 4))
        most = min(least + more, 1) if name == "emergency_fund" else least + more
        said[name] = (least, most) if most > least else least
    return of(*best, effect=effect, lowest=lowest), said


@pytest.mark.parametrize("seed", range(60))
def test_a_grade_is_given_where_every_answer_gives_it_and_else_it_is_pending(seed: int) -> None:
    book, said = _random(np.random.default_rng(seed))
    unit = graded(book, said)
    every = [
        dict(zip(said, answers, strict=True))
        for answers in product(
            *(
                [number] if isinstance(number, int) else range(number[0], number[1] + 1)
                for number in said.values()
            )
        )
    ]
    answered = [graded(book, each) for each in every]
    letters = {each.grade for each in answered}
    assert unit.grade == (letters.pop() if len(letters) == 1 else None)
    if unit.grade is not None and not unit.blurred:
        assert {each.nearest for each in answered} == {unit.nearest}


def test_of_too_many_combinations_the_best_and_the_worst_are_tried_where_that_is_enough() -> None:
    """Eight vetoes at two incidents each, 0 to 3 of them left open: 4⁸ combinations, but none helps anybody."""
    measures = [
        "events_extreme", "events_mass", "events_beijing", "events_province",
        "events_mass_government", "problems", "clues", "checked",
    ]  # fmt: skip
    vetoes = [
        {"code": f"v{number}", "name": "事件", "definition": "2 起", "measure": measure, "at_least": 2}
        for number, measure in enumerate(measures)
    ]
    lowest = [[{"kind": "veto"}], [{"kind": "score_below", "points": 60}]]
    book = of(_TOP, lowest=lowest).model_copy(update={"vetoes": rules(vetoes=vetoes).vetoes})
    said: Said = dict.fromkeys(measures, (0, 3))
    assert 4 ** len(measures) > MOST
    assert graded(book, said).grade is None
    # below 60 it is C whatever they were, and how far another grade is, is not told
    unit = graded(book, said, score="50")
    assert (unit.grade, bool(unit.blurred)) == ("C", True)
    raw = read(book, said)
    scores = {"a": Decimal(50), "b": Decimal(70)}
    bench = Bench(Evidence(scores, least_favourable(raw, book), open_facts=open_facts(raw, book)), book)
    assert len(Fillings.of("a", bench).tried) == 2


def test_too_many_combinations_of_facts_that_help_and_harm_are_pending() -> None:
    """Twelve incidents of each of three kinds, told apart by equal scores: 13³ combinations are not tried."""
    kinds = ["events_extreme", "events_mass", "events_beijing"]
    added = {"kind": "count", "measures": kinds, "number": 3, "name": "事件"}
    few = {"kind": "count_at_most", "measures": kinds, "number": 40, "name": "事件"}
    book = of(_TOP, added, few)
    said: Said = dict.fromkeys(kinds, (0, 12))
    assert MOST < 13**3
    assert graded(book, said, score="50").grade is None
    # of few answers it is seen that no one of them makes the first of two units
    assert graded(book, dict.fromkeys(kinds, (0, 2)), score="50").grade == "B"


@pytest.mark.parametrize(
    ("best", "lowest"),
    [
        ((), [[{"kind": "gate", "measure": "backlog", "at_least": 5}]]),
        (({"kind": "below", "measure": "backlog", "below": 5},), ()),
    ],
    ids=["a line of C that is reached", "a line of A not to be reached"],
)
def test_where_more_is_worse_the_highest_filling_counts(best: Any, lowest: Any) -> None:
    """From 5 cases left undone a unit is C, or no longer A; of 3 stated, 2 more may be."""
    book = of(_TOP, *best, lowest=lowest)
    worse = "C" if lowest else "B"
    assert [graded(book, {"backlog": number}).grade for number in (3, 5)] == ["A", worse]
    assert graded(book, {"backlog": (3, 4)}).grade == "A"
    assert graded(book, {"backlog": (3, 5)}).grade == worse
    assert "5" in clause(graded(book, {"backlog": (3, 5)}), book, ZH).plain


def test_what_is_not_reported_clears_nothing_of_which_more_would_be_worse() -> None:
    book = of(_TOP, lowest=[[{"kind": "gate", "measure": "backlog", "at_least": 5}]])
    raw = {**read(book, {}), ("a", "backlog"): Reading("backlog", "not_reported")}
    scores = {"a": Decimal(90), "b": Decimal(70)}
    (unit, _) = grade_units(scores, raw, book)
    assert (unit.grade, unit.undecided) == (None, ("backlog",))
    assert clause(unit, book, ZH).plain.startswith("待定：")
