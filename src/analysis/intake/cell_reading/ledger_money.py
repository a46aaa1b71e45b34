"""Money in ledgers: whole minor units (fen) where it is computed with, the round's currency where others read it.

In the currency an amount is the float nearest to it, which is exact to the minor unit up to ten trillion yuan: what
comes back is what went.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from analysis.intake.declared.ledgers import LEDGERS
from analysis.quantities import Currency


def in_currency(name: str, ledger: pd.DataFrame, currency: Currency) -> pd.DataFrame:
    """Return a ledger with its money in the currency, as floats; what is not stated is NaN.

    Args:
        name: of the ledger.
        ledger: as the intake hands it over, money in minor units.
        currency: of the round.
    """
    return ledger.assign(
        **{
            column: ledger[column]
            .astype("float64")
            .mask(money, ledger[column].astype("float64") / currency.minor)
            for column, money in _money(name, ledger)
        }
    )


def in_minor_units(name: str, ledger: pd.DataFrame, currency: Currency) -> pd.DataFrame:
    """Return a ledger with its money in whole minor units again; the inverse of `in_currency`."""
    return ledger.assign(
        **{
            column: ledger[column].mask(money, ledger[column] * currency.minor).round().astype("Int64")
            for column, money in _money(name, ledger)
        }
    )


def as_written(name: str, ledger: pd.DataFrame, currency: Currency) -> dict[str, pd.Series[str]]:
    """Return the columns of a ledger in the currency that hold money as they are written: 84000 yuan is 84000.00.

    What is not stated is empty.
    """
    return {
        column: pd.Series(
            [
                "" if pd.isna(value) else f"{value:.{currency.places if of_money else 0}f}"
                for value, of_money in zip(ledger[column], money, strict=True)
            ],
            index=ledger.index,
            dtype="str",
        )
        for column, money in _money(name, ledger)
    }


def _money(name: str, ledger: pd.DataFrame) -> Iterator[tuple[str, pd.Series[bool]]]:
    """Yield the columns that hold money, with the rows in which they do; a summary states money in some rows only."""
    definition = LEDGERS[name]
    amounts = [field for field, of in definition.fields.items() if of.kind == "money"]
    if definition.measures:
        yield "value", ledger["measure"].isin(amounts)
    else:
        yield from ((column, pd.Series(True, index=ledger.index)) for column in amounts)
