"""Which problems are looked at again on the spot (抽查): drawn by a declared rule, alike on every machine.

Every problem has a number that follows from the seed and its id alone (SHA-256 of both); of each unit those with the
smallest numbers are drawn. The order of the ledger, the machine and the day change nothing, and whoever has the seed
can draw the list again; one more problem in the ledger puts at most one other out of it.
"""

from __future__ import annotations

import hashlib
import math
from fractions import Fraction

import pandas as pd

from analysis.rounds.rounds import SpotChecks


def order_of(seed: str, ident: str) -> str:
    """Return by what the problems of a unit are ordered: the SHA-256 of seed and id, a line end between them."""
    return hashlib.sha256(f"{seed}\n{ident}".encode()).hexdigest()


def how_many(rule: SpotChecks, problems: int) -> int:
    """Return how many of a unit's problems are drawn: the number declared, or the share of them, rounded up."""
    if rule.number is not None:
        return min(rule.number, problems)
    return math.ceil(Fraction(str(rule.share)) * problems)


def drawn(problems: pd.DataFrame, rule: SpotChecks | None) -> pd.DataFrame:
    """Return the rows of the problems drawn, unit by unit in the order of the units, in the order of the draw.

    Args:
        problems: those of the round (`PROBLEM_COLUMNS`), closed ones too: that they are closed is what is looked at.
        rule: as the round declares it; None draws nothing.
    """
    if rule is None:
        return problems.head(0)
    parts = [problems.head(0)]
    for _, own in problems.groupby("unit", sort=False):
        order = own["id"].map(lambda ident: order_of(rule.seed, ident)).sort_values(kind="stable").index
        parts.append(own.loc[order].head(how_many(rule, len(own))))
    return pd.concat(parts, ignore_index=True)
