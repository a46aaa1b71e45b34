"""Which figures rest on a doubtful cell: the cells behind a value (its lineage) against those that warnings are about.

A cell that decides whether and when its row counts (unit, number, date, what was confirmed) makes doubtful whatever
the row is counted in; any other one what is counted from that cell.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
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


@dataclass
class _Doubted:
    """The doubtful cells of a sheet: rows by the letters of their column, whole rows under no letters."""

    rows: dict[str, set[int]] = field(default_factory=dict)

    def sorted(self) -> tuple[Mapping[str, list[int]], list[int]]:
        """Return the rows in doubt by letters, those doubtful as a whole with each, and all of them."""
        whole = self.rows.get(_WHOLE, set())
        by_letters = {letters: sorted(rows | whole) for letters, rows in self.rows.items()}
        return by_letters, sorted(set().union(*self.rows.values()))


def doubtful_rows(assessment: Assessment) -> pd.DataFrame:
    """Return the ids of what rests on a doubtful cell, as far as the round is computed."""
    doubts = assessment.store.read("doubted")
    sources = _sources(assessment, doubts) if len(doubts) else set()
    return frame_of(({"id": ident} for ident in sorted(_ids(assessment, sources))), DOUBTFUL_COLUMNS)


def _sources(assessment: Assessment, doubts: pd.DataFrame) -> set[str]:
    """Return the sources of the lineage that cite a doubtful cell."""
    deciding = _deciding(assessment)
    sheets: dict[tuple[str, str], _Doubted] = {}
    for file, sheet, cells in doubts[["file", "sheet", "cells"]].itertuples(index=False):
        doubted = sheets.setdefault((file, sheet), _Doubted())
        for letters, first, last in _ranges(cells):
            at = _WHOLE if (file, sheet, letters) in deciding else letters
            doubted.rows.setdefault(at, set()).update(range(first, last + 1))
    known = {place: doubted.sorted() for place, doubted in sheets.items()}
    found: set[str] = set()
    judged: dict[tuple[str, str, str], bool] = {}
    for source, *cited in assessment.lineage[["source", "file", "sheet", "cells"]].itertuples(index=False):
        file, sheet, cells = cited
        if source in found or (file, sheet) not in known:
            continue
        if (file, sheet, cells) not in judged:
            judged[file, sheet, cells] = _cites(cells, *known[file, sheet])
        if judged[file, sheet, cells]:
            found.add(source)
    return found


def _deciding(assessment: Assessment) -> set[tuple[str, str, str]]:
    """Return file, sheet and letters of the columns that decide whether and when a row counts."""
    of_clues = assessment.round.settings.date_field
    dated = {name: of_clues if name == "clues" else ledger.by_year for name, ledger in LEDGERS.items()}
    return {
        (row["file"], row["sheet"], row["column"])
        for row in rows_of(assessment.store.read("columns"))
        if row["column"] and (row["field"] in _DECIDING or row["field"] == dated.get(row["ledger"]))
    }


def _cites(cells: str, by_letters: Mapping[str, list[int]], every: list[int]) -> bool:
    """Return whether ranges hold a doubtful cell; a range of whole rows holds all of theirs."""
    whole = by_letters.get(_WHOLE, [])
    for letters, first, last in _ranges(cells):
        rows = by_letters.get(letters, whole) if letters else every
        place = bisect_left(rows, first)
        if place < len(rows) and rows[place] <= last:
            return True
    return False


def _ranges(cells: str) -> Iterator[tuple[str, int, int]]:
    """Yield the letters, first and last row of A1 ranges with commas between them."""
    for letters, first, last in _RANGE.findall(cells):
        yield letters, int(first), int(last or first)


def _ids(assessment: Assessment, sources: set[str]) -> Iterator[str]:
    """Yield the ids of the rows that lead back to one of the sources."""
    values = assessment.values
    yield from values.loc[values["source"].isin(sources), "id"]
    for frame in (assessment.scores_by_source, assessment.grades):
        yield from frame.loc[frame["id"].isin(sources), "id"]
    findings = assessment.findings
    yield from findings.loc[(f"{FINDINGS}." + findings["unit"]).isin(sources), "id"]
