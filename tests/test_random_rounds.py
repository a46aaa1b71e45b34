"""Where nothing blocks, a random round comes to its end; the long run keeps a tally."""

from __future__ import annotations

import json
import resource
from pathlib import Path

import pytest
import random_rounds as rounds

from analysis.run import pages

#: rounds behind those of the tally
NUMBERS = range(10_000, 10_005)


@pytest.fixture(scope="module")
def outcomes() -> dict[int, rounds.Outcome]:
    """Return what became of some rounds."""
    return {number: rounds.tried(number) for number in NUMBERS}


def test_where_nothing_blocks_every_page_is_shown_in_bounded_time(
    outcomes: dict[int, rounds.Outcome],
) -> None:
    assert {number: outcome.failed for number, outcome in outcomes.items() if outcome.failed} == {}
    assert max(outcome.seconds for outcome in outcomes.values()) < rounds.MOST_SECONDS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024 < rounds.MOST_MEGABYTES
    # a check that blocks everything would let all pass
    assert sum(not outcome.refused for outcome in outcomes.values()) >= len(outcomes) // 2


def test_what_stops_a_page_is_noted(
    outcomes: dict[int, rounds.Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(*_args: object, **_more: object) -> dict[str, object]:
        raise ValueError("no room for label 1 of 6")

    number = next(number for number, outcome in outcomes.items() if not outcome.refused)
    monkeypatch.setattr(pages, "shown", no_room)
    assert rounds.tried(number).failed == "ValueError: no room for label 1 of 6"


def test_a_round_is_made_from_its_number_alone(tmp_path: Path) -> None:
    for name in ("a", "b"):
        rounds.write_round(7, tmp_path / name)
    files = [path.relative_to(tmp_path / "a") for path in sorted((tmp_path / "a").rglob("*.*"))]
    assert len(files) >= 4
    assert all((tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes() for file in files)


def test_no_round_of_the_tally_came_to_no_end() -> None:
    kept = json.loads(rounds.TALLY.read_text("utf-8"))
    assert kept["failed"] == []
    assert kept["slowest"] < rounds.MOST_SECONDS
    assert kept["megabytes"] < rounds.MOST_MEGABYTES
    # most rounds are not refused, and some are
    assert 0 < sum(kept["refused"].values()) < kept["rounds"] / 2
