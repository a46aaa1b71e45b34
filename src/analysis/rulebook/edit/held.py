"""An edited workbook of a rule set held against its file: every edit with its cell, and what is wrong with it.

The parts of the workbook are read one after the other (the rows of the table, the parameters); what they find stands
together here: changes, faults, the values to be written, and the cell of every path.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from analysis.rounds.faults import Fault
from analysis.rounds.rounds import RULEBOOK_FILE
from analysis.rounds.settings_files import Location
from analysis.rulebook import Rulebook
from analysis.rulebook.edit.editedcells import kept_in, plainly
from analysis.rulebook.edit.rulecell import MODELS, CellRead, RuleCell, number_said, same
from analysis.rulebook.edit.rulefile import TEXTS, Leaf
from analysis.rulebook.edit.rulefiles import RuleFiles
from analysis.rulebook.edit.ruletable import (
    Parameter,
    items_at,
    kept_of,
    label_of,
    may_be_left_open,
    parameters_of,
    table_of,
    terms_of,
)
from analysis.rulebook.edit.ruleterms import MEASURED, RuleTerms, tidy
from analysis.words import OFFICE, Words


@dataclass(frozen=True)
class Change:
    """One edit found in a workbook.

    Attributes:
        path: the parameter, or the code of an item.
        label: what it is, in words.
        old: as it stands in the file, in words.
        new: as it stands in the workbook, in words.
        sheet: where in the workbook; empty where its row was deleted.
        cell: where in the sheet.
        line: its line in the file; 0 for what is not there yet.
        file: name of the file.
    """

    path: str
    label: str
    old: str
    new: str
    sheet: str
    cell: str
    line: int
    file: str = RULEBOOK_FILE


def spot(file: str, path: str) -> str:
    """Return by what the cell of a path is found: by the path, in another file than the rule set with its name."""
    return path if file == RULEBOOK_FILE else f"{file}#{path}"


@dataclass
class Held:
    """A workbook held against a file.

    Attributes:
        shown: name of the workbook.
        book: the workbook.
        files: the rule set as it stands now.
        rules: the same as a model; None where it is only begun.
        words: the catalogue the workbook was written in.
        changes: every edit found.
        faults: everything that is wrong.
        where: sheet and cell of every path that has one; see `spot`.
        values: what has to be written, by path.
        removed: paths of keys that are to go.
        gone: codes of the items that are to go.
    """

    shown: str
    book: Any
    files: RuleFiles
    rules: Rulebook | None
    words: Words
    changes: list[Change] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    where: dict[str, tuple[str, str]] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    removed: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.file = self.files.rules
        self.terms: RuleTerms = terms_of(self.files, self.words)
        self.leaves: dict[Location, Leaf] = {leaf.location: leaf for leaf in self.file.leaves()}
        self.texts = {at: leaf.text for at, leaf in self.leaves.items()}
        self.items = {self.texts[*at, "code"]: at for at in items_at(self.texts)}
        self.parameters = {each.leaf.path: each for each in parameters_of(self.files, self.words)}
        self.table = table_of(self.rules, self.files, self.words)
        now = kept_of(self.table, self.parameters.values(), self.words)
        self.now = now
        self.kept = kept_in(self.book, self.words) or now

    def hold(self, path: str, text: str, place: tuple[str, str]) -> None:
        """Tell an edit of a text that nobody edits."""
        before = self.kept.get(path)
        if before is None or plainly(text) in (plainly(before), plainly(self.now.get(path, before))):
            return
        what = path.rsplit("#", 1)[-1]
        label = self.words.label(f"ruletable.column.{what}")
        details = {"what": label, "before": before}
        self.faults.append(Fault("ruletable_text_edited", self.shown, *place, found=text, details=details))

    def shown_name(self, at: Location) -> str:
        """Return the name of a part as the workbook shows it."""
        english = self.texts.get((*at, "name_en"), "") if self.words.language != OFFICE else ""
        return english or self.texts.get((*at, "name"), "")

    def compare(self, leaf: Leaf, text: str, place: tuple[str, str], parameter: Parameter | None) -> None:
        """Note what a cell changes at a path, or what is wrong with it."""
        path, before = leaf.path, self.kept.get(leaf.path, leaf.text)
        new, wrong = self._written(leaf, text, parameter)
        if same(new, before) or same(new, leaf.text):
            return

        def fault(check: str, **details: str) -> None:
            told = {"path": path, **details}
            self.faults.append(Fault(check, self.shown, *place, found=text, details=told))

        if not new and path not in self.kept:
            # written for a row that left it open when the workbook was read before
            return
        if not new and may_be_left_open(leaf.location) and parameter is not None:
            self.removed.append(path)
            self.change(path, parameter.label, (parameter.value, ""), place, leaf.line)
        elif not new:
            fault("ruletable_empty", before=before)
        elif wrong is not None:
            fault(wrong[0], **wrong[1])
        elif not same(before, leaf.text):
            fault("ruletable_changed_since", before=before, now=leaf.text)
        else:
            self.values[path] = new
            column = f"ruletable.{'key.name_en' if leaf.key == 'name_en' else f'column.{leaf.key}'}"
            named = self.words.label(column) if column in self.words else label_of(leaf, self.words)
            label = parameter.label if parameter else named
            told = (self.told(leaf.key, leaf.text, leaf.owner), self.told(leaf.key, new, leaf.owner))
            self.change(path, label, told, place, leaf.line)

    def _written(
        self, leaf: Leaf, text: str, parameter: Parameter | None
    ) -> tuple[str, tuple[str, dict[str, str]] | None]:
        """Return a value as the file has it, and what is wrong with it: words may stand for codes."""
        if leaf.key in TEXTS:
            return text, None
        if parameter is not None and text == parameter.value:
            return leaf.text, None
        if parameter is not None and parameter.choices:
            code = self.terms.code(text, (value for value, _ in parameter.choices), leaf.key)
            details = {"label": parameter.label, "value": text, "allowed": parameter.allowed}
            return code or tidy(text), None if code else ("ruletable_not_a_choice", details)
        if parameter is not None and any(part in MEASURED for part in leaf.location):
            found = CellRead()
            code = RuleCell(MODELS["dimensions"], self.terms, leaf.owner).measure_read(text, found)
            return code, next(iter(found.faults), None)
        return number_said(text), None

    def told(self, key: str, text: str, item: str) -> str:
        """Return a value in words; a measure by its name."""
        if key in MEASURED:
            return self.terms.measure(text, item)
        return text if key in TEXTS else self.terms.value(text, key)

    def label(self, path: str) -> str:
        """Return what stands at a path, in words."""
        column = {"measure": "measure", "shape": "shape"}.get(path.rsplit(".", 1)[-1])
        leaf = self.file.leaf(path)
        return self.column(column) if column else label_of(leaf, self.words) if leaf else path

    def column(self, column: str) -> str:
        """Return the head of a column."""
        return self.words.label(f"ruletable.column.{column}")

    def change(
        self,
        path: str,
        label: str,
        told: tuple[str, str],
        place: tuple[str, str],
        line: int = 0,
        *,
        file: str = RULEBOOK_FILE,
    ) -> None:
        """Note an edit: what it is called, the old and new text, sheet and cell, and the line of the file."""
        self.changes.append(Change(path, label, *told, *place, line, file))

    def stands(self, file: str, path: str, place: tuple[str, str]) -> None:
        """Note the cell that a path of one of the files comes from."""
        self.where.setdefault(spot(file, path), place)
