"""Who reported nothing in a ledger the round cannot do without is not graded; if nobody did, the edition is a draft."""

from __future__ import annotations

from typing import Any

import ledger_examples as small
import pandas as pd
from ledger_examples import EAST, SOUTH, WEST, clue
from rule_examples import rules_2020

from analysis.questions.what_if import reach_best
from analysis.results.assessment import Assessment
from analysis.run import in_memory
from analysis.words import words


def graded(*clues: dict[str, Any], **said: Any) -> Assessment:
    """Return a round of three counties with these clues, graded by the rule set of the example."""
    settings = small.settings(**said)
    funds = [{"unit": unit, "established": True} for unit in (EAST, WEST, SOUTH)]
    ledgers = {"clues": small.ledger("clues", clues), "funds": small.ledger("funds", funds)}
    arrived = in_memory.intake_of(settings, small.roll(EAST, WEST, SOUTH), ledgers)
    return in_memory.assess(in_memory.declared_of(settings, rules_2020()), arrived)


def grades(of: Assessment) -> dict[str, str]:
    """Return the grade of every unit."""
    return dict(zip(of.grades["unit"], of.grades["grade"], strict=True))


def numbered(*clues: dict[str, Any]) -> list[dict[str, Any]]:
    """Return clues with a number each."""
    return [{"no": str(number), **each} for number, each in enumerate(clues)]


def test_a_unit_without_a_row_of_the_period_has_no_grade_and_no_rank() -> None:
    # the last one has clues of the year before only
    of = graded(*numbered(clue(EAST), clue(WEST), clue(SOUTH, "2019-04-05")))
    assert grades(of)[SOUTH] == ""
    assert all(grades(of)[unit] for unit in (EAST, WEST))
    row = of.grades.set_index("unit").loc[SOUTH]
    assert pd.isna(row["rank"])
    assert "核心台账（线索案件台账）" in row["clause"]
    assert of.draft == ""


def test_what_it_would_take_is_said_of_those_who_are_graded() -> None:
    of = graded(*numbered(clue(EAST), clue(WEST), clue(SOUTH, "2019-04-05")))
    below = {unit for unit, grade in grades(of).items() if grade not in ("", "A")}
    assert below
    assert {
        each.unit for each in reach_best(of.values, rules_2020(), of.roll, of.round, catalogue=words("zh"))
    } == below


def test_a_nil_return_is_a_report() -> None:
    rows = numbered(clue(EAST), clue(WEST))
    assert grades(graded(*rows))[SOUTH] == ""
    assert grades(graded(*rows, nil_returns=small.nil("clues", SOUTH, 2020)))[SOUTH] != ""


def test_a_round_declares_its_core_ledgers() -> None:
    rows = numbered(clue(EAST), clue(WEST))
    assert grades(graded(*rows, core_ledgers=[]))[SOUTH] != ""
    # nobody handed in a row of projects
    of = graded(*rows, core_ledgers=["projects"])
    assert set(grades(of).values()) == {""}


def test_where_nobody_reported_there_is_only_a_draft() -> None:
    of = graded(*numbered(clue(EAST, "2019-05-01"), clue(WEST, "2019-06-01")))
    assert set(grades(of).values()) == {""}
    assert of.draft == "hollow"
    assert "草稿" in of.mark()
