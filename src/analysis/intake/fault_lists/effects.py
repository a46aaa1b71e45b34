"""How much of a published total, or of a unit's marks, rests on doubtful cells: what moves most stands first in lists.

A cell weighs as much as its row: the largest share its people, its money, or the row itself, have in the total of the
round's period or of the period it is compared with. A date that is wrong moves the whole row. A mark weighs as much as
its full marks among all those of its unit. Cells of which the same is to be said weigh together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Final

from analysis.intake.declared.ledgers import MARK_LEDGERS, YEAR
from analysis.intake.files.sheets import column_of
from analysis.intake.sheet_tables.reading import Reading
from analysis.rounds.faults import Effect, Fault, Severity, alike
from analysis.rounds.periods import Period
from analysis.rounds.rounds import Round

#: what is added up, by ledger; a row that is counted weighs 1
_ADDED_UP: Final[Mapping[str, tuple[str, ...]]] = {
    "clues": ("workers", "amount", "amount_paid"),
    "events": ("people",),
}
#: what a doubtful mark is a share of
OF_MARKS: Final = "marks"
_CELL: Final = re.compile(r"([A-Z]+)(\d+)")
#: below a hundredth of a total nothing is told and the place in the files decides
_TOLD: Final = 0.01
_GRAVITY: Final[Mapping[Severity, int]] = {"blocks": 0, "warns": 1, "notes": 2}


def weighed(faults: Iterable[Fault], readings: Mapping[str, Reading], round: Round) -> list[Fault]:
    """Return the faults in cells with what rests on them, where it is worth telling.

    Args:
        faults: everything found.
        readings: the ledgers.
        round: for its periods and the field that dates a clue.
    """
    groups: dict[Hashable, list[int]] = {}
    told = list(faults)
    for place, fault in enumerate(told):
        groups.setdefault(alike(fault), []).append(place)
    rolls = {table.sheet.file for table in readings["units"].tables} if "units" in readings else set()
    scales = [_Scale(readings[name], round) for name in (*_ADDED_UP, *MARK_LEDGERS) if name in readings]
    for places in groups.values():
        found = [effect for scale in scales for effect in scale.weigh([told[place] for place in places])]
        most = max(found, default=Effect(0))
        for place in places:
            fault = told[place]
            if most.share >= _TOLD:
                told[place] = replace(fault, effect=most._replace(cells=len(places)))
            elif fault.file in rolls and fault.severity == "blocks":
                # without the roll nobody's rows can be told
                told[place] = replace(fault, effect=Effect(1))
    return told


def by_effect(faults: Iterable[Fault]) -> list[Fault]:
    """Return faults with the graver first, among these what moves a total most; else as they stand."""
    return sorted(faults, key=lambda fault: (_GRAVITY[fault.severity], -share_of(fault)))


def share_of(fault: Fault) -> float:
    """Return the share of a total that rests on a fault.

    What is wrong with a file, with settings or with a unit as a whole moves all of it, unless it only notes something.
    """
    if fault.effect is not None:
        return fault.effect.share
    return float(not fault.cell and fault.severity != "notes")


class _Scale:
    """What the entries of a ledger weigh in the totals of periods."""

    def __init__(self, reading: Reading, round: Round) -> None:
        self.reading, self.entries = reading, reading.entries
        calendar, ledger = round.settings.calendar, reading.ledger
        self.periods = [calendar.period, *(one for one in calendar.listed if one.text == calendar.base)]
        self.days = self.entries.of(round.settings.date_field if ledger.name == "clues" else ledger.by_year)
        self.years = self.entries.of(YEAR)
        places = [(table.sheet.file, table.sheet.name) for table in reading.tables]
        self.at: dict[tuple[str, str, int], list[int]] = {}
        for entry, (table, row) in enumerate(zip(self.entries.tables, self.entries.rows, strict=True)):
            self.at.setdefault((*places[table], row), []).append(entry)
        #: the tables by the place of their header: what is wrong with a column is wrong with all that is under it
        self.under = {
            (*places[number], table.header_row): number for number, table in enumerate(reading.tables)
        }

    def weigh(self, faults: Sequence[Fault]) -> Iterator[Effect]:
        """Yield the shares that rest on the cells of faults of which the same is to be said."""
        own = {entry for fault in faults for entry in self._entries(fault)}
        if not own:
            return
        name = self.reading.ledger.name
        if name in MARK_LEDGERS:
            yield from self._of_marks(own)
            return
        for (field, period), total in self.totals.items():
            surely, perhaps = self._counted(field, sure=True), self._counted(field, sure=False)
            column = self._column(field)
            moved = sum(column[entry] or 0 for entry in own if perhaps(entry, period))
            others = total - sum(column[entry] or 0 for entry in own if surely(entry, period))
            if moved:
                yield Effect(moved / (moved + others), f"{name}.{field}", period.text)

    @cached_property
    def totals(self) -> dict[tuple[str, Period], int]:
        """What is added up by field and period, of the rows that count for sure."""
        totals = {}
        for field in ("rows", *_ADDED_UP[self.reading.ledger.name]):
            column, counts = self._column(field), self._counted(field, sure=True)
            for period in self.periods:
                inside = (number for entry, number in enumerate(column) if number and counts(entry, period))
                totals[field, period] = sum(inside)
        return totals

    def _column(self, field: str) -> Sequence[int | None]:
        """Return the numbers of a field, one per entry; each row counts as one."""
        return [1] * len(self.entries) if field == "rows" else self.entries.of(field)

    def _of_marks(self, own: Iterable[int]) -> Iterator[Effect]:
        """Yield the share of the full marks of each unit."""
        units, fulls = self.entries.units, [full or 1 for full in self.entries.of("full")]
        for unit in {units[entry] for entry in own}:
            every = sum(full for full, of in zip(fulls, units, strict=True) if of == unit)
            yield Effect(sum(fulls[entry] for entry in own if units[entry] == unit) / every, OF_MARKS)

    def _entries(self, fault: Fault) -> Iterable[int]:
        """Return the entries that a cell is part of: those of its row, or of its column where it is a header."""
        cell = _CELL.fullmatch(fault.cell)
        if cell is None:
            return ()
        place = fault.file, fault.sheet, int(cell[2])
        if place in self.under:
            stand = zip(self.entries.tables, self.entries.units, strict=True)
            return [
                entry
                for entry, (table, unit) in enumerate(stand)
                if table == self.under[place] and fault.unit in ("", unit)
            ]
        found, column = self.at.get(place, []), column_of(cell[1])
        # a row of a wide sheet has an entry in each of several cells
        return [entry for entry in found if self.entries.columns[entry] == column] or found

    def _counted(self, field: str, *, sure: bool) -> Callable[[int, Period], bool]:
        """Return whether an entry counts in the total of a period, surely or perhaps: what is open may be either."""
        confirmed, copies = self.entries.of("confirmed"), self.entries.of("duplicate_of")
        only_confirmed = (
            self.reading.ledger.name == "clues" and field != "rows" and self.reading.has("confirmed")
        )

        def counts(entry: int, period: Period) -> bool:
            day, year = self.days[entry], self.years[entry]
            if day is not None:
                inside = period.start <= day <= period.end
            elif year is not None:
                inside = period.start.year == year
            else:
                inside = not sure and period is self.periods[0]
            said = confirmed[entry]
            is_case = not only_confirmed or bool(said) or (said is None and not sure)
            return inside and is_case and not copies[entry]

        return counts
