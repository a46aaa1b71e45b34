"""The lineage of scores and grades: a score leads through the values its rule reads to their cells.

Sources made here: every id of the scores and grades; `grades` (all of them), `findings` and `findings.<unit>` (the
rectification ledger), `published` (the facts compared), which the derived counts of the comparison stage name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from analysis.indicators.filters import Filter
from analysis.indicators.lineage import Register, of_members, ranges
from analysis.indicators.values import LINEAGE_COLUMNS, ValueIndex
from analysis.rounds.frames import frame_of
from analysis.rounds.rounds import Round
from analysis.rounds.units import UnitRoll
from analysis.rulebook import Rulebook
from analysis.rulebook.bench import grade_measures
from analysis.rulebook.unitscore import TOTAL, sheet_marks

#: sources of the derived counts
GRADES = "grades"
FINDINGS = "findings"
PUBLISHED = "published"
#: the field that says whether a problem is closed
_CLOSED = "closed_on"


def of_scores(
    rulebook: Rulebook, values: pd.DataFrame, lineage: pd.DataFrame, roll: UnitRoll, of: Round
) -> pd.DataFrame:
    """Return the lineage of scores and grades: that of every value their rules read.

    Args:
        rulebook: the rule set.
        values: the value table.
        lineage: of the values.
        roll: the units.
        of: the round, for its periods.

    Returns:
        Frame `LINEAGE_COLUMNS`; the filter names the item a cell was read for.
    """
    index = ValueIndex(values)
    members = []
    for unit in roll.codes:
        for code, dimension, measure in _items(rulebook):
            period, base = of.period.text, of.base
            row = index.get(unit, period, measure) or index.get(unit, period, measure, base)
            if row is None:
                continue
            wholes = (f"score.{unit}.{dimension}", f"score.{unit}.total", f"grade.{unit}", GRADES)
            sources = (f"score.{unit}.{code}", *(wholes if dimension else wholes[1:]))
            members += [{"source": source, "side": code, "member": row["source"]} for source in sources]
        for code, source, measure in _marks(rulebook, values):
            row = index.get(unit, of.period.text, measure)
            if row is not None:
                mark = f"score.{unit}.{code}.{source}"
                members.append({"source": mark, "side": code, "member": row["source"]})
    frame = pd.DataFrame(members, columns=["source", "side", "member"]).drop_duplicates()
    return of_members(frame, lineage, "item").astype(LINEAGE_COLUMNS)


def _items(rulebook: Rulebook) -> Iterator[tuple[str, str, str]]:
    """Yield code, dimension (empty outside them) and measure of everything that is scored."""
    for dimension in rulebook.dimensions:
        for indicator in dimension.indicators:
            for measure in indicator.measures:
                yield indicator.code, dimension.code, measure
    for bonus in rulebook.bonuses:
        for level in bonus.levels:
            yield bonus.code, "", level.measure
    yield from ((code, "", measure) for code, measure in _beside_the_items(rulebook))
    for measure in grade_measures(rulebook):
        yield "grade", "", measure


def _beside_the_items(rulebook: Rulebook) -> Iterator[tuple[str, str]]:
    """Yield code and measure of what befalls the whole: deductions, vetoes, falsification, other sources."""
    for deduction in rulebook.deductions:
        yield from ((deduction.code, measure) for measure in deduction.measures)
    for veto in rulebook.vetoes:
        yield veto.code, veto.measure
    yield from ((part.code, part.measure) for part in rulebook.falsification if part.measure)
    if rulebook.composition is not None and rulebook.composition.at == "total":
        yield from ((TOTAL, part.measure) for part in rulebook.composition.sources if part.measure)


def _marks(rulebook: Rulebook, values: pd.DataFrame) -> Iterator[tuple[str, str, str]]:
    """Yield indicator, source and measure of the marks that sheets give beside the rules of indicators."""
    there = set(values["measure"])
    for indicator in rulebook.indicators():
        for source, measure in sheet_marks(indicator).items():
            if measure in there:
                yield indicator.code, source, measure


def of_problems(findings: pd.DataFrame, roll: UnitRoll, register: Register, as_of: str) -> pd.DataFrame:
    """Return the lineage of the counts of problems: the cells of the rectification ledger that say what is closed.

    Args:
        findings: the rectification ledger.
        roll: the units.
        register: where its columns stand.
        as_of: the cut-off.
    """
    parts: Mapping[str, pd.DataFrame] = {
        FINDINGS: findings,
        **{f"{FINDINGS}.{code}": findings[findings["unit"] == code] for code in roll.codes},
    }
    rows = []
    for source, part in parts.items():
        # a unit without a problem leads to the whole ledger, which was looked through for it
        looked_at = part if len(part) else findings
        for (file, sheet), cells in looked_at.groupby(["file", "sheet"], sort=True):
            letter = register.letters.get(("findings", str(file), str(sheet), _CLOSED), "")
            numbers = np.sort(cells["row"].to_numpy(dtype=np.int64))
            rows.append(
                {
                    "source": source,
                    "file": str(file),
                    "sheet": str(sheet),
                    "cells": ranges(letter, numbers),
                    "filter": str(Filter("problem_states", as_of=as_of)),
                    "rows": len(numbers),
                    "sha256": register.hashes.get(str(file), ""),
                }
            )
    return frame_of(rows, LINEAGE_COLUMNS)


def of_published(file: str, sha256: str, facts: int) -> pd.DataFrame:
    """Return the lineage of the counts of compared facts: the file of published facts.

    Args:
        file: its name.
        sha256: its hash.
        facts: how many were compared.
    """
    row = {
        "source": PUBLISHED,
        "file": file,
        "sheet": "",
        "cells": "",
        "filter": str(Filter("published_facts")),
        "rows": facts,
        "sha256": sha256,
    }
    return frame_of([row], LINEAGE_COLUMNS)
