"""What is proposed for a sheet: the ledger, how the table lies, and what each column is taken for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from analysis.intake.declared.ledgers import UNIT_FIELDS, Ledger
from analysis.intake.files import Sheet
from analysis.intake.proposals.block_search import Blocks
from analysis.intake.proposals.header_search import Body
from analysis.intake.sheet_tables.ledger_tables import Header

Confidence = Literal["high", "medium", "low"]
#: what a column may be taken for beside a field: one that is dropped at the door, one nobody reads
PERSONS, IGNORED = "persons", "ignored"
#: how often a ledger is handed in anew; empty where each of its sheets has rows of its own
Snapshot = Literal["", "monthly", "quarterly", "yearly"]


@dataclass(frozen=True)
class Guess:
    """What one column is taken for.

    Attributes:
        header: its header.
        field: the field; `persons` or `ignored`.
        reason: key of the sentence that says why (`mapping.reason.<reason>`).
        confidence: how sure.
    """

    header: Header
    field: str
    reason: str
    confidence: Confidence


@dataclass(frozen=True)
class Reading:
    """One of two ways to read two columns between which their names do not decide.

    Attributes:
        columns: field → header and total of its column, as it is proposed.
    """

    columns: Mapping[str, tuple[str, str]]


@dataclass(frozen=True)
class Place:
    """Where the sheets of a source stand.

    Attributes:
        files: names or patterns.
        sheets: likewise; none where each file has but one sheet.
        unit_from: `file` or `sheet` if its name says the unit, else empty.
        year_from: likewise of the year.
        unit_pattern: the expression that takes the unit out of the name, where the names are listed in full.
        unit: the name of the one unit whose sheets they are, where no pattern finds them alone.
    """

    files: tuple[str, ...]
    sheets: tuple[str, ...] = ()
    unit_from: str = ""
    year_from: str = ""
    unit_pattern: str = ""
    unit: str = ""

    @classmethod
    def of(cls, sheet: Sheet) -> Place:
        """Return the place of one sheet."""
        return cls((sheet.file,), (sheet.name,) if sheet.name else ())


@dataclass(frozen=True)
class Proposal:
    """A map for one sheet.

    Attributes:
        sheet: the sheet; of several the first.
        place: where it and those laid out alike stand.
        ledger: the ledger it is taken for.
        runner_up: the ledger that fits next best; empty if none does.
        header_rows: rows of the header.
        body: what stands below it.
        guesses: one per column with a header, in their order.
        wide: pattern of the item headers of a wide sheet, and of the full marks.
        unit_of_measure: what the amounts are taken to be told in where neither header nor preamble says it.
        codes: code list → as written → what it means; None for what is not known.
        usual: code list and text of the answers no list has, and that are what people usually mean by it.
        without_day: the fields of days whose columns say only whether it has happened.
        aliases: unit → how the column of the unit says it, where the roll does not.
        units_across: how many units have a column each, which no ledger is read from.
        readings: the columns that might be meant the other way round.
        orders: the orders of day, month and year its days can have, where they do not say it themselves.
        encoding: of a text file, where a person named it.
        blocks: the tables under their titles of which the sheet consists; None where it is one table.
        snapshot: how often the whole ledger is handed in anew.
        ranges: the columns of the tables that stand beside one another; none where there is one.
    """

    sheet: Sheet
    ledger: Ledger
    runner_up: str
    header_rows: tuple[int, ...]
    body: Body = field(default_factory=lambda: Body(()))
    guesses: tuple[Guess, ...] = ()
    wide: tuple[str, str] = ("", "")
    unit_of_measure: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)
    usual: frozenset[tuple[str, str]] = frozenset()
    without_day: tuple[str, ...] = ()
    units_across: int = 0
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    readings: tuple[Reading, ...] = ()
    orders: tuple[str, ...] = ()
    encoding: str = ""
    place: Place = Place(())
    blocks: Blocks | None = None
    snapshot: Snapshot = ""
    ranges: tuple[str, ...] = ()

    @property
    def unit_from(self) -> str:
        """What says the unit where no column does: `file`, `sheet`, `block`."""
        return "block" if self.blocks else self.place.unit_from

    def of(self, name: str) -> list[Guess]:
        """Return the columns taken for a field, for persons, or for nothing.

        What is called as a column that is read cannot be left unread by its name.
        """
        read = {guess.header.full for guess in self.guesses if guess.field not in (PERSONS, IGNORED)}
        of_name = [guess for guess in self.guesses if guess.field == name]
        return [guess for guess in of_name if name != IGNORED or guess.header.full not in read]

    @property
    def missing(self) -> list[str]:
        """The required fields no column was found for."""
        given = {guess.field for guess in self.guesses}
        elsewhere = {self.ledger.wide_key, "mark"} if self.wide[0] else set()
        wanted = [name for name, one in self.ledger.fields.items() if one.required and name not in elsewhere]
        if self.ledger.has_unit and given.isdisjoint(UNIT_FIELDS) and not (self.unit_from or self.place.unit):
            wanted.append(UNIT_FIELDS[0])
        if self.place.year_from:
            given |= {self.ledger.by_year, *([self.ledger.wide_key] if self.ledger.measures else [])}
        return [name for name in wanted if name not in given]
