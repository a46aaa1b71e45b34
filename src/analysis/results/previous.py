"""The grades of the round before: as filed in its last final edition, else as stored when it was computed."""

from __future__ import annotations

import pandas as pd

from analysis.results.edition import NoEditionError, last_final
from analysis.results.store import Store
from analysis.rounds.faults import Fault, FaultsFoundError
from analysis.rounds.frames import rows_of
from analysis.rounds.rounds import Round
from analysis.rounds.units import UnitRoll
from analysis.words import LANGUAGES


def previous_grades(of: Round, roll: UnitRoll) -> dict[str, str] | None:
    """Return the grades of the round this one is compared with, by present code of the unit.

    Args:
        of: the round.
        roll: its units, which know their former codes.

    Returns:
        Its grades; None if there is no such round, or it has been neither filed nor computed.

    Raises:
        FaultsFoundError: its last final edition cannot be read.
    """
    stored = stored_grades(of)
    if stored is None:
        return None
    units = {code: roll.by_code(code) for code in stored}
    return {unit.code: stored[code] for code, unit in units.items() if unit is not None}


def stored_grades(of: Round) -> dict[str, str] | None:
    """Return the grades of the round this one is compared with, by the code of the unit in that round.

    They are those of its last final edition; where none has been filed, those computed, which are the same in every
    language. None if there is no such round, or it has been neither filed nor computed.

    Raises:
        FaultsFoundError: its last final edition cannot be read.
    """
    frame = _grades(of)
    if frame is None:
        return None
    return {str(row["unit"]): str(row["grade"]) for row in rows_of(frame) if row["grade"]}


def _grades(of: Round) -> pd.DataFrame | None:
    before = of.settings.compared_with
    if before is None:
        return None
    try:
        filed = last_final(of.project, before)
    except NoEditionError as none:
        raise _unreadable(of, none.folder.name, none.lacking) from none
    if filed is not None:
        if "grades" not in filed.tables:
            raise _unreadable(of, filed.name, "tables/grades.csv")
        return filed.tables["grades"]
    folder = of.processed.with_name(before)
    stores = map(Store, (folder, *(folder / language for language in LANGUAGES)))
    return next((store.read("grades") for store in stores if store.has("grades")), None)


def _unreadable(of: Round, edition: str, lacking: str) -> FaultsFoundError:
    details = {"round": str(of.settings.compared_with)}
    return FaultsFoundError(
        [Fault("edition_unreadable", file=f"reports/final/{edition}", found=lacking, details=details)]
    )
