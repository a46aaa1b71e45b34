"""The rows of the edited parameters held against the file, a value each, found by its path."""

from __future__ import annotations

from collections.abc import Mapping

from openpyxl.worksheet.worksheet import Worksheet

from analysis.rounds.faults import Fault
from analysis.rulebook.edit.editedcells import text_in
from analysis.rulebook.edit.held import Held
from analysis.rulebook.edit.ruletable import PROTECTED


def read_parameters(held: Held, sheet: Worksheet, top: int, heads: Mapping[str, int]) -> None:
    """Find every edit of a parameter, and every row that is none any more.

    Args:
        held: takes what is found.
        sheet: the sheet of the parameters.
        top: row of its heads.
        heads: its columns, from 1.
    """
    seen: dict[str, str] = {}
    for row in range(top + 1, (sheet.max_row or top) + 1):
        path, cell = text_in(sheet.cell(row, heads["path"])), sheet.cell(row, heads["value"])
        if not path:
            continue
        place = (sheet.title, str(cell.coordinate))
        if path in seen:
            details = {"first": f"{sheet.title} › {seen[path]}"}
            held.faults.append(Fault("ruletable_row_twice", held.shown, *place, found=path, details=details))
            continue
        seen[path] = place[1]
        offered = held.parameters.get(path)
        leaf = held.file.leaf(path) or (offered.leaf if offered else None)
        if leaf is not None and leaf.owner in held.gone:
            continue
        for column in PROTECTED:
            if column in heads:
                there = sheet.cell(row, heads[column])
                held.hold(f"{path}#{column}", text_in(there), (sheet.title, there.coordinate))
        held.where[path] = place
        if leaf is None:
            details = {"path": path}
            held.faults.append(
                Fault("ruletable_row_unknown", held.shown, *place, found=text_in(cell), details=details)
            )
            continue
        held.compare(leaf, text_in(cell), place, offered)
    for path, before in held.kept.items():
        leaf = held.file.leaf(path)
        listed = "#" not in path and path in held.parameters
        if listed and path not in seen and (leaf is None or leaf.owner not in held.gone):
            details = {"before": before}
            title = sheet.title
            held.faults.append(Fault("ruletable_row_missing", held.shown, title, found=path, details=details))
