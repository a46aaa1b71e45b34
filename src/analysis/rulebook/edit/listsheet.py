"""A list of the rule set as a sheet: one entry a row, in words, with the sentence the program makes of it beside it.

A hidden column says where the entry stands in the file. A row without it is a new entry, one that is missing a deleted
one, another order moves them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from analysis.rounds.settings_files import Location

#: columns every list has: the sentence, which nobody edits, and what a row is
SAID, PATH = "said", "path"


@dataclass(frozen=True)
class ListColumn:
    """A column that is filled in.

    Attributes:
        key: its key.
        head: its head.
        width: in signs.
        choices: what may be written, where that is a list.
        chosen_from: the list and column whose entries may be written, where that is one.
    """

    key: str
    head: str
    width: float
    choices: tuple[str, ...] = ()
    chosen_from: tuple[str, str] | None = None


@dataclass(frozen=True)
class Entry:
    """One row.

    Attributes:
        path: what the hidden column says; empty for a row that is to be filled.
        location: where it stands in the file.
        texts: what stands in the columns, by key.
        said: the sentence the program makes of it.
    """

    path: str
    location: Location
    texts: Mapping[str, str]
    said: str = ""


@dataclass(frozen=True)
class ListTable:
    """A list as its sheet shows it.

    Attributes:
        name: of the sheet, by its key.
        file: name of the file it stands in.
        columns: those that are filled in.
        entries: the rows.
        covered: where the values stand that the rows say, so that no parameter need say them.
    """

    name: str
    file: str
    columns: tuple[ListColumn, ...]
    entries: tuple[Entry, ...]
    covered: frozenset[Location]

    def kept(self) -> dict[str, str]:
        """Return every text as it is written out, by path and column."""
        return {
            f"{entry.path}#{key}": text
            for entry in self.entries
            for key, text in (*entry.texts.items(), (SAID, entry.said))
        }
