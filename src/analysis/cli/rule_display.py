"""A rule set, and what an edited workbook changes in it, on a console."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from rich.console import Console

from analysis.cli.console import new_grid, print_line
from analysis.rulebook.edit.held import Change
from analysis.rulebook.edit.ruletable import COLUMNS, RuleTable
from analysis.words import Words

#: on a console narrower than this, definition, department and source stand below the rule
_NARROW: Final = 130
_BELOW: Final = ("definition", "department", "data_source")


def print_rules(out: Console, table: RuleTable, words: Words) -> None:
    """Print a rule set as the familiar table, then grade rule and conventions."""
    print_line(out, table.title)
    print_line(out, table.note)
    narrow = out.width < _NARROW
    columns = [column for column in COLUMNS if not (narrow and column in _BELOW)]
    grid = new_grid([words.label(f"ruletable.column.{column}") for column in columns], columns, lines=True)
    group = ""
    for line in table.lines:
        cells = {column: str(getattr(line, column)) for column in COLUMNS}
        if narrow:
            below = [
                words.labelled(words.label(f"ruletable.column.{column}"), cells[column]).plain
                for column in _BELOW
                if cells[column]
            ]
            cells["rule"] = "\n".join([cells["rule"], *below])
        # a dimension is named once
        cells["group"] = "" if line.group == group else line.group
        group = line.group
        grid.add_row(*(cells[column] for column in columns))
    out.print(grid)
    for sentence in table.grades:
        print_line(out, sentence)
    print_line(out, words.labelled(words.label("ruletable.column.general"), table.general))
    told = words.series([words.labelled(label, value) for label, value in table.conventions])
    print_line(out, words.labelled(words.label("ruletable.column.conventions"), told))


def print_changes(out: Console, found: Iterable[Change], words: Words) -> None:
    """Print every edit of a workbook with its place."""
    for change in found:
        print_line(
            out,
            words(
                f"ruletable.change{'' if change.line and change.cell else '_new' if change.cell else '_gone'}",
                path=change.path,
                label=change.label,
                old=change.old,
                new=change.new,
                sheet=change.sheet,
                cell=change.cell,
                line=str(change.line),
                file=change.file,
            ),
        )
