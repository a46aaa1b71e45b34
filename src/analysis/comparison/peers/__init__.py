"""The units side by side: funnel, gaps, ranks, spread, pooled and shrunken values, self-report against verification.

Every number is a row of the value table; none of them is ever used to grade. What each row is called and how it comes
about stands in the docstring of its module.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pandas as pd

from analysis.comparison.peers import gaps, places, pooling, resolution_funnel, self_report, spread_of_units
from analysis.comparison.peers.side_by_side import Peers, pooled_period
from analysis.rounds.frames import rows_of

__all__ = ["PARTS_COLUMNS", "Peers", "parts", "pooled_period", "rows"]

PARTS_COLUMNS: Final = ("source", "side", "member")


def rows(peers: Peers, scores: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Return the value rows of all comparisons of units.

    Args:
        peers: the units side by side.
        scores: the score table; empty without a rulebook.
    """
    for part in (resolution_funnel, gaps, places, spread_of_units, pooling):
        for row in part.rows(peers):
            yield {"period": peers.now.text, **row}
    for row in self_report.rows(peers, scores):
        yield {"period": peers.now.text, **row}


def parts(peers: Peers, found: pd.DataFrame) -> pd.DataFrame:
    """Return which values the rows are made of that lead to no single other one.

    Args:
        peers: the units side by side.
        found: the value table of the comparison stage.

    Returns:
        A frame `source, side, member` for `lineage.of_members`.
    """
    own = found[found["source"] == found["id"]]
    members = [
        (row["source"], side, member)
        for row in rows_of(own)
        for module in (pooling, self_report)
        for side, member in module.parts(peers, row)
    ]
    return pd.DataFrame(members, columns=list(PARTS_COLUMNS), dtype=str)
