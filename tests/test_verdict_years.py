"""What the simulations of verdicts and of score intervals found, and that their blocks come out the same again."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from verdict_years import BASES, BLOCK, CASES, RATES, SETTINGS, Setting, block, covered, tally

PAGE = (Path(__file__).parents[1] / "docs" / "statistics.md").read_text(encoding="utf-8")


def share(name: str) -> float:
    """Return how often something came up in all blocks of a setting."""
    blocks = tally()[name]
    return sum(blocks) / (len(blocks) * BLOCK)


def printed(beginning: str) -> list[float]:
    """Return the per cents in the line of the page's tables that begins so."""
    (line,) = re.findall(rf"^\| {re.escape(beginning)} \|(.*)\|$", PAGE, flags=re.MULTILINE)
    return [float(number) / 100 for number in re.findall(r"([\d.]+) %", line)]


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_a_block_of_years_comes_out_as_it_did(setting: Setting) -> None:
    # another version of numpy may draw other numbers: four standard errors of a block around the share of all
    chance = share(setting.name)
    error = 4 * (max(chance * (1 - chance), 0.01) / BLOCK) ** 0.5
    assert block(setting, 0) / BLOCK == pytest.approx(tally()[setting.name][0] / BLOCK, abs=error)


def test_at_most_one_year_in_twenty_holds_a_false_clear() -> None:
    for setting in SETTINGS[:3]:
        assert share(setting.name) <= 0.05
        what = {1: "variance = mean"}.get(
            setting.variance, f"2 × mean, from {setting.kind} to {setting.kind}"
        )
        assert printed(what) == [pytest.approx(share(setting.name), abs=0.0006)]


def test_a_true_fall_is_found_as_often_as_the_page_says() -> None:
    for base in BASES:
        found = [share(Setting("year", variance, base).name) for variance in (1, 2)]
        assert printed(f"from {base} cases") == pytest.approx(found, abs=0.0006)
    # about half of the years: 46 % and 56 % of 3,000
    assert share("year 1 base 200") >= 0.45
    assert share("year 2 base 400") >= 0.5


def test_intervals_of_scores_hold_the_true_score() -> None:
    shares = {cases: [share(f"score {cases} {rate}") for rate in RATES] for cases in CASES}
    for cases, found in shares.items():
        assert printed(f"score from {cases} cases") == pytest.approx(found, abs=0.0006)
    every = [each for found in shares.values() for each in found]
    assert min(every) >= 0.92
    assert 0.93 <= sum(every) / len(every) <= 0.98


def test_a_block_of_scores_comes_out_as_it_did() -> None:
    found = [covered(cases, rate, 0) for cases in CASES for rate in RATES]
    known = [tally()[f"score {cases} {rate}"][0] for cases in CASES for rate in RATES]
    # 4 of 50: numpy may draw other numbers in another version
    assert found == pytest.approx(known, abs=4)
