"""How often a verdict is wrong, and how often it misses: simulated, and as the page of examples states it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from verdict_simulation import QUANTITIES, SIZES, share_of_clear

PAGE = Path(__file__).parents[1] / "docs" / "statistics.md"
#: four standard errors of a share of 5 % in 1,500 years; numpy may draw other numbers in another version
NOISE = 0.0225


def stated() -> dict[int, list[float]]:
    """Return the table of the page: cases a year → six shares, false alarms and then power."""
    rows = re.findall(r"^\| (\d+) \|(.*)\|$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {
        int(size): [float(share) / 100 for share in re.findall(r"([\d.]+) %", cells)] for size, cells in rows
    }


def test_the_page_states_every_size() -> None:
    assert tuple(stated()) == SIZES
    assert {len(shares) for shares in stated().values()} == {2 * len(QUANTITIES)}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("column, quantity", list(enumerate(QUANTITIES)))
def test_without_a_true_change_at_most_about_one_year_in_twenty_is_clear(
    size: int, column: int, quantity: str
) -> None:
    share = share_of_clear(quantity, size, ratio=1.0, fall_only=False)
    assert share <= 0.05 + NOISE
    assert share == pytest.approx(stated()[size][column], abs=NOISE)


@pytest.mark.parametrize("column, quantity", list(enumerate(QUANTITIES, start=len(QUANTITIES))))
def test_a_true_halving_is_found_as_often_as_the_page_says(column: int, quantity: str) -> None:
    shares = [share_of_clear(quantity, size, ratio=0.5, fall_only=True) for size in SIZES]
    # four standard errors of a share of a half
    assert shares == pytest.approx([stated()[size][column] for size in SIZES], abs=0.052)
    assert shares == sorted(shares), "the more cases, the surer"
