"""Back from the edited workbook of a rule set: what was edited, added, deleted and moved, with its cell.

A row of the table is an item, found by its code. What stands in a row is held against what stood there when the
workbook was written; a row without a known code is a new item, a code without a row a deleted one, another order or
another dimension moves it. Whoever reads back gets every change with its cell, everything that is wrong at once, and
the file as it would be; nothing is written before the whole of it was checked.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from analysis.rounds.faults import Fault
from analysis.rounds.rounds import RULEBOOK_FILE
from analysis.rulebook.edit.arrangement import arranged
from analysis.rulebook.edit.editedcells import heads_of, words_of
from analysis.rulebook.edit.held import Change, Held, spot
from analysis.rulebook.edit.listsread import read_lists
from analysis.rulebook.edit.parameterrows import read_parameters
from analysis.rulebook.edit.rulefile import Leaf, RuleFile, UnwritableError
from analysis.rulebook.edit.rulefiles import RuleFiles
from analysis.rulebook.edit.rulesheets import SHEET_COLUMNS
from analysis.rulebook.edit.ruletable import PARAMETERS
from analysis.rulebook.edit.tableedits import TableEdits
from analysis.rulebook.edit.tablerows import TableRows
from analysis.words import Words

_DAMAGED: Final = (
    zipfile.BadZipFile,
    ElementTree.ParseError,
    InvalidFileException,
    KeyError,
    ValueError,
)
#: what has to stand in a sheet
_NEEDED: Final = {"table": SHEET_COLUMNS, "parameters": ("value", "path")}


@dataclass(frozen=True)
class ReadBack:
    """What an edited workbook says.

    Attributes:
        changes: every edit.
        faults: what is wrong with the workbook, or with the rule set as it would be.
        cells: for faults of the rule set, by their place in `faults`: sheet and cell the fault comes from.
        files: the rule set as it would be; None if the workbook itself cannot be read back.
    """

    changes: tuple[Change, ...]
    faults: tuple[Fault, ...]
    cells: Mapping[int, tuple[str, str]]
    files: RuleFiles | None

    @property
    def file(self) -> RuleFile | None:
        """The rule set itself as it would be, without the files beside it."""
        return None if self.files is None else self.files.rules


def read_back(workbook: Path, files: RuleFiles, words: Words) -> ReadBack:
    """Return what an edited workbook changes in a rule set, checked as a whole; nothing is written.

    Afterwards the measures are declared that the workbook says are those of the office.

    Args:
        workbook: the workbook that `write` made and somebody edited.
        files: the rule set it was made of, as it stands now.
        words: the catalogue of what is told; the workbook may have been written in another language.

    Raises:
        FileNotFoundError: there is no such workbook.
    """
    shown = workbook.name
    try:
        with workbook.open("rb") as stream:
            book = load_workbook(stream, data_only=True)
    except _DAMAGED:
        return ReadBack((), (Fault("not_an_xlsx", shown, found=shown),), {}, None)
    written_in = words_of(book, words)
    names = {name: written_in.label(f"ruletable.sheet.{name}") for name in _NEEDED}
    missing = [
        Fault("ruletable_sheet_missing", shown, found=name)
        for name in names.values()
        if name not in book.sheetnames
    ]
    if missing:
        return ReadBack((), tuple(missing), {}, None)
    heads = {
        name: heads_of(book[title], {"table": SHEET_COLUMNS, "parameters": PARAMETERS}[name], written_in)
        for name, title in names.items()
    }
    missing = [
        Fault(
            "ruletable_column_missing",
            shown,
            names[name],
            found=written_in.label(f"ruletable.column.{column}"),
        )
        for name, columns in _NEEDED.items()
        for column in columns
        if column not in heads[name][1]
    ]
    if missing:
        return ReadBack((), tuple(missing), {}, None)
    files.declare()
    rules, _ = files.rules.loaded()
    held = Held(shown, book, files, rules, written_in)
    lists = read_lists(held, book)
    table = TableRows(held, book[names["table"]], *heads["table"])
    edits = TableEdits(held, table)
    read_parameters(held, book[names["parameters"]], *heads["parameters"])
    if held.faults:
        return ReadBack(tuple(held.changes), tuple(held.faults), {}, None)
    try:
        edited = arranged(held, edits, lists)
    except UnwritableError as refused:
        place = held.where.get(refused.path, ("", ""))
        fault = Fault("ruletable_unwritable", shown, *place, found=refused.written)
        return ReadBack(tuple(held.changes), (fault,), {}, None)
    whole, wrong = edited.checked()
    found = {
        number: cell
        for number, fault in enumerate(wrong)
        if (cell := _cell_of(fault, edited, held, table)) is not None
    }
    told = edits.wordings(whole) if whole is not None else []
    return ReadBack(tuple(held.changes), (*wrong, *told), found, edited)


def _cell_of(fault: Fault, files: RuleFiles, held: Held, table: TableRows) -> tuple[str, str] | None:
    """Return the cell a fault of the rule set comes from: an edited one on its line, else the one it names."""
    edited = files.of(fault.file or RULEBOOK_FILE)

    def cell(leaf: Leaf) -> tuple[str, str] | None:
        return held.where.get(spot(fault.file or RULEBOOK_FILE, leaf.path))

    on_line = [leaf for leaf in edited.leaves() if leaf.line == fault.line]
    changed = {change.path for change in held.changes}
    named = fault.details.get("key", "").rsplit(".", 1)[-1]
    ordered = sorted(on_line, key=lambda leaf: (leaf.key != named, leaf.path not in changed))
    found = next((there for leaf in ordered if (there := cell(leaf)) is not None), None)
    if found is not None:
        return found
    rows = {row.code: row for row in table.rows}
    for leaf in on_line:
        if leaf.owner in rows:
            return table.address(rows[leaf.owner], "cell")
        inside = next(
            (row for row in table.rows if row.at and held.texts.get((*row.at[:2], "code")) == leaf.owner),
            None,
        )
        if leaf.owner and inside is not None:
            return table.address(inside, "group")
    # a whole part is wrong: what stands in it comes from somewhere
    below = min(
        (leaf for leaf in edited.leaves() if leaf.line > fault.line), key=lambda leaf: leaf.line, default=None
    )
    return None if below is None or on_line else cell(below)
