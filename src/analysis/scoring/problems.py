"""Findings of the rectification ledger and the province's feedback → problems per unit and group, merged and open.

Rows that repeat a problem (`same_as`, `finding_no`) are one problem. A problem is open at the cut-off as long as one
of its ledger rows is; feedback alone never reopens what the ledger has closed. What was found after the cut-off
does not count yet. Problem groups are independent of grades: an A unit can be named.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol

import numpy as np
import pandas as pd

from analysis.indicators.filters import Filter
from analysis.indicators.lineage import Register, ranges
from analysis.indicators.values import FINDING_COLUMNS, LINEAGE_COLUMNS
from analysis.rounds.frames import frame_of
from analysis.rounds.rounds import Round
from analysis.rounds.units import UnitRoll
from analysis.rulebook import Rulebook

Standing = Literal["open", "overdue", "repeated", "closed"]
#: the field whose cells say which group a problem belongs to
_GROUP: Final = "group"
_LEDGERS: Final = ("findings", "feedback")


class Arrived(Protocol):
    """What the intake hands over, as far as the lineage needs it."""

    columns: pd.DataFrame
    files: pd.DataFrame


@dataclass(frozen=True)
class Row:
    """A row of one of the two ledgers.

    Attributes:
        ledger: `findings` or `feedback`.
        place: its position in the frame of its ledger.
        key: its own number, unique within its ledger.
        repeats: number of the ledger row it repeats, empty if none.
        unnumbered: whether it has no number of its own; `key` is then its place.
    """

    ledger: str
    place: int
    key: str
    repeats: str
    unit: str
    group: str
    found_on: dt.date | None
    deadline: dt.date | None
    closed_on: dt.date | None
    unnumbered: bool = False


@dataclass(frozen=True)
class Problem:
    """One problem: the row that states it first and those that repeat it.

    Attributes:
        rows: its rows, the one all others lead back to first.
        standing: its state at the cut-off.
    """

    rows: tuple[Row, ...]
    standing: Standing

    @property
    def unit(self) -> str:
        """Code of the unit concerned."""
        return self.rows[0].unit

    @property
    def group(self) -> str:
        """Problem group, that of its first row."""
        return self.rows[0].group


def count(
    findings: pd.DataFrame,
    feedback: pd.DataFrame,
    rulebook: Rulebook | None,
    roll: UnitRoll,
    of: Round,
    *,
    arrived: Arrived | None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the open problems per unit and group, and the cells they were counted from.

    Args:
        findings: the rectification ledger.
        feedback: the province's feedback.
        rulebook: the rule set with groups and thresholds; without one nobody is named.
        roll: the units.
        of: the round, for its cut-off.
        arrived: columns and files of the intake, for the lineage; without them it is empty.

    Returns:
        Frame `FINDING_COLUMNS`, one row per unit and group (`finding.<unit>.<group>`), and frame `LINEAGE_COLUMNS`
        with these ids as source. A count of 0 leads to all cells that were looked at.
    """
    if rulebook is None:
        return frame_of([], FINDING_COLUMNS), frame_of([], LINEAGE_COLUMNS)
    frames = {"findings": findings, "feedback": feedback}
    problems = merge(findings, feedback, of.as_of)
    register = Register.of(arrived.columns, arrived.files) if arrived else None
    counted: list[dict[str, Any]] = []
    trail: list[dict[str, Any]] = []
    for unit in roll.codes:
        for group in rulebook.problem_groups:
            found = [
                problem
                for problem in problems
                if (problem.unit, problem.group) == (unit, group.code) and problem.standing != "closed"
            ]
            source = f"finding.{unit}.{group.code}"
            counted.append(
                {
                    "id": source,
                    "round": of.id,
                    "unit": unit,
                    "group": group.code,
                    "findings": len(found),
                    "named": len(found) >= group.threshold,
                }
            )
            if register is None:
                continue
            what = Filter("problems", unit=unit, group=group.code, as_of=of.as_of.isoformat())
            places = {
                ledger: [problem.rows[0].place for problem in found if problem.rows[0].ledger == ledger]
                for ledger in _LEDGERS
            }
            trail += _lineage(source, places, frames, register, what)
    return frame_of(counted, FINDING_COLUMNS), frame_of(trail, LINEAGE_COLUMNS)


def status(findings: pd.DataFrame, as_of: dt.date) -> pd.DataFrame:
    """Return the rectification ledger by problems: the row that states each first, with its state at the cut-off.

    Args:
        findings: the rectification ledger.
        as_of: the cut-off.

    Returns:
        The columns of the ledger, `status` and `times` (how many rows are this problem). `closed`: every row is
        closed by then; `repeated`: closed once and found again; `overdue`: open past its deadline; else `open`.
        Problems found after the cut-off are left out.
    """
    problems = merge(findings, findings.head(0), as_of)
    stated = findings.iloc[[problem.rows[0].place for problem in problems]].reset_index(drop=True)
    return stated.assign(
        status=pd.Series([problem.standing for problem in problems], dtype="str"),
        times=pd.Series([len(problem.rows) for problem in problems], dtype="int64"),
    )


def merge(findings: pd.DataFrame, feedback: pd.DataFrame, as_of: dt.date) -> list[Problem]:
    """Return the problems of both ledgers found up to the cut-off, in the order of their numbers.

    A reference to another unit's problem, or to a number that is not there, merges nothing: a problem is rather
    counted twice than hidden.
    """
    rows = [*_rows("findings", findings, "same_as"), *_rows("feedback", feedback, "finding_no")]
    rows = [row for row in rows if row.found_on is None or row.found_on <= as_of]
    stated = {row.key: row for row in rows if row.ledger == "findings"}
    members: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        first = _first(row, stated)
        members.setdefault((first.ledger, first.key), []).append(row)
    return [
        Problem(tuple(sorted(same, key=lambda row: (row.ledger, row.key) != key)), standing_of(same, as_of))
        for key, same in sorted(members.items(), key=lambda entry: (_LEDGERS.index(entry[0][0]), entry[0][1]))
    ]


def _rows(ledger: str, frame: pd.DataFrame, repeats: str) -> Iterable[Row]:
    for place, row in enumerate(frame.to_dict("records")):
        # a row without a number is a problem of its own
        key = text_of(row, "no") or f"row {place}"
        yield Row(
            ledger=ledger,
            place=place,
            key=key,
            repeats=text_of(row, repeats),
            unit=text_of(row, "unit"),
            group=text_of(row, "group"),
            found_on=day_of(row, "found_on"),
            deadline=day_of(row, "deadline"),
            closed_on=day_of(row, "closed_on"),
            unnumbered=not text_of(row, "no"),
        )


def _first(row: Row, stated: Mapping[str, Row]) -> Row:
    """Follow the references to the row that states a problem first; a circle ends at its smallest number."""
    chain = [row]
    while True:
        ahead = stated.get(chain[-1].repeats)
        if ahead is None or ahead.unit != row.unit:
            return chain[-1]
        if ahead in chain:
            return min(chain[chain.index(ahead) :], key=lambda one: one.key)
        chain.append(ahead)


def standing_of(rows: Sequence[Row], as_of: dt.date) -> Standing:
    """Return the state at a cut-off of a problem that some rows state."""
    ledger = [row for row in rows if row.ledger == "findings"]
    closed = [row for row in ledger if row.closed_on is not None and row.closed_on <= as_of]
    still = [row for row in ledger if row not in closed]
    if ledger and not still:
        return "closed"
    if closed:
        return "repeated"
    return "overdue" if any(row.deadline is not None and row.deadline < as_of for row in still) else "open"


def text_of(row: Mapping[Any, Any], field: str) -> str:
    """Return the text of a field; empty where there is none."""
    value = row.get(field)
    return "" if value is None or pd.isna(value) else str(value).strip()


def day_of(row: Mapping[Any, Any], field: str) -> dt.date | None:
    """Return the day of a field; None where there is none."""
    value = row.get(field)
    return None if value is None or pd.isna(value) else pd.Timestamp(value).date()


def _lineage(
    source: str,
    places: Mapping[str, list[int]],
    frames: Mapping[str, pd.DataFrame],
    register: Register,
    what: Filter,
) -> list[dict[str, Any]]:
    """Return the cells of the problems counted; for none, all cells that were looked at."""
    nothing = not any(places.values())
    trail: list[dict[str, Any]] = []
    for ledger, frame in frames.items():
        sheets = frame["sheet"].fillna("").tolist()
        of_place = list(zip(frame["file"].tolist(), sheets, frame["row"].tolist(), strict=True))
        rows: dict[tuple[str, str], list[int]] = {}
        for place in range(len(frame)) if nothing else places[ledger]:
            file, sheet, row = of_place[place]
            rows.setdefault((file, sheet), []).append(row)
        for (file, sheet), of_sheet in sorted(rows.items()):
            letter = register.letters.get((ledger, file, sheet, _GROUP), "")
            trail.append(
                {
                    "source": source,
                    "file": file,
                    "sheet": sheet,
                    "cells": ranges(letter, np.sort(of_sheet)),
                    "filter": str(what),
                    "rows": len(of_sheet),
                    "sha256": register.hashes.get(file, ""),
                }
            )
    return trail
