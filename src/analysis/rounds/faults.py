"""What is wrong with the office's files and settings: one `Fault` per place, never the first one only.

A fault knows *what* was found *where*; the sentence, the expectation and the remedy are looked up by its
`check` in the catalogue of words, so that every check reads the same everywhere and in both languages.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal, NamedTuple

Severity = Literal["blocks", "warns", "notes"]

#: the detail that names the source of a ledger
OF_SOURCE: Final = "of_source"
#: the detail that says how many cells a line speaks of
ALIKE: Final = "alike"
#: the detail that holds all cells of a fault about several: addresses (`L3`), or whole rows (`5:5`), with commas
ALL_CELLS: Final = "all_cells"
#: between the things a detail of a fault lists; told with the sign of the language
LIST_SIGN: Final = "、"

#: a filter of a spreadsheet leaves hundreds of runs of hidden rows, of which a reader needs the first
_RUNS: Final = 10
_ADDRESS: Final = re.compile(r"([A-Z]+)(\d+)")


def runs(numbers: Iterable[int], before: str = "") -> str:
    """Return numbers as they are said: 3, 4, 5, 9 → `3–5、9`; after many runs only that there are more.

    Args:
        numbers: in any order.
        before: what stands before each, such as the letters of a column.
    """
    parts: list[list[int]] = []
    for number in sorted(numbers):
        if parts and number == parts[-1][-1] + 1:
            parts[-1][1:] = [number]
        else:
            parts.append([number])
    shown = LIST_SIGN.join("–".join(f"{before}{number}" for number in part) for part in parts[:_RUNS])
    return f"{shown}…" if len(parts) > _RUNS else shown


class Effect(NamedTuple):
    """How much rests on a fault.

    Attributes:
        share: of 1.
        of: what it is a share of, an id of the words (`fault.effect_of.<of>`); empty where it is not worth telling.
        period: in which.
        cells: on how many cells together it rests, of which the same is to be said.
    """

    share: float
    of: str = ""
    period: str = ""
    cells: int = 1


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
        effect: what rests on it, where that is known.
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
    effect: Effect | None = None

    def place(self) -> str:
        """Return `file › sheet › cell`, leaving out what does not apply."""
        spot = self.cell or (f"{self.line}" if self.line else "")
        return " › ".join(part for part in (self.file, self.sheet, spot) if part)

    def of_source(self, name: str) -> Fault:
        """Return the fault as one of a source of a ledger; the same where the maps do not name the source."""
        return replace(self, details={**self.details, OF_SOURCE: name}) if name else self


def alike(fault: Fault) -> Hashable:
    """Return what faults have in common of which the same is to be said: everything but the row of their cell."""
    spot = _spot(fault.cell)
    where = fault.file, fault.sheet, fault.unit, fault.line, spot[0] if spot else fault.cell
    return fault.check, fault.severity, fault.found, where, tuple(sorted(fault.details.items()))


def together(faults: Iterable[Fault], *, across_units: bool = False) -> list[Fault]:
    """Return faults, those of which the same is to be said as one: at the place of the first, with all their cells.

    Args:
        faults: in their order.
        across_units: whether those of several units are one too.
    """
    groups: dict[Hashable, list[Fault]] = {}
    for fault in faults:
        groups.setdefault(alike(replace(fault, unit="") if across_units else fault), []).append(fault)
    joined = []
    for group in groups.values():
        spots = {spot for spot in (_spot(fault.cell) for fault in group) if spot}
        if len(spots) < 2:
            joined += group[:1]
            continue
        cells = runs((row for _letters, row in spots), min(spots)[0])
        of_several = len({fault.unit for fault in group}) > 1
        joined.append(
            replace(
                group[0],
                cell=cells,
                details={**group[0].details, ALIKE: str(len(spots))},
                # what rests on the cells of one unit does not rest on those of all
                effect=None if of_several else group[0].effect,
            )
        )
    return joined


def _spot(cell: str) -> tuple[str, int] | None:
    """Return the letters and the row of an address; None for what is none."""
    found = _ADDRESS.fullmatch(cell)
    return (found[1], int(found[2])) if found else None


class FaultsFoundError(Exception):
    """The round cannot be computed; carries every fault found, in the order of the files."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(f"{len(self.faults)} faults, first: {self.faults[0] if self.faults else None}")
