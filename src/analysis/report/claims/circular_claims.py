"""What the bulletin says by itself: the lists of grades by score, and the units each problem group names.

Letters only: no score, place or number of problems is in these sentences. Every unit's name carries the row that
put it there, of the grades or of the findings.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from analysis.report.claims.evidence import Evidence, Row
from analysis.rounds.frames import rows_of
from analysis.words import Figure, Text
from analysis.words.text import Listing, join

_LETTERS: Final = ("A", "B", "C")


def bulletin_grades(e: Evidence, vetoed: Iterable[str]) -> Text:
    """Return the lists of grades in the bulletin's form, units by score, and who triggered a veto, if anyone did.

    Args:
        e: the evidence; of the grades only unit, rank and letter are read.
        vetoed: the units that triggered a veto.
    """
    lists = []
    for letter in _LETTERS:
        units = [_graded(e, row) for row in e.by_score if row["grade"] == letter]
        if units:
            lists.append(e.words("bulletin.results.list", letter=letter, units=e.words.list(units)))
    if not lists:
        return e.words("bulletin.results.ungraded")
    said = [e.words("bulletin.results.given", period=e.calendar.name(e.words), lists=e.words.series(lists))]
    unrated = [_graded(e, row) for row in e.by_score if row["grade"] not in _LETTERS]
    if unrated:
        said.append(e.words("bulletin.results.unrated", units=e.words.list(unrated)))
    barred = [_graded(e, e.grade_of[unit]) for unit in vetoed]
    if barred:
        said.append(e.words("bulletin.results.veto", units=e.words.list(barred)))
    return e.words.sentences(said)


def _graded(e: Evidence, row: Row) -> Figure:
    """Return a unit's name as a figure of its grade row; it stands for the grade."""
    return e.words.statement(row, "unit_name", "grade")


def bulletin_units(e: Evidence, group: str) -> Listing | None:
    """Return the units a problem group names as they stand in a sentence, in roll order; None where it names none."""
    rows = {row["unit"]: row for row in rows_of(e.findings[e.findings["group"] == group]) if row["named"]}
    named = [
        e.words.statement({**rows[code], "short": e.short(code)}, "short", "named")
        for code in e.roll.codes
        if code in rows
    ]
    if not named:
        return None
    sign, last = e.words.label("punctuation.list"), e.words.label("bulletin.list_last")
    return Listing(join(named, sign, last), len(named))


def bulletin_named(e: Evidence, units: Listing) -> Text:
    """Return the sentence that names the units of a problem group."""
    return e.words(f"bulletin.problems.{'named_one' if units.count == 1 else 'named'}", units=units)
