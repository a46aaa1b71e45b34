"""What `assess rulebook`, `assess explain` and `assess what-if` show on a console.

A console may be narrow, may lack signs or be no terminal at all (a pipe, a GBK window): tables draw their lines as the
console can, and every fact is also legible where there is no table.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from rich.console import Console
from rich.table import Table

from analysis.questions import answers
from analysis.questions.explain import ItemExplained, UnitExplained, points_text
from analysis.questions.supposed import Supposed
from analysis.questions.what_if import Effects
from analysis.rounds.units import UnitRoll
from analysis.rulebook.edit.ruletable import COLUMNS, Change, RuleTable
from analysis.words import Words

#: columns of a console that is no terminal
_PIPE: Final = 160
#: on a console narrower than this, definition, department and source stand below the rule
_NARROW: Final = 130
_BELOW: Final = ("definition", "department", "data_source")
_RIGHT: Final = frozenset({"points", "possible", "lost", "score", "rank"})


def console() -> Console:
    """Return the console, wide where it is no terminal."""
    width = None if sys.stdout.isatty() else _PIPE
    return Console(markup=False, highlight=False, emoji=False, width=width)


def say(out: Console, text: object) -> None:
    """Print one line as it is."""
    out.print(str(text), markup=False, highlight=False, soft_wrap=True)


def rule_table(out: Console, table: RuleTable, words: Words) -> None:
    """Print a rule set as the familiar table, then grade rule and conventions."""
    say(out, table.title)
    say(out, table.note)
    narrow = out.width < _NARROW
    columns = [column for column in COLUMNS if not (narrow and column in _BELOW)]
    grid = _grid([words.label(f"ruletable.column.{column}") for column in columns], columns, lines=True)
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
        say(out, sentence)
    say(out, words.labelled(words.label("ruletable.column.general"), table.general))
    told = words.series([words.labelled(label, value) for label, value in table.conventions])
    say(out, words.labelled(words.label("ruletable.column.conventions"), told))


def changes(out: Console, found: Iterable[Change], words: Words) -> None:
    """Print every edit of a workbook with its place."""
    for change in found:
        say(
            out,
            words(
                "ruletable.change",
                path=change.path,
                label=change.label,
                old=change.old,
                new=change.new,
                sheet=change.sheet,
                cell=change.cell,
                line=str(change.line),
            ),
        )


def unit(out: Console, told: UnitExplained, words: Words) -> None:
    """Print all scores of a unit with what they cost, then its grade."""
    columns = ("code", "name", "possible", "points", "lost", "why")
    grid = _grid([words.label(f"explain.column.{column}") for column in columns], columns)
    for item in told.items:
        lost = item.lost
        grid.add_row(
            item.code if item.code != "total" else "",
            item.name or words.label("explain.total"),
            "" if item.possible is None else f"{item.possible:f}",
            points_text(item.points, words),
            points_text(lost, words) if lost else "",
            item.derivation,
        )
    out.print(grid)
    for line in answers.unit_lines(told, words):
        say(out, line)


def item(out: Console, told: ItemExplained, words: Words) -> None:
    """Print one score from the points down to the cells."""
    for line in answers.item_lines(told, words):
        say(out, line)


def supposed(out: Console, answer: Supposed, roll: UnitRoll, words: Words) -> None:
    """Print the answer to a question "what if"."""
    for told in answer.told:
        say(out, told)
    if answer.effects is not None:
        effects(out, answer.effects, roll, answer.names, words)
    if answer.reach is not None:
        for line in answers.reach_lines(answer.reach, answer.rules, roll, words, answer.names):
            say(out, line)


def effects(out: Console, found: Effects, roll: UnitRoll, names: Mapping[str, str], words: Words) -> None:
    """Print scores, ranks and grades side by side, then every indicator whose points are different."""
    columns = ("unit", "score", "rank", "grade")
    grid = _grid([words.label(f"whatif.column.{column}") for column in columns], columns)
    for each in found.units:
        pairs = (each.score, each.rank, each.grade)
        grid.add_row(roll.short(each.unit), *(_pair(before, after, words) for before, after in pairs))
    out.print(grid)
    if not found.items:
        if not any(each.changed for each in found.units):
            say(out, words("whatif.none"))
        return
    say(out, words("whatif.items"))
    columns = ("unit", "item", "points", "why")
    grid = _grid([words.label(f"whatif.column.{column}") for column in columns], columns)
    for entry in found.items:
        name = f"{entry.item} {names.get(entry.item, '')}".strip()
        why = entry.derivation[1]
        grid.add_row(roll.short(entry.unit), name, _pair(*entry.points, words), why)
    out.print(grid)


def _pair(before: str, after: str, words: Words) -> str:
    if before == after:
        return before
    none = words.label("explain.none")
    return words("whatif.arrow", before=before or none, after=after or none).plain


def _grid(heads: Sequence[str], columns: Sequence[str], *, lines: bool = False) -> Table:
    grid = Table(show_lines=lines)
    for head, column in zip(heads, columns, strict=True):
        grid.add_column(
            head,
            justify="right" if column in _RIGHT else "left",
            no_wrap=column in ("code", "points", "score", "rank", "grade", "unit", "possible", "lost"),
            overflow="fold",
        )
    return grid
