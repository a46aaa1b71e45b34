"""`maps.yaml`: which files and sheets of the office are which ledger, and how their headers call the fields.

A ledger stands in one source, or in a list of them: each with its own files, layout, columns, units and codes.
What one source has no column for is not reported for its units, and the others' stays reported. A source is a mapping:

What it is called in faults and in the reconciliation
    name; where it has none, its file.
Where a ledger stands
    file: a name, a pattern (`线索*.xlsx`) or a list of them; sheet: the same (empty for text files, or where the
    workbook has one visible sheet); encoding: of text files, where nothing else can tell.
Where in the sheet
    range (`A3:K40`, `A:K`; several are so many tables beside one another), table (the name of a table or range of the
    workbook), block (how the title of a table begins or reads, with `*`: one table from each such title to the next),
    left_out (ranges that are not wanted). Of a block or named table the rows of the header count from its first row.
How its table is laid out
    header_rows, first_row (the first data row, if it is not the row after the header), footer (a text, or a `pattern`).
What its columns are
    fields (field ← headers), unit_of_measure (needless where the header or the line above the table says it), persons,
    ignored, wide, constants (what holds for every row and has no column: a list of nothing but confirmed cases), days
    (field ← the three columns of year, month and day), number_from (`row`, or the columns that make a number together,
    where none is given), without_day (fields of days whose column says only whether it has happened), empty_is_zero.
Which rows count, and what their empty cells say
    keep, skip (column ← texts or a `pattern`), leave_out (`hidden`, `struck`), fill_down (fields whose empty cells say
    what the one above says).
Who answers for what is left empty
    filled_by (`unit`: it counts against the unit; `city`: it blocks until it is answered; left out, as usual for the
    ledger).
Of which time it is
    year (of sheets that say it neither in a title nor in their name), history (true: it serves earlier periods only, so
    the same file may stand in another round).
What the names of files and sheets say
    year_from, unit_from (`file`, `sheet`, `block`, or one of them with a `pattern` of one group; without a pattern the
    text that the first `*` stands for), unit (of a source that is one unit's and says so nowhere), snapshot (how often
    the whole ledger is handed in anew).

What is done with doubtful cells
    values (of all ledgers; a source's own `values` take their place).

The shared code lists stand under `codes`; those of a source come before them. Other spellings of units stand under
`aliases` (code or name ← a list, in which a name may have a comma), beside those of the roll.
"""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal, get_args

from pydantic import AfterValidator, BeforeValidator, Field

from analysis.intake.declared.policies import ValuePolicy
from analysis.intake.files import Range
from analysis.quantities import MONEY, PEOPLE
from analysis.rounds.settings_files import Code, Settings, bad_value


def _answer(value: object) -> object:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value


def _regular(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise bad_value("not_a_pattern", reason=str(error)) from None
    return value


def _pattern(value: str) -> str:
    if re.compile(_regular(value)).groups != 1:
        raise bad_value("not_one_group")
    return value


def _range(value: str) -> str:
    try:
        Range.parse(value)
    except ValueError:
        raise bad_value("not_a_range") from None
    return value


def _one_or_more(value: object) -> object:
    return value if isinstance(value, list) else [value]


def _named(value: object) -> object:
    return {"name": value} if isinstance(value, str) else value


def _footer(value: object) -> object:
    return {"text": value} if isinstance(value, str) else value


def _filter(value: object) -> object:
    return value if isinstance(value, dict) else {"values": value}


def _as_cell(value: object) -> object:
    return {True: "TRUE", False: "FALSE"}[value] if isinstance(value, bool) else value


def _measure(value: str) -> str:
    if value not in MONEY and value not in PEOPLE:
        raise bad_value("not_a_measure")
    return value


#: of a text file; empty where it tells by itself
Encoding = Literal["", "utf-8", "gb18030", "big5", "utf-16"]
ENCODINGS: Final[tuple[str, ...]] = get_args(Encoding)
#: where a source numbers nothing, its rows are its numbers
ROW: Final = "row"
Answer = Annotated[str, BeforeValidator(_answer)]
#: what holds for every row: an answer, a number, a day or a text, as a cell would have it
Constant = Annotated[Code, BeforeValidator(_answer)]
#: what a cell of a filter's column says
Said = Annotated[Code, BeforeValidator(_as_cell)]
#: a regular expression with one group
Pattern = Annotated[str, AfterValidator(_pattern)]
Regular = Annotated[str, AfterValidator(_regular)]
MeasureUnit = Annotated[str, AfterValidator(_measure)]
RangeText = Annotated[str, AfterValidator(_range)]
RowNumber = Annotated[int, Field(ge=1)]
Names = Annotated[list[str], BeforeValidator(_one_or_more)]
CodeLists = dict[str, dict[str, Answer]]


class Wide(Settings):
    """How the headers of a wide sheet name their item: patterns with one group each.

    In a summary the item is the period. Which measure a column states is said by its other header, after `fields`, or,
    where the headers name periods only, by `measure`.
    """

    item: Pattern
    full: Pattern | None = None
    measure: str = ""


class Footer(Settings):
    """How the row with the control totals begins: with a text, or with something that fits a pattern."""

    text: str = ""
    pattern: Regular = ""

    def __bool__(self) -> bool:
        return bool(self.text or self.pattern)

    @property
    def shown(self) -> str:
        """The rule as the maps write it."""
        return self.text or self.pattern


class RowFilter(Settings):
    """What a column says in the rows a filter means: one of some texts, or something that fits a pattern."""

    values: Annotated[list[Said], BeforeValidator(_one_or_more)] = Field(default_factory=list)
    pattern: Regular = ""


class FromName(Settings):
    """What the name of a file or sheet or a title says: the group of the pattern, else the text of the first `*`."""

    name: Literal["file", "sheet", "block"]
    pattern: Pattern | None = None


class LedgerMap(Settings):
    """One source of a ledger: where it stands and how its columns are called."""

    name: str = ""
    file: Names
    sheet: Names = Field(default_factory=lambda: [""])
    range: Annotated[list[RangeText], BeforeValidator(_one_or_more)] = Field(default_factory=list)
    table: Names = Field(default_factory=list)
    block: Names = Field(default_factory=list)
    left_out: Annotated[list[RangeText], BeforeValidator(_one_or_more)] = Field(default_factory=list)
    encoding: Encoding = ""
    header_rows: list[RowNumber] = Field(min_length=1)
    first_row: RowNumber | None = None
    footer: Annotated[Footer, BeforeValidator(_footer)] = Footer()
    unit_of_measure: dict[str, MeasureUnit] = Field(default_factory=dict)
    fields: dict[str, list[str]]
    persons: list[str] = Field(default_factory=list)
    ignored: list[str] = Field(default_factory=list)
    wide: Wide | None = None
    constants: dict[str, Constant] = Field(default_factory=dict)
    year_from: Annotated[FromName | None, BeforeValidator(_named)] = None
    unit_from: Annotated[FromName | None, BeforeValidator(_named)] = None
    unit: str = ""
    days: dict[str, Annotated[list[str], Field(min_length=3, max_length=3)]] = Field(default_factory=dict)
    number_from: Annotated[list[str], BeforeValidator(_one_or_more), Field(min_length=1)] | None = None
    without_day: list[str] = Field(default_factory=list)
    fill_down: list[str] = Field(default_factory=list)
    empty_is_zero: list[str] = Field(default_factory=list)
    keep: dict[str, Annotated[RowFilter, BeforeValidator(_filter)]] = Field(default_factory=dict)
    skip: dict[str, Annotated[RowFilter, BeforeValidator(_filter)]] = Field(default_factory=dict)
    leave_out: list[Literal["hidden", "struck"]] = Field(default_factory=list)
    snapshot: Literal["", "monthly", "quarterly", "yearly"] = ""
    values: ValuePolicy | None = None
    codes: CodeLists = Field(default_factory=dict)
    filled_by: Literal["", "unit", "city"] = ""
    year: Annotated[int | None, Field(ge=1900, le=2999)] = None
    history: bool = False

    def headers(self) -> list[str]:
        """Return every name by which a column may be called."""
        return [*(name for names in self.fields.values() for name in names), *self.persons, *self.ignored]


class Maps(Settings):
    """What `maps.yaml` says."""

    codes: CodeLists = Field(default_factory=dict)
    values: ValuePolicy = Field(default_factory=ValuePolicy)
    aliases: dict[str, Names] = Field(default_factory=dict)
    ledgers: dict[str, Annotated[list[LedgerMap], BeforeValidator(_one_or_more), Field(min_length=1)]]

    @property
    def sources(self) -> list[LedgerMap]:
        """The sources of every ledger."""
        return [mapped for sources in self.ledgers.values() for mapped in sources]
