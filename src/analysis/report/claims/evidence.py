"""What a sentence may lean on: the frames of one round, and figures of them that know their row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import pandas as pd

from analysis.indicators.catalogue import QUANTITIES, RATES
from analysis.indicators.naming import MeasureNames
from analysis.indicators.values import USABLE, ValueIndex
from analysis.indicators.verdicts import CLEAR, verdict
from analysis.report.claims.claim import Told
from analysis.rounds.frames import rows_of
from analysis.rounds.periods import Calendar, name_of_period
from analysis.rounds.units import UnitRoll
from analysis.rulebook.grades import GradeNames
from analysis.scoring.problem_list import Older
from analysis.words import OFFICE, Figure, Text, Words

Row = Mapping[str, Any]

#: the three quantities, always in this order, and how each is printed
QUANTITY_STYLE: Final = {"cases": "count", "workers": "count", "amount": "wan"}
#: the statuses of a row whose value is there, shown or not
_THERE: Final = frozenset({*USABLE, "withheld"})


__all__ = ["CLEAR", "QUANTITY_STYLE", "Evidence", "Row"]


@dataclass(frozen=True)
class Evidence:
    """Everything a sentence may lean on: the frames of one round and who is who in it.

    Attributes:
        values, scores, grades, findings: the frames of contracts 1 and 2.
        index: the value rows by key.
        roll: the units of the round.
        calendar: the periods of the round: the assessed one, the one it is compared with, those before it.
        words: the language.
        told: the gate of the product: all that its sentences claimed so far.
        vetoed: who triggered a veto, in roll order.
        veto_open: of whom empty cells leave a veto neither taken nor cleared.
        graded_as: the grades of the rule set.
        doubtful: the ids of the rows that rest on a cell of which the content is in doubt.
        older: which of the problems counted stem from the rounds before, by unit and group.
    """

    values: pd.DataFrame
    scores: pd.DataFrame
    grades: pd.DataFrame
    findings: pd.DataFrame
    index: ValueIndex
    roll: UnitRoll
    calendar: Calendar
    words: Words
    told: Told = field(default_factory=Told)
    vetoed: Callable[[], list[str]] = list
    veto_open: Callable[[], list[str]] = list
    graded_as: GradeNames = field(default_factory=GradeNames)
    doubtful: frozenset[str] = frozenset()
    older: Mapping[tuple[str, str], Older] = field(default_factory=dict)

    @property
    def period(self) -> str:
        """The assessed period."""
        return self.calendar.period.text

    @property
    def base_period(self) -> str:
        """The period it is compared with; empty where it is compared with none."""
        return self.calendar.base

    @property
    def calendar_span(self) -> tuple[str, str]:
        """The first period of the series and the assessed one."""
        return self.calendar.series[0].text, self.period

    def period_name(self, period: str) -> str:
        """Return what a sentence calls a period."""
        return name_of_period(period, self.words)

    def period_head(self, period: str) -> str:
        """Return what the head of a column calls a period."""
        return self.words.sentence(Text(self.period_name(period))).plain

    @property
    def city(self) -> str:
        """Code of the city."""
        return self.roll.city_code

    def value(self, unit: str, measure: str, period: str = "", base: str = "") -> Row:
        """Return the value row of a unit in the assessed (or another) period.

        Raises:
            KeyError: there is no such row.
        """
        return self.index.row(unit, period or self.period, measure, base)

    def ending(self, unit: str, measure: str) -> Row | None:
        """Return the first row of a measure that ends with the assessed period, whatever its base period; or None."""
        return self._ending.get((unit, measure))

    @cached_property
    def _ending(self) -> dict[tuple[str, str], Row]:
        found: dict[tuple[str, str], Row] = {}
        for row in rows_of(self.values[self.values["period"] == self.period]):
            found.setdefault((row["unit"], row["measure"]), row)
        return found

    def measure_name(self, measure: str) -> str:
        """Return how a measure is called."""
        return MeasureNames(self.words)(measure)

    @cached_property
    def _silent(self) -> set[str]:
        silent = self.values["status"] == "not_reported"
        return {*self.values.loc[silent, "measure"]} - {*self.values.loc[~silent, "measure"]}

    def is_reported(self, measure: str) -> bool:
        """Return whether anybody reported a measure, in any period: what nobody did takes no place on a page."""
        return measure not in self._silent

    @cached_property
    def quantities(self) -> tuple[str, ...]:
        """Cases, workers and amount, as far as anybody reported them; all three where nobody reported anything."""
        return tuple(filter(self.is_reported, QUANTITIES)) or QUANTITIES

    @cached_property
    def rates(self) -> tuple[str, ...]:
        """The four rates, as far as anybody reported them; all of them where nobody reported anything."""
        return tuple(filter(self.is_reported, RATES)) or RATES

    def change(self, unit: str, quantity: str) -> Row:
        """Return the change of cases, workers or amount against the base period."""
        return self.value(unit, f"change_{quantity}", base=self.base_period)

    def verdict(self, unit: str, quantity: str) -> str:
        """Return what can be said of the change of cases, workers or amount against the base period."""
        return self.judged(self.change(unit, quantity))

    def judged(self, change: Row) -> str:
        """Return what can be said of a change, given its row."""
        key = change["unit"], change["period"], f"q_{change['measure']}", change["base_period"]
        return verdict(change, self.index.get(*key))

    def count(self, measure: str, base: str = "") -> Row:
        """Return a derived count (how many units …), a row of the city."""
        return self.value(self.city, measure, base=base)

    @cached_property
    def by_score(self) -> list[Row]:
        """The grade rows, best score first, of every class apart; units without a score last, in roll order."""
        order = {code: place for place, code in enumerate(self.roll.codes)}
        rows: list[Row] = [*rows_of(self.grades)]
        if self.graded_as.by_class:
            return rows
        return sorted(
            rows, key=lambda g: (g["rank"] if pd.notna(g["rank"]) else len(order) + 1, order[g["unit"]])
        )

    @property
    def best_grade(self) -> str:
        """The best grade as it stands in a sentence; of classes with their own grades, each."""
        return self.graded_as.listed(self.graded_as.best, self.words)

    @property
    def lowest_grade(self) -> str:
        """The lowest grade as it stands in a sentence; of classes with their own grades, each."""
        return self.graded_as.listed(self.graded_as.lowest, self.words)

    @cached_property
    def grade_of(self) -> dict[str, Row]:
        """The grade row of every unit."""
        return {row["unit"]: row for row in rows_of(self.grades)}

    def units_with(self, quantity: str, which: str) -> list[str]:
        """Return the units whose change has the verdict `which`, in roll order."""
        return [code for code in self.roll.codes if self.verdict(code, quantity) == which]

    def total(self, unit: str) -> Row:
        """Return the score row of a unit's total."""
        return self.score(unit, "total")

    def score(self, unit: str, indicator: str) -> Row:
        """Return the score row of a unit and an indicator; one without points where its class is not assessed by it.

        Raises:
            KeyError: no unit has such a row.
        """
        row = self._scores.get((unit, indicator))
        if row is not None:
            return row
        if indicator not in self._of_anybody:
            raise KeyError(indicator)
        return {"id": "", "unit": unit, "points": "", "points_possible": "", "status": "not_applicable"}

    @cached_property
    def _of_anybody(self) -> set[str]:
        return {indicator for _, indicator in self._scores}

    def has_score(self, unit: str, indicator: str) -> bool:
        """Return whether a unit is assessed by an indicator, which those of another class may not be."""
        return (unit, indicator) in self._scores

    def scored(self, unit: str, kind: str) -> list[str]:
        """Return the codes of a kind (base, total …) that have a row of scores of a unit."""
        return self._scored.get((unit, kind), [])

    @cached_property
    def _scored(self) -> dict[tuple[str, str], list[str]]:
        found: dict[tuple[str, str], list[str]] = {}
        for (unit, code), row in self._scores.items():
            found.setdefault((unit, row["kind"]), []).append(code)
        return found

    @cached_property
    def _scores(self) -> dict[tuple[str, str], Row]:
        return {(row["unit"], row["indicator"]): row for row in rows_of(self.scores)}

    def of_before(self, unit: str, group: str, *, counted: bool = False) -> str:
        """Return what stands behind the name of a unit some of whose problems stem from a round before; else nothing.

        Args:
            unit: its code.
            group: the group of problems it is named in.
            counted: whether their number is told.
        """
        older = self.older.get((unit, group))
        if older is None:
            return ""
        rounds = self.words.list(older.rounds).plain
        if not counted:
            return self.words("bulletin.problems.older", rounds=rounds).plain
        return self.words("message.problems.older", rounds=rounds, count=str(older.count)).plain

    def short(self, unit: str) -> str:
        """Return the short name of a unit, as the office writes it, or the word for the city."""
        return self.words.label("report.city") if self._city_is_a_word(unit) else self.roll.short(unit)

    def _city_is_a_word(self, unit: str) -> bool:
        """Whether the word of the language stands for the city: the office's own short name is in Chinese."""
        return unit == self.city and self.words.language != OFFICE

    def names(self, units: Iterable[str]) -> Text:
        """Return short names as a list in a sentence."""
        return self.words.list([self.short(unit) for unit in units])

    def figure(self, row: Row, style: str, column: str = "value") -> Figure:
        """Return a marked figure of a row; of a withheld one the word for that, which is no dash: there is a value."""
        if row.get("status") == "withheld":
            return Figure(text=self.words.label("disclosure.mark"), value="", row=str(row["id"]))
        return self.words.figure(row, style, column, doubtful=row["id"] in self.doubtful)

    def fraction(self, row: Row) -> Text:
        """Return `27/36` of a rate."""
        return self.words(
            "message.resolution.fraction",
            numerator=self.figure(row, "count", "numerator"),
            denominator=self.figure(row, "count", "denominator"),
        )

    def compared(self, change: Row, quantity: str) -> Text:
        """Return `148→89` of what a change compares: of the city, only the units that reported both periods."""
        if change["status"] != "partial":
            return self.pair(change["unit"], quantity)
        return self.words(
            "message.declines.pair",
            previous=self._side(change, quantity, "denominator", self.base_period),
            current=self._side(change, quantity, "numerator", self.period),
        )

    def _side(self, change: Row, quantity: str, column: str, period: str) -> Figure:
        """Return one side of a change: the value of its period where it is that, and then with the mark of its own."""
        style, own = QUANTITY_STYLE[quantity], self.index.get(change["unit"], period, quantity)
        if own is not None and own["value"] == change[column]:
            return self.figure(own, style)
        return self.figure(change, style, column)

    def is_told(self, unit: str, quantity: str) -> bool:
        """Return whether there is a value of a quantity in the round's period or in the base period."""
        periods = filter(None, (self.period, self.base_period))
        return any(self.value(unit, quantity, period)["status"] in _THERE for period in periods)

    def _figure_or_status(self, row: Row, quantity: str) -> Figure:
        if row["status"] in _THERE:
            return self.figure(row, QUANTITY_STYLE[quantity])
        return Figure(text=self.words.label(f"status.{row['status']}"), value="", row=str(row["id"]))

    def pair(self, unit: str, quantity: str, *, with_unit: bool = False) -> Text:
        """Return `148→89`: a quantity in the base period and now; of what is not reported the word for that.

        A round that is compared with no period has the one number, what is known of neither has no unit of measure.
        """
        if not self.is_told(unit, quantity):
            return Text(self._figure_or_status(self.value(unit, quantity), quantity))
        pair = Text(self._figure_or_status(self.value(unit, quantity), quantity))
        if self.base_period:
            previous = self._figure_or_status(self.value(unit, quantity, self.base_period), quantity)
            pair = self.words("message.declines.pair", previous=previous, current=pair)
        if not with_unit:
            return pair
        measure = self.words.label(f"report.quantity_unit.{quantity}")
        return self.words("message.declines.pair_unit", pair=pair, unit=measure)
