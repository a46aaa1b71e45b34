"""Where scores come from, and what would be if something else is supposed, on a console."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console

from analysis.cli.console import new_grid, print_line
from analysis.questions import answers
from analysis.questions.explain import ItemExplained, UnitExplained, points_text
from analysis.questions.supposed import Supposed
from analysis.questions.what_if import Effects
from analysis.rounds.units import UnitRoll
from analysis.words import Words


def print_unit(out: Console, told: UnitExplained, words: Words) -> None:
    """Print all scores of a unit with what they cost, then its grade."""
    columns = ("code", "name", "possible", "points", "lost", "why")
    grid = new_grid([words.label(f"explain.column.{column}") for column in columns], columns)
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
        print_line(out, line)


def print_item(out: Console, told: ItemExplained, words: Words) -> None:
    """Print one score from the points down to the cells."""
    for line in answers.item_lines(told, words):
        print_line(out, line)


def print_supposed(out: Console, answer: Supposed, roll: UnitRoll, words: Words) -> None:
    """Print the answer to a question "what if"."""
    for told in answer.told:
        print_line(out, told)
    if answer.effects is not None:
        _print_effects(out, answer.effects, roll, answer.names, words)
    if answer.reach is not None:
        for line in answers.reach_lines(answer.reach, answer.rules, roll, words, answer.names):
            print_line(out, line)


def _print_effects(
    out: Console, found: Effects, roll: UnitRoll, names: Mapping[str, str], words: Words
) -> None:
    """Print scores, ranks and grades side by side, then every indicator whose points are different."""
    columns = ("unit", "score", "rank", "grade")
    grid = new_grid([words.label(f"whatif.column.{column}") for column in columns], columns)
    for each in found.units:
        pairs = (each.score, each.rank, each.grade)
        grid.add_row(roll.short(each.unit), *(_pair(before, after, words) for before, after in pairs))
    out.print(grid)
    if not found.items:
        if not any(each.changed for each in found.units):
            print_line(out, words("whatif.none"))
        return
    print_line(out, words("whatif.items"))
    columns = ("unit", "item", "points", "why")
    grid = new_grid([words.label(f"whatif.column.{column}") for column in columns], columns)
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
