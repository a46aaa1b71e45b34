"""Plain lists of a file, an entry a row and a field a column: facts the office states, groups of problems."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from analysis.rounds.rounds import RULEBOOK_FILE
from analysis.rounds.settings_files import Location, Settings
from analysis.rulebook.edit.conditionlists import ENTRY, as_entry
from analysis.rulebook.edit.listsheet import Entry, ListColumn, ListTable
from analysis.rulebook.edit.rulecell import BETWEEN, CellRead, RuleCell, same
from analysis.rulebook.edit.rulefile import RuleFile, in_line
from analysis.rulebook.edit.ruleterms import RuleTerms
from analysis.rulebook.grade_conditions import Fact
from analysis.rulebook.model import ProblemGroup
from analysis.rulebook.unit_classes import UnitClass

if TYPE_CHECKING:
    from analysis.rulebook.edit.listrows import ListRow, ListRows


#: what stands under a key of an entry
Value = str | list[Any]


@dataclass(frozen=True)
class ListKind:
    """A kind of lists.

    Attributes:
        name: of the sheet, by its key.
        model: what an entry is.
        columns: heads of the columns, by field, with their widths; the first names an entry.
        stem: what codes that the program gives begin with; empty where entries have none.
        file: name of the file.
        key: under which it stands there; empty where that is its name.
    """

    name: str
    model: type[Settings]
    columns: Mapping[str, tuple[str, int]]
    stem: str
    file: str = RULEBOOK_FILE
    key: str = ""

    @property
    def location(self) -> Location:
        """Where the list stands in its file."""
        return (self.key or self.name,)


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
    ),
)


class EntryList:
    """A plain list of a file, and the file with an edited one."""

    def __init__(self, kind: ListKind, file: RuleFile, terms: RuleTerms, models: Sequence[Any] = ()) -> None:
        """Take a list as it stands.

        Args:
            kind: what the list is.
            file: the file it stands in.
            terms: the words.
            models: its entries as they were read; none where they cannot be.
        """
        self._kind, self._words, self._terms = kind, terms.words, terms
        self._cell = RuleCell(kind.model, terms)
        self._fields = {part.key: part for part in terms.fields([kind.model], "") if part.key in kind.columns}
        data = file.at(kind.location) or []
        entries = [
            Entry(
                f"{kind.name}/{each.get('code', place + 1)}",
                (*kind.location, place),
                {key: self._shown(key, each.get(key, ""), each) for key in kind.columns},
                self._said(models[place]) if models else "",
            )
            for place, each in enumerate(data)
        ]
        covered = {
            leaf.location
            for leaf in file.leaves()
            if leaf.location[:1] == kind.location and leaf.location[2:3] and leaf.location[2] in kind.columns
        }
        columns = tuple(
            ListColumn(
                key,
                terms.words.label(f"ruletable.column.{head}"),
                width,
                self._choices(key),
                self._list_of(key),
            )
            for key, (head, width) in kind.columns.items()
        )
        self.table = ListTable(kind.name, kind.file, columns, tuple(entries), frozenset(covered))
        self._new: dict[int, dict[str, Value]] = {}

    # what a kind of entries says in its own way

    def _said(self, model: Any) -> str:
        """Return the sentence made of an entry."""
        words = self._words
        match model:
            case Fact():
                return words("grade.rule.stated", name=model.said(True, words)).plain
            case ProblemGroup():
                return words("ruletable.group_said", threshold=str(model.threshold)).plain
            case UnitClass():
                belonging = words.list([*model.kinds, *model.units])
                return words("ruletable.class_said", units=belonging, items=words.list(model.items)).plain
        raise TypeError(f"no sentence for {model!r}")

    def _choices(self, key: str) -> tuple[str, ...]:
        """Return what may be written into a column, where that is listed."""
        return ()

    def _list_of(self, key: str) -> tuple[str, str] | None:
        """Return the list and column whose entries may be written into a column."""
        return None

    def _shown(self, key: str, value: Any, entry: Mapping[str, Any]) -> str:
        """Return a value of an entry as its cell says it."""
        values = value if isinstance(value, list) else [value]
        return self._words.label("ruletable.sign.values").join(map(str, values))

    def _value(self, key: str, text: str, texts: Mapping[str, str], found: CellRead) -> Value:
        """Return a value as the file has it, and note what is wrong with its cell; `texts` are the whole row."""
        part = self._fields[key]
        if part.listed:
            return [self._cell.value_read(part, each, found) for each in filter(None, BETWEEN.split(text))]
        return self._cell.value_read(part, text, found)

    # from the sheet

    def canonical(self, rows: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
        """Return rows that a person wrote as the list itself writes them."""
        found = []
        for row in rows:
            said = {key: (text, CellRead()) for key, text in row.items() if text}
            values = {key: self._value(key, text, row, read) for key, (text, read) in said.items()}
            told = {
                key: text if read.faults else self._shown(key, values[key], values)
                for key, (text, read) in said.items()
            }
            found.append({key: told.get(key, "") for key in row})
        return found

    def read(self, rows: ListRows) -> None:
        """Understand the rows of the sheet; what is wrong with them is noted with its cell."""
        if self._kind.stem:
            self._give_codes(rows)
        needed = [key for key in self._kind.columns if self._kind.model.model_fields[key].is_required()]
        heads = {column.key: column.head for column in self.table.columns}
        for row in rows.rows:
            said: dict[str, Value] = {}
            for key, text in row.texts.items():
                found = CellRead()
                if text:
                    said[key] = self._value(key, text, row.texts, found)
                    # what stands in the file and nobody edited is told where the file is checked
                    for check, details in found.faults if row.edited else ():
                        rows.fault(check, row, key, **details)
                elif key in needed and row.edited:
                    rows.fault("ruletable_cell_needed", row, key, what=heads[key])
            self._new[id(row)] = said

    def _give_codes(self, rows: ListRows) -> None:
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

    def declared(self) -> list[dict[str, Value]]:
        """Return the entries as the rows say them."""
        return [*self._new.values()]

    def applied(self, file: RuleFile, rows: ListRows) -> RuleFile:
        """Return the file with the entries the rows say.

        Raises:
            UnwritableError: the file has no place for them.
        """
        location = self._kind.location
        chunks = [self._chunk(file, row) for row in rows.rows]
        if not chunks and file.at(location) is None:
            return file
        if chunks or self._kind.file == RULEBOOK_FILE:
            file = file.arranged(location, chunks)
        else:
            # a file that is nothing but this list keeps its key
            file = file.edited({file.path_of(location): "[]"})
        for place, row in enumerate(rows.rows):
            for leaf in file.leaves():
                if leaf.location[:2] == (*location, place):
                    key = str(leaf.location[2])
                    column = key if key in self._kind.columns else rows.first(row)
                    rows.held.stands(self._kind.file, leaf.path, rows.address(row, column))
        return file

    def _chunk(self, file: RuleFile, row: ListRow) -> str:
        said = self._new[id(row)]
        ordered = {key: said[key] for key in ("code", *self._kind.columns) if key in said}
        if row.entry is None:
            return f"- {in_line(ordered)}\n"
        chunk = file.chunk(row.entry.location)
        for key in self._kind.columns:
            if row.texts.get(key, "") == row.entry.texts[key]:
                continue
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
