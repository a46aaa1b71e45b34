"""The spot checks: a declared rule, the same list on every machine, and as many of each unit as it says."""

from __future__ import annotations

import dataclasses
import math
import random
from fractions import Fraction
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from round_examples import RAW
from rule_examples import round_2020

from analysis.indicators.values import PROBLEM_COLUMNS
from analysis.report.city_report import CityReport
from analysis.rounds.frames import frame_of
from analysis.rounds.levels import INTERNAL, level_of
from analysis.rounds.rounds import Round, SpotChecks
from analysis.run import in_memory
from analysis.scoring.spot_checks import drawn, how_many, order_of


def problems(**units: int) -> pd.DataFrame:
    """Return so many problems of each unit."""
    return frame_of(
        [
            {"id": f"problem.2020.{unit}.resolution.{number}", "unit": unit, "status": "open"}
            for unit, count in units.items()
            for number in range(1, count + 1)
        ],
        PROBLEM_COLUMNS,
    )


def rule(**stated: Any) -> SpotChecks:
    return SpotChecks.model_validate({"seed": "2021", **stated})


def test_the_order_is_that_of_the_digest_as_any_tool_gives_it() -> None:
    """The text is seed, line end and id; `sha256sum` gives its digest, so anybody can draw the list again."""
    digests = {number: order_of("2021", f"problem.2020.a.resolution.{number}") for number in (1, 2, 3)}
    assert digests[1] == "860d4f8fad6abd1333707c87054fb15ecfbc8ed9141284237736f9ae96b1e463"
    assert sorted(digests, key=digests.__getitem__) == [3, 2, 1]
    assert drawn(problems(a=3), rule(number=3))["id"].str[-1].astype(int).tolist() == [3, 2, 1]
    assert drawn(problems(a=3), rule(number=1))["id"].str[-1].astype(int).tolist() == [3]


@pytest.mark.parametrize(
    ("stated", "of", "count"),
    [
        ({"number": 2}, 5, 2),
        ({"number": 2}, 1, 1),
        ({"number": 2}, 0, 0),
        # a fifth of 5 is 1, of 6 is 1.2; a tenth of 30 is 3, though 0.1 × 30 is more than 3 to a computer
        ({"share": 0.2}, 5, 1),
        ({"share": 0.2}, 6, 2),
        ({"share": 0.1}, 30, 3),
        ({"share": 1}, 4, 4),
        ({"share": 0.5}, 0, 0),
    ],
)
def test_how_many(stated: dict[str, Any], of: int, count: int) -> None:
    assert how_many(rule(**stated), of) == count


@pytest.mark.parametrize(
    "stated", [{}, {"number": 1, "share": 0.5}, {"number": 0}, {"share": 0}, {"share": 1.5}]
)
def test_a_rule_states_a_number_or_a_share(stated: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        rule(**stated)


def test_nothing_is_drawn_without_a_rule() -> None:
    assert round_2020().settings.spot_checks is None
    assert drawn(problems(a=3), None).empty


_UNITS = st.dictionaries(st.sampled_from("abcd"), st.integers(0, 12), max_size=4)
_RULES = st.one_of(
    st.builds(
        lambda number, seed: rule(number=number, seed=seed), st.integers(1, 5), st.text("0123ab", min_size=1)
    ),
    st.builds(
        lambda share, seed: rule(share=share / 100, seed=seed),
        st.integers(1, 100),
        st.text("0123ab", min_size=1),
    ),
)


@settings(deadline=None)
@given(units=_UNITS, stated=_RULES, shuffle=st.randoms(use_true_random=False))
def test_the_list_hangs_on_seed_and_ids_alone(
    units: dict[str, int], stated: SpotChecks, shuffle: random.Random
) -> None:
    """In whatever order the ledger stands, the same problems are drawn, and of every unit as many as declared."""
    whole = problems(**units)
    places = list(whole.index)
    shuffle.shuffle(places)
    first, again = drawn(whole, stated), drawn(whole.loc[places], stated)
    assert set(first["id"]) == set(again["id"])
    assert first["id"].is_unique
    for unit, count in units.items():
        share = None if stated.share is None else math.ceil(Fraction(str(stated.share)) * count)
        assert int(first["unit"].eq(unit).sum()) == (
            min(stated.number or 0, count) if share is None else share
        )


@settings(deadline=None)
@given(count=st.integers(1, 12), number=st.integers(1, 5), left_out=st.integers(0, 11))
def test_one_problem_more_puts_at_most_one_other_out(count: int, number: int, left_out: int) -> None:
    whole = problems(a=count)
    less = whole.drop(index=left_out % count)
    before, now = (set(drawn(frame, rule(number=number))["id"]) for frame in (less, whole))
    assert len(before - now) <= 1
    assert now - before <= {whole["id"][left_out % count]}


def test_every_problem_is_drawn_about_equally_often() -> None:
    """Of 10 problems 3 are drawn: over 2,000 seeds each about 600 times, ± 5 √(2000 × 0.3 × 0.7)."""
    whole = problems(a=10)
    times = pd.concat(
        [drawn(whole, rule(number=3, seed=str(seed)))["id"] for seed in range(2000)]
    ).value_counts()
    assert len(times) == 10
    assert times.sub(600).abs().max() < 5 * 20.5


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_annex_lists_what_is_drawn_with_its_rule(language: str) -> None:
    checked = in_memory.read(RAW.parents[2], "2020")
    assert checked.declared is not None
    assert checked.arrived is not None
    of = checked.declared.round
    with_rule = of.settings.model_copy(update={"spot_checks": rule(share=0.2)})
    declared = dataclasses.replace(checked.declared, round=Round(with_rule, of.folder, of.project))
    a = in_memory.assess(declared, checked.arrived, language, draws=0)
    shown = str(CityReport(a, level_of(INTERNAL)).annex_provenance())
    listed = drawn(a.problems, with_rule.spot_checks)
    # of 海港区 stand 11 problems in the list: a fifth, rounded up, is three
    assert int(listed["unit"].eq("130302").sum()) == 3
    assert all(ident in shown for ident in listed["id"])
    assert "2021" in shown
    assert "20%" in shown
