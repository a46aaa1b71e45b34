"""The rows of the edited table: which item of which list of the file each is, and what new ones are called."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from openpyxl.worksheet.worksheet import Worksheet

from analysis.rounds.faults import Fault
from analysis.rounds.settings_files import Location
from analysis.rulebook.edit.editedcells import text_in
from analysis.rulebook.edit.held import Held
from analysis.rulebook.edit.rulecell import MODELS, number_said, same
from analysis.rulebook.edit.ruletable import FOOTERS

#: a dimension as the table names it: 案件处置（30 分）
_GROUP: Final = re.compile(r"^(.*?)\s*[（(]\s*(\d+(?:\.\d+)?)[^）)]*[）)]$")
#: between a dimension and a group in it
_WITHIN: Final = re.compile(r"\s*›\s*")


@dataclass
class Row:
    """A row of the table: the texts of its columns, and what item it is.

    Attributes:
        number: its number in the sheet.
        texts: what stands in it, by column.
        group: what stands in the column of the group, here or above.
        code: code of the item.
        of: the list of the file it belongs to.
        at: where the list stands; empty for that of a new dimension.
        dimension: name of a new dimension.
    """

    number: int
    texts: dict[str, str]
    group: str
    code: str = ""
    of: str = ""
    at: Location = ()
    dimension: str = ""


class TableRows:
    """The rows of the table of a workbook, each with the item it is.

    Attributes:
        sheet: the sheet of the table.
        heads: its columns, from 1.
        rows: the rows in their order.
        points: points stated for new dimensions, by name.
        dimensions: codes of new dimensions, by name.
    """

    def __init__(self, held: Held, sheet: Worksheet, top: int, heads: Mapping[str, int]) -> None:
        self.held, self.sheet, self.heads = held, sheet, heads
        self.rows: list[Row] = []
        self.points: dict[str, str] = {}
        self.dimensions: dict[str, str] = {}
        self._read_rows(top)
        self._place_rows()

    def _read_rows(self, top: int) -> None:
        for row, kind in enumerate(("#title", "#note"), 1):
            self.held.hold(kind, text_in(self.sheet.cell(row, 1)), (self.sheet.title, f"A{row}"))
        footers = {self.held.words.label(f"ruletable.column.{name}"): name for name in FOOTERS}
        group = ""
        first: dict[str, Row] = {}
        for number_of_row in range(top + 1, (self.sheet.max_row or top) + 1):
            texts = {
                column: text_in(self.sheet.cell(number_of_row, place)) for column, place in self.heads.items()
            }
            if texts["group"] in footers:
                name = footers[texts["group"]]
                cell = self.sheet.cell(number_of_row, self.heads["group"] + 1)
                self.held.hold(f"#{name}", text_in(cell), (self.sheet.title, cell.coordinate))
                if name == FOOTERS[-1]:
                    break
                continue
            group = texts["group"] or group
            if not any(text for column, text in texts.items() if column != "group"):
                # nothing but what is signed, or an empty row to be filled
                continue
            line = Row(number_of_row, texts, group, texts["code"])
            if line.code and line.code in first:
                details = {"first": self.address(first[line.code], "code")[1]}
                self.fault("ruletable_code_twice", line, "code", **details)
                continue
            first.setdefault(line.code, line)
            self.rows.append(line)

    def _place_rows(self) -> None:
        """Find out to which list of the file every row belongs."""
        lists = {
            self.held.words.label(f"ruletable.list.{name}"): name for name in MODELS if name != "dimensions"
        }
        dimensions = {
            name: at
            for *above, key in self.held.texts
            if key == "code"
            and above[0] == "dimensions"
            and (at := tuple(above)) not in self.held.items.values()
            for name in self._names_of(at)
        }
        stated: dict[str, list[tuple[Row, str]]] = {}
        for row in self.rows:
            if not row.group:
                self.fault("ruletable_group_missing", row, "group")
            elif row.group in lists:
                row.of = lists[row.group]
                row.at = (row.of,)
            else:
                row.of = "dimensions"
                self._place_in_dimension(row, dimensions, stated)
        self._renamed(dimensions)
        self._recognise()
        self._name_dimensions()
        for row in self.rows:
            if row.code in self.held.items and row.of and self.held.items[row.code][0] != row.of:
                old, new = (
                    self.held.words.label(f"ruletable.list.{name}")
                    for name in (self.held.items[row.code][0], row.of)
                )
                self.fault("ruletable_list_differs", row, "group", code=row.code, old=str(old), new=str(new))
        for name, each in stated.items():
            several = {number_said(points): row for row, points in each}
            if len(several) > 1:
                (found, _), (other, row) = list(several.items())[:2]
                details = {"name": name, "other": other, "one": found}
                self.fault("ruletable_group_points", row, "group", **details)

    def _recognise(self) -> None:
        """Give rows without a code that of the item they became when the workbook was read before."""
        taken = {row.code for row in self.rows}
        for row in self.rows:
            if not row.code:
                row.code = next(
                    (
                        code
                        for code, at in self.held.items.items()
                        if at[:-1] == row.at
                        and code not in taken
                        and f"{code}#rule" not in self.held.kept
                        and self.held.shown_name(at) == row.texts["name"]
                    ),
                    "",
                )
                taken.add(row.code)

    def _names_of(self, at: Location) -> tuple[str, ...]:
        """Return how the table names a dimension or group: with those above it."""
        names = [self.held.shown_name(at[:depth]) for depth in range(2, len(at) + 1, 2)]
        return (" › ".join(names),)

    def _place_in_dimension(
        self,
        row: Row,
        dimensions: Mapping[str, Location],
        stated: dict[str, list[tuple[Row, str]]],
    ) -> None:
        names, points = [], []
        for part in _WITHIN.split(row.group):
            match = _GROUP.match(part)
            names.append(match[1] if match else part)
            points.append(match[2] if match else "")
        for depth in range(1, len(names) + 1):
            name = " › ".join(names[:depth])
            at = dimensions.get(name)
            said = points[depth - 1]
            before = self.held.texts.get((*at, "points"), "") if at else ""
            if said and not same(said, before):
                if at and self._as_exported(row, depth, said):
                    # the file was changed since, not the workbook
                    continue
                stated.setdefault(name, []).append((row, said))
                if at:
                    self._point(at, said, before, row)
        at = dimensions.get(" › ".join(names))
        if at is not None and any(place[: len(at) + 1] == (*at, "groups") for place in self.held.leaves):
            self.fault("ruletable_group_unknown", row, "group")
        elif at is not None:
            row.at = (*at, "indicators")
        elif len(names) > 1:
            self.fault("ruletable_group_unknown", row, "group")
        else:
            row.dimension = names[0]
            if points[0]:
                self.points[names[0]] = points[0]

    def _as_exported(self, row: Row, depth: int, said: str) -> bool:
        before = self.held.kept.get(f"{row.code}#group", "")
        match = _GROUP.match([*_WITHIN.split(before), "", ""][depth - 1])
        return bool(match) and match is not None and same(match[2], said)

    def _point(self, at: Location, said: str, before: str, row: Row) -> None:
        leaf = self.held.leaves[*at, "points"]
        if leaf.path in self.held.values:
            return
        self.held.values[leaf.path] = said
        label = f"{self.held.shown_name(at)} {self.held.words.label('ruletable.column.points')}"
        self.held.change(leaf.path, label, (before, said), self.address(row, "group"), leaf.line)

    def _renamed(self, dimensions: Mapping[str, Location]) -> None:
        """Take a dimension all of whose items stand under a new name for the same one renamed."""
        for name in dict.fromkeys(row.dimension for row in self.rows if row.dimension):
            rows = [row for row in self.rows if row.dimension == name]
            codes = {row.code for row in rows}
            for at in dimensions.values():
                own = {code for code, place in self.held.items.items() if place[: len(at)] == at}
                elsewhere = any(row.at[: len(at)] == at for row in self.rows)
                if not own or not own <= codes or elsewhere or len(at) != 2:
                    continue
                key = "name_en" if self.held.shown_name(at) != self.held.texts[*at, "name"] else "name"
                leaf = self.held.leaves[*at, key]
                label = self.held.words.label("ruletable.column.group")
                self.held.values[leaf.path] = name
                self.held.change(
                    leaf.path, label, (leaf.text, name), self.address(rows[0], "group"), leaf.line
                )
                said = self.points.pop(name, "")
                before = self.held.texts[*at, "points"]
                if said and not same(said, before):
                    self._point(at, said, before, rows[0])
                for row in rows:
                    row.dimension, row.at = "", (*at, "indicators")
                break

    def _name_dimensions(self) -> None:
        """Give every new dimension a code: what the codes of its items begin with, or the next number that is free."""
        taken = {text for at, text in self.held.texts.items() if at[-1] == "code" and at[0] in MODELS}
        taken |= {row.code for row in self.rows if row.code}
        begun = {code.rsplit(".", 1)[0] for code in taken if "." in code}
        # where the items themselves are numbered 1, 2, 3 a dimension is no number
        plain = any("." not in row.code for row in self.rows if row.code and row.of == "dimensions")
        numbers = (f"{'K' if plain else ''}{place}" for place in itertools.count(1))
        for name in dict.fromkeys(row.dimension for row in self.rows if row.dimension):
            own = [row.code for row in self.rows if row.dimension == name and "." in row.code]
            stems = {code.rsplit(".", 1)[0] for code in own}
            if len(stems) == 1 and not stems & (taken | {*self.dimensions.values()}):
                self.dimensions[name] = stems.pop()
            else:
                free = (number for number in numbers if number not in taken | begun)
                self.dimensions[name] = next(free)

    def next_code(self, row: Row) -> str:
        """Return the code of a new row without one: the next in its dimension, or of its list."""
        taken = {*self.held.items, *(each.code for each in self.rows)}
        taken |= {text for at, text in self.held.texts.items() if at[-1] == "code"}
        if row.of != "dimensions":
            stem, prefix = (
                {"bonuses": "B", "deductions": "D", "falsification": "F", "vetoes": "V"}[row.of],
                "",
            )
        elif row.at:
            stem, prefix = self.held.texts[*row.at[:-1], "code"], "."
        else:
            stem, prefix = self.dimensions[row.dimension], "."
        return next(code for place in range(1, 1000) if (code := f"{stem}{prefix}{place}") not in taken)

    def address(self, row: Row, column: str) -> tuple[str, str]:
        """Return sheet and cell of a column of a row."""
        return self.sheet.title, str(self.sheet.cell(row.number, self.heads[column]).coordinate)

    def fault(self, check: str, row: Row, column: str, **details: str) -> None:
        """Note what is wrong with a cell of a row."""
        found = row.group if column == "group" else row.texts[column]
        self.held.faults.append(
            Fault(check, self.held.shown, *self.address(row, column), found=found, details=details)
        )
