"""Currencies: their names in the value table, their minor units, and the units of measure sheets are kept in."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final, Literal

from analysis.words.currencies import DECLARED, called


@dataclass(frozen=True)
class Currency:
    """A currency.

    Attributes:
        code: ISO 4217, as `round.yaml` has it.
        unit: its name in the column `unit_of_measure` of the value table, and of its words.
        minor: minor units in one of it; ledgers hold money in minor units.
        bases: how one of it is called in Chinese and Japanese sheets.
        names: how it is called in English ones.
        signs: signs before or after an amount.
    """

    code: str
    unit: str
    minor: int
    bases: tuple[str, ...]
    names: tuple[str, ...]
    signs: tuple[str, ...]

    @property
    def places(self) -> int:
        """Decimals of an amount: 2 for yuan, none for yen."""
        return len(str(self.minor)) - 1


_ALL: Final = tuple(
    Currency(
        code,
        declared["unit"],
        declared["minor"],
        tuple(called(code, "zh")["also"]),
        tuple(called(code, "en")["also"]),
        tuple(declared["signs"]),
    )
    for code, declared in DECLARED.items()
)
if TYPE_CHECKING:
    CurrencyCode = str
    MoneyUnit = str
else:
    #: for settings: a currency there is, and the unit of measure of one
    CurrencyCode = Literal[tuple(currency.code for currency in _ALL)]
    MoneyUnit = Literal[tuple(currency.unit for currency in _ALL)]
CURRENCIES: Final = {currency.code: currency for currency in _ALL}
#: the unit of measure of every currency's money in the value table
MONEY_UNITS: Final = frozenset(currency.unit for currency in _ALL)

_TIMES: Final = {
    "": 1,
    "千": 10**3,
    "万": 10**4,
    "百万": 10**6,
    "亿": 10**8,
    "萬": 10**4,
    "億": 10**8,
    "천": 10**3,
    "만": 10**4,
    "백만": 10**6,
    "억": 10**8,
}
_ENGLISH_TIMES: Final = {"": 1, "thousand ": 10**3, "million ": 10**6, "billion ": 10**9}


def _units(currency: Currency) -> dict[str, Decimal]:
    written = {times + base: size for base in currency.bases for times, size in _TIMES.items()}
    written |= {times + name: size for name in currency.names for times, size in _ENGLISH_TIMES.items()}
    return {name: Decimal(size * currency.minor) for name, size in written.items()}


#: minor units in one unit of measure of money: 元, 万元, 百万円, thousand dollars …
MONEY: Final = {name: size for currency in _ALL for name, size in _units(currency).items()}
#: the currency of each unit of measure
CURRENCY_OF: Final = {name: currency.code for currency in _ALL for name in _units(currency)}
#: the currency of each name one of it may have
BASES: Final = {name: c.code for c in _ALL for name in (*c.bases, *c.names)}
#: the currencies that use a sign, by its capital letters
SIGNS: Final = {
    sign: frozenset(currency.code for currency in _ALL if sign in currency.signs)
    for sign in {sign for currency in _ALL for sign in currency.signs}
}
