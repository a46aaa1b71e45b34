"""Plain lists of a file, an entry a row and a field a column: facts the office states, groups of problems."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from analysis.rounds.settings_files import Location, Settings
from analysis.rulebook import Rulebook
from analysis.rulebook.edit.conditionlists import ENTRY, as_entry
from analysis.rulebook.edit.listsheet import Entry, ListColumn, ListTable
from analysis.rulebook.edit.rulecell import BETWEEN, CellRead, RuleCell, same
from analysis.rulebook.edit.rulefile import RuleFile, in_line
from analysis.rulebook.edit.ruleterms import RuleTerms
from analysis.rulebook.grade_conditions import Fact
from analysis.rulebook.model import ProblemGroup
from analysis.rulebook.unit_classes import UnitClass
from analysis.words import Words

if TYPE_CHECKING:
    from analysis.rulebook.edit.listrows import ListRow, ListRows


#: what stands under a key of an entry
Value = str | list[str]


@dataclass(frozen=True)
class ListKind:
    """A kind of lists.

    Attributes:
        name: key of the file, and of the sheet.
        model: what an entry is.
        columns: heads of the columns, by field, with their widths; the first names an entry.
        stem: what codes that the program gives begin with.
        said: the sentence made of an entry.
    """

    name: str
    model: type[Settings]
    columns: Mapping[str, tuple[str, int]]
    stem: str
    said: Callable[[Any, Words], str]


def _fact_said(fact: Fact, words: Words) -> str:
    return words("grade.rule.stated", name=fact.said(True, words)).plain


def _group_said(group: ProblemGroup, words: Words) -> str:
    return words("ruletable.group_said", threshold=str(group.threshold)).plain


def _class_said(unit_class: UnitClass, words: Words) -> str:
    belonging = words.list([*unit_class.kinds, *unit_class.units])
    return words("ruletable.class_said", units=belonging, items=words.list(unit_class.items)).plain


KINDS: Final = (
    ListKind(
        "facts",
        Fact,
        {
            "name": ("fact", 30),
            "code": ("fact_code", 16),
            "name_en": ("fact_en", 30),
            "otherwise": ("opposite", 26),
            "otherwise_en": ("opposite_en", 26),
            "definition": ("fact_definition", 40),
        },
        "fact_",
        _fact_said,
    ),
    ListKind(
        "problem_groups",
        ProblemGroup,
        {
            "name": ("group_name", 26),
            "code": ("group_code", 16),
            "name_en": ("group_name_en", 34),
            "threshold": ("threshold", 10),
        },
        "group_",
        _group_said,
    ),
    ListKind(
        "classes",
        UnitClass,
        {
            "name": ("class_name", 20),
            "code": ("class_code", 10),
            "name_en": ("class_name_en", 24),
            "kinds": ("class_kinds", 20),
            "units": ("class_units", 30),
            "items": ("class_items", 30),
            "base_points": ("class_points", 10),
        },
        "K",
        _class_said,
    ),
)


class EntryList:
    """A plain list of a file, and the file with an edited one."""

    def __init__(self, kind: ListKind, file: RuleFile, terms: RuleTerms, rulebook: Rulebook | None) -> None:
        self._kind, self._words = kind, terms.words
        self._cell = RuleCell(kind.model, terms)
        self._fields = {part.key: part for part in terms.fields([kind.model], "") if part.key in kind.columns}
        models = getattr(rulebook, kind.name) if rulebook is not None else ()
        data = file.data(kind.name) or []
        entries = [
            Entry(
                f"{kind.name}/{each.get('code', place + 1)}",
                (kind.name, place),
                {key: self._shown(each.get(key, "")) for key in kind.columns},
                kind.said(models[place], terms.words) if models else "",
            )
            for place, each in enumerate(data)
        ]
        covered = {
            leaf.location
            for leaf in file.leaves()
            if leaf.location[:1] == (kind.name,) and leaf.location[2:3] and leaf.location[2] in kind.columns
        }
        columns = tuple(
            ListColumn(key, terms.words.label(f"ruletable.column.{head}"), width)
            for key, (head, width) in kind.columns.items()
        )
        self.table = ListTable(kind.name, columns, tuple(entries), frozenset(covered))
        self._new: dict[int, dict[str, Value]] = {}

    def _shown(self, value: Any) -> str:
        values = value if isinstance(value, list) else [value]
        return self._words.label("ruletable.sign.values").join(map(str, values))

    def _value(self, key: str, text: str, found: CellRead) -> Value:
        part = self._fields[key]
        if part.listed:
            return [self._cell.value_read(part, each, found) for each in filter(None, BETWEEN.split(text))]
        return self._cell.value_read(part, text, found)

    def canonical(self, rows: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
        """Return rows that a person wrote as the list itself writes them."""
        return [
            {
                key: self._shown(self._value(key, text, CellRead())) if text else ""
                for key, text in row.items()
            }
            for row in rows
        ]

    def read(self, rows: ListRows) -> None:
        """Understand the rows of the sheet; what is wrong with them is noted with its cell."""
        codes = {row.texts["code"] for row in rows.rows} | {
            entry.texts["code"] for entry in self.table.entries
        }
        numbers = (f"{self._kind.stem}{place}" for place in range(1, 1000))
        seen: dict[str, ListRow] = {}
        for row in rows.rows:
            if not row.texts["code"] and row.edited:
                row.texts["code"] = next(code for code in numbers if code not in codes)
            first = seen.setdefault(row.texts["code"], row)
            if first is not row:
                rows.fault("ruletable_code_twice", row, "code", first=rows.address(first, "code")[1])
            said: dict[str, Value] = {}
            for key, text in row.texts.items():
                found = CellRead()
                if text:
                    said[key] = self._value(key, text, found)
                    for check, details in found.faults:
                        rows.fault(check, row, key, **details)
                elif self._fields[key].required:
                    rows.fault("ruletable_cell_needed", row, key, what=self._fields[key].label)
            self._new[id(row)] = said

    def declared(self) -> list[dict[str, Value]]:
        """Return the entries as the rows say them."""
        return [*self._new.values()]

    def applied(self, file: RuleFile, rows: ListRows) -> RuleFile:
        """Return the file with the entries the rows say.

        Raises:
            UnwritableError: the file has no place for them.
        """
        location: Location = (self._kind.name,)
        chunks = [self._chunk(file, row) for row in rows.rows]
        if not chunks and file.at(location) is None:
            return file
        file = file.arranged(location, chunks)
        for place, row in enumerate(rows.rows):
            for leaf in file.leaves():
                if leaf.location[:2] == (*location, place):
                    key = str(leaf.location[2])
                    column = key if key in self._kind.columns else rows.first(row)
                    rows.held.where.setdefault(leaf.path, rows.address(row, column))
        return file

    def _chunk(self, file: RuleFile, row: ListRow) -> str:
        said = self._new[id(row)]
        ordered = {key: said[key] for key in ("code", *self._kind.columns) if key in said}
        if row.entry is None:
            return f"- {in_line(ordered)}\n"
        chunk = file.chunk(row.entry.location)
        for key in self._kind.columns:
            entry = as_entry(chunk)
            old = entry.at((*ENTRY, key))
            path = f"{entry.path_of(ENTRY)}.{key}"
            new = said.get(key)
            if old is None and new is not None:
                chunk = entry.edited({path: in_line(new, key)}).chunk(ENTRY)
            elif old is not None and new is None:
                chunk = entry.without(path).chunk(ENTRY)
            elif isinstance(old, str) and isinstance(new, str):
                chunk = chunk if same(old, new) else entry.edited({path: new}).chunk(ENTRY)
            elif new is not None and old != new:
                chunk = entry.edited({path: in_line(new, key)}).chunk(ENTRY)
        return chunk
