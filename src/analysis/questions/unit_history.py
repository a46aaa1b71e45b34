"""One unit over all rounds: grade, score, rank and problems, as the states of these rounds have them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import pandas as pd

from analysis.results.edition import Edition
from analysis.rounds.frames import frame_of, rows_of
from analysis.rounds.units import Unit

#: one row per round in which the unit was assessed; `state` is the final edition or the round as computed now
COLUMNS: Final = {
    "round": "str", "period": "str", "state": "str", "final": "bool", "unit": "str", "unit_name": "str",
    "grade": "str", "score": "float64", "rank": "Int64", "ranked": "Int64", "problems": "Int64", "named": "str",
}  # fmt: skip


def over_rounds(states: Iterable[Edition], unit: Unit) -> pd.DataFrame:
    """Return one unit in several states, in their order.

    Args:
        states: one per round.
        unit: as it is now; in an earlier round it may have had one of its former codes.

    Returns:
        A frame with `COLUMNS`: the unit's code and name in that round; grade, score and rank (empty where the round
        gives none), among how many units it is ranked, how many problems it had and in which groups it was named. A
        round in which it was not assessed, or was part of several units, has a row for each of them, or none.
    """
    codes = (unit.code, *unit.former_codes)
    rows = []
    for state in states:
        units = {row["code"]: row for row in rows_of(state.tables["units"])}
        # what was merged into it since has rows of its own
        present = [code for code in codes if code in units]
        present += [
            code
            for code, row in units.items()
            if code not in present and unit.code in row["former_codes"].split(";")
        ]
        grades = {row["unit"]: row for row in rows_of(state.tables["grades"])}
        ranked = sum(row["rank"] != "" for row in grades.values())
        findings = rows_of(state.tables["findings"])
        for code in present:
            grade = grades.get(code)
            own = [row for row in findings if row["unit"] == code]
            rows.append({
                "round": state.round,
                "period": state.period,
                "state": state.name,
                "final": state.final,
                "unit": code,
                "unit_name": units[code]["short"],
                "grade": grade["grade"] if grade else "",
                "score": float(grade["score"]) if grade and grade["score"] else None,
                "rank": int(grade["rank"]) if grade and grade["rank"] else None,
                "ranked": ranked if grades else None,
                "problems": sum(int(row["findings"]) for row in own) if own else None,
                "named": ";".join(row["group"] for row in own if row["named"] == "True"),
            })  # fmt: skip
    return frame_of(rows, COLUMNS)
