"""What is left empty of what a row ought to answer, found by the measures that ask for it (`indicators.unanswered`).

And what was there when the round was last computed (`lost_rows`).
"""

from __future__ import annotations

from typing import Final

from analysis.intake.checks.base import Check

#: a cell, and a column that other sheets of the ledger have; where the city fills the ledger nobody can answer for it;
#: a single column that the city fills in the units' ledger is asked of the city
CHECKS: Final = (
    Check("unanswered_by_city", "blocks", mended_by="office"),
    Check("column_unanswered_by_city", "blocks", mended_by="office"),
    Check("unanswered_of_city", "warns", mended_by="office"),
    Check("column_unanswered_of_city", "warns", mended_by="office"),
    Check("unanswered", "warns"),
    Check("column_unanswered", "warns"),
    Check("rows_lost", "warns"),
    Check("problem_left_out", "warns"),
    Check("problem_alike", "notes"),
    Check("problems_of_last_round_unknown", "warns", mended_by="office"),
    Check("problem_indicator_unknown", "warns", mended_by="office"),
)
