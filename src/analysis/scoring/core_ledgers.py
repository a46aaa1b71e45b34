"""The ledgers without which a unit is not graded: who reported nothing in one of them has no grade, not a good one.

`round.yaml` declares them (`core_ledgers`); left out, it is the ledger of clues where the rule set reads a measure
of it.
"""

from __future__ import annotations

from typing import Final

import pandas as pd

from analysis.indicators import catalogue
from analysis.rounds.rounds import RoundSettings
from analysis.rounds.units import UnitRoll
from analysis.rulebook import Rulebook
from analysis.rulebook.asked_ledgers import asked_measures, ledger_of_measure

#: what a rule set reads a measure of where nothing is declared
_USUAL: Final = "clues"


def core_ledgers(of: RoundSettings, rules: Rulebook | None) -> tuple[str, ...]:
    """Return the ledgers that a round cannot do without: those it declares, else the usual one where it is scored."""
    if of.core_ledgers is not None:
        return tuple(of.core_ledgers)
    if rules is None:
        return ()
    return (_USUAL,) if any(ledger_of_measure(measure) == _USUAL for measure in asked_measures(rules)) else ()


def measures_of(values: pd.DataFrame, of: RoundSettings, rules: Rulebook | None) -> set[str]:
    """Return the measures of a value table that say whether a unit reported in the core ledgers."""
    core = core_ledgers(of, rules)
    return {measure for measure in map(str, values["measure"].unique()) if ledger_of_measure(measure) in core}


def silent_units(
    values: pd.DataFrame, roll: UnitRoll, of: RoundSettings, rules: Rulebook | None
) -> dict[str, tuple[str, ...]]:
    """Return the units that reported nothing in a core ledger in the round's period, with those ledgers.

    Reported is a row of that period, a nil return of one of its years, or a number that a summary states in the
    ledger's place.

    Args:
        values: the value table.
        roll: the units.
        of: the settings of the round.
        rules: the rule set, if there is one.
    """
    period = of.calendar.period
    own = values[values["period"].eq(period.text) & values["base_period"].fillna("").eq("")]
    said = own[~own["status"].isin(("not_reported", "not_applicable"))]
    silent: dict[str, tuple[str, ...]] = {}
    for name in core_ledgers(of, rules):
        rows = said[said["measure"].eq(catalogue.rows_of(name))].set_index("unit")["value"]
        stated = set(said["unit"][said["measure"].map(ledger_of_measure).eq(name)]) - set(rows.index)
        nil = {each.unit for each in of.nil_returns if each.ledger == name and each.year in period.years()}
        told = {*rows.index[rows > 0], *stated, *nil}
        for unit in roll.codes:
            if unit not in told:
                silent[unit] = (*silent.get(unit, ()), name)
    return silent
