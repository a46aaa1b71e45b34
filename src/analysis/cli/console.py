"""How tables and lines are shown on a console.

It may be narrow, may lack signs or be no terminal at all (a pipe, a GBK window): tables draw their lines as the console
can, and every fact is also legible where there is no table.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Final

from rich.console import Console
from rich.table import Table

#: columns of a console that is no terminal
_PIPE: Final = 160
_RIGHT: Final = frozenset({"points", "possible", "lost", "score", "rank"})


def open_console() -> Console:
    """Return the console, wide where it is no terminal."""
    width = None if sys.stdout.isatty() else _PIPE
    return Console(markup=False, highlight=False, emoji=False, width=width)


def print_line(out: Console, text: object) -> None:
    """Print one line as it is."""
    out.print(str(text), markup=False, highlight=False, soft_wrap=True)


def new_grid(heads: Sequence[str], columns: Sequence[str], *, lines: bool = False) -> Table:
    """Return an empty table; the names of its columns say how each is set."""
    made = Table(show_lines=lines)
    for head, column in zip(heads, columns, strict=True):
        made.add_column(
            head,
            justify="right" if column in _RIGHT else "left",
            no_wrap=column in ("code", "points", "score", "rank", "grade", "unit", "possible", "lost"),
            overflow="fold",
        )
    return made
