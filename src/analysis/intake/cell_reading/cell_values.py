"""One cell of a field: the value that counts, and what is to be told of it.

What can be read for certain is taken; what is doubtful is taken, left out or refused as the office's policy says.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial
from typing import Any, Final, NamedTuple

from analysis.intake.cell_reading.cell_digits import letters_for_digits
from analysis.intake.cell_reading.shown_values import as_shown, read_day
from analysis.intake.declared.ledgers import YEAR, Field
from analysis.intake.declared.policies import ValuePolicy
from analysis.quantities import (
    CURRENCIES,
    Cell,
    Doubted,
    Forms,
    QuantityError,
    Shown,
    is_not_reported,
    narrow,
    parse_count,
    plain_text,
    read_count,
    read_money,
    read_number,
    western_year,
)
from analysis.rounds.faults import LIST_SIGN, Severity
from analysis.rounds.periods import written_period
from analysis.rounds.units import normal_name

Value = str | int | float | dt.date | bool | None
Codes = Mapping[str, Mapping[str, str]]

#: what a spreadsheet shows where a formula failed
_FAILED: Final = re.compile(
    r"#(?:DIV/0!|N/A|NAME\?|NULL!|NUM!|REF!|VALUE!|SPILL!|CALC!|GETTING_DATA)|Err:\d+"
)
#: the formula by which a spreadsheet puts a picture into a cell; other programs show the formula
_PICTURE: Final = re.compile(r"=\s*(?:_xlfn\.)*(?:DISPIMG|IMAGE)\s*\(.*", re.IGNORECASE | re.DOTALL)
#: a mark written as a share
_SHARE: Final = re.compile(r"([0-9.]+) ?%")
_SEVERAL: Final = re.compile(r"[、;；,，]")
ANSWERS: Final = {"yes": True, "no": False}
_TRUTH: Final = {"TRUE": "yes", "FALSE": "no"}
_FIRST_YEAR, _LAST_YEAR = 1900, 2999
#: kinds of fields that are words or numbers used as names
TEXTS: Final = frozenset({"text", "code", "codes", "names"})
#: those that are words
_WORDS: Final = frozenset({"text", "names"})
DIGITS_LOST: Final = "digits_lost"
PERCENT: Final = "value_percent"


class Doubt(NamedTuple):
    """What is to be told of a cell.

    Attributes:
        check: the check.
        severity: whether it blocks.
        details: parts of its sentence.
    """

    check: str
    severity: Severity
    details: Mapping[str, str] = {}


class Found(NamedTuple):
    """What a cell holds: the value that counts, and what is to be told of it."""

    value: Value
    doubts: tuple[Doubt, ...] = ()


class UnknownCodeError(ValueError):
    """A cell holds no entry of its code list.

    Attributes:
        allowed: what the list knows, for the sentence.
    """

    def __init__(self, allowed: str) -> None:
        self.allowed = allowed
        super().__init__(allowed)


class CellReader:
    """Reads the cells of one field of a table.

    Attributes:
        kind: the kind of the field.
        read: a cell → its value with the checks that should be told; raises `QuantityError` or `UnknownCodeError`.
    """

    def __init__(
        self,
        wanted: Field | None,
        *,
        codes: Codes,
        policy: ValuePolicy,
        currency: str,
        unit_of_measure: str = "",
        required: bool = False,
        of_hundred: bool = False,
    ) -> None:
        """Prepare reading a field.

        Args:
            wanted: the field; None for the year of a row.
            codes: the code lists, by name: what is written → what it means.
            policy: what is done with doubtful cells.
            currency: the round's.
            unit_of_measure: of its column, where it is known.
            required: whether it has to be stated.
            of_hundred: whether it is a mark of a hundred.
        """
        self.kind: str = wanted.kind if wanted else YEAR
        self.read: Callable[[Cell], Doubted[Value]] = (
            _reader(wanted, unit_of_measure, codes, policy, of_hundred)
            if wanted
            else partial(_year, calendar=policy.calendar)
        )
        self._policy, self._currency, self._required = policy, currency, required

    def found(self, cell: Cell, *, lost: bool = False) -> Found:
        """Return what a cell holds.

        Args:
            cell: the cell.
            lost: whether its digits are not those that were typed.
        """
        unusable = self._unusable(cell, lost)
        if unusable is not None:
            return unusable
        try:
            value, checks = self.read(cell)
        except QuantityError as error:
            return self._refused(error.check, cell)
        except UnknownCodeError as error:
            return Found(None, (Doubt("not_in_code_list", "blocks", {"allowed": error.allowed}),))
        return self._judged(value, checks, lost)

    def _unusable(self, cell: Cell, lost: bool) -> Found | None:
        """Return what is told of a cell that is not even read: a failed formula, a picture, a number cut short."""
        if isinstance(cell, str):
            if cell.startswith(("#", "Err:")) and _FAILED.fullmatch(cell):
                return Found(None, (Doubt("formula_failed", "blocks"),))
            if cell.startswith("=") and _PICTURE.fullmatch(cell):
                words = self.kind in TEXTS and not self._required
                return Found(None, (Doubt("picture_in_cell", "warns" if words else "blocks"),))
        return self._refused(DIGITS_LOST) if lost and self.kind not in _WORDS else None

    def _judged(self, value: Value, checks: tuple[str, ...], lost: bool) -> Found:
        """Return a value that could be read with what is to be told of it."""
        if value is None and self._required:
            return Found(None, (Doubt("required_empty", "blocks"),))
        if isinstance(value, int | float) and value < 0:
            return Found(None, (Doubt("negative_number", "blocks"),))
        if lost:
            # words are printed as they stand, and no row is found by them
            return Found(value, (Doubt(DIGITS_LOST, "warns", {"taken": str(value)}),))
        return self._weighed(value, checks) if checks else Found(value)

    def _refused(self, check: str, cell: Cell = None) -> Found:
        """Return what becomes of a cell that cannot be read: it blocks the run, or it is not reported."""
        looks = {"looks": look} if (look := letters_for_digits(cell)) else {}
        if self._required or self._policy.action(check, read=False) == "refuse":
            return Found(None, (Doubt(check, "blocks", looks),))
        return Found(None, (Doubt(check, "warns", {"taken": "not_reported", **looks}),))

    def _weighed(self, value: Value, checks: tuple[str, ...]) -> Found:
        """Return what becomes of a cell that can be read and is doubtful: the strictest policy counts."""
        actions = {check: self._policy.action(check, read=True) for check in checks}
        if self._required:
            actions = {check: "refuse" if done == "not_reported" else done for check, done in actions.items()}
        refused = "refuse" in actions.values()
        taken = None if refused or "not_reported" in actions.values() else value
        said = {} if refused else {"taken": "not_reported" if taken is None else self.said(taken)}
        doubts = []
        for check, action in actions.items():
            if action == "refuse":
                doubts.append(Doubt(check, "blocks"))
            elif action != "accept":
                doubts.append(Doubt(check, "warns", said))
            elif check == "value_approximate":
                # what is taken as about so much is kept as that
                doubts.append(Doubt(check, "notes", said))
        return Found(taken, tuple(doubts))

    def said(self, value: Value) -> str:
        """Return a value as the sentence about it shows it."""
        if isinstance(value, dt.date):
            return value.isoformat()
        if self.kind == "money" and isinstance(value, int):
            currency = CURRENCIES[self._currency]
            return f"{Decimal(value) / currency.minor:,.{currency.places}f} {currency.bases[0]}"
        return f"{value:,}" if isinstance(value, int | float) else str(value)


def written(cell: Cell) -> str:
    """Return what a cell says as text; nothing where it says that there is nothing to report."""
    return "" if is_not_reported(cell) else plain_text(cell)


def _period(cell: Cell, calendar: str) -> str:
    """Return the period a cell names; a day stands for its month, as spreadsheets keep 2020年3月.

    Raises:
        QuantityError: it names none.
    """
    if isinstance(cell, dt.date):
        return f"{cell.year}-{cell.month:02}"
    try:
        text = cell.exact if isinstance(cell, Shown) else plain_text(cell)
        return written_period(western_year("".join(text.split()), calendar))
    except ValueError:
        raise QuantityError("not_a_period", plain_text(cell)) from None


def _year(cell: Cell, calendar: str) -> Doubted[Value]:
    if is_not_reported(cell):
        return Doubted(None)
    year = parse_count(western_year(re.sub(r"年度?$", "", plain_text(cell)), calendar))
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise QuantityError("not_a_year", plain_text(cell))
    return Doubted(year)


def _reader(
    wanted: Field, unit_of_measure: str, codes: Codes, policy: ValuePolicy, of_hundred: bool
) -> Callable[[Cell], Doubted[Value]]:
    """Return the function that reads cells of a field; it returns None for what is not reported."""
    forms = policy.forms
    texts: dict[str, Callable[[Cell], Value]] = {
        "text": plain_text,
        "code": lambda cell: normal_name(plain_text(cell)),
        "codes": lambda cell: _several(plain_text(cell)),
        "names": lambda cell: _several(plain_text(cell)),
    }
    quantities: dict[str, Callable[[Cell], Doubted[Any]]] = {
        "count": lambda cell: read_count(cell, unit_of_measure, forms),
        "money": lambda cell: read_money(cell, unit_of_measure, forms) if unit_of_measure else Doubted(None),
        "mark": lambda cell: _mark(cell, forms, of_hundred),
    }
    days: dict[str, Callable[[Cell], Doubted[Any]]] = {
        "day": lambda cell: read_day(cell, forms),
        "period": lambda cell: Doubted(_period(cell, forms.calendar)),
    }
    if wanted.kind in texts:
        text = texts[wanted.kind]
        return lambda cell: Doubted(None if is_not_reported(cell) else text(cell))
    if wanted.kind in quantities:
        return as_shown(_if_reported(quantities[wanted.kind]), policy.shown, unit_of_measure)
    if wanted.kind in days:
        return _if_reported(days[wanted.kind])
    answers = {normal_name(said): answer for said, answer in codes[wanted.code_list].items()}
    allowed = LIST_SIGN.join(codes[wanted.code_list])

    def choose(cell: Cell) -> Doubted[Value]:
        written = normal_name(plain_text(cell))
        # 无 may be an entry of the list, and only else means that nothing is reported
        answer = answers.get(written) or (_TRUTH.get(written) if isinstance(cell, bool) else None)
        if answer is None:
            if is_not_reported(cell):
                return Doubted(None)
            raise UnknownCodeError(allowed)
        return Doubted(ANSWERS[answer] if wanted.kind == "yes" else answer)

    return choose


def _if_reported(read: Callable[[Cell], Doubted[Any]]) -> Callable[[Cell], Doubted[Any]]:
    return lambda cell: Doubted(None) if is_not_reported(cell) else read(cell)


def _mark(cell: Cell, forms: Forms, of_hundred: bool) -> Doubted[float]:
    """Return a mark; 83% is 83 where the full marks are a hundred, and says nothing clear of other ones."""
    if isinstance(cell, str) and (share := _SHARE.fullmatch(narrow(cell))):
        if not of_hundred:
            raise QuantityError(PERCENT, plain_text(cell))
        read = read_number(share[1], forms)
        return Doubted(float(read.value), (*read.doubts, PERCENT))
    read = read_number(cell, forms)
    return Doubted(float(read.value), read.doubts)


def _several(text: str) -> str:
    return ";".join(part.strip() for part in _SEVERAL.split(text) if part.strip())
