"""What is wrong with the office's files and settings: one `Fault` per place, never the first one only.

A fault knows *what* was found *where*; the sentence, the expectation and the remedy are looked up by its
`check` in the catalogue of words, so that every check reads the same everywhere and in both languages.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal

Severity = Literal["blocks", "warns", "notes"]

#: the detail that names the source of a ledger
OF_SOURCE: Final = "of_source"
#: between the things a detail of a fault lists; told with the sign of the language
LIST_SIGN: Final = "、"

#: a filter of a spreadsheet leaves hundreds of runs of hidden rows, of which a reader needs the first
_RUNS: Final = 10


def runs(numbers: Iterable[int]) -> str:
    """Return numbers as they are said: 3, 4, 5, 9 → `3–5、9`; after many runs only that there are more."""
    parts: list[list[int]] = []
    for number in sorted(numbers):
        if parts and number == parts[-1][-1] + 1:
            parts[-1][1:] = [number]
        else:
            parts.append([number])
    shown = LIST_SIGN.join("–".join(map(str, part)) for part in parts[:_RUNS])
    return f"{shown}…" if len(parts) > _RUNS else shown


@dataclass(frozen=True)
class Fault:
    """One doubtful or wrong place in a file of the round.

    Attributes:
        check: id of the check, the key of its sentence in `words` (`faults.<check>`).
        file: path relative to the round's folder, as the office names it.
        sheet: name of the worksheet; empty for CSV and YAML.
        cell: address such as `F17`; for YAML the line as `第12行` is left to `line`.
        line: line number in a text file (YAML); 0 where a cell says it.
        unit: code of the unit concerned; empty where none is known.
        found: what stands there, as written.
        severity: `blocks` stops the run, `warns` and `notes` do not.
        details: further parts of the sentence, by name.
    """

    check: str
    file: str = ""
    sheet: str = ""
    cell: str = ""
    line: int = 0
    unit: str = ""
    found: str = ""
    severity: Severity = "blocks"
    details: Mapping[str, str] = field(default_factory=dict)

    def place(self) -> str:
        """Return `file › sheet › cell`, leaving out what does not apply."""
        spot = self.cell or (f"{self.line}" if self.line else "")
        return " › ".join(part for part in (self.file, self.sheet, spot) if part)

    def of_source(self, name: str) -> Fault:
        """Return the fault as one of a source of a ledger; the same where the maps do not name the source."""
        return replace(self, details={**self.details, OF_SOURCE: name}) if name else self


class FaultsFoundError(Exception):
    """The round cannot be computed; carries every fault found, in the order of the files."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(f"{len(self.faults)} faults, first: {self.faults[0] if self.faults else None}")
