"""What can be said of a change: whether it is clear, once it is known how many changes are judged at one time.

Nine units with three quantities each are 27 verdicts a year. If each of them erred in one year of twenty, something
would be called clear in two years of five without any true change. So the p-values of a family are corrected (Benjamini
and Hochberg), and a change is clear that survives this: `p_change_…` and `q_change_…` keep both figures. A family is
all units with all quantities; what is not judged (too few cases, a hole in the data) counts in it with p = 1, so that
a missing figure never makes another one clearer. The city's own quantities are a family of their own. So are the rates
within the window, whose differences are judged in the same way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from analysis.indicators.values import value_id
from analysis.statistics.multiplicity import benjamini_hochberg

Row = Mapping[str, Any]

#: a change is clear whose corrected p-value is at most this: the share of false ones among the clear
LEVEL: Final = 0.05
CLEAR: Final = ("clear_fall", "clear_rise")
VERDICTS: Final = (
    *CLEAR, "not_clear", "incomplete", "too_few", "zero_base", "not_comparable", "new_unit", "not_reported",
)  # fmt: skip
#: verdicts that follow from the status of a change alone
_BY_STATUS: Final = {
    "small_base": "too_few",
    "zero_base": "zero_base",
    "not_comparable": "not_comparable",
    "new_unit": "new_unit",
    "not_reported": "not_reported",
    "withheld": "not_reported",
    "not_applicable": "not_reported",
}


def verdict(change: Row, chance: Row | None) -> str:
    """Return what can be said of a change, one of `VERDICTS`.

    A change without an interval is not clear; one of which rows are left empty has none where too many are
    (填报不全，不作判断).

    Args:
        change: its value row (`status`, `lower`, `upper`).
        chance: the value row of its corrected p-value, `q_change_…`; None where there is none.
    """
    by_status = _BY_STATUS.get(str(change["status"]))
    if by_status:
        return by_status
    if pd.isna(change["lower"]) and pd.isna(change["upper"]):
        return "incomplete" if change["status"] == "partial" else "not_clear"
    if chance is None or pd.isna(chance["value"]) or chance["value"] > LEVEL:
        return "not_clear"
    # the corrected p-value of a count is never below the other one, so its interval lies on one side of zero; that of a
    # rate is found in another way, and both have to say so
    if change["upper"] < 0:
        return "clear_fall"
    return "clear_rise" if change["lower"] > 0 else "not_clear"


def rows(changes: Sequence[tuple[Row, float]], city: str) -> Iterator[dict[str, Any]]:
    """Yield `p_…` and `q_…` of every change of one period against one base period.

    Args:
        changes: the rows of the changes of all units and the city, each with its p-value, missing where none is given.
        city: code of the city.
    """
    for of_city in (False, True):
        family = [(row, p) for row, p in changes if (row["unit"] == city) is of_city]
        given = [p if _is_judged(row, p) else np.nan for row, p in family]
        corrected = benjamini_hochberg(np.nan_to_num(given, nan=1.0), LEVEL)["value"].tolist()
        for (row, _), p, q in zip(family, given, corrected, strict=True):
            common = {key: row[key] for key in ("unit", "period", "base_period", "status")}
            common |= {"unit_of_measure": "ratio", "source": _source(row)}
            if np.isnan(p) and row["status"] == "reported":
                common["status"] = "not_applicable"
            for letter, value, method in (("p", p, row["method"]), ("q", q, "benjamini_hochberg")):
                made = {**common, "measure": f"{letter}_{row['measure']}", "method": method}
                yield made if np.isnan(p) else made | {"value": value}


def _is_judged(change: Row, p: float) -> bool:
    return str(change["status"]) in ("reported", "partial") and not np.isnan(p)


def _source(change: Row) -> str:
    return value_id(
        change["unit"], change["period"], change["base_period"], change["measure"], change["method"]
    )
