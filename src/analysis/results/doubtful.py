"""Which figures rest on a doubtful cell: the cells behind a value (its lineage) against those that warnings are about.

A cell that decides whether and when its row counts (unit, number, date, what was confirmed) makes doubtful whatever
the row is counted in; any other one what is counted from that cell.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

import pandas as pd

from analysis.intake import LEDGERS
from analysis.results.assessment import Assessment
from analysis.rounds.frames import frame_of, rows_of
from analysis.scoring.score_lineage import FINDINGS

#: the rows of the values, scores, grades and findings that rest on a doubtful cell, by their id
DOUBTFUL_COLUMNS: Final = {"id": "str"}
#: fields by which a row is counted or not, beside the one that dates it
_DECIDING: Final = frozenset({"unit_code", "unit_name", "no", "confirmed", "verified"})
_RANGE: Final = re.compile(r"([A-Z]*)(\d+)(?::[A-Z]*(\d+))?")
_WHOLE: Final = ""
_CITED: Final = ["source", "file", "sheet", "cells"]


def doubtful_rows(assessment: Assessment) -> pd.DataFrame:
    """Return the ids of what rests on a doubtful cell, as far as the round is computed."""
    doubts = assessment.store.read("doubted")
    sources = _sources(assessment, doubts) if len(doubts) else set()
    return frame_of(({"id": ident} for ident in sorted(_ids(assessment, sources))), DOUBTFUL_COLUMNS)


def _sources(assessment: Assessment, doubts: pd.DataFrame) -> set[str]:
    """Return the sources of the lineage that rest on a doubtful cell."""
    deciding = _deciding(assessment)
    # rows by the letters of their column, those that are in doubt as a whole under no letters
    doubted: dict[tuple[str, str], dict[str, set[int]]] = {}
    for file, sheet, cells in doubts[["file", "sheet", "cells"]].itertuples(index=False):
        of_sheet = doubted.setdefault((file, sheet), {})
        for letters, first, last in _ranges(cells):
            at = _WHOLE if (file, sheet, letters) in deciding else letters
            of_sheet.setdefault(at, set()).update(range(first, last + 1))
    rows = {place: sorted(set().union(*of_sheet.values())) for place, of_sheet in doubted.items()}

    @cache
    def cited(file: str, sheet: str, cells: str) -> tuple[set[str], set[int]]:
        """Return the letters of what is cited, and the rows in doubt among its rows."""
        ranges, in_doubt = _ranges(cells), rows[file, sheet]
        touched = ((bisect_left(in_doubt, first), bisect_right(in_doubt, last)) for _, first, last in ranges)
        met = {row for begin, end in touched if begin < end for row in in_doubt[begin:end]}
        return {letters for letters, _, _ in ranges}, met

    seen: dict[tuple[str, str, str], tuple[set[str], set[int]]] = {}
    for source, file, sheet, cells in assessment.lineage[_CITED].itertuples(index=False):
        if (file, sheet) in doubted:
            all_columns, all_met = seen.setdefault((source, file, sheet), (set(), set()))
            columns, met = cited(file, sheet, cells)
            all_columns |= columns
            all_met |= met
    return {
        source
        for (source, file, sheet), (all_columns, all_met) in seen.items()
        if _rests_on(all_columns, all_met, doubted[file, sheet])
    }


def _deciding(assessment: Assessment) -> set[tuple[str, str, str]]:
    """Return file, sheet and letters of the columns that decide whether and when a row counts."""
    of_clues = assessment.round.settings.date_field
    dated = {name: of_clues if name == "clues" else ledger.by_year for name, ledger in LEDGERS.items()}
    return {
        (row["file"], row["sheet"], row["column"])
        for row in rows_of(assessment.store.read("columns"))
        if row["column"] and (row["field"] in _DECIDING or row["field"] == dated.get(row["ledger"]))
    }


def _rests_on(letters: set[str], rows: set[int], doubted: Mapping[str, set[int]]) -> bool:
    """Return whether something rests on a doubtful cell: one of a row and of a column that it cites.

    Of a rate the numerator cites only what was counted in it; what was not, stands in the rows of the denominator.
    """
    # who cites whole rows rests on all of their cells
    columns = doubted if _WHOLE in letters else letters | {_WHOLE}
    return any(not rows.isdisjoint(doubted.get(each, ())) for each in columns)


def _ranges(cells: str) -> list[tuple[str, int, int]]:
    """Return the letters, first and last row of A1 ranges with commas between them."""
    found = _RANGE.findall(cells)
    return [(letters, int(first), int(last or first)) for letters, first, last in found]


def _ids(assessment: Assessment, sources: set[str]) -> Iterator[str]:
    """Yield the ids of the rows that lead back to one of the sources."""
    values = assessment.values
    yield from values.loc[values["source"].isin(sources), "id"]
    for frame in (assessment.scores_by_source, assessment.grades):
        yield from frame.loc[frame["id"].isin(sources), "id"]
    findings = assessment.findings
    yield from findings.loc[(f"{FINDINGS}." + findings["unit"]).isin(sources), "id"]
