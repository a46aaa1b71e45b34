"""The product scores as the plain way does, and the comparison notices where it does not."""

from __future__ import annotations

import math
from collections import Counter
from fractions import Fraction

import pytest
from plain_rules import Said, of_two
from plain_scoring import CITY, UNITS, Plain, compared, rounded

from analysis.rulebook import derivation, unitscore
from analysis.rulebook.shapes import continuous, counted, several

ROUNDS = range(10_000, 10_040)


def test_points_are_what_the_rules_say_however_empty_cells_are_filled_in() -> None:
    seen: Counter[str] = Counter()
    wrong = [line for seed in ROUNDS for line in compared(seed, seen)]
    assert wrong == []
    # nothing is shown by rounds in which nothing was left empty
    assert seen["totals"] == 6 * len(ROUNDS)
    assert min(seen[name] for name in ("points", "filled in")) > 500


@pytest.mark.parametrize(
    "seed",
    [
        4,  # a case hangs on something not reported, where points can be taken away
        18,  # the same, taken out and waived at once: it counted in the total without its full points
        20,  # an item rounded to more places than the set
        40,  # a reading half-way, in a set that rounds half up
        95,  # a change on a small base within a sum: the city's
        206,  # points below zero just short of a hard zero, which is worth more
        233,  # a pooled mean with cells left empty
        392,  # a part of a sum beside the others, with cells left empty
        1561,  # the city's change beside the mean of the others
    ],
)
def test_rounds_that_were_once_scored_otherwise(seed: int) -> None:
    assert compared(seed, Counter()) == []


@pytest.mark.parametrize(
    ("module", "name", "value"),
    [
        # a step that has begun does not count
        (continuous, "ceil", math.floor),
        # every base is large enough
        (derivation.Deriving, "_small_base", lambda *_: None),
        # the highest filling in place of the lowest
        (derivation, "min", max),
        # silence is worth nothing where points can be taken away
        (derivation, "less", lambda *_: False),
        # a bonus has no cap of its own
        (unitscore, "min", lambda one, other: one),
        # events beyond those listed cost nothing
        (several.Severity, "cost", lambda row, number: Fraction(row.off[0]) if number > 0 else Fraction(0)),
        (counted, "as_written", None),
    ],
)
def test_it_is_noticed_where_the_product_scores_otherwise(
    monkeypatch: pytest.MonkeyPatch, module: object, name: str, value: object
) -> None:
    monkeypatch.setattr(module, name, value, raising=False)
    noticed = any(compared(seed, Counter()) for seed in range(20_000, 20_120))
    # the last only words a fault, and changes no points
    assert noticed is (value is not None)


def plain(item: dict[str, object], *said: Said, **declared: object) -> list[Fraction]:
    """Return the points of an item for units that said something of its measure."""
    usual = {"partial": "worst", "missing": "no_points", "percent": "percentage_points", "steps": "pro_rata",
             "ends": "closed", "rank_ties": "better", "reading_places": None, "item_order": [],
             "nothing_to_assess": "full_points", "small_base": {"cases_below": 10, "use": "unit"}}  # fmt: skip
    units = {unit: {str(item["measure"]): one} for unit, one in zip(UNITS, said, strict=False)}
    counting = Plain({**usual, **declared}, units, {})
    return [counting.item({"read": "value", "direction": "up", **item}, unit).points for unit in units]


def test_the_plain_way_gives_the_points_worked_by_hand() -> None:
    """98% is full; 95% is three points short of it; three to five of eight is at worst 3/8."""
    rate = {"measure": "rate_resolved", "points": "10", "rule": {"shape": "shortfall", "full_at": "98%", "each": "1%",
            "off": "1"}}  # fmt: skip
    open_one = Said(
        "partial", Fraction(3, 6), Fraction(3), Fraction(6), ways=tuple(of_two(n, 8) for n in (3, 4, 5))
    )
    assert plain(rate, of_two(98, 100), of_two(95, 100), of_two(80, 100)) == [10, 7, 0]
    whole = {**rate, "rule": {"shape": "proportional"}}
    assert plain(whole, open_one) == [Fraction(30, 8)]
    assert plain(whole, open_one, partial="as_stated") == [5]
    # beside the best: a unit with nothing open, and one that is held against it by its worst
    best = {**whole, "compare": {"to": "best"}}
    assert plain(best, of_two(3, 4), open_one) == [10, 5]


def test_half_way_goes_up_or_to_the_even_neighbour() -> None:
    assert [rounded(Fraction(5, 1000), 2, rule) for rule in ("half_up", "half_even")] == [Fraction(1, 100), 0]
    assert rounded(Fraction(-15, 1000), 2, "half_even") == Fraction(-2, 100)
    assert CITY not in UNITS
