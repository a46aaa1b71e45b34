"""Quantities as the office writes them: numbers, counts, money, rates and dates, read exactly, doubtfully, or refused.

A cell is what a spreadsheet holds: text, a number, a date, a truth value or nothing. `parse_*` take only what is
clear; `read_*` also return what they had to assume, by the ids of checks, so that it can be told or refused.
"""

from analysis.quantities.cells import (
    NOT_REPORTED,
    Cell,
    QuantityError,
    Shown,
    is_not_reported,
    narrow,
    plain_text,
)
from analysis.quantities.clean_text import clean, clean_cell
from analysis.quantities.dates import parse_date, read_date, western_year
from analysis.quantities.han import parse_han, write_han
from analysis.quantities.money import (
    CURRENCIES,
    CURRENCY_OF,
    MONEY,
    MONEY_UNITS,
    Currency,
    CurrencyCode,
    MoneyUnit,
)
from analysis.quantities.numbers import (
    PEOPLE,
    STRICT,
    Doubted,
    Forms,
    parse_count,
    parse_number,
    read_count,
    read_money,
    read_number,
    read_written,
)

__all__ = [
    "CURRENCIES",
    "CURRENCY_OF",
    "MONEY",
    "MONEY_UNITS",
    "NOT_REPORTED",
    "PEOPLE",
    "STRICT",
    "Cell",
    "Currency",
    "CurrencyCode",
    "Doubted",
    "Forms",
    "MoneyUnit",
    "QuantityError",
    "Shown",
    "clean",
    "clean_cell",
    "is_not_reported",
    "narrow",
    "parse_count",
    "parse_date",
    "parse_han",
    "parse_number",
    "plain_text",
    "read_count",
    "read_date",
    "read_money",
    "read_number",
    "read_written",
    "western_year",
    "write_han",
]
