"""The grades of the round before, as they were stored when it was computed."""

from __future__ import annotations

from analysis.results.store import Store
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
        The grades computed for that round; None if there is no such round, or it has not been computed.
    """
    stored = stored_grades(of)
    if stored is None:
        return None
    units = {code: roll.by_code(code) for code in stored}
    return {unit.code: stored[code] for code, unit in units.items() if unit is not None}


def stored_grades(of: Round) -> dict[str, str] | None:
    """Return the grades computed for the round this one is compared with, by the code of the unit in that round.

    They are the same in every language; None if there is no such round, or it has not been computed.
    """
    before = of.settings.compared_with
    if before is None:
        return None
    folder = of.processed.with_name(before)
    for store in map(Store, (folder, *(folder / language for language in LANGUAGES))):
        if store.has("grades"):
            rows = rows_of(store.read("grades"))
            return {str(row["unit"]): str(row["grade"]) for row in rows if row["grade"]}
    return None
