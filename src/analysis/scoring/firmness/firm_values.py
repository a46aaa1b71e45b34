"""How firm scores and grades are: what they would be if the counts, the weights or the choices were a little different.

Computed beside the official result and never changing it. Every row is labelled by its method:

    resampled_counts    the counts are drawn anew (`drawing`), the rules stay
    perturbed_weights   the weights of the dimensions are drawn within ±20 % of their own, the points stay
    leave_one_out       one indicator is left out at a time, the others make up the whole
    choices             other choices somebody could defend (`choices`)

Two units are separable if one stays ahead in at least 90 % of the draws. Gates, vetoes, bonuses, deductions and
conditions on parts of the score stay as officially found.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from analysis.indicators import extra_variance
from analysis.indicators.values import ValueIndex, value_rows
from analysis.rounds.frames import rows_of
from analysis.rounds.rounds import Round
from analysis.rounds.units import UnitRoll
from analysis.rulebook import Rulebook
from analysis.rulebook.unitscore import UnitScore
from analysis.scoring import grading, scoring
from analysis.scoring.firmness.choices import KINDS, SHIFT, Choice, Setting, choices
from analysis.scoring.firmness.drawing import Curves, Source, resampled
from analysis.scoring.firmness.lettering import Lettering
from analysis.scoring.firmness.standing import Standing
from analysis.scoring.score_lineage import GRADES
from analysis.statistics.proportion import wilson

DRAWS: Final = 4000
SEED: Final = 20201231
CONFIDENCE: Final = 0.95
#: from which probability on of staying ahead two units are told apart
SEPARABLE: Final = 0.90
#: up to so many units every pair is compared
FEW: Final = 50
#: more units than these are drawn less often
MANY: Final = 200
DRAWS_OF_MANY: Final = 1000

RESAMPLED: Final = "resampled_counts"
PERTURBED: Final = "perturbed_weights"
LEFT_OUT: Final = "leave_one_out"
CHOICES: Final = "choices"

Row = dict[str, Any]


def compute(  # noqa: PLR0917 - the frames of all stages before, in their order
    values: pd.DataFrame,
    scores: pd.DataFrame,
    grades: pd.DataFrame,
    rulebook: Rulebook | None,
    roll: UnitRoll,
    of: Round,
    *,
    draws: int = DRAWS,
    seed: int = SEED,
    previous: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Return value rows on how firm scores and grades are; scores and grades stay what they are.

    Args:
        values: the value table.
        scores: the official scores.
        grades: the grades.
        rulebook: the rule set; without one there is nothing to be firm.
        roll: the units.
        of: the round.
        draws: how often counts and weights are drawn; at most `DRAWS_OF_MANY` for more than `MANY` units.
        seed: of the generators; every unit has its own, so that the order of units changes nothing.
        previous: grade of the previous round by unit, for conditions that ask for it.

    Returns:
        Value rows (contract 1). Of units: `score_interval` and `rank_interval` (value = official, numerator = median
        of the draws, lower and upper = 95 % of them; the official score lies inside by construction),
        `probability_grade_<letter>` (numerator = draws with that grade of `denominator` draws; limits = simulation
        error), `outranks_<unit>` and `not_separable_from` (up to `FEW` units), `rank_range_without`,
        `grade_changes_without`, `agreement_choices`. Of the city:
        `pairs_not_separable`, `choices_all`, `choices_<kind>`, `firmness_simulation_error`.
    """
    # a pending grade has no other to be held against
    official = {str(row["unit"]): row for row in rows_of(grades) if str(row["grade"])}
    if rulebook is None or not len(grades):
        return value_rows([], of.id)
    rows: list[Row] = []
    if official:
        firm = _Firm.of(values, scores, official, rulebook, roll, of, draws, seed, previous)
        for method, totals in ((RESAMPLED, firm.resampled()), (PERTURBED, firm.perturbed())):
            rows += _intervals(firm, method, totals)
            rows += _probabilities(firm, method, totals)
            rows.append(_error(firm, method))
            if method == RESAMPLED and len(official) <= FEW:
                rows += _pairs(firm, totals)
        rows += _left_out(firm)
        rows += _agreement(firm, [*choices(Setting(values, firm.index, firm.standing, rulebook, roll, of))])
    rows += _ungraded(rows, official, roll)
    place = {unit: number for number, unit in enumerate((*roll.codes, roll.city_code))}
    ordered = sorted(rows, key=lambda row: place[row["unit"]])
    return value_rows(({**row, "period": of.period.text} for row in ordered), of.id)


@dataclass(frozen=True)
class _Firm:
    """The official result of the graded units, and what is needed to work it out anew."""

    index: ValueIndex
    standing: Standing
    scored: Mapping[str, UnitScore]
    curves: Mapping[str, Curves]
    lettering: Lettering
    rulebook: Rulebook
    roll: UnitRoll
    official: Mapping[str, Row]
    draws: int
    seed: int

    @classmethod
    def of(  # noqa: PLR0917 - the arguments of `compute`
        cls,
        values: pd.DataFrame,
        scores: pd.DataFrame,
        official: Mapping[str, Row],
        rulebook: Rulebook,
        roll: UnitRoll,
        of: Round,
        draws: int,
        seed: int,
        previous: Mapping[str, str] | None,
    ) -> _Firm:
        draws = min(draws, DRAWS_OF_MANY) if len(official) > MANY else draws
        index, period, base = ValueIndex(values), of.period.text, of.base
        everyone = scoring.score_units(index, rulebook, roll, period=period, base_period=base)
        scored = {unit.unit: unit for unit in everyone if unit.unit in official}
        standing = Standing.of([*scored.values()], rulebook)
        spread = float(extra_variance.used(index, roll, period))
        source = Source(index, roll, period, base, seed, draws, spread)
        books = {part.code: rulebook.of_class(part) for part in rulebook.classes} or {"": rulebook}
        members = {
            code: [unit.unit for unit in everyone if not code or unit.unit_class == code] for code in books
        }
        evidence = grading.evidence_of(scores, values, rulebook, roll, of.settings, previous=previous)
        return cls(
            index,
            standing,
            scored,
            {code: Curves(source, book, members[code]) for code, book in books.items()},
            Lettering(standing.units, evidence, rulebook, roll),
            rulebook,
            roll,
            official,
            draws,
            seed,
        )

    @property
    def units(self) -> tuple[str, ...]:
        """The graded units, in the order of all columns."""
        return self.standing.units

    @property
    def official_letters(self) -> np.ndarray:
        """The official grades as places in the names of the lettering."""
        names = self.lettering.names
        return np.array([names.index(str(self.official[unit]["grade"])) for unit in self.units])

    def resampled(self) -> np.ndarray:
        """Return totals under drawn counts, shape (draws, units), in the last printed place."""
        sums = resampled(self.standing, self.scored, self.curves, self.draws)
        return self.standing.totals(sums, self.rulebook)

    def perturbed(self) -> np.ndarray:
        """Return totals under drawn weights of the dimensions, of the same shape."""
        generator = np.random.default_rng(self.seed)
        codes = [dimension.code for dimension in self.rulebook.dimensions]
        drawn = generator.uniform(1 - SHIFT, 1 + SHIFT, size=(self.draws, len(codes)))
        places = [codes.index(code) for code in self.standing.dimensions]
        return self.standing.totals(self.standing.weighed(drawn[:, places]), self.rulebook)


def _row(unit: str, measure: str, method: str, unit_of_measure: str, source: str, **numbers: float) -> Row:
    return {
        "unit": unit,
        "measure": measure,
        "method": method,
        "unit_of_measure": unit_of_measure,
        "status": "reported" if "value" in numbers else "not_reported",
        "source": source,
        **numbers,
    }


def _total(unit: str) -> str:
    return f"score.{unit}.total"


def _grade(unit: str) -> str:
    return f"grade.{unit}"


def _limits(drawn: np.ndarray) -> np.ndarray:
    """Return between which numbers 95 % of the draws of every unit lie, shape (2, units)."""
    tail = (1 - CONFIDENCE) / 2
    found: np.ndarray = np.quantile(drawn, [tail, 1 - tail], axis=0, method="inverted_cdf")
    return found


def _intervals(firm: _Firm, method: str, totals: np.ndarray) -> Iterator[Row]:
    scale = 10**firm.rulebook.rounding.places
    drawn_ranks = firm.lettering.ranks(totals)
    scores, places = _limits(totals) / scale, _limits(drawn_ranks)
    middles = np.median(totals, axis=0) / scale, np.median(drawn_ranks, axis=0)
    for column, unit in enumerate(firm.units):
        row = firm.official[unit]
        for measure, what, value, limits, middle in (
            ("score_interval", "point", float(row["score"]), scores, middles[0]),
            ("rank_interval", "unit", float(row["rank"]), places, middles[1]),
        ):
            lower, upper = (float(limit) for limit in limits[:, column])
            numbers = {"value": value, "lower": lower, "upper": upper, "confidence": CONFIDENCE}
            numbers |= {"numerator": float(middle[column]), "denominator": firm.draws}
            yield _row(unit, measure, method, what, _total(unit), **numbers)


def _probabilities(firm: _Firm, method: str, totals: np.ndarray) -> Iterator[Row]:
    letters = firm.lettering.letters(totals)
    for number, letter in enumerate(firm.lettering.names):
        hits = (letters == number).sum(axis=0)
        for unit, share in zip(firm.units, _shares(hits, firm.draws), strict=True):
            yield _row(
                unit, f"probability_grade_{letter}", method, "ratio", _grade(unit), confidence=CONFIDENCE, **share
            )  # fmt: skip


def _shares(hits: np.ndarray, draws: int) -> list[dict[str, float]]:
    """Return shares of draws with their simulation error."""
    found = wilson(hits, np.full(len(hits), draws), CONFIDENCE)
    return [
        {"numerator": float(hit), "denominator": draws, "value": value, "lower": lower, "upper": upper}
        for hit, value, lower, upper in zip(hits, found["value"], found["lower"], found["upper"], strict=True)
    ]


def _pairs(firm: _Firm, totals: np.ndarray) -> Iterator[Row]:
    """Yield how often the unit officially ahead of a pair stays ahead; a tie is half a win."""
    # of units with one rank the one with the smaller code is named first
    order = sorted(
        range(len(firm.units)), key=lambda place: (firm.official[firm.units[place]]["rank"], place)
    )
    tied: Counter[str] = Counter()
    rivals: Counter[str] = Counter()
    pairs = separable = 0
    for number, first in enumerate(order):
        others = [other for other in order[number + 1 :] if firm.lettering.compared(first, other)]
        won = (totals[:, [first]] > totals[:, others]).sum(axis=0)
        even = (totals[:, [first]] == totals[:, others]).sum(axis=0)
        unit = firm.units[first]
        for second, share in zip(others, _shares(won + even / 2, firm.draws), strict=True):
            other = firm.units[second]
            rivals.update((unit, other))
            pairs += 1
            if share["value"] >= SEPARABLE:
                separable += 1
            else:
                tied.update((unit, other))
            yield _row(
                unit, f"outranks_{other}", RESAMPLED, "ratio", _total(unit), confidence=CONFIDENCE, **share
            )  # fmt: skip
    for unit in firm.units:
        others_known = {"value": tied[unit], "numerator": tied[unit], "denominator": rivals[unit]}
        yield _row(unit, "not_separable_from", RESAMPLED, "unit", _total(unit), **others_known)
    left = pairs - separable
    numbers = {"value": left, "numerator": left, "denominator": pairs}
    yield _row(firm.roll.city_code, "pairs_not_separable", RESAMPLED, "unit", GRADES, **numbers)


def _error(firm: _Firm, method: str) -> Row:
    """Return the largest standard error of a probability that so many draws can estimate."""
    error = 0.5 / np.sqrt(firm.draws)
    return _row(
        firm.roll.city_code, "firmness_simulation_error", method, "ratio", GRADES, denominator=firm.draws, value=error
    )  # fmt: skip


def _left_out(firm: _Firm) -> Iterator[Row]:
    """Yield what becomes of ranks and grades when one indicator at a time is left out."""
    number = len(firm.standing.items)
    if number < 2:
        return
    totals = firm.standing.totals(firm.standing.weighed(1.0 - np.eye(number)), firm.rulebook)
    places, changed = firm.lettering.ranks(totals), firm.lettering.letters(totals) != firm.official_letters
    for column, unit in enumerate(firm.units):
        count = float(changed[:, column].sum())
        numbers = {"value": count, "numerator": count, "denominator": number}
        yield _row(unit, "grade_changes_without", LEFT_OUT, "unit", _grade(unit), **numbers)
        span = {"lower": float(places[:, column].min()), "upper": float(places[:, column].max())}
        rank = float(firm.official[unit]["rank"])
        yield _row(
            unit, "rank_range_without", LEFT_OUT, "unit", _total(unit), value=rank, denominator=number, **span
        )


def _agreement(firm: _Firm, tried: list[Choice]) -> Iterator[Row]:
    """Yield under how many of the other choices every unit keeps its grade."""
    if not tried:
        return
    letters = firm.lettering.letters(np.array([choice.totals for choice in tried]))
    kept = (letters == firm.official_letters).sum(axis=0)
    for unit, count in zip(firm.units, kept, strict=True):
        numbers = {"value": count / len(tried), "numerator": float(count), "denominator": len(tried)}
        yield _row(unit, "agreement_choices", CHOICES, "ratio", _grade(unit), **numbers)
    kinds = Counter(choice.kind for choice in tried)
    for name, count in (("all", len(tried)), *((kind, kinds[kind]) for kind in KINDS)):
        numbers = {"value": count, "numerator": count}
        yield _row(firm.roll.city_code, f"choices_{name}", CHOICES, "unit", GRADES, **numbers)


def _ungraded(rows: list[Row], official: Mapping[str, Row], roll: UnitRoll) -> list[Row]:
    """Return the rows of units without a grade: the same measures, none of them reported."""
    model = next(iter(official), None)
    like = [row for row in rows if row["unit"] == model and not row["measure"].startswith("outranks_")]
    return [
        _row(unit, row["measure"], row["method"], row["unit_of_measure"], row["source"].replace(model, unit))
        for unit in roll.codes
        if unit not in official
        for row in like
        if model is not None
    ]
