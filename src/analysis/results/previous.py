"""Grades and problems of the round before: as filed in its last final edition, else as stored when it was computed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd

from analysis.results.assessment import BEFORE_COLUMNS
from analysis.results.edition import NoEditionError, file_hashes, last_final
from analysis.results.store import Store
from analysis.rounds.faults import Fault, FaultsFoundError
from analysis.rounds.frames import frame_of, rows_of
from analysis.rounds.rounds import Round
from analysis.rounds.units import UnitRoll
from analysis.scoring.problem_list import with_present_codes
from analysis.words import LANGUAGES

#: what of the round before stands beside this one's, as far as it is the same in every language
_HELD_AGAINST: Final = {
    "scores": ("id", "points", "points_possible"),
    "values/indicators": ("id", "value", "status"),
}


@dataclass(frozen=True)
class Before:
    """The grades of the round that one is compared with.

    Attributes:
        round: its name.
        state: name of its last final edition, else its own.
        final: whether they are those of a final edition.
        grades: by the code of the unit in that round; those without a grade are left out.
        units: the short names of all its units by code.
    """

    round: str
    state: str
    final: bool
    grades: Mapping[str, str]
    units: Mapping[str, str]

    def present_codes(self, roll: UnitRoll) -> dict[str, str]:
        """Return by present code of a unit the code of the one it was.

        Of units that were merged since, the one whose code stays goes before; of a unit that was split, the part that
        keeps its name or its code was it. Where none does, there is none: what was said was said of the whole.
        """
        found: dict[str, list[str]] = {}
        for code, name in self.units.items():
            present = roll.became(code, name)
            if len(present) == 1:
                found.setdefault(present[0].code, []).append(code)
        return {
            code: code if code in codes else codes[0]
            for code, codes in found.items()
            if code in codes or len(codes) == 1
        }

    def by_present_code(self, roll: UnitRoll) -> dict[str, str]:
        """Return the grades by present code of the unit (`present_codes`)."""
        was_called = self.present_codes(roll)
        return {code: self.grades[was] for code, was in was_called.items() if was in self.grades}


def round_before(of: Round) -> Before | None:
    """Return the grades of the round this one is compared with.

    They are those of its last final edition; where none has been filed, those computed, which are the same in every
    language. None if there is no such round, or it has been neither filed nor computed.

    Raises:
        FaultsFoundError: its last final edition cannot be read.
    """
    found = _table(of, "grades")
    if found is None:
        return None
    grades, state = found
    listed = _table(of, "units")
    before = str(of.settings.compared_with)
    # a unit whose name is not kept is known by its code alone
    units = dict.fromkeys(map(str, grades["unit"]), "")
    if listed is not None:
        units |= dict(zip(listed[0]["code"], listed[0]["short"], strict=True))
    by_unit = {str(row["unit"]): str(row["grade"]) for row in rows_of(grades) if row["grade"]}
    return Before(before, state or before, final=bool(state), grades=by_unit, units=units)


def given_by_round_before(of: Round) -> list[str]:
    """Return all that a round takes from the one before it, as texts whose hash tells when it is another.

    Raises:
        FaultsFoundError: its last final edition cannot be read.
    """
    before, problems = round_before(of), stored_problems(of)
    told = [] if before is None else [before.state, *map(str, (dict(before.units), dict(before.grades)))]
    if before is not None:
        told += [str(file_hashes(of.folder.with_name(before.round))), *_held_against(of)]
    return told if problems is None else [*told, problems.to_csv(index=False)]


def _held_against(of: Round) -> Iterator[str]:
    """Yield what of the round before stands beside this one's, as far as it is the same in every language."""
    before = str(of.settings.compared_with)
    filed = last_final(of.project, before)
    if filed is not None:
        # what is filed stays as it is
        return
    for store in _stores(of, before):
        if all(map(store.has, _HELD_AGAINST)):
            yield from (
                store.read(name)[list(columns)].to_csv(index=False) for name, columns in _HELD_AGAINST.items()
            )
            return


def previous_grades(of: Round, roll: UnitRoll) -> dict[str, str] | None:
    """Return the grades of the round before (`round_before`) by present code of the unit; None where there is none.

    Raises:
        FaultsFoundError: its last final edition cannot be read.
    """
    before = round_before(of)
    return None if before is None else before.by_present_code(roll)


def before_frame(of: Round, roll: UnitRoll) -> pd.DataFrame:
    """Return the grades of the round before as a frame with `BEFORE_COLUMNS`; empty where there is none.

    Raises:
        FaultsFoundError: its last final edition cannot be read.
    """
    before = round_before(of)
    if before is None:
        return frame_of([], BEFORE_COLUMNS)
    told = {"round": before.round, "state": before.state, "final": before.final}
    grades = before.by_present_code(roll)
    return frame_of(
        ({"unit": unit, "grade": grade, **told} for unit, grade in grades.items()), BEFORE_COLUMNS
    )


def previous_problems(of: Round, roll: UnitRoll) -> pd.DataFrame | None:
    """Return the problems of the round before (`stored_problems`), under present codes of its units.

    Returns:
        Frame `PROBLEM_COLUMNS`; None where there are none to read.

    Raises:
        FaultsFoundError: its last final edition cannot be read.
    """
    stored = stored_problems(of)
    return None if stored is None else with_present_codes(stored, roll)


def stored_problems(of: Round) -> pd.DataFrame | None:
    """Return the problems of the round this one is compared with, under the codes of that round.

    They are taken from where its grades are, and are the same in every language. None if there is no such round, or it
    has been neither filed nor computed.

    Raises:
        FaultsFoundError: its last final edition cannot be read.
    """
    found = _table(of, "problems")
    return None if found is None else found[0]


def stored_units(of: Round) -> pd.DataFrame | None:
    """Return the roll of the round this one is compared with, from where its grades are taken.

    Raises:
        FaultsFoundError: its last final edition cannot be read.
    """
    found = _table(of, "units")
    return None if found is None else found[0]


def _table(of: Round, name: str) -> tuple[pd.DataFrame, str] | None:
    """Return a table of the round this one is compared with, and the final edition it is filed in, empty for none."""
    before = of.settings.compared_with
    if before is None:
        return None
    try:
        filed = last_final(of.project, before)
    except NoEditionError as none:
        raise _unreadable(of, none.folder.name, none.lacking) from none
    if filed is not None:
        if name not in filed.tables:
            raise _unreadable(of, filed.name, f"tables/{name}.csv")
        return filed.tables[name], filed.name
    for store in _stores(of, before):
        if store.has(name):
            return store.read(name), ""
    return None


def _stores(of: Round, before: str) -> Iterator[Store]:
    """Yield what was computed of the round before: in its own language, and in any."""
    folder = of.processed.with_name(before)
    return map(Store, (folder, *(folder / language for language in LANGUAGES)))


def _unreadable(of: Round, edition: str, lacking: str) -> FaultsFoundError:
    details = {"round": str(of.settings.compared_with)}
    return FaultsFoundError(
        [Fault("edition_unreadable", file=f"reports/final/{edition}", found=lacking, details=details)]
    )
