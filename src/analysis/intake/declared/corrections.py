"""`corrections.yaml`: what the office decided about its source, place by place. The files themselves stay as received.

    corrections:
      - kind: override            # a cell says something else
        file: 线索案件台账.xlsx
        sheet: 线索案件           # needless where the file has one sheet that is read
        cell: T2314               # or instead of file, sheet, cell: ledger, no, field
        expected: 72790           # what stands there; once it does not, the correction is an error
        value: 7279
        reason: 小数点错位
        reported_by: 报送单位统计岗
        date: 2022-03-01

Kinds: `override` (value of a cell), `scale` (a cell, or a column with `column` and `rows`, times `factor`; what is
expected of a column is its sum as it stands), `drop` (a row), `merge` (a row is the same case as the number `into`),
`accept` (a warning is right as it stands). What is expected of a row is a mapping from fields to what stands there.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from analysis.intake.files.sheets import column_of, position
from analysis.rounds.faults import Fault
from analysis.rounds.settings_files import Code, Day, Document, Settings, bad_value, read_document, validate

#: name of the file in the round's folder
CORRECTIONS_FILE: Final = "corrections.yaml"
_ADDRESS: Final = re.compile(r"[A-Z]{1,3}[1-9]\d{0,6}")
_LETTERS: Final = re.compile(r"[A-Z]{1,3}")
#: the digits of a telephone or identity number belong to a person
_OF_A_PERSON: Final = re.compile(r"\d{7}")


def _address(value: str) -> str:
    if value and not _ADDRESS.fullmatch(value):
        raise bad_value("not_an_address")
    return value


def _letters(value: str) -> str:
    if value and not _LETTERS.fullmatch(value):
        raise bad_value("not_a_column")
    return value


def _post(value: str) -> str:
    if not value or _OF_A_PERSON.search(value):
        raise bad_value("not_a_post")
    return value


def _rows(value: tuple[int, int]) -> tuple[int, int]:
    if value[0] > value[1]:
        raise bad_value("not_rows")
    return value


def _factor(value: Decimal) -> Decimal:
    if not value:
        raise bad_value("not_a_factor")
    return value


def exact(value: Any) -> Any:
    """Return a value of the settings as a cell holds it: a number with a point exactly as written."""
    return Decimal(str(value)) if isinstance(value, float) else value


Scalar = str | int | float | dt.date | bool | None
RowNumber = Annotated[int, Field(ge=1)]


class Decision(Settings):
    """What every correction says: where, why, from which post, when.

    Attributes:
        file: name of the file.
        sheet: of its sheet; None where it has one that is read.
        cell, row, column: where in the sheet.
        ledger, no, field: the same by the number of a row and a field.
        reason: why.
        reported_by: the post that reported it, never a person.
        date: of the decision.
    """

    file: str = ""
    sheet: str | None = None
    cell: Annotated[str, AfterValidator(_address)] = ""
    ledger: str = ""
    no: Code = ""
    field: str = ""
    reason: str = Field(min_length=1)
    reported_by: Annotated[str, AfterValidator(_post)]
    date: Day

    @property
    def position(self) -> tuple[int, int]:
        """Row and column of the cell, from 1."""
        return position(self.cell)

    @property
    def by_number(self) -> bool:
        """Whether the place is given by ledger and number."""
        return bool(self.ledger and self.no)

    def _is_cell(self) -> bool:
        by_file = bool(self.file and self.cell and not (self.ledger or self.no or self.field))
        return by_file or bool(self.by_number and self.field and not self.cell)


class Override(Decision):
    """A cell says something else."""

    kind: Literal["override"]
    expected: Scalar
    value: Scalar

    @model_validator(mode="after")
    def _place(self) -> Self:
        if not self._is_cell():
            raise bad_value("place_of_cell")
        return self


class Scale(Decision):
    """A cell or a column was written in another unit of measure."""

    kind: Literal["scale"]
    column: Annotated[str, AfterValidator(_letters)] = ""
    rows: Annotated[tuple[RowNumber, RowNumber], AfterValidator(_rows)] | None = None
    expected: Decimal
    factor: Annotated[Decimal, AfterValidator(_factor)]

    @property
    def of_column(self) -> bool:
        """Whether a whole column is meant."""
        return not self.cell and not self.no

    @property
    def column_number(self) -> int:
        """The number of the column, from 1."""
        return column_of(self.column)

    @model_validator(mode="after")
    def _place(self) -> Self:
        by_letters = bool(self.file and self.column and not self.ledger)
        by_field = bool(self.ledger and self.field and not self.column)
        if not (by_letters or by_field if self.of_column else self._is_cell() and not self.rows):
            raise bad_value("place_of_scale")
        return self


class _OfRow(Decision):
    row: RowNumber | None = None
    expected: dict[str, Scalar] = Field(min_length=1)

    @model_validator(mode="after")
    def _place(self) -> Self:
        by_file = bool(self.file and self.row and not self.ledger)
        if self.cell or self.field or not (by_file or (self.by_number and not self.row)):
            raise bad_value("place_of_row")
        return self


class Drop(_OfRow):
    """A row does not count."""

    kind: Literal["drop"]


class Merge(_OfRow):
    """A row is the same case as another number."""

    kind: Literal["merge"]
    into: Code = Field(min_length=1)


class Accept(Decision):
    """What was warned of is right as it stands."""

    kind: Literal["accept"]
    check: str = ""
    unit: Code = ""
    expected: Scalar

    @model_validator(mode="after")
    def _place(self) -> Self:
        if not (self._is_cell() or (self.check and not (self.cell or self.ledger or self.no or self.field))):
            raise bad_value("place_of_issue")
        return self


Correction = Annotated[Override | Scale | Drop | Merge | Accept, Field(discriminator="kind")]


class Corrections(Settings):
    """What `corrections.yaml` says."""

    corrections: list[Correction] = Field(default_factory=list)


def load_corrections(folder: Path) -> tuple[list[Correction], Document | None, list[Fault]]:
    """Read the corrections of a round's folder; without the file there are none.

    Returns:
        The corrections (none if any of them is written wrongly), the document that knows their lines, and the faults.
    """
    path = folder / CORRECTIONS_FILE
    if not path.exists():
        return [], None, []
    document, faults = read_document(path, CORRECTIONS_FILE)
    if document is None:
        return [], None, faults
    settings, wrong = validate(document, Corrections)
    faults = sorted([*faults, *wrong], key=lambda fault: fault.line)
    return ([] if settings is None or faults else list(settings.corrections)), document, faults
