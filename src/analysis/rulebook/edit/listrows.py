"""The rows of an edited list held against the file: which entry each is, what was edited, added, deleted and moved."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from openpyxl.worksheet.worksheet import Worksheet

from analysis.rounds.faults import Fault
from analysis.rulebook.edit.editedcells import plainly, text_in
from analysis.rulebook.edit.held import Held
from analysis.rulebook.edit.listsheet import PATH, SAID, Entry, ListTable


@dataclass
class ListRow:
    """A row of a list.

    Attributes:
        number: its number in the sheet.
        entry: the entry it is; None where it is new.
        texts: what it says from now on, by column: what the file says meanwhile where nobody edited it.
        edited: whether anything of it was edited, or it is new.
    """

    number: int
    entry: Entry | None
    texts: dict[str, str]
    edited: bool = True


class ListRows:
    """The rows of a list in a workbook.

    Attributes:
        table: the list as the file has it now.
        rows: the rows in their order, then entries that came into the file after the workbook was written.
        gone: entries that are to go.
        changed: whether anything of the list was edited.
    """

    def __init__(
        self,
        held: Held,
        table: ListTable,
        canonical: Callable[[Sequence[Mapping[str, str]]], list[dict[str, str]]],
        sheet: Worksheet,
        heads: tuple[int, Mapping[str, int]],
    ) -> None:
        """Read a sheet.

        Args:
            held: takes what is found.
            table: the list as the file has it now.
            canonical: returns rows that a person wrote as the list itself would write them.
            sheet: the sheet.
            heads: the row of its heads, and the column of each.
        """
        self.held, self.table, self._canonical, self._sheet = held, table, canonical, sheet
        top, self._heads = heads
        self.rows: list[ListRow] = []
        self._known = {entry.path: entry for entry in table.entries}
        self._read(top)
        stand = {row.entry.path for row in self.rows if row.entry is not None}
        absent = [entry for entry in table.entries if entry.path not in stand]
        self.gone = [entry for entry in absent if self._exported(entry)]
        moved = self._moves()
        self.changed = bool(self.gone or moved) or any(row.edited for row in self.rows)
        self._tell(moved)
        self.rows += [
            ListRow(0, entry, dict(entry.texts), edited=False) for entry in absent if entry not in self.gone
        ]

    def _exported(self, entry: Entry) -> bool:
        """Return whether an entry was there when the workbook was written."""
        return f"{entry.path}#{SAID}" in self.held.kept

    def _read(self, top: int) -> None:
        typed: list[tuple[str, ListRow]] = []
        for number in range(top + 1, (self._sheet.max_row or top) + 1):
            texts = {
                column.key: text_in(self._sheet.cell(number, self._heads[column.key]))
                for column in self.table.columns
            }
            path = text_in(self._sheet.cell(number, self._heads[PATH]))
            if any(texts.values()):
                typed.append((path, ListRow(number, self._known.get(path), texts)))
        for (_, row), texts in zip(typed, self._canonical([row.texts for _, row in typed]), strict=True):
            row.texts = texts
        for path, row in typed:
            if path and SAID in self._heads:
                cell = self._sheet.cell(row.number, self._heads[SAID])
                self.held.hold(f"{path}#{SAID}", text_in(cell), self.address(row, SAID))
        if self._is_said_already(typed):
            self.rows = [
                ListRow(row.number, entry, dict(entry.texts), edited=False)
                for (_, row), entry in zip(typed, self.table.entries, strict=True)
            ]
            return
        seen: dict[str, int] = {}
        for path, row in typed:
            if path in seen:
                first = f"{self._sheet.title} › {self._cell(seen[path], PATH)}"
                self.fault("ruletable_row_twice", row, PATH, found=path, first=first)
                continue
            if path:
                seen[path] = row.number
                if row.entry is None:
                    self.fault("ruletable_row_unknown", row, PATH, found=path, path=path)
                    continue
            self._compare(row)
            self.rows.append(row)

    def _is_said_already(self, typed: Sequence[tuple[str, ListRow]]) -> bool:
        """Return whether the file says the same, as it does once the workbook was read; what was left open may be."""
        if len(typed) != len(self.table.entries):
            return False
        return all(
            (not text and not self.held.kept.get(f"{path}#{key}"))
            or plainly(text) == plainly(entry.texts[key])
            for (path, row), entry in zip(typed, self.table.entries, strict=True)
            for key, text in row.texts.items()
        )

    def _compare(self, row: ListRow) -> None:
        entry = row.entry
        if entry is None:
            return
        row.edited = False
        for key, now in entry.texts.items():
            before, typed = self.held.kept.get(f"{entry.path}#{key}", now), row.texts.get(key, now)
            if plainly(typed) in (plainly(before), plainly(now)):
                row.texts[key] = now
            elif plainly(before) != plainly(now):
                details = {"path": f"{entry.path} {self._head(key)}", "before": before, "now": now}
                self.fault("ruletable_changed_since", row, key, found=typed, **details)
            else:
                row.edited = True

    def _moves(self) -> list[ListRow]:
        """Return the rows that stand elsewhere than they do in the file."""
        old = [entry.path for entry in self.table.entries]
        known = [row for row in self.rows if row.entry is not None]
        new = [row.entry.path for row in known if row.entry is not None]
        kept = [path for path in old if path in new]
        blocks = difflib.SequenceMatcher(None, kept, new, False).get_matching_blocks()
        stayed = {path for block in blocks for path in kept[block.a : block.a + block.size]}
        return [row for row in known if row.entry is not None and row.entry.path not in stayed]

    def _tell(self, moved: Sequence[ListRow]) -> None:
        for row in self.rows:
            if row.entry is None:
                told = self._told(row.texts)
                self._change(row, self.held.words.label("ruletable.added"), ("", told), self.first(row))
                continue
            for key, now in row.entry.texts.items():
                if plainly(row.texts.get(key, now)) != plainly(now):
                    self._change(row, self._head(key), (now, row.texts[key]), key)
        for row in moved:
            place = self.rows.index(row)
            above = self._told(self.rows[place - 1].texts) if place else ""
            words = self.held.words
            told = words("ruletable.after", code=above).plain if above else words.label("ruletable.at_top")
            self._change(row, words.label("ruletable.moved"), (self._told(row.texts), told), self.first(row))
        for entry in self.gone:
            line, label = self._line(entry), self.held.words.label("ruletable.deleted")
            before = (self._told(entry.texts), "")
            self.held.change(self._sheet.title, label, before, ("", ""), line, file=self.table.file)

    def _change(self, row: ListRow, label: str, told: tuple[str, str], column: str) -> None:
        line = self._line(row.entry) if row.entry is not None else 0
        self.held.change(self._named(row), label, told, self.address(row, column), line, file=self.table.file)

    def _line(self, entry: Entry) -> int:
        return self.held.files.of(self.table.file).line_of(entry.location)

    def _named(self, row: ListRow) -> str:
        texts = row.entry.texts if row.entry is not None else row.texts
        return f"{self._sheet.title} {texts[self.table.columns[0].key]}".strip()

    def _told(self, texts: Mapping[str, str]) -> str:
        return " ".join(text for text in texts.values() if text)

    def _head(self, key: str) -> str:
        return next(column.head for column in self.table.columns if column.key == key)

    def first(self, row: ListRow) -> str:
        """Return the first column of a row that says something."""
        return next(column.key for column in self.table.columns if row.texts.get(column.key))

    def _cell(self, number: int, column: str) -> str:
        return str(self._sheet.cell(number, self._heads[column]).coordinate)

    def address(self, row: ListRow, column: str) -> tuple[str, str]:
        """Return sheet and cell of a column of a row; of a row that is in the file only, none."""
        return (self._sheet.title, self._cell(row.number, column)) if row.number else ("", "")

    def fault(self, check: str, row: ListRow, column: str, found: str | None = None, **details: str) -> None:
        """Note what is wrong with a cell of a row."""
        text = row.texts.get(column, "") if found is None else found
        self.held.faults.append(
            Fault(check, self.held.shown, *self.address(row, column), found=text, details=details)
        )
