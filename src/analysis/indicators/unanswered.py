"""The cells that are left empty though a measure asks for them: each with its address, and whose it is to answer.

A cell counts as unanswered where the row leaves open whether it belongs to something that is counted, added up or
divided by. Whatever rests on such a cell is incomplete (`fillings`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

import numpy as np
import pandas as pd

from analysis.indicators.catalogue import Measure, every
from analysis.indicators.cohorts import SOURCES, Arrived, Cohort, cohort, ledger_of
from analysis.indicators.conditions import with_outer
from analysis.intake.declared.ledgers import LEDGERS
from analysis.rounds.faults import Fault, Severity
from analysis.rounds.rounds import RoundSettings
from analysis.rounds.units import normal_name


def unanswered(
    arrived: Arrived,
    settings: RoundSettings,
    by_city: frozenset[str],
    set_aside: Collection[tuple[str, str, str, str]] = (),
) -> Iterator[Fault]:
    """Yield every unanswered cell of the periods of a round, and every column a sheet lacks that others have.

    Args:
        arrived: roll, ledgers, columns and files as the intake hands them over.
        settings: the round's settings.
        by_city: the ledgers that the city and its departments fill in: what is empty there blocks.
        set_aside: (ledger, file, sheet, header) of the columns the maps leave unread: nobody is asked for them again.
    """
    for source in SOURCES:
        name = ledger_of(source)
        asking = [measure for measure in every() if measure.source == source]
        # the roll is no ledger anybody hands in; what was left over is asked for by the periods it was received in
        if name not in arrived.ledgers or name in ("units", "summary") or source != name or not asking:
            continue
        counted = cohort(source, arrived, settings, periods=settings.calendar.listed)
        yield from _of_ledger(
            name,
            counted,
            asking,
            arrived.columns,
            suffix="_by_city" if name in by_city else "",
            aside=set_aside,
        )


def _of_ledger(
    name: str,
    counted: Cohort,
    asking: Iterable[Measure],
    columns: pd.DataFrame,
    *,
    suffix: str,
    aside: Collection[tuple[str, str, str, str]],
) -> Iterator[Fault]:
    columns = columns[columns["ledger"] == name]
    severity: Severity = "blocks" if suffix else "warns"
    frame = counted.rows.frame
    places = {
        (file, sheet, field): (column, header)
        for file, sheet, field, column, header in zip(
            *(columns[key] for key in ("file", "sheet", "field", "column", "header")), strict=True
        )
    }
    headers = dict(zip(columns["field"], columns["header"], strict=True))
    called: dict[str, set[str]] = {}
    for field, header in zip(columns["field"], columns["header"], strict=True):
        called.setdefault(field, set()).add(normal_name(_last(header)))
    lacking: dict[tuple[str, str, str, str], None] = {}
    for field, rows in sorted(_open_cells(counted, asking).items()):
        for row in np.flatnonzero(rows).tolist():
            file, sheet, unit, line = (frame[key].iloc[row] for key in ("file", "sheet", "unit", "row"))
            place = places.get((file, sheet, field))
            if place is None:
                unread = any((name, file, sheet, header) in aside for header in called.get(field, ()))
                if field in headers and not unread:
                    lacking[file, sheet, unit, field] = None
                continue
            column, header = place
            yield Fault(
                f"unanswered{suffix or _of_city(name, field)}",
                file=file,
                sheet=sheet,
                cell=f"{column}{line}",
                unit=unit,
                severity=severity,
                details={"field": _last(header)},
            )
    for file, sheet, unit, field in lacking:
        yield Fault(
            f"column_unanswered{suffix or _of_city(name, field)}",
            file=file,
            sheet=sheet,
            unit=unit,
            severity=severity,
            details={"field": _last(headers[field])},
        )


def _of_city(ledger: str, field: str) -> str:
    """Return the end of the check of a field that the city fills in although units hand in its ledger."""
    fields = LEDGERS[ledger].fields
    return "_of_city" if field in fields and fields[field].of_city else ""


def _last(header: str) -> str:
    """Return the lowest row of a header of several."""
    return header.rsplit("/", 1)[-1]


def _open_cells(counted: Cohort, asking: Iterable[Measure]) -> dict[str, np.ndarray]:
    """Return by field the rows of the ledger whose empty cell leaves something open."""
    found: dict[str, np.ndarray] = {}
    for measure in asking:
        conditions = [measure.top, *([measure.base] if measure.base else [])]
        doubtful = np.zeros(len(counted.rows.frame), dtype=bool)
        for condition in conditions:
            doubtful[counted.row_of[counted.leaves_open(condition)]] = True
        for atom in dict.fromkeys(atom for condition in conditions for atom in with_outer(condition.atoms)):
            silent = doubtful & counted.rows.own(atom).unanswered
            outer = {field for other in with_outer((atom,)) if other != atom for field in other.fields}
            for field in atom.fields:
                if field not in outer:
                    empty = silent & counted.rows.is_blank(field)
                    found[field] = found.get(field, np.zeros_like(empty)) | empty
    return found
