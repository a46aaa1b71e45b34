"""The disclosure levels: which products each has, and whose figures they may show, in one table.

Everything else asks a level for what it may do, never for its name: the view of a round (`publish.disclosure`), the
report that is made of it, the forms, the sheets of the workbook, the notebooks that stay with an edition.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

#: in which forms a report comes
FORMATS: Final = ("html", "pdf", "docx", "xlsx", "figures")


@dataclass(frozen=True)
class Level:
    """What an edition of one disclosure level holds.

    Attributes:
        name: the level; the words say it as `report.disclosure.<name>`.
        report: whether it has the city report.
        cards: whether it has the units' cards.
        bulletin: whether it has the bulletin.
        formats: in which forms it comes.
        zips: whether its cards are packed for sending.
        units: figures of which units it may show: of all, of the addressed one, or of none but their letters.
        withheld: whether small cells are withheld in it, and what would give them away.
        inputs: whether input files, cells and data faults may be named, and with them the rows of the ledgers and the
            working notebooks.
    """

    name: str
    report: bool
    cards: bool
    bulletin: bool
    formats: tuple[str, ...]
    zips: bool
    units: Literal["all", "own", "none"]
    withheld: bool
    inputs: bool

    def __post_init__(self) -> None:
        """Refuse what contradicts itself.

        Raises:
            ValueError: inputs are named that show what is withheld or other units, or a product has no reader.
        """
        if self.inputs and (self.withheld or self.units != "all"):
            raise ValueError(f"{self.name}: whoever may see the inputs sees every unit and every cell")
        if self.report and self.units == "own":
            raise ValueError(f"{self.name}: a report shows all units or none, a card shows one")
        if self.cards and self.units == "none":
            raise ValueError(f"{self.name}: a card shows the figures of its unit")


#: one line per level, the most open first; docs/runbook.zh-CN.md says the same in Chinese
TABLE: Final = {
    level.name: level
    for level in (
        #     name report cards bulletin formats zips units withheld inputs
        Level("internal", True, True, True, FORMATS, False, "all", False, True),
        Level("own", False, True, False, ("html", "pdf"), True, "own", True, False),
        Level("grades", True, False, True, ("html", "pdf", "docx"), False, "none", True, False),
    )
}  # fmt: skip
LEVELS: Final = tuple(TABLE)
if TYPE_CHECKING:
    LevelName = str
else:
    #: for settings: a level there is
    LevelName = Literal[LEVELS]
#: the level of whoever does not ask for another
INTERNAL: Final = "internal"
#: the level whose view the bulletin has, which says the same in every edition
LETTERS: Final = "grades"


class UnknownLevelError(ValueError):
    """A level that is none of `LEVELS`, or one the page asked for does not exist at."""


def level_of(name: str) -> Level:
    """Return a level by its name.

    Raises:
        UnknownLevelError: there is none of this name.
    """
    if name not in TABLE:
        raise UnknownLevelError(f"no such disclosure level: {name!r}; there are {', '.join(LEVELS)}")
    return TABLE[name]
