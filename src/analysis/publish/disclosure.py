"""The view of a round that a disclosure level allows: what its pages and its workbook are made from.

Where inputs may not be named, nothing that is exported has what it may not show: its assessment holds only the frames
that passed here, so that no page can forget it. What a county's own card may say of the city, and what the
letters-only report may say at all, is decided cell by cell in `analysis.publish.withholding`, alike for both, because
both may lie on one desk.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any, Literal

import pandas as pd

from analysis import intake
from analysis.indicators.values import (
    COMPARE_COLUMNS,
    LINEAGE_COLUMNS,
    PROBLEM_COLUMNS,
    SCORE_COLUMNS,
    STATED_COLUMNS,
    WAITS_COLUMNS,
)
from analysis.intake.fault_lists.lines import ISSUE_COLUMNS
from analysis.publish import withholding
from analysis.results.assessment import BEFORE_COLUMNS, SINCE_COLUMNS, Assessment
from analysis.rounds.frames import frame_of, rows_of
from analysis.rounds.levels import Level, UnknownLevelError
from analysis.rounds.units import UnitRoll
from analysis.rulebook.indicator import Declared, Scoring
from analysis.scoring.problem_list import Older
from analysis.scoring.scoring import TOTAL
from analysis.words.formats import stored_number


def disclosed(whole: Assessment, level: Level, unit: str = "", *, in_order: bool = False) -> Assessment:
    """Return the round as a page of a level may know it.

    Args:
        whole: the assessment with everything.
        level: the level of the edition.
        unit: code of the unit a card is for; empty for a page of all units.
        in_order: keep the order of the scores, though not the scores, as the lists of the bulletin do.

    Raises:
        UnknownLevelError: a page of one unit at a level without cards, or one of all units at a level of cards.
    """
    if level.inputs:
        return whole
    if not (level.cards if unit else level.units != "own"):
        raise UnknownLevelError(f"the level {level.name!r} has {'no cards' if unit else 'cards only'}")
    views: dict[str, Callable[[], Assessment]] = {
        "all": lambda: _AllUnits(whole, level),
        "own": lambda: _OneUnit(whole, level, unit),
        "none": lambda: _Letters(whole, level, in_order=in_order),
    }
    return views[level.units]()


class _Disclosed(Assessment):
    """What all views have in common: no traces to the office's files, and city figures as the level tells them."""

    def __init__(self, whole: Assessment, level: Level) -> None:
        self.whole, self.level = whole, level
        self.settings, self.stamp, self.round = whole.settings, whole.stamp, whole.round
        # there is no store here: it holds everything
        self.words = whole.words

    @property
    def units_in_all(self) -> int:
        """How many units are assessed."""
        return self.whole.units_in_all

    @property
    def units_ranked(self) -> int:
        """How many of them have a rank."""
        return self.whole.units_ranked

    @property
    def _city_rows(self) -> pd.DataFrame:
        settings, values = self.round.settings, self.whole.values
        if not self.level.withheld:
            return values[values["unit"] == settings.city.code]
        return withholding.city_rows(values, settings.city.code, settings.small_cells, settings.year_starts)

    @cached_property
    def stated(self) -> pd.DataFrame:
        """Nothing: the rows behind one figure are another figure, which may be withheld."""
        return frame_of([], STATED_COLUMNS)

    @cached_property
    def waits(self) -> pd.DataFrame:
        """Nothing: its steps are single cases."""
        return frame_of([], WAITS_COLUMNS)

    @cached_property
    def before(self) -> pd.DataFrame:
        """Nothing: what another edition told of its grades was decided there."""
        return frame_of([], BEFORE_COLUMNS)

    @cached_property
    def since_last(self) -> pd.DataFrame:
        """Nothing: it names scores, and figures of every unit as they stood."""
        return frame_of([], SINCE_COLUMNS)

    @cached_property
    def lineage(self) -> pd.DataFrame:
        """Nothing: the way to file and cell is the office's own."""
        return frame_of([], LINEAGE_COLUMNS)

    @property
    def doubtful(self) -> frozenset[str]:
        """What rests on doubtful cells: a figure that is shown is marked alike for every reader."""
        return self.whole.doubtful

    @cached_property
    def issues(self) -> pd.DataFrame:
        """Nothing: data faults name files and cells."""
        return frame_of([], ISSUE_COLUMNS)

    @cached_property
    def corrections(self) -> pd.DataFrame:
        """Nothing: a correction names file and cell, and what stood there."""
        return self.whole.corrections.head(0)

    @cached_property
    def reconciliation(self) -> pd.DataFrame:
        """No row of the account of the files."""
        return self.whole.reconciliation.head(0)

    @property
    def draft(self) -> Literal["", "pending", "hollow"]:
        """Why the round is a draft, whatever of its grades may be seen."""
        return self.whole.draft

    @cached_property
    def files(self) -> pd.DataFrame:
        """No file, with the columns of the input files."""
        return self.whole.files.head(0)


class _OneUnit(_Disclosed):
    """The round as one unit may know it: itself, the city, and where the others stand without their names."""

    def __init__(self, whole: Assessment, level: Level, unit: str) -> None:
        super().__init__(whole, level)
        self.unit = unit

    @cached_property
    def before(self) -> pd.DataFrame:
        """The unit's own grade in the round before."""
        return self._own(self.whole.before)

    @cached_property
    def since_last(self) -> pd.DataFrame:
        """The unit's own grade, rank and points then and now."""
        own = self._own(self.whole.since_last)
        return own[own["kind"].isin(["grade", "rank", "score", "dimension"])].reset_index(drop=True)

    def ledger(self, name: str) -> pd.DataFrame:
        """Return the unit's own rows of a ledger."""
        ledger = self.whole.ledger(name)
        return self._own(ledger) if "unit" in ledger.columns else ledger.head(0)

    def _own(self, frame: pd.DataFrame) -> pd.DataFrame:
        return frame[frame["unit"] == self.unit].reset_index(drop=True)

    @cached_property
    def roll(self) -> UnitRoll:
        """The unit alone under its city: the names of the others are not there to be printed."""
        all_ = self.whole.roll
        return UnitRoll([all_.unit(self.unit)], all_.city_code, all_.city_short, all_.city_name)

    @cached_property
    def values(self) -> pd.DataFrame:
        """The unit's own rows and the city's."""
        own = withholding.own_rows(self.whole.values, self.unit)
        return pd.concat([own, self._city_rows], ignore_index=True)

    @cached_property
    def scores_by_source(self) -> pd.DataFrame:
        """The unit's own scores; the arithmetic of those that rest on others' figures is told without these."""
        scores, told_apart = self._own(self.whole.scores_by_source), self._of_others
        quoted = scores["indicator"].isin(told_apart) & (scores["points"] != "")
        told = [self._without_others(row) for row in rows_of(scores[quoted])]
        return scores.assign(
            derivation=scores["derivation"].mask(quoted, pd.Series(told, scores.index[quoted]))
        )

    @cached_property
    def _of_others(self) -> set[str]:
        """Codes of the items whose arithmetic quotes figures of other units, or of the city where it is withheld."""
        rules = self.settings.rulebook
        if not self.level.withheld or rules is None:
            return set()
        items = (*rules.indicators(), *rules.deductions)
        return {
            item.code
            for item in items
            if item.relative or self._takes_withheld_city(item, rules.declared(item))
        }

    def _takes_withheld_city(self, item: Scoring, declared: Declared) -> bool:
        """Return whether an item may score the city's change in place of the unit's, and that is not told."""
        takes = declared.small_base.use == "city" or declared.new_unit == "city"
        if not takes or item.read not in ("decline", "rise"):
            return False
        values = self.values
        city = values[(values["unit"] == self.roll.city_code) & values["measure"].isin(item.measures)]
        return bool((city["status"] == "withheld").any())

    def _without_others(self, score: Mapping[str, Any]) -> str:
        return self.words("disclosure.compared", points=stored_number(score["points"])).plain

    @cached_property
    def grades(self) -> pd.DataFrame:
        """The unit's own grade; the nearest clause is left out, which says how far another unit is."""
        return self._own(self.whole.grades).assign(nearest_clause="")

    @cached_property
    def findings(self) -> pd.DataFrame:
        """The unit's own findings."""
        return self._own(self.whole.findings)

    @cached_property
    def problems(self) -> pd.DataFrame:
        """The unit's own problems."""
        return self._own(self.whole.problems)

    @cached_property
    def older_problems(self) -> dict[tuple[str, str], Older]:
        """Which of the unit's own problems are of earlier rounds."""
        return {place: older for place, older in self.whole.older_problems.items() if place[0] == self.unit}

    def others(self, unit: str, measure: str, base_period: str = "") -> list[float]:
        """Return where the units the card is not for stand, as `withholding.others` gives them."""
        settings = self.round.settings
        return withholding.others(
            self.whole.values,
            unit=unit,
            city=settings.city.code,
            measure=measure,
            base_period=base_period,
            period=self.round.period.text,
            threshold=settings.small_cells,
        )

    @cached_property
    def compare(self) -> pd.DataFrame:
        """Nothing: published facts name all units."""
        return frame_of([], COMPARE_COLUMNS)


class _Named(_Disclosed):
    """What the views of all units have in common: all are named, and no row of a ledger is there."""

    def vetoed(self) -> list[str]:
        """Return the units that triggered a veto: their events are not known outside, that they did so is."""
        return self.whole.vetoed()

    def veto_open(self) -> list[str]:
        """Return the units of which empty cells leave a veto open."""
        return self.whole.veto_open()

    def ledger(self, name: str) -> pd.DataFrame:
        """Return no row: every row is of one unit."""
        return intake.empty_ledger(name)

    @cached_property
    def roll(self) -> UnitRoll:
        """The units of the round."""
        return self.whole.roll

    @cached_property
    def findings(self) -> pd.DataFrame:
        """Who is named in which group, without the number of findings where small ones are withheld."""
        findings = self.whole.findings
        if not self.level.withheld:
            return findings
        return findings.assign(findings=pd.array([pd.NA] * len(findings), dtype="Int64"))

    @cached_property
    def older_problems(self) -> dict[tuple[str, str], Older]:
        """Of which rounds the problems of those named are, without their number."""
        return {place: replace(older, count=0) for place, older in self.whole.older_problems.items()}

    @cached_property
    def problems(self) -> pd.DataFrame:
        """No problem: each is a row of a ledger."""
        return frame_of([], PROBLEM_COLUMNS)

    @cached_property
    def compare(self) -> pd.DataFrame:
        """The published facts beside the computed ones, public as they are; reasons are the office's own."""
        return self.whole.compare.assign(reason="", by="")


class _AllUnits(_Named):
    """The round with the figures of all units, without small cells where the level withholds them."""

    @cached_property
    def values(self) -> pd.DataFrame:
        """The rows of all units and of the city."""
        settings, values = self.round.settings, self.whole.values
        if not self.level.withheld:
            return values
        return withholding.all_rows(values, settings.city.code, settings.small_cells, settings.year_starts)

    @cached_property
    def scores_by_source(self) -> pd.DataFrame:
        """The whole scores: the points of items, and the arithmetic of all, tell the cells they were counted from."""
        scores = self.whole.scores_by_source
        if not self.level.withheld:
            return scores
        return scores[scores["indicator"] == TOTAL].assign(derivation="").reset_index(drop=True)

    @cached_property
    def grades(self) -> pd.DataFrame:
        """Scores, ranks and letters; the clauses quote what decided them, which may be a small cell."""
        grades = self.whole.grades
        return grades.assign(clause="", nearest_clause="") if self.level.withheld else grades


class _Letters(_Named):
    """The round as everybody may know it: letters, problems named, and the city's figures."""

    def __init__(self, whole: Assessment, level: Level, *, in_order: bool) -> None:
        super().__init__(whole, level)
        self.in_order = in_order

    @cached_property
    def values(self) -> pd.DataFrame:
        """The city's rows."""
        return self._city_rows.reset_index(drop=True)

    @cached_property
    def compare(self) -> pd.DataFrame:
        """The published facts beside the computed ones; a score that was published is, another is not."""
        compare = super().compare
        others = compare["figure"].str.startswith("score ") & compare["verdict"].ne("agrees")
        return compare.assign(computed=compare["computed"].mask(others, ""))

    @cached_property
    def scores_by_source(self) -> pd.DataFrame:
        """No scores."""
        return frame_of([], SCORE_COLUMNS)

    @cached_property
    def grades(self) -> pd.DataFrame:
        """Letters without score and clause; without a rank too, unless their order is wanted."""
        grades = self.whole.grades
        rank = grades["rank"] if self.in_order else pd.array([pd.NA] * len(grades), dtype="Int64")
        return grades.assign(score="", rank=rank, clause="", nearest_clause="")
