"""What the ledgers feed: which measures are counted for which periods at all, and of which units they say something.

An item of a rule set that reads a measure nobody feeds would give every unit the same points, and look like a result.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from analysis.indicators import catalogue
from analysis.indicators.changes import pairs_of
from analysis.indicators.cohorts import SOURCES, Arrived, Cohort, cohort
from analysis.indicators.conditions import Rows
from analysis.indicators.summaries import Summary
from analysis.indicators.tallies import counted_periods, measures_of, statuses_of, tallies_of
from analysis.rounds.periods import Period
from analysis.rounds.rounds import RoundSettings

_NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Feed:
    """Of which units something is said, by measure and period.

    Attributes:
        units: codes of the units whose value is not missing, by (measure, period); a pair that is not there is not
            counted.
        pairs: (period, base period) of all comparisons.
        arrived: the ledgers of which a sheet, a nil return or a number of a summary arrived.
        lacking: the earlier periods for want of which nobody says anything, by (measure, period).
    """

    units: Mapping[tuple[str, str], frozenset[str]]
    pairs: frozenset[tuple[str, str]]
    arrived: frozenset[str]
    lacking: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)

    def counts(self, measure: str, period: str, base: str) -> bool:
        """Return whether a measure has a value of some status for a period (a change: against a base period)."""
        code = catalogue.of(measure)
        if code.compared:
            ends = all((code.measure, each) in self.units for each in (period, base))
            return ends and (period, base) in self.pairs
        return (measure, period) in self.units

    def of(self, measure: str, period: str, base: str) -> frozenset[str]:
        """Return the units of which a measure says something; for a change those of both periods."""
        code = catalogue.of(measure)
        if not self.counts(measure, period, base):
            return _NOBODY
        if code.compared:
            return self.units[code.measure, period] & self.units[code.measure, base]
        return self.units[measure, period]

    def with_stated(self, stated: Mapping[tuple[str, str], frozenset[str]]) -> Feed:
        """Return the feed with what the office states of units, by measure and period."""
        return replace(self, units={**self.units, **stated})


def feed_of(arrived: Arrived, settings: RoundSettings, asked: Iterable[str]) -> Feed:
    """Return what the ledgers feed of some measures.

    Args:
        arrived: roll, ledgers, columns and files as the intake hands them over.
        settings: the round's settings.
        asked: codes of measures; changes stand for what is compared.
    """
    whole = settings.calendar
    wanted = {catalogue.of(code).measure for code in asked}
    summary = Summary(arrived, whole.listed)
    answers: dict[str, Rows] = {}
    units: dict[tuple[str, str], frozenset[str]] = {}
    lacking: dict[tuple[str, str], tuple[str, ...]] = {}
    codes = np.array(arrived.roll.codes, dtype=object)
    for source in SOURCES:
        measures = [measure for measure in measures_of(source, arrived) if measure.code in wanted]
        if not measures:
            continue
        counted = cohort(source, arrived, settings, periods=whole.listed, asked=answers)
        for measure in measures:
            tallies = tallies_of(measure, counted, summary)
            said = statuses_of(measure, tallies)[:-1] != "not_reported"
            there = counted_periods(source, counted, tallies)
            for place, period in enumerate(counted.periods):
                if period not in there:
                    continue
                units[measure.code, period] = frozenset(codes[said[:, place]].tolist())
                if source == "clues before" and not said[:, place].any():
                    own = cohort("clues", arrived, settings, periods=whole.listed, asked=answers)
                    lacking[measure.code, period] = _lacking(own, whole.listed, place)
    pairs = {(now.text, before.text) for now, before in pairs_of(whole.listed, whole)}
    handed_in = {*arrived.columns["ledger"], *(entry.ledger for entry in settings.nil_returns)}
    return Feed(units, frozenset(pairs), frozenset(map(str, handed_in)), lacking)


def _lacking(of_each: Cohort, periods: Sequence[Period], place: int) -> tuple[str, ...]:
    """Return which of a period and those before it nobody reported; if someone reported each, those not all did."""
    needed = [
        number for number, span in enumerate(periods) if number == place or span.end < periods[place].start
    ]
    by_nobody = [number for number in needed if not of_each.reported[:, number].any()]
    by_some = [number for number in needed if not of_each.reported[:, number].all()]
    return tuple(periods[number].text for number in by_nobody or by_some)
