"""The disclosure levels: which products each has, and whose figures they may show, in one table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

#: the level that discloses everything; where figures come from is told at no other
INTERNAL: Final = "internal"
LevelName = Literal["internal", "own", "grades"]
LEVELS: Final[tuple[LevelName, ...]] = get_args(LevelName)
#: in which forms a report comes
FORMATS: Final = ("html", "pdf", "docx", "xlsx", "figures")


@dataclass(frozen=True)
class Level:
    """What an edition of one disclosure level holds.

    Attributes:
        name: the level.
        report: whether it has the city report.
        cards: whether it has the units' cards.
        bulletin: whether it has the bulletin.
        formats: in which forms it comes.
        zips: whether its cards are packed for sending.
        units: figures of which units it may show: of all, of the addressed one, or of none but their letters.
        inputs: whether input files, cells and data faults may be named.
    """

    name: LevelName
    report: bool
    cards: bool
    bulletin: bool
    formats: tuple[str, ...]
    zips: bool
    units: Literal["all", "own", "none"]
    inputs: bool

    @property
    def outer(self) -> bool:
        """Whether the edition leaves the office: small cells are withheld in it."""
        return self.name != INTERNAL


#: one line per level; docs/runbook.zh-CN.md says the same in Chinese
TABLE: Final = {
    level.name: level
    for level in (
        #     name report cards bulletin formats zips units inputs
        Level("internal", True, True, True, FORMATS, False, "all", True),
        Level("own", False, True, False, ("html", "pdf"), True, "own", False),
        Level("grades", True, False, True, ("html", "pdf", "docx"), False, "none", False),
    )
}  # fmt: skip


class UnknownLevelError(ValueError):
    """A level that is none of `LEVELS`, or one the page asked for does not exist at."""


def level_of(name: str) -> Level:
    """Return a level by its name.

    Raises:
        UnknownLevelError: there is none of this name.
    """
    for level in TABLE.values():
        if level.name == name:
            return level
    raise UnknownLevelError(f"no such disclosure level: {name!r}; there are {', '.join(LEVELS)}")
