"""The product counts as the plain way does, and the comparison notices where it does not."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from plain_counting import compared, kaplan_meier_median, possible

from analysis.indicators import conditions, fillings
from analysis.statistics import survival

ROUNDS = range(10_000, 10_010)


def test_a_value_is_what_its_rows_come_to_however_empty_cells_are_filled_in() -> None:
    seen: Counter[str] = Counter()
    wrong = [line for seed in ROUNDS for line in compared(seed, seen)]
    assert wrong == []
    # nothing is shown by rounds in which hardly anything is known, or hardly anything left open
    assert min(seen[name] for name in ("reported", "partial", "fillings", "waiting", "city reported")) > 50


@pytest.mark.parametrize(
    ("module", "name", "value", "measure"),
    [
        (conditions, "MASS", 60, "events_mass"),
        (conditions, "WINDOWS", (30, 60, 90, 180, 300), "rate_closed_in_window"),
        (survival, "_HALF", 0.4, "waiting_resolved"),
    ],
)
def test_it_is_noticed_where_the_product_counts_otherwise(
    monkeypatch: pytest.MonkeyPatch, module: object, name: str, value: object, measure: str
) -> None:
    monkeypatch.setattr(module, name, value)
    assert measure in noticed(24)


def test_it_is_noticed_where_a_row_that_is_sure_to_pass_is_said_to_fail(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What was resolved counts as resolved as soon as it is a case: as a failure it would make the lowest too low."""
    as_counted = fillings._answers
    monkeypatch.setattr(
        fillings,
        "_answers",
        lambda *asked: replace(as_counted(*asked), surely_passes=np.zeros_like(as_counted(*asked).certain)),
    )
    assert "rate_resolved" in noticed(12)


def noticed(rounds: int) -> set[str]:
    """Return the measures of which the plain way says something else than the product."""
    wrong = [line for seed in range(1, rounds, 2) for line in compared(seed, Counter())]
    return {line.split(": ", maxsplit=1)[0].split()[-1] for line in wrong}


def test_empty_cells_are_filled_in_every_way_the_row_allows() -> None:
    """Nobody says whether the clue was looked into or found true: no case, or one, paid up or not."""
    row = {"checked": None, "confirmed": None, "amount": 7, "amount_paid": None}

    def paid(row: dict[str, int]) -> tuple[int, int]:
        owed = row["amount"] if row["confirmed"] else 0
        return (row["amount_paid"] if owed else 0), owed

    ways, asked = possible([row], paid)
    assert (ways, asked) == ({(0, 0), (0, 7), (7, 7)}, {"confirmed", "amount_paid"})
    # one that nobody has looked into was not found true
    assert possible([{**row, "checked": False}], paid)[0] == {(0, 0)}


def test_half_are_not_more_than_half() -> None:
    """Two of four are through after five days; the third after nine."""
    assert kaplan_meier_median([(3, True), (5, True), (9, True), (20, False)]) == 9
    assert kaplan_meier_median([(3, True), (20, False), (20, False)]) is None
