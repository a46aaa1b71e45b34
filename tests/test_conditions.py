"""What a row says to a condition: yes, no or nothing; and that a misspelt condition cannot be written at all."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest
from ledger_examples import EAST, arrived, clue, settings

from analysis.indicators import conditions, measures
from analysis.indicators.catalogue import MEASURES, Measure
from analysis.indicators.conditions import (
    CHECKED,
    CONFIRMED,
    FUNDED,
    LARGE,
    SAMPLED,
    VERIFIED,
    WORKERS_STATED,
    Answers,
    Atom,
    Condition,
    Rows,
    has,
    has_or_lacks,
    item_stated,
    taken_up_by,
)
from analysis.indicators.values import ValueIndex


def said(condition: Condition, ledger: str, *rows: dict[str, Any]) -> list[str]:
    """Return what rows of a ledger say: yes, no, or an empty text where they say nothing."""
    ledgers = arrived(**{ledger: [{"unit": EAST, **row} for row in rows]})
    asked = Rows(ledger, ledgers.ledgers[ledger], ledgers.columns, dt.date(2021, 12, 31))
    yes, unanswered = asked.ask(condition)
    assert not (yes & unanswered).any()
    return np.select([yes, unanswered], ["yes", ""], "no").tolist()


def test_a_field_says_yes_no_or_nothing() -> None:
    rows = [{"account": word} for word in ("yes", "no", "exempt", "")]
    assert said(has("account"), "projects", *rows) == ["yes", "no", "no", ""]
    assert said(has_or_lacks("account"), "projects", *rows) == ["yes", "yes", "no", ""]


def test_two_conditions_are_denied_by_one_no_and_open_without_one() -> None:
    words = (True, False, pd.NA)
    people = (50, 49, pd.NA)
    rows = [{"kind": "mass", "verified": one, "people": other} for one in words for other in people]
    assert said(VERIFIED & LARGE, "events", *rows) == ["yes", "no", "", "no", "no", "no", "", "no", ""]


def test_three_conditions_are_asked_like_two() -> None:
    rows = [
        {"kind": "mass", "verified": True, "people": 80, "government_funded": word}
        for word in ("yes", "no", "unknown", "")
    ]
    assert said(VERIFIED & LARGE & FUNDED, "events", *rows) == ["yes", "no", "", ""]
    assert said(VERIFIED & (LARGE & FUNDED), "events", *rows) == ["yes", "no", "", ""]


def test_a_number_that_is_empty_is_no_answer() -> None:
    rows = [clue(EAST, workers=7), clue(EAST, workers=pd.NA), clue(EAST, confirmed=False, workers=pd.NA)]
    assert said(CONFIRMED & WORKERS_STATED, "clues", *rows) == ["yes", "", "no"]


def test_what_was_found_true_has_been_checked_and_what_is_unchecked_owes_no_finding() -> None:
    answers = [(one, other) for one in (True, False, pd.NA) for other in (True, False, pd.NA)]
    rows = [clue(EAST, checked=one, confirmed=other) for one, other in answers]
    assert said(CHECKED, "clues", *rows) == ["yes", "yes", "yes", "yes", "no", "no", "yes", "", ""]
    assert said(CONFIRMED, "clues", *rows) == ["yes", "no", "", "yes", "no", "no", "yes", "no", ""]


def test_the_mark_of_an_item_is_asked_of_its_own_rows() -> None:
    rows = [{"item": "1.1", "mark": 3}, {"item": "1.1", "mark": None}, {"item": "1.2", "mark": None}]
    assert said(item_stated("1.1"), "field_marks", *rows) == ["yes", "", "no"]


def test_a_misspelt_field_institution_or_level_is_refused_where_it_is_written() -> None:
    with pytest.raises(ValueError, match=r"no such field: clues\.confirmd"):
        Atom("found", ("confirmd",), lambda rows: rows.said("confirmd"), ("clues",))
    with pytest.raises(ValueError, match=r"no such field: projects\.acount"):
        has("acount")
    with pytest.raises(ValueError, match="no level world"):
        taken_up_by("world")


def test_a_measure_asks_its_own_ledger() -> None:
    with pytest.raises(ValueError, match="projects cannot be asked: confirmed"):
        Measure("wrong", "projects", "count", "project", CONFIRMED, "account")
    with pytest.raises(ValueError, match="clues has no field acount"):
        Measure("wrong", "clues", "count", "case", CONFIRMED, "acount")


def test_atoms_have_names_by_which_they_can_be_worded() -> None:
    atoms = {
        atom
        for measure in MEASURES.values()
        for condition in (measure.top, measure.base)
        for atom in (condition.atoms if condition else ())
    }
    assert len({atom.code for atom in atoms}) == len(atoms)
    assert [atom.code for atom in (has_or_lacks("account") & SAMPLED).atoms] == [
        "account_yes_or_no",
        "sampled",
    ]


def test_equal_conditions_are_one() -> None:
    assert has("account") == has("account") != has("deposit")
    assert CONFIRMED & conditions.stated("clues", "workers") == CONFIRMED & WORKERS_STATED
    assert item_stated("1.1") != item_stated("1.2")


def test_a_list_that_never_says_what_was_confirmed_leaves_open_what_was_resolved() -> None:
    """Without the column nothing is confirmed, and nothing may look resolved, paid or left over for that."""
    clues = [clue(EAST, day, confirmed=pd.NA, checked=pd.NA) for day in ("2019-03-01", "2020-03-01")]
    ledgers = arrived(clues=clues)
    ledgers.columns = ledgers.columns[ledgers.columns["field"] != "confirmed"]
    index = ValueIndex(measures.compute(ledgers, settings()).values)
    for code in ("cases", "clues_resolved", "rate_resolved", "rate_paid", "backlog"):
        assert index.row(EAST, "2020", code)["status"] == "not_reported", code


def test_answers_are_kept() -> None:
    asked: list[int] = []

    def once(rows: Rows) -> Answers:
        asked.append(1)
        return Answers(rows.everywhere(True), rows.everywhere(False))

    atom = Atom("once", (), once, ())
    ledgers = arrived(clues=[clue(EAST)])
    rows = Rows("clues", ledgers.ledgers["clues"], ledgers.columns, dt.date(2021, 12, 31))
    rows.ask(atom)
    rows.ask(atom & CONFIRMED)
    assert len(asked) == 1
