"""Where scores come from, and what would be if something else is supposed, on a console."""

from __future__ import annotations

from rich.console import Console

from analysis.cli.console import new_grid, print_line
from analysis.questions import answers
from analysis.questions.explain import ItemExplained, UnitExplained
from analysis.questions.supposed import Supposed
from analysis.render.blocks import Table
from analysis.render.plain_blocks import plain
from analysis.rounds.units import UnitRoll
from analysis.words import Words


def print_unit(out: Console, told: UnitExplained, words: Words) -> None:
    """Print all scores of a unit with what they cost, then its grade."""
    print_table(out, answers.unit_table(told, words))
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
        for table in answers.effect_tables(answer.effects, roll, answer.names, words):
            print_table(out, table)
    if answer.reach is not None:
        for line in answers.reach_lines(answer.reach, answer.rules, roll, words, answer.names):
            print_line(out, line)


def print_table(out: Console, table: Table) -> None:
    """Print a table under its caption, and what is said beneath this."""
    if table.caption:
        print_line(out, table.caption)
    if table.subtitle:
        print_line(out, table.subtitle)
    grid = new_grid([column.label for column in table.columns], [column.key for column in table.columns])
    for row in table.rows:
        grid.add_row(*(plain(cell.content) for cell in row.complete()))
    out.print(grid)
