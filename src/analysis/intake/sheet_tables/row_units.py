"""Whose row it is: the unit of every entry of a table, by code, by name, or by the name of file or sheet."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from analysis.intake.cell_reading.cell_values import written
from analysis.intake.sheet_tables.ledger_tables import Table, unit_columns
from analysis.quantities import Cell
from analysis.rounds.faults import LIST_SIGN, Fault
from analysis.rounds.settings_files import suggestion
from analysis.rounds.units import UnitRoll


def units_of(
    table: Table, cells: Mapping[str, list[Cell]], roll: UnitRoll | None, refused: Collection[int]
) -> tuple[list[str], list[Fault]]:
    """Return the code of the unit of each entry, empty if it cannot be told, and what is wrong with them.

    Args:
        table: the table.
        cells: the columns by which its rows name their units.
        roll: the units; None if the roll could not be read, so that no row can be wrong about its unit.
        refused: the entries whose cells could not be read, which has been told.
    """
    if roll is None or not (cells or table.source.unit):
        return [""] * len(table.rows), []
    finder = _Finder(table, roll)
    named = finder.named_unit()
    if not cells:
        return [named] * len(table.rows), finder.faults
    return finder.units(cells, named, refused), finder.faults


class _Finder:
    """Finds the units of the rows of a table, and what is wrong with them."""

    def __init__(self, table: Table, roll: UnitRoll) -> None:
        self.table, self.roll = table, roll
        self.columns = unit_columns(table)
        self.faults: list[Fault] = []

    def units(self, cells: Mapping[str, list[Cell]], named: str, refused: Collection[int]) -> list[str]:
        """Return the code of the unit of each entry; the rows speak first, then the name of file or sheet."""
        table, roll, columns = self.table, self.roll, self.columns
        empty: list[Cell] = [None] * len(table.rows)
        known: dict[tuple[Any, ...], tuple[str | None, str | None]] = {}
        units = []
        for place, (code, name) in enumerate(
            zip(cells.get("unit_code", empty), cells.get("unit_name", empty), strict=True)
        ):
            key = (code.__class__, code, name.__class__, name)
            if key not in known:
                known[key] = roll.resolve(written(code), written(name))
            found, check = known[key]
            if check == "unit_missing" and named:
                found, check = named, None
            if place in refused:
                found = ""
            elif check:
                self._blame_unit(check, table.rows[place], written(code), written(name))
            elif named and found != named:
                column = columns.get("unit_name") or columns["unit_code"]
                details = {"unit_of_name": roll.name(named), "unit": found or ""}
                self._blame("unit_differs_from_name", table.rows[place], column, name or code, **details)
                found = ""
            units.append(found or "")
        return units

    def named_unit(self) -> str:
        """Return the code of the unit that the name of file or sheet states."""
        table, roll, said = self.table, self.roll, self.table.source.unit
        if not said:
            return ""
        found = roll.by_name(said) or roll.by_code(said)
        if found is None:
            known = LIST_SIGN.join(unit.name for unit in roll)
            near = suggestion(said, [spelling for unit in roll for spelling in unit.spellings()])
            details = {"known": known, "suggestion": near}
            self.faults.append(table.fault("unit_of_name_unknown", 0, 0, said, **details))
            return ""
        return found.code

    def _blame_unit(self, check: str, row: int, code: str, name: str) -> None:
        roll, columns = self.roll, self.columns
        by_code, by_name = roll.by_code(code), roll.by_name(name)
        # the name is blamed where it is nobody's; where the two disagree, the code, for the name is what people read
        wrong = "unit_name" if "unit_name" in columns and name and by_name is None else next(iter(columns))
        details = {
            "code": code,
            "name": name,
            "code_means": by_code.name if by_code else "",
            "name_means": by_name.code if by_name else "",
            "suggestion": suggestion(name, [spelling for unit in roll for spelling in unit.spellings()]),
            "known": LIST_SIGN.join(unit.name for unit in roll),
        }
        self._blame(check, row, columns[wrong], code if wrong == "unit_code" else name, **details)

    def _blame(self, check: str, row: int, column: int, found: Cell, **details: Any) -> None:
        self.faults.append(self.table.fault(check, row, column, found, **details))
