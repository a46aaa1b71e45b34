"""Back from the edited workbook of a rule set: what was edited, added, deleted and moved, with its cell.

A row of the table is an item, found by its code. What stands in a row is held against what stood there when the
workbook was written; a row without a known code is a new item, a code without a row a deleted one, another order or
another dimension moves it. Whoever reads back gets every change with its cell, everything that is wrong at once, and
the file as it would be; nothing is written before the whole of it was checked.
"""

from __future__ import annotations

import difflib
import itertools
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from analysis.rounds.faults import LIST_SIGN, Fault
from analysis.rounds.settings_files import Location, suggestion
from analysis.rulebook import Rulebook
from analysis.rulebook.edit.rulecell import APART, MODELS, CellRead, RuleCell, completed, derived, number_said
from analysis.rulebook.edit.rulefile import TEXTS, Leaf, RuleFile, UnwritableError, in_line, written
from analysis.rulebook.edit.rulesheets import HEAD, SHEET_COLUMNS, SHEETS, replaced
from analysis.rulebook.edit.ruletable import (
    EDITABLE,
    FOOTERS,
    PARAMETERS,
    PROTECTED,
    RULED,
    Parameter,
    item_rule,
    items_at,
    kept_of,
    label_of,
    number,
    parameters_of,
    table_of,
    terms_of,
)
from analysis.rulebook.edit.ruleterms import MEASURED, RuleTerms, tidy
from analysis.rulebook.rule import SHAPES
from analysis.words import LANGUAGES, OFFICE, Words
from analysis.words import words as words_in

_DAMAGED: Final = (
    zipfile.BadZipFile,
    ElementTree.ParseError,
    InvalidFileException,
    KeyError,
    ValueError,
)
#: a dimension as the table names it: 案件处置（30 分）
_GROUP: Final = re.compile(r"^(.*?)\s*[（(]\s*(\d+(?:\.\d+)?)[^）)]*[）)]$")
#: between a dimension and a group in it
_WITHIN: Final = re.compile(r"\s*›\s*")
#: columns of a new item in the order of the file
_WRITTEN: Final = ("department", "data_source", "definition")


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
    """

    path: str
    label: str
    old: str
    new: str
    sheet: str
    cell: str
    line: int


@dataclass(frozen=True)
class ReadBack:
    """What an edited workbook says.

    Attributes:
        changes: every edit.
        faults: what is wrong with the workbook, or with the rule set as it would be.
        cells: for faults of the rule set, by their place in `faults`: sheet and cell the fault comes from.
        file: the rule set as it would be; None if the workbook itself cannot be read back.
    """

    changes: tuple[Change, ...]
    faults: tuple[Fault, ...]
    cells: Mapping[int, tuple[str, str]]
    file: RuleFile | None


def read_back(
    workbook: Path,
    file: RuleFile,
    words: Words,
    known: Callable[[str], bool] | None = None,
    measures: Iterable[str] = (),
) -> ReadBack:
    """Return what an edited workbook changes in a rule set, checked as a whole; nothing is written.

    Args:
        workbook: the workbook that `write` made and somebody edited.
        file: the rule set it was made of, as it stands now.
        words: the catalogue of what is told; the workbook may have been written in another language.
        known: whether a measure is computed.
        measures: names to suggest for a measure nobody computes.

    Raises:
        FileNotFoundError: there is no such workbook.
    """
    shown = workbook.name
    try:
        with workbook.open("rb") as stream:
            book = load_workbook(stream, data_only=True)
    except _DAMAGED:
        return ReadBack((), (Fault("not_an_xlsx", shown, found=shown),), {}, None)
    written_in = _words_of(book, words)
    missing = [
        Fault("ruletable_sheet_missing", shown, found=name)
        for sheet in ("table", "parameters")
        if (name := written_in.label(f"ruletable.sheet.{sheet}")) not in book.sheetnames
    ]
    if missing:
        return ReadBack((), tuple(missing), {}, None)
    rules, _ = file.loaded()
    back = _Back(shown, book, file, rules, written_in)
    back.read()
    if back.faults:
        return ReadBack(tuple(back.changes), tuple(back.faults), {}, None)
    try:
        edited = back.edited()
    except UnwritableError as refused:
        place = back.where.get(refused.path, ("", ""))
        fault = Fault("ruletable_unwritable", shown, *place, found=refused.written)
        return ReadBack(tuple(back.changes), (fault,), {}, None)
    whole, wrong = edited.loaded(known, measures)
    found = {
        number: cell
        for number, fault in enumerate(wrong)
        if (cell := back.cell_of(fault, edited)) is not None
    }
    told = back.wordings(whole) if whole is not None else []
    return ReadBack(tuple(back.changes), (*wrong, *told), found, edited)


def save(file: RuleFile, path: Path) -> None:
    """Replace a rulebook by an edited one, at once or not at all."""
    replaced(path, file.text.encode("utf-8"))


@dataclass
class _Row:
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


@dataclass
class _Back:
    """A workbook held against a file."""

    shown: str
    book: Any
    file: RuleFile
    rules: Rulebook | None
    words: Words
    changes: list[Change] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    where: dict[str, tuple[str, str]] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    removed: list[str] = field(default_factory=list)
    new: dict[str, str] = field(default_factory=dict)
    rows: list[_Row] = field(default_factory=list)
    points: dict[str, str] = field(default_factory=dict)
    dimensions: dict[str, str] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    moved: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.terms: RuleTerms = terms_of(self.file, self.words)
        self.leaves: dict[Location, Leaf] = {leaf.location: leaf for leaf in self.file.leaves()}
        self.texts = {at: leaf.text for at, leaf in self.leaves.items()}
        self.items = {self.texts[*at, "code"]: at for at in items_at(self.texts)}
        self.parameters = {each.leaf.path: each for each in parameters_of(self.file, self.words)}
        now = kept_of(table_of(self.rules, self.file, self.words), self.parameters.values(), self.words)
        self.now = now
        self.kept = _kept(self.book, self.words) or now
        self.sheet: Worksheet = self.book[self.words.label("ruletable.sheet.table")]
        self.heads: dict[str, int] = {}

    def read(self) -> None:
        """Find every edit, and every one that cannot be carried over."""
        top, self.heads = _heads(self.sheet, SHEET_COLUMNS, self.words)
        parameters = self.book[self.words.label("ruletable.sheet.parameters")]
        below, columns = _heads(parameters, PARAMETERS, self.words)
        for sheet, heads, needed in (
            (self.sheet, self.heads, SHEET_COLUMNS),
            (parameters, columns, ("value", "path")),
        ):
            self.faults += [
                Fault(
                    "ruletable_column_missing",
                    self.shown,
                    sheet.title,
                    found=self.words.label(f"ruletable.column.{column}"),
                )
                for column in needed
                if column not in heads
            ]
        if self.faults:
            return
        self._read_rows(top)
        self._place_rows()
        for row in self.rows:
            if row.code in self.items:
                self._read_item(row)
            else:
                self._read_new(row)
        self._read_gone()
        self._read_moves()
        self._read_parameters(parameters, below, columns)

    # ── the rows of the table ────────────────────────────────────────────────────────────────────────────────────────

    def _read_rows(self, top: int) -> None:
        for row, kind in enumerate(("#title", "#note"), 1):
            self._hold(kind, _text(self.sheet.cell(row, 1)), (self.sheet.title, f"A{row}"))
        footers = {self.words.label(f"ruletable.column.{name}"): name for name in FOOTERS}
        group = ""
        first: dict[str, _Row] = {}
        for number_of_row in range(top + 1, (self.sheet.max_row or top) + 1):
            texts = {
                column: _text(self.sheet.cell(number_of_row, place)) for column, place in self.heads.items()
            }
            if texts["group"] in footers:
                name = footers[texts["group"]]
                cell = self.sheet.cell(number_of_row, self.heads["group"] + 1)
                self._hold(f"#{name}", _text(cell), (self.sheet.title, cell.coordinate))
                if name == FOOTERS[-1]:
                    break
                continue
            group = texts["group"] or group
            if not any(text for column, text in texts.items() if column != "group"):
                # nothing but what is signed, or an empty row to be filled
                continue
            line = _Row(number_of_row, texts, group, texts["code"])
            if line.code and line.code in first:
                details = {"first": self._address(first[line.code], "code")[1]}
                self._fault("ruletable_code_twice", line, "code", **details)
                continue
            first.setdefault(line.code, line)
            self.rows.append(line)

    def _hold(self, path: str, text: str, place: tuple[str, str]) -> None:
        """Tell an edit of a text that nobody edits."""
        before = self.kept.get(path)
        if before is None or _plainly(text) in (_plainly(before), _plainly(self.now.get(path, before))):
            return
        what = path.rsplit("#", 1)[-1]
        label = self.words.label(f"ruletable.column.{what}")
        details = {"what": label, "before": before}
        self.faults.append(Fault("ruletable_text_edited", self.shown, *place, found=text, details=details))

    def _place_rows(self) -> None:
        """Find out to which list of the file every row belongs."""
        lists = {self.words.label(f"ruletable.list.{name}"): name for name in MODELS if name != "dimensions"}
        dimensions = {
            name: at
            for *above, key in self.texts
            if key == "code" and above[0] == "dimensions" and (at := tuple(above)) not in self.items.values()
            for name in self._names_of(at)
        }
        stated: dict[str, list[tuple[_Row, str]]] = {}
        for row in self.rows:
            if not row.group:
                self._fault("ruletable_group_missing", row, "group")
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
            if row.code in self.items and row.of and self.items[row.code][0] != row.of:
                old, new = (
                    self.words.label(f"ruletable.list.{name}") for name in (self.items[row.code][0], row.of)
                )
                self._fault("ruletable_list_differs", row, "group", code=row.code, old=str(old), new=str(new))
        for name, each in stated.items():
            several = {number_said(points): row for row, points in each}
            if len(several) > 1:
                (found, _), (other, row) = list(several.items())[:2]
                details = {"name": name, "other": other, "one": found}
                self._fault("ruletable_group_points", row, "group", **details)

    def _recognise(self) -> None:
        """Give rows without a code that of the item they became when the workbook was read before."""
        taken = {row.code for row in self.rows}
        for row in self.rows:
            if not row.code:
                row.code = next(
                    (
                        code
                        for code, at in self.items.items()
                        if at[:-1] == row.at
                        and code not in taken
                        and f"{code}#rule" not in self.kept
                        and self._shown_name(at) == row.texts["name"]
                    ),
                    "",
                )
                taken.add(row.code)

    def _names_of(self, at: Location) -> tuple[str, ...]:
        """Return how the table names a dimension or group: with those above it."""
        names = [self._shown_name(at[:depth]) for depth in range(2, len(at) + 1, 2)]
        return (" › ".join(names),)

    def _shown_name(self, at: Location) -> str:
        english = self.texts.get((*at, "name_en"), "") if self.words.language != OFFICE else ""
        return english or self.texts.get((*at, "name"), "")

    def _place_in_dimension(
        self,
        row: _Row,
        dimensions: Mapping[str, Location],
        stated: dict[str, list[tuple[_Row, str]]],
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
            before = self.texts.get((*at, "points"), "") if at else ""
            if said and not _same(said, before):
                if at and self._as_exported(row, depth, said):
                    # the file was changed since, not the workbook
                    continue
                stated.setdefault(name, []).append((row, said))
                if at:
                    self._point(at, said, before, row)
        at = dimensions.get(" › ".join(names))
        if at is not None and any(place[: len(at) + 1] == (*at, "groups") for place in self.leaves):
            self._fault("ruletable_group_unknown", row, "group")
        elif at is not None:
            row.at = (*at, "indicators")
        elif len(names) > 1:
            self._fault("ruletable_group_unknown", row, "group")
        else:
            row.dimension = names[0]
            if points[0]:
                self.points[names[0]] = points[0]

    def _as_exported(self, row: _Row, depth: int, said: str) -> bool:
        before = self.kept.get(f"{row.code}#group", "")
        match = _GROUP.match([*_WITHIN.split(before), "", ""][depth - 1])
        return bool(match) and match is not None and _same(match[2], said)

    def _point(self, at: Location, said: str, before: str, row: _Row) -> None:
        leaf = self.leaves[*at, "points"]
        if leaf.path in self.values:
            return
        self.values[leaf.path] = said
        label = f"{self._shown_name(at)} {self.words.label('ruletable.column.points')}"
        self._change(leaf.path, label, (before, said), self._address(row, "group"), leaf.line)

    def _renamed(self, dimensions: Mapping[str, Location]) -> None:
        """Take a dimension all of whose items stand under a new name for the same one renamed."""
        for name in dict.fromkeys(row.dimension for row in self.rows if row.dimension):
            rows = [row for row in self.rows if row.dimension == name]
            codes = {row.code for row in rows}
            for at in dimensions.values():
                own = {code for code, place in self.items.items() if place[: len(at)] == at}
                elsewhere = any(row.at[: len(at)] == at for row in self.rows)
                if not own or not own <= codes or elsewhere or len(at) != 2:
                    continue
                key = "name_en" if self._shown_name(at) != self.texts[*at, "name"] else "name"
                leaf = self.leaves[*at, key]
                label = self.words.label("ruletable.column.group")
                self.values[leaf.path] = name
                self._change(leaf.path, label, (leaf.text, name), self._address(rows[0], "group"), leaf.line)
                said = self.points.pop(name, "")
                before = self.texts[*at, "points"]
                if said and not _same(said, before):
                    self._point(at, said, before, rows[0])
                for row in rows:
                    row.dimension, row.at = "", (*at, "indicators")
                break

    # ── an item that is there ────────────────────────────────────────────────────────────────────────────────────────

    def _read_item(self, row: _Row) -> None:
        at, code = self.items[row.code], row.code
        sentence = self.kept.get(f"{code}#rule")
        if sentence is not None and _plainly(row.texts["rule"]) not in (
            _plainly(sentence),
            _plainly(self.now.get(f"{code}#rule", sentence)),
        ):
            self._fault("ruletable_sentence_edited", row, "rule", path=code)
        for column in EDITABLE:
            english = column == "name" and self.words.language != OFFICE and f"{code}.name_en" in self.kept
            key = "name_en" if english else column
            self._read_value(f"{code}.{key}", row, column)
        for leaf in self.leaves.values():
            if leaf.owner == code:
                self.where.setdefault(leaf.path, self._address(row, "cell"))
        self.where[f"{code}.measure"] = self._address(row, "measure")
        self.where[f"{code}.rule.shape"] = self._address(row, "shape")
        told = {column: row.texts[column] for column in RULED}
        before = {column: self.kept.get(f"{code}#{column}", "") for column in RULED}
        now = {column: self.now.get(f"{code}#{column}", "") for column in RULED}
        if f"{code}#rule" not in self.kept:
            # a row that was new when the workbook was read before
            before = now
        if all(
            _plainly(told[column]) in (_plainly(before[column]), _plainly(now[column])) for column in RULED
        ):
            return
        if before != now:
            column = next(each for each in RULED if told[each] != before[each])
            details = {"path": f"{code} {self._column(column)}", "before": before[column], "now": now[column]}
            self._fault("ruletable_changed_since", row, column, **details)
            return
        read = self._ruled(row, MODELS[str(at[0])])
        if read is None:
            return
        was = self.file.data(code)
        old = {key: value for key, value in was.items() if key not in APART or key == "measure"}
        model = MODELS[str(at[0])]
        if told["cell"] == self.words.label("ruletable.elsewhere"):
            # a rule no cell can write: only what it reads, or its shape as a whole, may change here
            target = {**old, "measure": read["measure"]} if "measure" in read else old
            if told["shape"] != before["shape"]:
                self._fault("ruletable_cell_needed", row, "cell", what=self._column("cell"))
                return
        else:
            known = derived(read, model)
            target = completed(read, model)
            target |= {key: known[key] for key in known if key in old and key not in read}
        self._differ(code, old, target, row)

    def _differ(self, path: str, old: Mapping[str, Any], new: Mapping[str, Any], row: _Row) -> None:
        """Note what has to be written so that a part of an item says something else."""
        leaves: list[tuple[str, str, str]] = []
        whole = self._edits(path, old, new, leaves)
        for where, before, after in leaves:
            self.values[where] = after
            leaf = self.file.leaf(where)
            key = where.rsplit(".", 1)[-1]
            column = {"measure": "measure", "shape": "shape"}.get(key, "cell")
            if whole or leaf is None:
                continue
            told = (self._told(key, before, row.code), self._told(key, after, row.code))
            self._change(where, self._label(where), told, self._address(row, column), leaf.line)
        if whole:
            self._whole(row)

    def _whole(self, row: _Row) -> None:
        """Tell a change of a whole rule: every column of it that says something else."""
        line = self.leaves[*self.items[row.code], "code"].line
        for column in RULED:
            before = self.now.get(f"{row.code}#{column}", "")
            if row.texts[column] != before:
                address = self._address(row, column)
                self._change(row.code, self._column(column), (before, row.texts[column]), address, line)

    def _edits(
        self, path: str, old: Mapping[str, Any], new: Mapping[str, Any], leaves: list[tuple[str, str, str]]
    ) -> bool:
        """Collect the values that change below a path; return whether more than values does."""
        whole = False
        for key in dict.fromkeys([*old, *new]):
            where = f"{path}.{key}"
            before, after = old.get(key), new.get(key)
            if before is None:
                self.values[where] = in_line(after) if not isinstance(after, str) else written(key, after)
                whole = True
            elif after is None:
                self.removed.append(where)
                whole = True
            elif isinstance(before, str) and isinstance(after, str):
                if not _same(before, after):
                    leaves.append((where, before, after))
            elif (
                isinstance(before, Mapping)
                and isinstance(after, Mapping)
                and before.get("shape") == after.get("shape")
            ):
                whole |= self._edits(where, before, after, leaves)
            elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
                one, two = (
                    {str(place): part for place, part in enumerate(each, 1)} for each in (before, after)
                )
                whole |= self._edits(where, one, two, leaves)
            elif before != after:
                self.values[where] = in_line(after)
                whole = True
        return whole

    def _ruled(self, row: _Row, model: type[Any]) -> dict[str, Any] | None:
        """Return what the columns of the rule say of an item; None where something is wrong with them."""
        found = CellRead()
        cell = RuleCell(model, self.terms, row.code)
        wants_rule, wants_measure = ("rule" in model.model_fields), ("measure" in model.model_fields)
        shape = ""
        if wants_rule and not row.texts["shape"]:
            self._fault("ruletable_cell_needed", row, "shape", what=self._column("shape"))
            return None
        if wants_rule:
            shape = self.terms.shape_code(row.texts["shape"])
            if not shape:
                names = [self.terms.shape(each) for each in SHAPES]
                near = suggestion(row.texts["shape"], names)
                details = {"known": LIST_SIGN.join(names), "suggestion": near}
                self._fault("ruletable_shape_unknown", row, "shape", **details)
                return None
        data: dict[str, Any] = {}
        if row.texts["measure"] and wants_measure:
            measure = cell.measure_read(row.texts["measure"], found)
            for check, details in found.faults:
                self._fault(check, row, "measure", **details)
            data["measure"] = measure
        wrong = bool(found.faults)
        elsewhere = row.texts["cell"] == self.words.label("ruletable.elsewhere")
        said = CellRead() if elsewhere else cell.read(row.texts["cell"], shape)
        for check, details in said.faults:
            self._fault(check, row, "cell", **details)
        if wants_measure and not data and not _names_measure(said.data) and not elsewhere and wants_rule:
            self._fault("ruletable_cell_needed", row, "measure", what=self._column("measure"))
            wrong = True
        return None if wrong or said.faults else {**data, **said.data}

    # ── a new item ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _read_new(self, row: _Row) -> None:
        model = MODELS.get(row.of)
        if model is None:
            return
        if not row.code:
            row.code = self._next_code(row)
        lacking = [
            column
            for column in ("name", "points")
            if not row.texts[column] and (info := model.model_fields.get(column)) and info.is_required()
        ]
        for column in lacking:
            self._fault("ruletable_cell_needed", row, column, what=self._column(column))
        read = self._ruled(row, model)
        if read is None or lacking:
            return
        data: dict[str, Any] = {"code": row.code, "name": row.texts["name"]}
        if row.texts["points"] and "points" in model.model_fields:
            data["points"] = number_said(row.texts["points"])
        rest = completed({**data, **read}, model)
        rule = rest.pop("rule", None)
        data = rest | {
            column: row.texts[column]
            for column in _WRITTEN
            if row.texts[column] and column in model.model_fields
        }
        if "definition" in model.model_fields and model.model_fields["definition"].is_required():
            data.setdefault("definition", row.texts["name"])
        for column in ("department", "data_source"):
            if column in model.model_fields and model.model_fields[column].is_required():
                data.setdefault(column, "")
        if rule is not None:
            data["rule"] = rule
        lines = [
            f"{key}: {in_line(value) if not isinstance(value, str) else written(key, value)}"
            for key, value in data.items()
        ]
        self.new[row.code] = "- " + "\n  ".join(lines) + "\n"
        for key in data:
            self.where[f"{row.code}.{key}"] = self._address(row, key if key in self.heads else "cell")
        told = f"{row.texts['points']} {row.texts['shape']} {row.texts['cell']}".strip()
        item = self.words("ruletable.item", code=row.code, name=row.texts["name"]).plain
        self._change(
            row.code, self.words.label("ruletable.added"), ("", f"{item} {told}"), self._address(row, "name")
        )

    def _next_code(self, row: _Row) -> str:
        """Return the code of a new row without one: the next in its dimension, or of its list."""
        taken = {*self.items, *self.new, *(each.code for each in self.rows)}
        taken |= {text for at, text in self.texts.items() if at[-1] == "code"}
        if row.of != "dimensions":
            stem, prefix = (
                {"bonuses": "B", "deductions": "D", "falsification": "F", "vetoes": "V"}[row.of],
                "",
            )
        elif row.at:
            stem, prefix = self.texts[*row.at[:-1], "code"], "."
        else:
            stem, prefix = self.dimensions[row.dimension], "."
        return next(code for place in range(1, 1000) if (code := f"{stem}{prefix}{place}") not in taken)

    def _name_dimensions(self) -> None:
        """Give every new dimension a code: what the codes of its items begin with, or the next number that is free."""
        taken = {text for at, text in self.texts.items() if at[-1] == "code" and at[0] in MODELS}
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

    # ── what is gone, and what stands elsewhere ──────────────────────────────────────────────────────────────────────

    def _read_gone(self) -> None:
        stand = {row.code for row in self.rows}
        for code, at in self.items.items():
            if code in stand or f"{code}#rule" not in self.kept:
                continue
            self.gone.append(code)
            item = self.words("ruletable.item", code=code, name=self._shown_name(at)).plain
            line = self.leaves[*at, "code"].line
            self._change(code, self.words.label("ruletable.deleted"), (item, ""), ("", ""), line)

    def _read_moves(self) -> None:
        """Tell the items that stand elsewhere than they did when the workbook was written."""
        before = [path.removesuffix("#rule") for path in self.kept if path.endswith("#rule")]
        order = {code: place for place, code in enumerate(row.code for row in self.rows)}
        old = [code for code in before if code in order and code in self.items]
        new = [row.code for row in self.rows if row.code in set(old)]
        blocks = difflib.SequenceMatcher(None, old, new, False).get_matching_blocks()
        stayed = {code for block in blocks for code in old[block.a : block.a + block.size]}
        self.moved = set(old) - stayed
        for row in self.rows:
            at = self.items.get(row.code)
            if at is None:
                continue
            other = row.of == "dimensions" and (row.dimension != "" or row.at != at[:-1])
            if other and row.group == self.kept.get(f"{row.code}#group"):
                # it was moved in the file since, not in the workbook
                other = False
            if other:
                self.moved.add(row.code)
            if row.code in self.moved:
                place = self.rows.index(row)
                after = self.rows[place - 1].code if place else ""
                told = (
                    self.words("ruletable.after", code=after).plain
                    if after
                    else self.words.label("ruletable.at_top")
                )
                told = f"{row.group} {told}" if other else told
                item = self.words("ruletable.item", code=row.code, name=self._shown_name(at)).plain
                label, line = self.words.label("ruletable.moved"), self.leaves[*at, "code"].line
                self._change(row.code, label, (item, told), self._address(row, "code"), line)

    # ── the parameters ───────────────────────────────────────────────────────────────────────────────────────────────

    def _read_parameters(self, sheet: Worksheet, top: int, heads: Mapping[str, int]) -> None:
        seen: dict[str, str] = {}
        for row in range(top + 1, (sheet.max_row or top) + 1):
            path, cell = _text(sheet.cell(row, heads["path"])), sheet.cell(row, heads["value"])
            if not path:
                continue
            place = (sheet.title, str(cell.coordinate))
            if path in seen:
                details = {"first": f"{sheet.title} › {seen[path]}"}
                self.faults.append(
                    Fault("ruletable_row_twice", self.shown, *place, found=path, details=details)
                )
                continue
            seen[path] = place[1]
            leaf = self.file.leaf(path)
            if leaf is not None and leaf.owner in self.gone:
                continue
            for column in PROTECTED:
                if column in heads:
                    there = sheet.cell(row, heads[column])
                    self._hold(f"{path}#{column}", _text(there), (sheet.title, there.coordinate))
            self.where[path] = place
            if leaf is None:
                details = {"path": path}
                self.faults.append(
                    Fault("ruletable_row_unknown", self.shown, *place, found=_text(cell), details=details)
                )
                continue
            self._compare(leaf, _text(cell), place, self.parameters.get(path))
        for path, before in self.kept.items():
            leaf = self.file.leaf(path)
            listed = "#" not in path and path in self.parameters
            if listed and path not in seen and (leaf is None or leaf.owner not in self.gone):
                details = {"before": before}
                title = sheet.title
                self.faults.append(
                    Fault("ruletable_row_missing", self.shown, title, found=path, details=details)
                )

    def _read_value(self, path: str, row: _Row, column: str) -> None:
        leaf, text = self.file.leaf(path), row.texts[column]
        place = self._address(row, column)
        self.where[path] = place
        if leaf is not None:
            self._compare(leaf, text, place, None)
        elif text:
            model = MODELS[row.of] if row.of else None
            if model is None or column not in model.model_fields:
                self._fault("ruletable_row_unknown", row, column, path=path)
                return
            self.values[path] = written(column, number_said(text) if column == "points" else text)
            self._change(path, self._column(column), ("", text), place)

    def _compare(self, leaf: Leaf, text: str, place: tuple[str, str], parameter: Parameter | None) -> None:
        path, before = leaf.path, self.kept.get(leaf.path, leaf.text)
        new, wrong = self._written(leaf, text, parameter)
        if _same(new, before) or _same(new, leaf.text):
            return

        def fault(check: str, **details: str) -> None:
            told = {"path": path, **details}
            self.faults.append(Fault(check, self.shown, *place, found=text, details=told))

        if not new and path not in self.kept:
            # written for a row that left it open when the workbook was read before
            return
        if not new:
            fault("ruletable_empty", before=before)
        elif wrong is not None:
            fault(wrong[0], **wrong[1])
        elif not _same(before, leaf.text):
            fault("ruletable_changed_since", before=before, now=leaf.text)
        else:
            self.values[path] = new
            column = "key.name_en" if leaf.key == "name_en" else f"column.{leaf.key}"
            label = parameter.label if parameter else self.words.label(f"ruletable.{column}")
            told = (self._told(leaf.key, leaf.text, leaf.owner), self._told(leaf.key, new, leaf.owner))
            self._change(path, label, told, place, leaf.line)

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

    # ── the file ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def edited(self) -> RuleFile:
        """Return the file with all that was found.

        Raises:
            UnwritableError: with some value the file is no YAML any more.
        """
        gone = {f"{code}." for code in self.gone}
        values = {
            path: value
            for path, value in self.values.items()
            if not any(path.startswith(code) for code in gone)
        }
        file = self.file.edited(values)
        for path in self.removed:
            file = file.without(path)
        if self.new or self.gone or self.moved:
            file = self._arranged(file)
        if "\r\n" in self.file.text:
            # what was added ends its lines as the rest of the file does
            file = RuleFile(re.sub("\r?\n", "\r\n", file.text))
        return file

    def _arranged(self, file: RuleFile) -> RuleFile:
        """Return the file with its items in the order of the rows."""
        chunks = {code: file.chunk(at) for code, at in self.items.items()} | self.new
        lists: dict[Location | str, list[str]] = {at[:-1]: [] for at in self.items.values()}
        for row in self.rows:
            lists.setdefault(row.dimension or row.at, []).append(row.code)
        stand = {row.code for row in self.rows} | set(self.gone)
        for code, at in self.items.items():
            if code not in stand:
                # it came into the file after the workbook was written
                lists[at[:-1]].append(code)
        emptied = []
        for key, codes in lists.items():
            old = [code for code, place in self.items.items() if place[:-1] == key]
            if isinstance(key, str) or old == codes:
                continue
            if key[0] == "dimensions" and not codes:
                emptied.append(key[:-1])
                continue
            file = file.arranged(key, [chunks[code] for code in codes])
        return self._dimensions(file, lists, emptied, chunks)

    def _dimensions(
        self,
        file: RuleFile,
        lists: Mapping[Location | str, Sequence[str]],
        emptied: Sequence[Location],
        chunks: Mapping[str, str],
    ) -> RuleFile:
        """Return the file without the dimensions whose items are gone, and with the new ones."""
        there = sorted({at[:2] for at in self.leaves if at[0] == "dimensions" and len(at) > 2})
        gone = {at for at in emptied if len(at) == 2}
        for at in emptied:
            if len(at) > 2:
                groups = range(len(self.file.data(self.texts[*at[:-2], "code"])["groups"]))
                stay = [(*at[:-1], place) for place in groups if (*at[:-1], place) not in emptied]
                file = file.arranged(at[:-1], [file.chunk(each) for each in stay])
        texts: dict[Location | str, str] = {at: file.chunk(at) for at in there if at not in gone}
        for name in dict.fromkeys(row.dimension for row in self.rows if row.dimension):
            texts[name] = self._new_dimension(name, [chunks[code] for code in lists[name]])
        seen = [row.dimension or row.at[:2] for row in self.rows if row.of == "dimensions"]
        first = {key: place for place, key in reversed([*enumerate(seen)])}
        order = sorted(texts, key=lambda key: first.get(key, len(seen)))
        if order == there:
            return file
        return file.arranged(("dimensions",), [texts[key] for key in order])

    def _new_dimension(self, name: str, items: Sequence[str]) -> str:
        rows = [row for row in self.rows if row.dimension == name]
        total = sum((number(number_said(row.texts["points"])) or Decimal(0) for row in rows), Decimal(0))
        points = self.points.get(name, f"{total:f}")
        code = self.dimensions[name]
        self.where[f"{code}.points"] = self.where[f"{code}.name"] = self._address(rows[0], "group")
        lines = [
            f"- code: {written('code', code)}",
            f"  name: {written('name', name)}",
            f"  points: {points}",
            "  indicators:",
        ]
        below = (f"    {line}" for item in items for line in item.splitlines(keepends=True))
        return "\n".join(lines) + "\n" + "".join(below)

    # ── in words ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def wordings(self, rules: Rulebook) -> list[Fault]:
        """Return where the wording of a new item is not that of its rule."""
        return [
            Fault(
                "ruletable_wording_differs",
                self.shown,
                *self._address(row, "rule"),
                found=row.texts["rule"],
                severity="warns",
                details={"generated": generated},
            )
            for row in self.rows
            if row.code in self.new
            and row.texts["rule"]
            and _plainly(row.texts["rule"]) != _plainly(generated := item_rule(row.code, rules, self.words))
        ]

    def cell_of(self, fault: Fault, edited: RuleFile) -> tuple[str, str] | None:
        """Return the cell a fault of the rule set comes from: an edited one on its line, else the one it names."""
        on_line = [leaf for leaf in edited.leaves() if leaf.line == fault.line]
        changed = {change.path for change in self.changes}
        named = fault.details.get("key", "").rsplit(".", 1)[-1]
        ordered = sorted(on_line, key=lambda leaf: (leaf.key != named, leaf.path not in changed))
        found = next((self.where[leaf.path] for leaf in ordered if leaf.path in self.where), None)
        if found is not None:
            return found
        rows = {row.code: row for row in self.rows}
        for leaf in on_line:
            if leaf.owner in rows:
                return self._address(rows[leaf.owner], "cell")
            inside = next(
                (row for row in self.rows if row.at and self.texts.get((*row.at[:2], "code")) == leaf.owner),
                None,
            )
            if leaf.owner and inside is not None:
                return self._address(inside, "group")
        return None

    def _told(self, key: str, text: str, item: str) -> str:
        if key in MEASURED:
            return self.terms.measure(text, item)
        return text if key in TEXTS else self.terms.value(text, key)

    def _label(self, path: str) -> str:
        column = {"measure": "measure", "shape": "shape"}.get(path.rsplit(".", 1)[-1])
        leaf = self.file.leaf(path)
        return self._column(column) if column else label_of(leaf, self.words) if leaf else path

    def _column(self, column: str) -> str:
        return self.words.label(f"ruletable.column.{column}")

    def _address(self, row: _Row, column: str) -> tuple[str, str]:
        return self.sheet.title, str(self.sheet.cell(row.number, self.heads[column]).coordinate)

    def _change(
        self, path: str, label: str, told: tuple[str, str], place: tuple[str, str], line: int = 0
    ) -> None:
        self.changes.append(Change(path, label, *told, *place, line))

    def _fault(self, check: str, row: _Row, column: str, **details: str) -> None:
        found = row.group if column == "group" else row.texts[column]
        self.faults.append(
            Fault(check, self.shown, *self._address(row, column), found=found, details=details)
        )


def _names_measure(data: Any) -> bool:
    if isinstance(data, Mapping):
        return "measure" in data or any(map(_names_measure, data.values()))
    return isinstance(data, list) and any(map(_names_measure, data))


def _words_of(book: Any, default: Words) -> Words:
    """Return the words a workbook was written in, by the names of its sheets."""
    for language in LANGUAGES:
        catalogue = words_in(language)
        if {catalogue.label(f"ruletable.sheet.{sheet}") for sheet in SHEETS} & set(book.sheetnames):
            return catalogue
    return default


def _kept(book: Any, words: Words) -> dict[str, str]:
    """Return every value as it was written out; empty if somebody removed the hidden sheet."""
    name = words.label("ruletable.sheet.kept")
    if name not in book.sheetnames:
        return {}
    rows = book[name].iter_rows(min_row=2, max_col=2, values_only=True)
    return {str(path): "" if text is None else str(text) for path, text in rows if path is not None}


def _heads(sheet: Worksheet, wanted: Sequence[str], words: Words) -> tuple[int, dict[str, int]]:
    """Return the row of the heads and the column of each, wherever somebody moved them; row 0 if there are none."""
    labels = {words.label(f"ruletable.column.{column}"): column for column in wanted}
    for row in sheet.iter_rows(max_row=HEAD + 20):
        found = {
            labels[str(cell.value).strip()]: cell.column for cell in row if str(cell.value).strip() in labels
        }
        if len(found) > 1:
            return row[0].row, found
    return 0, {}


def _text(cell: Any) -> str:
    """Return what stands in a cell as it would be written in the file: 0.95 shown as 95% is 95%."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        found = Decimal(repr(value))
        if str(cell.number_format).rstrip().endswith("%"):
            return _shortly(found * 100) + "%"
        return _shortly(found)
    return str(value).strip()


def _plainly(text: str) -> str:
    """Return a text without the differences a spreadsheet makes: line ends and blanks at its ends."""
    return "\n".join(line.strip() for line in text.strip().splitlines())


def _shortly(found: Decimal) -> str:
    text = f"{found:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _same(one: str, other: str) -> bool:
    """Return whether two values mean the same: 7 and 7.0, 98% and 98.0%."""
    if one.strip() == other.strip():
        return True
    if one.endswith("%") and other.endswith("%"):
        one, other = one[:-1], other[:-1]
    numbers = number(one.strip()), number(other.strip())
    return None not in numbers and numbers[0] == numbers[1]
