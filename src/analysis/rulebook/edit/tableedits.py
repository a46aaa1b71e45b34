"""The rows of the edited table held against the items of the file: edited, added, deleted and moved ones."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any, Final

from analysis.rounds.faults import LIST_SIGN, Fault
from analysis.rounds.settings_files import suggestion
from analysis.rulebook import Rulebook
from analysis.rulebook.edit.editedcells import plainly
from analysis.rulebook.edit.held import Held
from analysis.rulebook.edit.rulecell import (
    APART,
    MODELS,
    CellRead,
    RuleCell,
    completed,
    derived,
    number_said,
    same,
)
from analysis.rulebook.edit.rulefile import in_line, written
from analysis.rulebook.edit.ruletable import EDITABLE, RULED, item_rule
from analysis.rulebook.edit.tablerows import Row, TableRows
from analysis.rulebook.rule import SHAPES
from analysis.words import OFFICE

#: columns of a new item in the order of the file
_WRITTEN: Final = ("department", "data_source", "definition")


class TableEdits:
    """What the rows of the table change.

    Attributes:
        new: what new items are in the file, by code.
        moved: codes of items that stand elsewhere.
    """

    def __init__(self, held: Held, table: TableRows) -> None:
        self.held, self.table = held, table
        self.new: dict[str, str] = {}
        self.moved: set[str] = set()
        for row in table.rows:
            if row.code in held.items:
                self._read_item(row)
            else:
                self._read_new(row)
        self._read_gone()
        self._read_moves()

    def _read_item(self, row: Row) -> None:
        at, code = self.held.items[row.code], row.code
        sentence = self.held.kept.get(f"{code}#rule")
        if sentence is not None and plainly(row.texts["rule"]) not in (
            plainly(sentence),
            plainly(self.held.now.get(f"{code}#rule", sentence)),
        ):
            self.table.fault("ruletable_sentence_edited", row, "rule", path=code)
        for column in EDITABLE:
            english = (
                column == "name"
                and self.held.words.language != OFFICE
                and f"{code}.name_en" in self.held.kept
            )
            key = "name_en" if english else column
            self._read_value(f"{code}.{key}", row, column)
        for leaf in self.held.leaves.values():
            if leaf.owner == code:
                self.held.where.setdefault(leaf.path, self.table.address(row, "cell"))
        self.held.where[f"{code}.measure"] = self.table.address(row, "measure")
        self.held.where[f"{code}.rule.shape"] = self.table.address(row, "shape")
        told = {column: row.texts[column] for column in RULED}
        before = {column: self.held.kept.get(f"{code}#{column}", "") for column in RULED}
        now = {column: self.held.now.get(f"{code}#{column}", "") for column in RULED}
        if f"{code}#rule" not in self.held.kept:
            # a row that was new when the workbook was read before
            before = now
        if all(plainly(told[column]) in (plainly(before[column]), plainly(now[column])) for column in RULED):
            return
        if before != now:
            column = next(each for each in RULED if told[each] != before[each])
            details = {
                "path": f"{code} {self.held.column(column)}",
                "before": before[column],
                "now": now[column],
            }
            self.table.fault("ruletable_changed_since", row, column, **details)
            return
        read = self._ruled(row, MODELS[str(at[0])])
        if read is None:
            return
        was = self.held.file.data(code)
        old = {key: value for key, value in was.items() if key not in APART or key == "measure"}
        model = MODELS[str(at[0])]
        if told["cell"] == self.held.words.label("ruletable.elsewhere"):
            # a rule no cell can write: only what it reads, or its shape as a whole, may change here
            target = {**old, "measure": read["measure"]} if "measure" in read else old
            if told["shape"] != before["shape"]:
                self.table.fault("ruletable_cell_needed", row, "cell", what=self.held.column("cell"))
                return
        else:
            known = derived(read, model)
            target = completed(read, model)
            target |= {key: known[key] for key in known if key in old and key not in read}
        self._differ(code, old, target, row)

    def _read_value(self, path: str, row: Row, column: str) -> None:
        leaf, text = self.held.file.leaf(path), row.texts[column]
        place = self.table.address(row, column)
        self.held.where[path] = place
        if leaf is not None:
            self.held.compare(leaf, text, place, None)
        elif text:
            model = MODELS[row.of] if row.of else None
            if model is None or column not in model.model_fields:
                self.table.fault("ruletable_row_unknown", row, column, path=path)
                return
            self.held.values[path] = written(column, number_said(text) if column == "points" else text)
            self.held.change(path, self.held.column(column), ("", text), place)

    def _differ(self, path: str, old: Mapping[str, Any], new: Mapping[str, Any], row: Row) -> None:
        """Note what has to be written so that a part of an item says something else."""
        leaves: list[tuple[str, str, str]] = []
        whole = self._edits(path, old, new, leaves)
        for where, before, after in leaves:
            self.held.values[where] = after
            leaf = self.held.file.leaf(where)
            key = where.rsplit(".", 1)[-1]
            column = {"measure": "measure", "shape": "shape"}.get(key, "cell")
            if whole or leaf is None:
                continue
            told = (self.held.told(key, before, row.code), self.held.told(key, after, row.code))
            self.held.change(where, self.held.label(where), told, self.table.address(row, column), leaf.line)
        if whole:
            self._whole(row)

    def _whole(self, row: Row) -> None:
        """Tell a change of a whole rule: every column of it that says something else."""
        line = self.held.leaves[*self.held.items[row.code], "code"].line
        for column in RULED:
            before = self.held.now.get(f"{row.code}#{column}", "")
            if row.texts[column] != before:
                address = self.table.address(row, column)
                self.held.change(
                    row.code, self.held.column(column), (before, row.texts[column]), address, line
                )

    def _edits(
        self, path: str, old: Mapping[str, Any], new: Mapping[str, Any], leaves: list[tuple[str, str, str]]
    ) -> bool:
        """Collect the values that change below a path; return whether more than values does."""
        whole = False
        for key in dict.fromkeys([*old, *new]):
            where = f"{path}.{key}"
            before, after = old.get(key), new.get(key)
            if before is None:
                self.held.values[where] = (
                    in_line(after) if not isinstance(after, str) else written(key, after)
                )
                whole = True
            elif after is None:
                self.held.removed.append(where)
                whole = True
            elif isinstance(before, str) and isinstance(after, str):
                if not same(before, after):
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
                self.held.values[where] = in_line(after)
                whole = True
        return whole

    def _ruled(self, row: Row, model: type[Any]) -> dict[str, Any] | None:
        """Return what the columns of the rule say of an item; None where something is wrong with them."""
        found = CellRead()
        cell = RuleCell(model, self.held.terms, row.code)
        wants_rule, wants_measure = ("rule" in model.model_fields), ("measure" in model.model_fields)
        shape = ""
        if wants_rule and not row.texts["shape"]:
            self.table.fault("ruletable_cell_needed", row, "shape", what=self.held.column("shape"))
            return None
        if wants_rule:
            shape = self.held.terms.shape_code(row.texts["shape"])
            if not shape:
                names = [self.held.terms.shape(each) for each in SHAPES]
                near = suggestion(row.texts["shape"], names)
                details = {"known": LIST_SIGN.join(names), "suggestion": near}
                self.table.fault("ruletable_shape_unknown", row, "shape", **details)
                return None
        data: dict[str, Any] = {}
        if row.texts["measure"] and wants_measure:
            measure = cell.measure_read(row.texts["measure"], found)
            for check, details in found.faults:
                self.table.fault(check, row, "measure", **details)
            data["measure"] = measure
        wrong = bool(found.faults)
        elsewhere = row.texts["cell"] == self.held.words.label("ruletable.elsewhere")
        said = CellRead() if elsewhere else cell.read(row.texts["cell"], shape)
        for check, details in said.faults:
            self.table.fault(check, row, "cell", **details)
        if wants_measure and not data and not _names_measure(said.data) and not elsewhere and wants_rule:
            self.table.fault("ruletable_cell_needed", row, "measure", what=self.held.column("measure"))
            wrong = True
        if wrong or said.faults:
            return None
        ruled = {**data, **said.data}
        info = model.model_fields.get("direction")
        if (
            info is not None
            and info.is_required()
            and not elsewhere
            and "direction" not in completed(ruled, model)
        ):
            # what the office counts itself has no nature by which more of it is better or worse
            missing = self.held.terms.key("direction")
            self.table.fault("ruletable_parameter_missing", row, "cell", missing=missing)
            return None
        return ruled

    def _read_new(self, row: Row) -> None:
        model = MODELS.get(row.of)
        if model is None:
            return
        if not row.code:
            row.code = self.table.next_code(row)
        lacking = [
            column
            for column in ("name", "points")
            if not row.texts[column] and (info := model.model_fields.get(column)) and info.is_required()
        ]
        for column in lacking:
            self.table.fault("ruletable_cell_needed", row, column, what=self.held.column(column))
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
            self.held.where[f"{row.code}.{key}"] = self.table.address(
                row, key if key in self.table.heads else "cell"
            )
        told = f"{row.texts['points']} {row.texts['shape']} {row.texts['cell']}".strip()
        item = self.held.words("ruletable.item", code=row.code, name=row.texts["name"]).plain
        self.held.change(
            row.code,
            self.held.words.label("ruletable.added"),
            ("", f"{item} {told}"),
            self.table.address(row, "name"),
        )

    def _read_gone(self) -> None:
        stand = {row.code for row in self.table.rows}
        for code, at in self.held.items.items():
            if code in stand or f"{code}#rule" not in self.held.kept:
                continue
            self.held.gone.append(code)
            item = self.held.words("ruletable.item", code=code, name=self.held.shown_name(at)).plain
            line = self.held.leaves[*at, "code"].line
            self.held.change(code, self.held.words.label("ruletable.deleted"), (item, ""), ("", ""), line)

    def _read_moves(self) -> None:
        """Tell the items that stand elsewhere than they did when the workbook was written."""
        before = [path.removesuffix("#rule") for path in self.held.kept if path.endswith("#rule")]
        order = {code: place for place, code in enumerate(row.code for row in self.table.rows)}
        old = [code for code in before if code in order and code in self.held.items]
        new = [row.code for row in self.table.rows if row.code in set(old)]
        blocks = difflib.SequenceMatcher(None, old, new, False).get_matching_blocks()
        stayed = {code for block in blocks for code in old[block.a : block.a + block.size]}
        self.moved = set(old) - stayed
        for row in self.table.rows:
            at = self.held.items.get(row.code)
            if at is None:
                continue
            other = row.of == "dimensions" and (row.dimension != "" or row.at != at[:-1])
            if other and row.group == self.held.kept.get(f"{row.code}#group"):
                # it was moved in the file since, not in the workbook
                other = False
            if other:
                self.moved.add(row.code)
            if row.code in self.moved:
                place = self.table.rows.index(row)
                after = self.table.rows[place - 1].code if place else ""
                told = (
                    self.held.words("ruletable.after", code=after).plain
                    if after
                    else self.held.words.label("ruletable.at_top")
                )
                told = f"{row.group} {told}" if other else told
                item = self.held.words("ruletable.item", code=row.code, name=self.held.shown_name(at)).plain
                label, line = self.held.words.label("ruletable.moved"), self.held.leaves[*at, "code"].line
                self.held.change(row.code, label, (item, told), self.table.address(row, "code"), line)

    def wordings(self, rules: Rulebook) -> list[Fault]:
        """Return where the wording of a new item is not that of its rule."""
        return [
            Fault(
                "ruletable_wording_differs",
                self.held.shown,
                *self.table.address(row, "rule"),
                found=row.texts["rule"],
                severity="warns",
                details={"generated": generated},
            )
            for row in self.table.rows
            if row.code in self.new
            and row.texts["rule"]
            and plainly(row.texts["rule"])
            != plainly(generated := item_rule(row.code, rules, self.held.words))
        ]


def _names_measure(data: Any) -> bool:
    if isinstance(data, Mapping):
        return "measure" in data or any(map(_names_measure, data.values()))
    return isinstance(data, list) and any(map(_names_measure, data))
