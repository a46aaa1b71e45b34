"""The cells of which a warning says that their content may be wrong: what rests on them is in doubt."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import pandas as pd

from analysis.intake.checks import CHECKS
from analysis.rounds.faults import ALL_CELLS, Fault
from analysis.rounds.frames import frame_of

#: `cells`: addresses (`L3`) or whole rows (`5:5`), with commas
DOUBTED_COLUMNS: Final = {"file": "str", "sheet": "str", "cells": "str"}


def doubted(faults: Iterable[Fault]) -> pd.DataFrame:
    """Return the doubtful cells among faults; a warning that the office accepted or made a note of doubts nothing."""
    return frame_of(
        (
            {
                "file": fault.file,
                "sheet": fault.sheet,
                "cells": fault.details.get(ALL_CELLS, fault.cell),
            }
            for fault in faults
            if fault.severity == "warns"
            and fault.cell
            and fault.check in CHECKS
            and CHECKS[fault.check].of_value
        ),
        DOUBTED_COLUMNS,
    )
