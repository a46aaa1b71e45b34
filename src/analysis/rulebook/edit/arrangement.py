"""The files of a rule set as an edited workbook would have it: values in place, items in the order of the rows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from analysis.rounds.rounds import RULEBOOK_FILE
from analysis.rounds.settings_files import Location
from analysis.rulebook.edit.held import Held
from analysis.rulebook.edit.listrows import ListRows
from analysis.rulebook.edit.rulecell import number, number_said
from analysis.rulebook.edit.rulefile import RuleFile, written
from analysis.rulebook.edit.rulefiles import RuleFiles
from analysis.rulebook.edit.ruletable import RuleList
from analysis.rulebook.edit.tableedits import TableEdits


def arranged(held: Held, edits: TableEdits, lists: Sequence[tuple[RuleList, ListRows]]) -> RuleFiles:
    """Return the files with all that was found.

    Args:
        held: what was found of single values.
        edits: what the rows of the table change.
        lists: the lists that were edited, each with its rows.

    Raises:
        UnwritableError: with some value the file is no YAML any more.
    """
    gone = tuple(f"{code}." for code in held.gone)
    values = {path: value for path, value in held.values.items() if not path.startswith(gone)}
    file = held.file.edited(values)
    for path in held.removed:
        file = file.without(path)
    if edits.new or held.gone or edits.moved:
        file = _Arrangement(held, edits).of_items(file)
    files = held.files.having(RULEBOOK_FILE, file)
    for each, rows in lists:
        name = each.table.file
        files = files.having(name, each.applied(files.of(name), rows))
    for name, file in files.unlike(held.files).items():
        if "\r\n" in held.files.of(name).text:
            # what was added ends its lines as the rest of the file does
            files = files.having(name, RuleFile(re.sub("\r?\n", "\r\n", file.text)))
    return files


class _Arrangement:
    """Items and dimensions in the order of the rows."""

    def __init__(self, held: Held, edits: TableEdits) -> None:
        self.held, self.edits, self.table = held, edits, edits.table

    def of_items(self, file: RuleFile) -> RuleFile:
        """Return the file with its items in the order of the rows."""
        chunks = {code: file.chunk(at) for code, at in self.held.items.items()} | self.edits.new
        lists: dict[Location | str, list[str]] = {at[:-1]: [] for at in self.held.items.values()}
        for row in self.table.rows:
            lists.setdefault(row.dimension or row.at, []).append(row.code)
        stand = {row.code for row in self.table.rows} | set(self.held.gone)
        for code, at in self.held.items.items():
            if code not in stand:
                # it came into the file after the workbook was written
                lists[at[:-1]].append(code)
        emptied = []
        for key, codes in lists.items():
            old = [code for code, place in self.held.items.items() if place[:-1] == key]
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
        there = sorted({at[:2] for at in self.held.leaves if at[0] == "dimensions" and len(at) > 2})
        gone = {at for at in emptied if len(at) == 2}
        for at in emptied:
            if len(at) > 2:
                groups = range(len(self.held.file.data(self.held.texts[*at[:-2], "code"])["groups"]))
                stay = [(*at[:-1], place) for place in groups if (*at[:-1], place) not in emptied]
                file = file.arranged(at[:-1], [file.chunk(each) for each in stay])
        texts: dict[Location | str, str] = {at: file.chunk(at) for at in there if at not in gone}
        for name in dict.fromkeys(row.dimension for row in self.table.rows if row.dimension):
            texts[name] = self._new_dimension(name, [chunks[code] for code in lists[name]])
        seen = [row.dimension or row.at[:2] for row in self.table.rows if row.of == "dimensions"]
        first = {key: place for place, key in reversed([*enumerate(seen)])}
        order = sorted(texts, key=lambda key: first.get(key, len(seen)))
        if order == there:
            return file
        return file.arranged(("dimensions",), [texts[key] for key in order])

    def _new_dimension(self, name: str, items: Sequence[str]) -> str:
        rows = [row for row in self.table.rows if row.dimension == name]
        total = sum((number(number_said(row.texts["points"])) or Decimal(0) for row in rows), Decimal(0))
        points = self.table.points.get(name, f"{total:f}")
        code = self.table.dimensions[name]
        self.held.where[f"{code}.points"] = self.held.where[f"{code}.name"] = self.table.address(
            rows[0], "group"
        )
        lines = [
            f"- code: {written('code', code)}",
            f"  name: {written('name', name)}",
            f"  points: {points}",
            "  indicators:",
        ]
        below = (f"    {line}" for item in items for line in item.splitlines(keepends=True))
        return "\n".join(lines) + "\n" + "".join(below)
