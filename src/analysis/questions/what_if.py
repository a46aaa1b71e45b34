"""What if: scoring and grading replayed with something changed, and what it would take to reach the best grade.

Pure functions from frames to frames. A changed value changes what is computed from it (a rate from its counts, the
change against the base period, the city's value) and nothing else; a question never changes the stored results.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, Final, Literal

import numpy as np
import pandas as pd

from analysis.indicators.catalogue import MEASURES, Code, names_of, with_bounds
from analysis.indicators.catalogue import of as code_of
from analysis.indicators.values import USABLE, VALUE_COLUMNS, ValueIndex, value_id
from analysis.quantities import MONEY_UNITS
from analysis.rounds.frames import rows_of
from analysis.rounds.rounds import Round
from analysis.rounds.units import UnitRoll
from analysis.rulebook import Indicator, Reading, Rulebook
from analysis.rulebook.bench import Evidence, grade_measures
from analysis.rulebook.exact_numbers import round_exact
from analysis.rulebook.grade_conditions import Gate
from analysis.rulebook.readings import read
from analysis.scoring import grading, scoring
from analysis.scoring.core_ledgers import measures_of
from analysis.scoring.outcome import Outcome
from analysis.words import Words

Refusal = Literal["not_a_value", "share_without_sign", "above_whole", "no_base", "negative", "no_parts"]

#: a step of money is a thousand of it, of a mark a tenth; of everything else one
_STEPS: Final[Mapping[str, Fraction]] = {
    **dict.fromkeys(MONEY_UNITS, Fraction(1000)),
    "point": Fraction(1, 10),
}
#: a count that ought to rise has no end; so far it is looked for
_FARTHEST: Final = 1024


class RefusedValueError(ValueError):
    """A value that cannot be: kind of refusal, and what was written."""

    def __init__(self, kind: Refusal, written: str) -> None:
        self.kind, self.written = kind, written
        super().__init__(f"{kind}: {written}")


class PartAboveWholeError(RefusedValueError):
    """A count that would be more than what it is part of: both with their measures."""

    def __init__(self, part: tuple[str, float], whole: tuple[str, float]) -> None:
        self.part, self.whole = part, whole
        super().__init__("above_whole", f"{part} > {whole}")


@dataclass(frozen=True)
class Setting:
    """A value as it is supposed to be.

    Attributes:
        value: the value; None where the parts say it.
        parts: numerator and denominator, of a change the present and the past value; None where only the value is
            given.
    """

    value: Fraction | None = None
    parts: tuple[Fraction, Fraction] | None = None


@dataclass(frozen=True)
class UnitEffect:
    """A unit before and after; empty text where it has none."""

    unit: str
    score: tuple[str, str]
    rank: tuple[str, str]
    grade: tuple[str, str]

    @property
    def changed(self) -> bool:
        """Whether anything is different."""
        return any(before != after for before, after in (self.score, self.rank, self.grade))


@dataclass(frozen=True)
class ItemEffect:
    """The points of a unit for one item before and after; empty text where the rule set has no such item."""

    unit: str
    item: str
    points: tuple[str, str]
    derivation: tuple[str, str]


@dataclass(frozen=True)
class Effects:
    """Every unit, and every item whose points are different."""

    units: tuple[UnitEffect, ...]
    items: tuple[ItemEffect, ...]


# --------------------------------------------------------------------------------------------- replay


def effects(before: Outcome, after: Outcome) -> Effects:
    """Return what is different between two replays: every unit in the rank order before, every item that changed."""
    old, new = _grades(before), _grades(after)
    units = tuple(
        UnitEffect(
            unit,
            (_cell(old, unit, "score"), _cell(new, unit, "score")),
            (_cell(old, unit, "rank"), _cell(new, unit, "rank")),
            (_cell(old, unit, "grade"), _cell(new, unit, "grade")),
        )
        for unit in old
    )
    was, now = _items(before), _items(after)
    items = []
    for key in dict.fromkeys([*was, *now]):
        points = (_cell(was, key, "points"), _cell(now, key, "points"))
        told = (_cell(was, key, "derivation"), _cell(now, key, "derivation"))
        # a veto has no points; it is different where its sentence is
        veto = "veto" in (_cell(was, key, "kind"), _cell(now, key, "kind"))
        if points[0] != points[1] or (veto and told[0] != told[1]):
            items.append(ItemEffect(*key, points, told))
    return Effects(units, tuple(items))


def _grades(outcome: Outcome) -> dict[str, dict[str, Any]]:
    return {str(row["unit"]): row for row in rows_of(outcome.grades)}


def _items(outcome: Outcome) -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (str(row["unit"]), str(row["indicator"])): row
        for row in rows_of(scoring.official(outcome.scores))
        if row["kind"] != "total"
    }


def _cell(rows: Mapping[Any, Mapping[str, Any]], key: Any, column: str) -> str:
    value = rows[key][column] if key in rows else ""
    return "" if value is None or pd.isna(value) else str(value)


# ------------------------------------------------------------------------------------ a value changed


def parse_setting(text: str, measure: str) -> Setting:
    """Return a value as a person writes it: `95%`, `0.95`, `44/46`, `3`.

    Raises:
        RefusedValueError: it is no number, or none such a measure can have.
    """
    narrow = unicodedata.normalize("NFKC", text).replace(",", "").replace(" ", "").replace("−", "-")
    above, slash, below = narrow.partition("/")
    code = code_of(measure)
    share = code.is_rate
    if slash:
        parts = _number(above, text), _number(below, text)
        if parts[1] <= 0:
            raise RefusedValueError("no_base", text)
        if parts[0] < 0:
            raise RefusedValueError("negative", text)
        if share and parts[0] > parts[1]:
            raise RefusedValueError("above_whole", text)
        return Setting(parts=parts)
    value = _number(narrow, text)
    if share and value > 1:
        raise RefusedValueError("share_without_sign" if "%" not in narrow else "above_whole", text)
    if value < 0 and not code.compared:
        raise RefusedValueError("negative", text)
    return Setting(value)


def _number(written: str, text: str) -> Fraction:
    percent = written.endswith("%")
    try:
        number = Decimal(written.removesuffix("%"))
    except InvalidOperation:
        raise RefusedValueError("not_a_value", text) from None
    if not number.is_finite():
        raise RefusedValueError("not_a_value", text)
    return Fraction(number) / (100 if percent else 1)


def with_value(
    values: pd.DataFrame, unit: str, measure: str, setting: Setting, *, roll: UnitRoll, of: Round
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return the value table with one value of a unit changed, and the ids of all rows that changed with it.

    What is computed again: from a count its rates and its change against the base period; of every changed count,
    rate and change the city's (the sum over the units). Everything else is held fixed; so a rate that is set leaves
    the counts it came from as they were.

    Args:
        values: the value table.
        unit: code of the unit.
        measure: the measure, of the round's period.
        setting: what it is supposed to be.
        roll: the units.
        of: the round, for its periods.

    Raises:
        RefusedValueError: parts are given for something that has none, or a count exceeds what it is part of.
    """
    table = _Table(ValueIndex(values), roll, of)
    table.set(unit, measure, setting)
    return table.frame(values), tuple(table.touched)


class _Changed(ValueIndex):
    """The value rows by key, some of them other ones."""

    def __init__(self, index: ValueIndex, rows: Mapping[str, Mapping[str, Any]]) -> None:
        self._under = index
        self._over = {
            (row["unit"], row["period"], row["base_period"], row["measure"]): dict(row)
            for row in rows.values()
        }
        self.measures = index.measures | {str(row["measure"]) for row in rows.values()}
        self.counted = index.counted | {(measure, period, base) for _, period, base, measure in self._over}

    def get(
        self, unit: str, period: str, measure: str, base_period: str = "", method: str = ""
    ) -> dict[str, Any] | None:
        """Return the row of a key, or None."""
        row = self._over.get((unit, period, base_period, measure))
        if row is not None and method in ("", row["method"]):
            return row
        return self._under.get(unit, period, measure, base_period, method)


class _Table:
    """Value rows that may be changed."""

    def __init__(self, index: ValueIndex, roll: UnitRoll, of: Round) -> None:
        self._index, self.roll = index, roll
        self.period, self.base = of.period.text, of.base
        #: changed rows by id, in the order of the changes
        self.touched: dict[str, dict[str, Any]] = {}

    @property
    def index(self) -> ValueIndex:
        """The rows as they are now."""
        return _Changed(self._index, self.touched)

    def row(self, unit: str, measure: str) -> dict[str, Any]:
        """Return a row, changed if it is; one that is not there is made, unreported."""
        base = self.base if code_of(measure).compared else ""
        found = self._index.get(unit, self.period, measure, base)
        if found is None:
            ident = value_id(unit, self.period, base, measure, "stated")
            found = dict.fromkeys(VALUE_COLUMNS, "") | {
                "id": ident,
                "unit": unit,
                "period": self.period,
                "base_period": base,
                "measure": measure,
                "method": "stated",
                "status": "not_reported",
                "source": ident,
                **dict.fromkeys(
                    ("numerator", "denominator", "value", "lower", "upper", "confidence"), np.nan
                ),
            }
        return self.touched.get(found["id"], found)

    def change(self, row: Mapping[str, Any], **numbers: float) -> None:
        """Put other numbers into a row; what belonged to the old ones (its interval) goes."""
        status = row["status"] if row["status"] in USABLE else "reported"
        gone = {"lower": np.nan, "upper": np.nan}
        self.touched[row["id"]] = {**row, **gone, "status": status, **numbers}

    def frame(self, values: pd.DataFrame) -> pd.DataFrame:
        """Return a value table with the changed rows in their places, new ones at the end."""
        rows = [self.touched.get(row["id"], row) for row in rows_of(values)]
        known = set(values["id"])
        rows += [row for ident, row in self.touched.items() if ident not in known]
        return pd.DataFrame(rows, columns=list(values.columns)).astype(values.dtypes.to_dict())

    def set(self, unit: str, measure: str, setting: Setting) -> None:
        """Change a value and all that is computed from it."""
        row = self.row(unit, measure)
        code = code_of(measure)
        if _is_ratio(code):
            self._set_ratio(unit, measure, row, setting)
        elif setting.parts is not None and code.is_mark:
            above, below = map(float, setting.parts)
            value = above / below if _is_mean(row) else above
            self.change(row, numerator=above, denominator=below, value=value)
        elif setting.parts is not None or setting.value is None:
            raise RefusedValueError("no_parts", measure)
        else:
            self._set_count(unit, measure, setting.value)

    def _set_ratio(self, unit: str, measure: str, row: Mapping[str, Any], setting: Setting) -> None:
        compared = code_of(measure).compared == "change"
        below = row["denominator"]
        if setting.parts is not None:
            above, below = map(float, setting.parts)
            value = (above - below) / below if compared else above / below
            self.change(row, numerator=above, denominator=below, value=value)
        elif setting.value is not None:
            value = float(setting.value)
            above = (1 + value) * below if compared else value * below
            # 95% of 46 cases is no number of cases: the counts are left out rather than invented
            self.change(row, numerator=np.nan, denominator=np.nan, value=value)
        else:
            raise RefusedValueError("not_a_value", measure)
        self._city_ratio(measure, row, above, below)

    def _city_ratio(self, measure: str, before: Mapping[str, Any], above: float, below: float) -> None:
        """Add to the city's numerator and denominator what the unit's have changed by."""
        city = self.row(self.roll.city_code, measure)
        if city["status"] not in USABLE or pd.isna(city["denominator"]) or pd.isna(below) or pd.isna(above):
            return
        had = (0.0, 0.0) if before["status"] not in USABLE else (before["numerator"], before["denominator"])
        if pd.isna(had[0]) or pd.isna(had[1]):
            return
        top, base = city["numerator"] + above - had[0], city["denominator"] + below - had[1]
        if base > 0:
            value = (top - base) / base if code_of(measure).compared == "change" else top / base
            self.change(city, numerator=top, denominator=base, value=value)

    def _set_count(self, unit: str, measure: str, value: Fraction) -> None:
        for name in names_of(measure):
            row = self.row(unit, name)
            before = row["value"] if row["status"] in USABLE else 0.0
            numbers = {"value": float(value)}
            if _is_mean(row):
                numbers["numerator"] = float(value) * row["denominator"]
            elif row["method"] != "sum":
                numbers["numerator"] = float(value)
            self.change(row, **numbers)
            city = self.row(self.roll.city_code, name)
            if city["status"] in USABLE:
                total = city["value"] + float(value) - before
                counted = {} if "numerator" not in numbers else {"numerator": total}
                self.change(city, value=total, **counted)
            self._set_change(unit, name, float(value))
        for rate in MEASURES.values():
            if rate.parts and any(part in names_of(measure) for part in rate.parts):
                self._set_rate(unit, rate.code, *(MEASURES[part].same_as or part for part in rate.parts))

    def _set_change(self, unit: str, measure: str, now: float) -> None:
        change = self.row(unit, f"change_{measure}")
        before = change["denominator"]
        if change["unit_of_measure"] and not pd.isna(before) and before > 0:
            self.change(change, numerator=now, value=(now - before) / before)
            self._city_ratio(f"change_{measure}", change, now, before)
        difference = self.row(unit, f"difference_{measure}")
        if difference["status"] in USABLE and not pd.isna(difference["denominator"]):
            self.change(difference, numerator=now, value=now - difference["denominator"])

    def _set_rate(self, unit: str, rate: str, above: str, below: str) -> None:
        row = self.row(unit, rate)
        parts = self.row(unit, above)["value"], self.row(unit, below)["value"]
        if pd.isna(parts[0]) or pd.isna(parts[1]) or not parts[1]:
            return
        if parts[0] > parts[1]:
            raise PartAboveWholeError((above, parts[0]), (below, parts[1]))
        self.change(row, numerator=parts[0], denominator=parts[1], value=parts[0] / parts[1])
        self._city_ratio(rate, row, parts[0], parts[1])


def _is_mean(row: Mapping[str, Any]) -> bool:
    """Return whether a value is the mean of several marks: sum above, number below."""
    above, below = row["numerator"], row["denominator"]
    return bool(code_of(row["measure"]).is_mark and below and np.isclose(above / below, row["value"]))


# ------------------------------------------------------------------------------ what it takes to reach A


@dataclass(frozen=True)
class Improvement:
    """One indicator improved as far as it has to be.

    Attributes:
        item: code of the indicator.
        measure: what is improved.
        gain: points it gives.
        before: what is read now.
        after: what would have to be read.
    """

    item: str
    measure: str
    gain: Decimal
    before: Reading
    after: Reading


@dataclass(frozen=True)
class Reach:
    """What it would take a unit to reach the best grade, all other units as they are.

    Attributes:
        unit: its code.
        grade: its grade.
        score: its score.
        obstacles: the conditions that would keep it from the best grade with full points, where these alone would not
            do; else empty.
        cleared: its score once gates are passed and vetoes gone (an emergency fund set up gives points too).
        short: points it is short of that grade then; None where no points would do.
        single: indicators each of which would do alone, the one that takes the least part of what it can first.
        cheapest: the fewest indicators that do together; the last one only as far as is needed.
        unreported: codes of indicators nothing is reported for; what they would give is not known.
    """

    unit: str
    grade: str
    score: Decimal
    obstacles: str
    cleared: Decimal
    short: Decimal | None
    single: tuple[Improvement, ...] = ()
    cheapest: tuple[Improvement, ...] = ()
    unreported: tuple[str, ...] = ()


def reach_best(
    values: pd.DataFrame,
    rulebook: Rulebook,
    roll: UnitRoll,
    of: Round,
    *,
    catalogue: Words,
    previous: Mapping[str, str] | None = None,
) -> tuple[Reach, ...]:
    """Return for every unit below the best grade, best first, what it would take to get there.

    Held fixed: the ledgers of the other units, the rule set, and of the unit everything that is not named. The points a
    unit can gain are those of its indicators; bonuses are left out, since nobody can plan them. Every way that is
    named was replayed and does lead to that grade.

    Args:
        values: the value table.
        rulebook: the rule set.
        roll: the units.
        of: the round, for its periods.
        catalogue: the words obstacles are told in.
        previous: grades of the previous round (`results.previous.previous_grades`).
    """
    differences = scoring.differences(values, rulebook, roll, of.settings)
    bench = _Bench(rulebook, roll, of, previous, differences, catalogue)
    index = ValueIndex(values)
    graded_by = {*with_bounds(grade_measures(rulebook)), *measures_of(values, of.settings, rulebook)}
    few = values[values["measure"].isin(graded_by)]
    now = bench.state(index, few)
    return tuple(
        _reach(graded, bench, now)
        for graded in grading.graded_units(now.judged, rulebook, roll)
        if graded.grade != bench.best(graded.unit)
    )


def greatest_gains(
    values: pd.DataFrame,
    scores: pd.DataFrame,
    rulebook: Rulebook,
    roll: UnitRoll,
    of: Round,
    *,
    unit: str,
    catalogue: Words,
    many: int = 3,
) -> tuple[Improvement, ...]:
    """Return the indicators that would give a unit most points, each improved just as far as it gives anything more.

    Of one indicator alone, all others as they are. What hangs on the figures of other units is left out, and what does
    not come to the same points from the values given, which may be those one unit may know.

    Args:
        values: the value table.
        scores: the scores that count, by which the points now are known.
        rulebook: the rule set.
        roll: the units.
        of: the round, for its periods.
        unit: code of the unit.
        catalogue: the words.
        many: how many are told.
    """
    bench = _Bench(rulebook, roll, of, None, {}, catalogue)
    chances, _ = _chances(unit, bench, ValueIndex(values), scores)
    sound = [
        (chance, gain) for chance, gain in chances if not chance.indicator.relative and not chance.gain(0)
    ]
    first = sorted(sound, key=lambda entry: -entry[1])[:many]
    return tuple(chance.improvement(chance.least(gain)) for chance, gain in first)


@dataclass(frozen=True)
class _State:
    """Values with what they give.

    Attributes:
        index: the values.
        few: those of them that grades depend on beside the scores, as a frame.
        scores: the score table, without sentences.
        judged: what the units are graded by.
    """

    index: ValueIndex
    few: pd.DataFrame
    scores: pd.DataFrame
    judged: Evidence


@dataclass(frozen=True)
class _Bench:
    """What a question is asked against."""

    rulebook: Rulebook
    roll: UnitRoll
    of: Round
    previous: Mapping[str, str] | None
    differences: Mapping[tuple[str, str], int]
    catalogue: Words

    def rules_of(self, unit: str) -> Rulebook:
        """Return the rule set as it holds for the class of a unit."""
        books = self.rulebook.by_class(self.roll)
        return books[self.rulebook.classes_of(self.roll).get(unit, "")]

    def best(self, unit: str) -> str:
        """Return the best grade a unit can have."""
        return self.rules_of(unit).grades.best.name

    @property
    def step(self) -> Decimal:
        """The least difference between two totals."""
        return Decimal(1).scaleb(-self.rulebook.rounding.places)

    def scored(
        self, index: ValueIndex, rulebook: Rulebook, asked: Container[str] | None = None
    ) -> list[scoring.UnitScore]:
        """Return the points of all units, or of those asked for, under some rule set."""
        period, base = self.of.period.text, self.of.base
        return scoring.score_units(index, rulebook, self.roll, period=period, base_period=base, asked=asked)

    def state(self, index: ValueIndex, few: pd.DataFrame) -> _State:
        """Return some values with their scores, and what their grades rest on."""
        scored = self.scored(index, self.rulebook)
        scores = scoring.scores_frame(scored, self.rulebook, self.of.id, self.catalogue, sentences=False)
        judged = grading.evidence_as_read(
            scoring.official(scores),
            few,
            self.rulebook,
            self.roll,
            self.of.settings,
            previous=self.previous,
            differences=self.differences,
        )
        return _State(index, few, scores, judged)

    def after(self, table: _Table, few: pd.DataFrame) -> _State:
        """Return some values after changes."""
        return self.state(table.index, table.frame(few))

    def graded(self, unit: str, judged: Evidence) -> grading.Graded:
        """Return the grade of a unit."""
        return grading.graded_unit(unit, judged, self.rulebook, self.roll)

    def supposed(self, state: _State, unit: str, total: Decimal) -> grading.Graded:
        """Return the grade of a unit if its total were another one."""
        return self.graded(unit, replace(state.judged, scores={**state.judged.scores, unit: total}))

    def obstacles(self, graded: grading.Graded) -> str:
        """Return the conditions that keep a unit from the best grade, in words."""
        rules = self.rules_of(graded.unit)
        return self.catalogue.series(grading.reasons(graded, rules, self.catalogue)).plain

    def reading(self, index: ValueIndex, unit: str, measure: str) -> Reading:
        """Return what a rule reads of a unit."""
        return read(index, unit, measure, self.of.period.text, self.of.base)


def _reach(graded: grading.Graded, bench: _Bench, now: _State) -> Reach:
    unit, grade, score = graded.unit, graded.grade or "", graded.score
    totals = now.judged.scores.values()
    wanted = bench.best(unit)
    most, obstacles = max(Decimal(bench.rules_of(unit).whole), *totals), ""
    best = bench.supposed(now, unit, most)
    if best.grade != wanted:
        obstacles = bench.obstacles(best)
        now = bench.after(_cleared(unit, bench, now), now.few)
        best = bench.supposed(now, unit, most)
    cleared = now.judged.scores[unit]
    if best.grade != wanted:
        return Reach(unit, grade, score, obstacles, cleared, None)

    def enough(steps: int) -> bool:
        return bench.supposed(now, unit, cleared + steps * bench.step).grade == wanted

    short = _least(enough, int((most - cleared) / bench.step)) * bench.step
    if not short:
        return Reach(unit, grade, score, obstacles, cleared, short)
    chances, unreported = _chances(unit, bench, now.index, now.scores)
    single = _alone(chances, short, bench, now)
    cheapest = single[:1] or _together(chances, short, bench, now)
    return Reach(unit, grade, score, obstacles, cleared, short, single, cheapest, unreported)


def _least(holds: Callable[[int], bool], most: int) -> int:
    """Return the least number from 0 to `most` from which on something holds; `most` if only there, or nowhere."""
    low, high = 0, most
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low


def _cleared(unit: str, bench: _Bench, now: _State) -> _Table:
    """Return the values with every gate of the best grade just passed by a unit and none of its vetoes triggered."""
    table = _Table(now.index, bench.roll, bench.of)
    for condition in (each for clause in bench.rules_of(unit).grades.best.clauses for each in clause):
        if isinstance(condition, Gate):
            own = bench.reading(table.index, unit, condition.measure)
            line = Fraction(condition.at_least)
            if own.value is None or own.value < line:
                table.set(unit, condition.measure, _just(own, line))
    for veto in bench.rulebook.vetoes:
        own = bench.reading(table.index, unit, veto.measure)
        if own.value is not None and own.value >= veto.at_least:
            table.set(unit, veto.measure, Setting(Fraction(veto.at_least - 1)))
    return table


def _just(own: Reading, line: Fraction) -> Setting:
    """Return the setting that just reaches a line: of a rate the least numerator."""
    if code_of(own.measure).is_rate and own.denominator:
        whole = -(-(line * own.denominator) // 1)
        return Setting(parts=(Fraction(whole), own.denominator))
    return Setting(line)


@dataclass(frozen=True)
class _Chance:
    """An indicator with points to gain: how far its value may move, and what each step of it gives.

    Attributes:
        indicator: the indicator.
        own: what is read now.
        points: its points now.
        most: how many steps the value can move for the better.
        index: the values.
        rules: the rule set reduced to it.
        bench: what the question is asked against.
    """

    unit: str
    indicator: Indicator
    own: Reading
    points: Decimal
    most: int
    index: ValueIndex
    rules: Rulebook
    bench: _Bench

    def setting(self, steps: int) -> Setting:
        """Return the value moved by some steps for the better, stopped where it can go no further."""
        own, way = self.own, steps * _step(self.own)
        if own.numerator is not None and own.denominator and _is_ratio(code_of(own.measure)):
            moved = own.numerator - way if code_of(own.measure).compared == "change" else own.numerator + way
            return Setting(parts=(min(max(moved, Fraction(0)), _end(own, moved)), own.denominator))
        value = own.value or Fraction(0)
        value = value + way if self.indicator.direction == "up" else max(value - way, Fraction(0))
        if self.indicator.read == "mark":
            value = min(value, _full(self.indicator, own) or value)
            if self.indicator.full is None and own.denominator:
                return Setting(parts=(value, own.denominator))
        return Setting(value)

    def moved(self, steps: int) -> ValueIndex:
        """Return the values, this one moved by some steps."""
        table = _Table(self.index, self.bench.roll, self.bench.of)
        table.set(self.unit, self.indicator.measure, self.setting(steps))
        return table.index

    def gain(self, steps: int) -> Decimal:
        """Return the points that some steps give."""
        (own,) = self.bench.scored(self.moved(steps), self.rules, {self.unit})
        points = next(item.points for item in own.items if item.item == self.indicator.code)
        rounding = self.bench.rulebook.rounding
        return round_exact(points, rounding.places, rounding.rule) - self.points

    def least(self, points: Decimal) -> int:
        """Return the fewest steps that give some points."""
        return _least(lambda steps: self.gain(steps) >= points, self.most)

    def improvement(self, steps: int) -> Improvement:
        """Return what some steps are."""
        measure = self.indicator.measure
        after = self.bench.reading(self.moved(steps), self.unit, measure)
        return Improvement(self.indicator.code, measure, self.gain(steps), self.own, after)


def _is_ratio(code: Code) -> bool:
    """Return whether a value is set by its two parts: a rate, or a change of one number to another."""
    return code.is_rate or code.compared == "change"


def _step(own: Reading) -> Fraction:
    if code_of(own.measure).is_mark:
        return _STEPS["point"]
    return _STEPS.get(own.counted, Fraction(1))


def _end(own: Reading, moved: Fraction) -> Fraction:
    """Return where a numerator stops: at its denominator, for a change nowhere."""
    return moved if code_of(own.measure).compared == "change" else own.denominator or moved


def _full(indicator: Indicator, own: Reading) -> Fraction | None:
    return Fraction(indicator.full) if indicator.full is not None else own.denominator


def _room(indicator: Indicator, own: Reading) -> int:
    """Return how many steps a value can move for the better."""
    value = own.value or Fraction(0)
    if own.numerator is not None and own.denominator and _is_ratio(code_of(own.measure)):
        way = own.numerator if code_of(own.measure).compared == "change" else own.denominator - own.numerator
    elif indicator.read == "mark":
        way = (_full(indicator, own) or value) - value
    elif indicator.direction == "down":
        way = value
    elif own.counted == "unit":
        way = max(1 - value, Fraction(0))
    else:
        way = Fraction(_FARTHEST)
    return int(-(-way // _step(own)))


def _chances(
    unit: str, bench: _Bench, index: ValueIndex, scores: pd.DataFrame
) -> tuple[list[tuple[_Chance, Decimal]], tuple[str, ...]]:
    """Return the indicators with points to gain, each with the most it can give; and those nothing is reported for."""
    rows = {str(row["id"]): row for row in rows_of(scores)}
    rounding = bench.rulebook.rounding
    chances: list[tuple[_Chance, Decimal]] = []
    unreported: list[str] = []
    for indicator in bench.rulebook.indicators():
        row = rows.get(f"score.{unit}.{indicator.code}")
        if row is None or not row["points"] or not row["points_possible"]:
            continue
        if Decimal(row["points"]) >= Decimal(row["points_possible"]):
            continue
        own = bench.reading(index, unit, indicator.measure)
        if own.value is None:
            if own.status in ("not_reported", "withheld"):
                unreported.append(indicator.code)
            continue
        most = _room(indicator, own)
        if most:
            points = round_exact(Fraction(row["points"]), rounding.places, rounding.rule)
            rules = _only(bench.rulebook, indicator)
            chance = _Chance(unit, indicator, own, points, most, index, rules, bench)
            try:
                gain = chance.gain(most)
            except RefusedValueError:
                # a count that may not rise so far without others, such as cases resolved beyond the cases there are
                continue
            if gain > 0:
                chances.append((chance, gain))
    return chances, tuple(unreported)


def _only(rulebook: Rulebook, indicator: Indicator) -> Rulebook:
    """Return a rule set reduced to one indicator, its dimension and group kept."""
    dimensions = []
    for dimension in rulebook.dimensions:
        if any(item.code == indicator.code for item in dimension.indicators):
            groups = tuple(
                group.model_copy(update={"indicators": (indicator,)})
                for group in dimension.groups
                if any(item.code == indicator.code for item in group.indicators)
            )
            dimensions.append(dimension.model_copy(update={"groups": groups, "indicators": (indicator,)}))
    nothing = {"bonuses": (), "deductions": (), "vetoes": (), "falsification": ()}
    return rulebook.model_copy(update={"dimensions": tuple(dimensions), **nothing})


def _alone(
    chances: list[tuple[_Chance, Decimal]], short: Decimal, bench: _Bench, now: _State
) -> tuple[Improvement, ...]:
    """Return the indicators each of which would do alone, the one that takes the least part of what it can first."""
    found: list[tuple[Fraction, Improvement]] = []
    for chance, most in chances:
        if most >= short:
            steps = chance.least(short)
            if _leads([(chance, steps)], bench, now):
                found.append((Fraction(steps, chance.most), chance.improvement(steps)))
    return tuple(improvement for _, improvement in sorted(found, key=lambda entry: entry[0]))


def _together(
    chances: list[tuple[_Chance, Decimal]], short: Decimal, bench: _Bench, now: _State
) -> tuple[Improvement, ...]:
    """Return the fewest indicators that would do together; none if all of them would not."""
    taken: list[tuple[_Chance, int]] = []
    left = short
    for chance, most in sorted(chances, key=lambda entry: -entry[1]):
        taken.append((chance, chance.least(min(left, most))))
        left -= most
        if left <= 0:
            break
    if left > 0 or not _leads(taken, bench, now):
        return ()
    return tuple(chance.improvement(steps) for chance, steps in taken)


def _leads(taken: list[tuple[_Chance, int]], bench: _Bench, now: _State) -> bool:
    """Return whether some improvements together do lead to A when everything is replayed."""
    table = _Table(now.index, bench.roll, bench.of)
    for chance, steps in taken:
        table.set(chance.unit, chance.indicator.measure, chance.setting(steps))
    unit = taken[0][0].unit
    return bench.graded(unit, bench.after(table, now.few).judged).grade == bench.best(unit)
