"""How firm scores and grades are: drawn counts, drawn weights, indicators left out, other choices."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
from rule_examples import (
    CITY,
    change_row,
    indicator,
    roll,
    round_2020,
    rules,
    rules_2020,
    table,
    value,
    whole_unit,
)
from scipy import stats
from scipy.special import digamma, polygamma

from analysis.indicators.values import ValueIndex
from analysis.quantities.exact import round_to
from analysis.rounds.frames import rows_of
from analysis.rounds.rounds import Round
from analysis.rounds.units import UnitRoll
from analysis.rulebook import Rulebook
from analysis.rulebook.bench import Evidence, grade_measures
from analysis.rulebook.indicator import ItemRounding
from analysis.rulebook.presets import PRESETS
from analysis.rulebook.readings import read
from analysis.scoring import firmness, grading, presets_page, scoring
from analysis.scoring.firmness.drawing import WIDER, Source, _Curve, draw
from analysis.scoring.firmness.lettering import Lettering, ranks
from analysis.scoring.firmness.standing import Standing, rounded
from analysis.words import words

EAST, WEST, SOUTH = "990001", "990002", "990003"
DRAWS = 2000
#: four standard errors of a probability near one half
ERROR = 4 * 0.5 / np.sqrt(DRAWS)

PROPORTIONAL = {"shape": "proportional"}
TOP_ONE = {
    "slots": {"vetoed": "freed", "barred": "kept"},
    "A": {"all_of": [{"kind": "top", "places": 1}, {"kind": "score_at_least", "points": 80}]},
    "C": {"any_of": [[{"kind": "score_below", "points": 60}]]},
    "otherwise": "B",
}  # fmt: skip


def dimension(code: str, *items: Any) -> dict[str, Any]:
    points = sum(item.points for item in items)
    return {"code": code, "name": "某维度", "name_en": "Part", "points": points, "indicators": list(items)}


def book(*dimensions: Mapping[str, Any], **more: Any) -> Rulebook:
    """Return a rule set of some dimensions, grade A for the first with at least 80, C below 60."""
    return rules(**{"bonuses": [], "vetoes": [], "dimensions": list(dimensions), "grades": TOP_ONE, **more})


def two_rates() -> Rulebook:
    """60 points for what is resolved, 40 for accounts, both in proportion."""
    return book(
        dimension("1", indicator(PROPORTIONAL, "rate_resolved", "60", code="1.1")),
        dimension("2", indicator(PROPORTIONAL, "coverage_account", "40", code="2.1")),
    )


def rate(unit: str, measure: str, above: int, below: int) -> dict[str, Any]:
    return value(unit, measure, value=above / below, numerator=above, denominator=below, method="wilson")


def rates(unit: str, resolved: tuple[int, int], account: tuple[int, int]) -> list[dict[str, Any]]:
    return [rate(unit, "rate_resolved", *resolved), rate(unit, "coverage_account", *account)]


@dataclass
class Result:
    """The official frames of a small round, and how firm they are."""

    values: pd.DataFrame
    scores: pd.DataFrame
    grades: pd.DataFrame
    firm: pd.DataFrame

    def row(self, unit: str, measure: str, method: str = "") -> pd.Series:
        """Return the one row of a measure."""
        chosen = self.firm[(self.firm["unit"] == unit) & (self.firm["measure"] == measure)]
        if method:
            chosen = chosen[chosen["method"] == method]
        assert len(chosen) == 1, (unit, measure, method, len(chosen))
        return chosen.iloc[0]


def result(
    rows: Iterable[Mapping[str, Any]],
    rulebook: Rulebook,
    units: UnitRoll,
    of: Round | None = None,
    **more: Any,
) -> Result:
    """Return the official result of value rows, and how firm it is."""
    of, values = of or round_2020(), table(rows)
    scores = scoring.official(
        scoring.score(values, rulebook, units, of.settings, sentences=False, catalogue=words("zh"))
    )
    grades = grading.grade(scores, values, rulebook, units, of.settings, catalogue=words("zh"))
    before = [frame.copy() for frame in (values, scores, grades)]
    firm = firmness.compute(values, scores, grades, rulebook, units, of, **{"draws": DRAWS, **more})
    for frame, kept in zip((values, scores, grades), before, strict=True):
        pd.testing.assert_frame_equal(frame, kept)
    return Result(values, scores, grades, firm)


# ------------------------------------------------------------------------------------------- the official result


def test_the_official_result_stands_in_the_rows_and_is_not_changed() -> None:
    rows = [*rates(EAST, (9, 10), (8, 10)), *rates(WEST, (7, 10), (7, 10))]
    found = result(rows, two_rates(), roll(EAST, WEST))
    for row in rows_of(found.grades):
        for method in ("resampled_counts", "perturbed_weights"):
            assert found.row(row["unit"], "score_interval", method)["value"] == float(row["score"])
            assert found.row(row["unit"], "rank_interval", method)["value"] == row["rank"]
    assert set(found.firm["source"]) <= {*found.scores["id"], *found.grades["id"], "grades"}


def test_put_together_again_the_points_give_the_official_totals() -> None:
    """Bonuses, the cap of the total and what is taken out of the whole come in as they were scored."""
    units = roll(EAST, WEST, SOUTH)
    innovation = rules_2020().bonuses[0].levels[0].measure
    # the first unit passes full points by its bonus, the third does not
    first, third = (
        [row | {"value": 1.0} if row["measure"] == innovation else row for row in whole_unit(unit, strength)]
        for unit, strength in ((EAST, 10), (SOUTH, 3))
    )
    # of the second unit nothing need be filed: the item is taken out, the others make up the whole
    second = [
        row | {"value": None, "status": "not_applicable"} if row["measure"] == "rate_filed" else row
        for row in whole_unit(WEST, 7)
    ]
    items = rules(nothing_to_assess="taken_out")
    items = items.model_copy(
        update={
            "dimensions": tuple(
                part.model_copy(
                    update={
                        "indicators": tuple(
                            one.model_copy(update={"exceptions": type(one.exceptions)()})
                            for one in part.indicators
                        )
                    }
                )
                for part in items.dimensions
            )
        }
    )
    index = ValueIndex(table([*first, *second, *third]))
    scored = scoring.score_units(index, items, units, period="2020", base_period="2019")
    standing = Standing.of(scored, items)
    totals = standing.totals(standing.contributions.sum(axis=1), items)
    assert [Decimal(int(total)) / 100 for total in totals] == [
        Decimal(str(float(unit.whole.points))) for unit in sorted(scored, key=lambda unit: unit.unit)
    ]
    assert standing.possible[1].sum() == pytest.approx(100)
    assert (standing.possible[1] == 0).sum() == 1


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_is_put_together_again(name: str) -> None:
    shown, units = presets_page.shown(name), presets_page.made_up_roll()
    index = ValueIndex(presets_page.made_up_values())
    scored = scoring.score_units(index, shown.rules, units, period="2020", base_period="2019")
    standing = Standing.of(scored, shown.rules)
    [totals] = standing.totals(standing.weighed(np.ones((1, len(standing.items)))), shown.rules)
    scale = 10**shown.rules.rounding.places
    rebuilt = {unit: Decimal(int(total)) / scale for unit, total in zip(standing.units, totals, strict=True)}
    known = {row["unit"]: Decimal(row["score"]) for row in rows_of(shown.grades) if row["score"]}
    assert {unit: rebuilt[unit] for unit in known} == known


POLICIES = [
    *itertools.product(("all_in", "all_out", "tie_break"), ("graded", "all", "unvetoed"), ("freed", "kept"))
]


@pytest.mark.parametrize(("ties", "among", "slots"), POLICIES)
def test_many_grades_at_once_are_those_given_one_by_one(ties: str, among: str, slots: str) -> None:
    """Random totals with many ties, gates and vetoes: the same letters as the official way of grading."""
    units = [f"99000{number}" for number in range(1, 8)]
    rulebook = rules(
        ties={
            "rank": "better",
            "at_top": ties,
            "at_last": ties,
            "tie_break": [{"measure": "coverage_account", "better": "high"}],
            "unresolved": "all_out",
        },
        grades={
            "slots": {"vetoed": slots, "barred": slots},
            "A": {
                "all_of": [
                    {"kind": "top", "places": 3},
                    {"kind": "score_at_least", "points": 80},
                    {"kind": "gate", "measure": "emergency_fund", "at_least": 1},
                ]
            },
            "C": {
                "any_of": [
                    [{"kind": "veto"}],
                    [{"kind": "last", "places": 2, "among": among}, {"kind": "score_below", "points": 84}],
                    [{"kind": "score_at_most", "points": "78.5"}],
                ]
            },
            "otherwise": "B",
        },
    )
    rows: list[dict[str, Any]] = []
    for number, unit in enumerate(units):
        changed = {
            "emergency_fund": float(number != 2),
            "events_extreme": float(number == 5),
            "coverage_account": (number % 3 + 5) / 10,
        }
        rows += [
            row | {"value": changed[row["measure"]], "numerator": None, "denominator": None}
            if row["measure"] in changed
            else row
            for row in whole_unit(unit)
        ]
    index = ValueIndex(table(rows))
    readings = {
        (unit, measure): read(index, unit, measure, "2020", "2019")
        for unit in units
        for measure in grade_measures(rulebook)
    }
    totals = np.random.default_rng(5).integers(77, 88, size=(60, len(units))) * 100
    official = {unit: Decimal(85) for unit in units}
    lettering = Lettering(units, Evidence(official, readings, unscored=1), rulebook)
    seen = set()
    for own, letters, places in zip(totals, lettering.letters(totals), ranks(totals), strict=True):
        scores = {unit: Decimal(int(total)) / 100 for unit, total in zip(units, own, strict=True)}
        graded = grading.grade_units(scores, readings, rulebook, unscored=1)
        assert [lettering.names[letter] for letter in letters] == [unit.grade for unit in graded]
        assert list(places) == [unit.rank for unit in graded]
        seen |= {unit.grade for unit in graded}
    assert seen == {"A", "B", "C"}


# ------------------------------------------------------------------------------------------- drawn counts


def three() -> list[dict[str, Any]]:
    return [
        *rates(EAST, (9, 10), (18, 20)),
        *rates(WEST, (16, 20), (8, 10)),
        *rates(SOUTH, (5, 10), (6, 10)),
    ]


def test_the_same_seed_gives_the_same_rows_and_another_one_others() -> None:
    units = roll(EAST, WEST, SOUTH)
    first, again = (result(three(), two_rates(), units).firm for _ in range(2))
    pd.testing.assert_frame_equal(first, again)
    other = result(three(), two_rates(), units, seed=1).firm
    assert not first["lower"].equals(other["lower"])


def test_the_order_of_the_units_changes_nothing() -> None:
    one = result(three(), two_rates(), roll(EAST, WEST, SOUTH)).firm
    other = result(three()[::-1], two_rates(), roll(SOUTH, EAST, WEST)).firm
    pd.testing.assert_frame_equal(
        one.sort_values("id", ignore_index=True), other.sort_values("id", ignore_index=True)
    )
    assert list(dict.fromkeys(other["unit"])) == [SOUTH, EAST, WEST, CITY]


def test_a_unit_far_ahead_stays_ahead() -> None:
    rows = [*rates(EAST, (990, 1000), (990, 1000)), *rates(WEST, (500, 1000), (500, 1000))]
    found = result(rows, two_rates(), roll(EAST, WEST))
    ahead = found.row(EAST, f"outranks_{WEST}")
    assert ahead["value"] == 1
    assert ahead["lower"] > 0.99
    assert found.row(CITY, "pairs_not_separable")["value"] == 0
    assert found.row(EAST, "rank_interval", "resampled_counts")["upper"] == 1
    assert found.row(EAST, "probability_grade_A", "resampled_counts")["value"] == 1
    assert found.row(WEST, "probability_grade_C", "resampled_counts")["value"] == 1


def test_two_units_with_the_same_counts_are_not_told_apart() -> None:
    rows = [*rates(EAST, (80, 100), (80, 100)), *rates(WEST, (80, 100), (80, 100))]
    found = result(rows, two_rates(), roll(EAST, WEST))
    ahead = found.row(EAST, f"outranks_{WEST}")
    assert ahead["value"] == pytest.approx(0.5, abs=ERROR)
    assert ahead["lower"] < 0.5 < ahead["upper"]
    assert found.row(EAST, "not_separable_from")["value"] == 1
    # each is drawn on its own: either may come second
    assert {found.row(unit, "rank_interval", "resampled_counts")["upper"] for unit in (EAST, WEST)} == {2}
    left = found.row(CITY, "pairs_not_separable")
    assert (left["value"], left["denominator"]) == (1, 1)


def test_small_counts_give_wide_intervals() -> None:
    rows = [*rates(EAST, (8, 10), (8, 10)), *rates(WEST, (800, 1000), (800, 1000))]
    found = result(rows, two_rates(), roll(EAST, WEST))
    small, large = (found.row(unit, "score_interval", "resampled_counts") for unit in (EAST, WEST))
    assert small["upper"] - small["lower"] > 5 * (large["upper"] - large["lower"])
    # 60 and 40 points in proportion to rates of 0.8, each with the standard error 0.0126: 0.91 points
    assert (large["upper"] - large["lower"]) / 2 == pytest.approx(1.96 * 0.912, rel=0.06)
    assert large["lower"] < large["value"] < large["upper"]


def test_probabilities_of_the_grades_of_a_unit_add_up_to_one() -> None:
    found = result(three(), two_rates(), roll(EAST, WEST, SOUTH)).firm
    drawn = found[found["measure"].str.startswith("probability_grade_")]
    assert (drawn["numerator"] / drawn["denominator"]).equals(drawn["value"])
    sums = drawn.groupby(["unit", "method"])["value"].sum()
    assert len(sums) == 6
    assert sums.to_numpy() == pytest.approx(1)


def test_marks_and_stated_facts_stay_as_they_are() -> None:
    """With nothing but equal marks all units are tied in every draw."""
    item = indicator(PROPORTIONAL, "mark_field_9_1", "100", read="mark")
    rows = [value(unit, "mark_field_9_1", value=85.0, denominator=100) for unit in (EAST, WEST, SOUTH)]
    found = result(rows, book(dimension("1", item)), roll(EAST, WEST, SOUTH))
    for unit in (EAST, WEST, SOUTH):
        row = found.row(unit, "rank_interval", "resampled_counts")
        assert (row["value"], row["lower"], row["upper"]) == (1, 1, 1)
        row = found.row(unit, "score_interval", "resampled_counts")
        assert (row["value"], row["lower"], row["upper"]) == (85, 85, 85)
    assert found.row(EAST, f"outranks_{WEST}")["value"] == 0.5
    assert found.row(CITY, "pairs_not_separable")["value"] == 3


def test_one_unit_has_no_pairs() -> None:
    found = result(rates(EAST, (9, 10), (9, 10)), two_rates(), roll(EAST))
    row = found.row(EAST, "rank_interval", "resampled_counts")
    assert (row["value"], row["lower"], row["upper"]) == (1, 1, 1)
    assert not found.firm["measure"].str.startswith("outranks_").any()
    assert found.row(CITY, "pairs_not_separable")["value"] == 0


def test_a_unit_that_reported_nothing_is_not_graded_in_any_draw() -> None:
    rows = [*rates(EAST, (9, 10), (9, 10)), *rates(WEST, (7, 10), (7, 10))]
    found = result(rows, two_rates(), roll(EAST, WEST, SOUTH))
    own = found.firm[found.firm["unit"] == SOUTH]
    assert {"score_interval", "probability_grade_A", "agreement_choices"} <= set(own["measure"])
    assert set(own["status"]) == {"not_reported"}
    assert own["value"].isna().all()
    assert found.row(CITY, "pairs_not_separable")["denominator"] == 1
    assert not found.firm["measure"].eq(f"outranks_{SOUTH}").any()


def test_what_one_unit_did_not_report_is_not_drawn_for_it() -> None:
    rows = [*rates(EAST, (9, 10), (9, 10)), rate(WEST, "rate_resolved", 10, 10)]
    found = result(rows, two_rates(), roll(EAST, WEST))
    row = found.row(WEST, "score_interval", "resampled_counts")
    # only the 60 points of the rate it reported can be reached
    assert row["value"] == 60
    assert row["upper"] <= 60


def decline_book(**more: Any) -> Rulebook:
    item = indicator(
        {"shape": "line", "full_at": "20%", "zero_at": "0%"}, "change_cases", "100", read="decline", direction="down"
    )  # fmt: skip
    return book(dimension("1", item), **more)


def test_units_with_a_small_base_share_the_draw_of_the_city() -> None:
    rows = [
        *(change_row(unit, "change_cases", 3, 4, status="small_base") for unit in (EAST, WEST)),
        change_row(CITY, "change_cases", 90, 100),
        *(value(unit, "cases", period="2020", value=3.0) for unit in (EAST, WEST)),
        *(value(unit, "cases", period="2019", value=4.0) for unit in (EAST, WEST)),
    ]
    found = result(rows, decline_book(), roll(EAST, WEST))
    assert found.row(EAST, f"outranks_{WEST}")["value"] == 0.5
    first, second = (found.row(unit, "score_interval", "resampled_counts") for unit in (EAST, WEST))
    assert (first["lower"], first["upper"]) == (second["lower"], second["upper"])
    # the city's fall of 10 % is worth 50 points; drawn, it may be next to nothing or almost 20 %
    assert first["value"] == 50
    assert first["lower"] < 5
    assert first["upper"] > 95


def source(rows: Iterable[Mapping[str, Any]]) -> Source:
    return Source(ValueIndex(table(rows)), roll(EAST), "2020", "2019", seed=7, draws=20000)


def test_workers_go_up_and_down_with_the_cases_within_their_own_interval() -> None:
    rows = [
        change_row(EAST, "change_cases", 80, 100),
        change_row(
            EAST, "change_workers", 600, 1000, method="clustered", lower=-0.7, upper=-0.2, confidence=0.95
        ),
        value(EAST, "cases", value=80.0),
        value(EAST, "cases", period="2019", value=100.0),
    ]
    own = source(rows)
    cases, workers = (
        draw(own, EAST, read(own.index, EAST, measure, "2020", "2019"))
        for measure in ("change_cases", "change_workers")
    )
    assert cases is not None
    assert workers is not None
    # the same cases: the order of the draws is one
    assert (np.argsort(cases) == np.argsort(workers)).all()
    assert np.median(workers) == pytest.approx(-0.4, abs=0.01)
    width = np.log(1 - 0.2) - np.log(1 - 0.7)
    assert np.log1p(workers).std() == pytest.approx(WIDER * width / (2 * 1.96), rel=0.02)
    # ratio of gamma numbers: variance of the logarithm about 1/80 + 1/100; its middle is the ratio that was counted
    assert np.log1p(cases).std() == pytest.approx(WIDER * np.sqrt(1 / 80 + 1 / 100), rel=0.02)
    assert np.median(cases) == pytest.approx(-0.2, abs=0.005)


def test_cases_that_vary_twice_as_much_count_half() -> None:
    rows = [change_row(EAST, "change_cases", 80, 100)]
    own = dataclasses.replace(source(rows), dispersion=2.0)
    cases = draw(own, EAST, read(own.index, EAST, "change_cases", "2020", "2019"))
    assert cases is not None
    assert np.log1p(cases).std() == pytest.approx(WIDER * np.sqrt(1 / 40 + 1 / 50), rel=0.02)
    assert np.median(cases) == pytest.approx(-0.2, abs=0.01)


def test_draws_have_the_mean_and_spread_of_their_distributions() -> None:
    rows = [
        rate(EAST, "rate_resolved", 8, 10),
        value(EAST, "petitions", value=3.0, unit_of_measure="event"),
        value(EAST, "rate_paid", value=0.5, numerator=1, denominator=2, method="no_interval"),
        value(EAST, "backlog", value=None, status="not_reported"),
    ]
    own = source(rows)

    def drawn(measure: str) -> np.ndarray | None:
        return draw(own, EAST, read(own.index, EAST, measure, "2020", "2019"))

    shares, counts = drawn("rate_resolved"), drawn("petitions")
    assert shares is not None
    assert counts is not None
    # on the scale of logarithms the middle is what was counted, the spread that of beta and gamma numbers
    odds = np.log(shares / (1 - shares))
    assert odds.mean() == pytest.approx(np.log(8 / 2), abs=0.02)
    assert odds.std() == pytest.approx(WIDER * np.sqrt(polygamma(1, 8.5) + polygamma(1, 2.5)), rel=0.02)
    assert np.log(counts).mean() == pytest.approx(np.log(3), abs=0.02)
    assert np.log(counts).std() == pytest.approx(WIDER * np.sqrt(polygamma(1, 3.5)), rel=0.02)
    assert drawn("rate_paid") is None
    assert drawn("backlog") is None


def test_points_of_drawn_counts_are_those_of_the_rule() -> None:
    """Half a point off per event, from 3 officially: 98.5."""
    item = indicator(
        {"shape": "each", "off": "0.5", "counted": "event"}, "petitions", "100", direction="down"
    )
    rows = [value(EAST, "petitions", value=3.0, unit_of_measure="event")]
    found = result(rows, book(dimension("1", item)), roll(EAST), draws=4000)
    row = found.row(EAST, "score_interval", "resampled_counts")
    # the mean behind three events: gamma numbers of shape 3.5, their logarithm moved to that of 3 and a little widened;
    # then all are moved once more, so that the official score is the middle one
    numbers = stats.gamma(3.5).ppf([0.025, 0.5, 0.975])
    few, middle, many = 3 * np.exp(WIDER * (np.log(numbers) - digamma(3.5)))
    moved = 98.5 - (100 - middle / 2)
    assert (row["value"], row["numerator"]) == (98.5, 98.5)
    assert row["lower"] == pytest.approx(100 - many / 2 + moved, abs=0.05)
    assert row["upper"] == pytest.approx(100 - few / 2 + moved, abs=0.05)


@pytest.mark.parametrize(("resolved", "all_"), [(5, 5), (4, 5), (20, 20), (19, 20), (80, 80), (0, 5)])
def test_the_official_score_lies_inside_its_interval(resolved: int, all_: int) -> None:
    """Indicators without a failure, drawn with the prior of Jeffreys alone, would all lie below full points."""
    items = [
        indicator(
            {"shape": "shortfall", "full_at": "98%", "each": "1%", "off": "0.1"},
            measure,
            "20",
            code=f"1.{place}",
        )
        for place, measure in enumerate(
            ("rate_resolved", "rate_closed", "rate_checked", "rate_filed", "rate_listed"), 1
        )
    ]
    rows = [rate(EAST, item.measure, resolved, all_) for item in items]
    found = result(rows, book(dimension("1", *items)), roll(EAST))
    row = found.row(EAST, "score_interval", "resampled_counts")
    assert row["lower"] <= row["value"] == row["numerator"] <= row["upper"]
    # none and all keep a spread: nobody is certain from five cases
    assert row["upper"] - row["lower"] > (0.2 if resolved else 0)
    assert 0 <= row["lower"] <= row["upper"] <= 100


def test_in_a_composition_only_the_part_that_rests_on_counts_is_drawn() -> None:
    """30 % of the points come from the self-check, 70 % from the rule: the interval is that of the rule times 0.7."""
    item = indicator(PROPORTIONAL, "rate_resolved", "100", code="1.1")
    sources = [{"source": "self", "weight": "30%"}, {"source": "reviewed", "weight": "70%"}]
    parts = {"at": "indicator", "combine": "weighted", "sources": sources, "missing_source": "no_points"}
    rows = [rate(EAST, "rate_resolved", 80, 100), value(EAST, "mark_self_1_1", value=100.0, denominator=100)]
    plain = result(rows, book(dimension("1", item)), roll(EAST))
    composed = result(rows, book(dimension("1", item), composition=parts), roll(EAST))
    alone, both = (one.row(EAST, "score_interval", "resampled_counts") for one in (plain, composed))
    assert both["value"] == 86
    for limit in ("lower", "upper"):
        assert both[limit] == pytest.approx(30 + 0.7 * alone[limit], abs=0.011)


# ------------------------------------------------------------------------------------------- weights, left out, choices


def test_weights_move_a_total_only_as_far_as_its_parts_differ() -> None:
    rows = [*rates(EAST, (80, 100), (80, 100)), *rates(WEST, (100, 100), (50, 100))]
    found = result(rows, two_rates(), roll(EAST, WEST))
    row = found.row(EAST, "score_interval", "perturbed_weights")
    assert (row["lower"], row["upper"]) == (80, 80)
    row = found.row(WEST, "score_interval", "perturbed_weights")
    # 60 and 40 become at most 72 : 32 and 48 : 48, of which the first counts whole and the second half
    assert 50 + 50 * 48 / 96 <= row["lower"] < 80 < row["upper"] <= 50 + 50 * 72 / 104


def test_an_indicator_left_out_is_worked_by_hand() -> None:
    """East 100 % and 50 %, west 80 % and 80 %: both 80 and first.

    Without the first indicator east has 50 of 100 and falls to C, without the second west is second and falls to B.
    """
    rows = [*rates(EAST, (100, 100), (50, 100)), *rates(WEST, (80, 100), (80, 100))]
    found = result(rows, two_rates(), roll(EAST, WEST))
    assert list(found.grades["grade"]) == ["A", "A"]
    for unit in (EAST, WEST):
        changed = found.row(unit, "grade_changes_without")
        assert (changed["value"], changed["denominator"]) == (1, 2)
        span = found.row(unit, "rank_range_without")
        assert (span["value"], span["lower"], span["upper"]) == (1, 1, 2)


def test_another_base_year_and_other_weights_are_counted() -> None:
    """Against 2019 cases fell by a half, against 2018 they rose: of two choices of a base one keeps grade A."""
    rows = [
        change_row(EAST, "change_cases", 50, 100),
        change_row(CITY, "change_cases", 50, 100),
        *(
            value(code, "cases", period=period, value=count)
            for code in (EAST, CITY)
            for period, count in (("2018", 40.0), ("2019", 100.0), ("2020", 50.0))
        ),
    ]
    of = round_2020(history=["2018", "2019", "2020"])
    found = result(rows, decline_book(), roll(EAST), of)
    assert list(found.grades["grade"]) == ["A"]
    assert found.row(CITY, "choices_base_year")["value"] == 1
    # one dimension has no other weight
    assert found.row(CITY, "choices_weights")["value"] == 0
    few = found.row(CITY, "choices_few_cases")["value"]
    assert few == 4
    row = found.row(EAST, "agreement_choices")
    assert (row["numerator"], row["denominator"]) == (few, few + 1)
    broken = round_2020(
        history=["2018", "2019", "2020"],
        breaks=[{"period": "2019", "measures": ["cases"], "reason": "口径调整"}],
    )
    # across a break nothing is compared: there is no other base
    assert result(rows, decline_book(), roll(EAST), broken).row(CITY, "choices_base_year")["value"] == 0


def test_equal_weights_and_a_fifth_more_or_less_are_tried() -> None:
    rows = [*rates(EAST, (100, 100), (56, 100)), *rates(WEST, (70, 100), (70, 100))]
    found = result(rows, two_rates(), roll(EAST, WEST))
    assert found.row(CITY, "choices_all")["value"] == 5
    # 60 + 22.4 = 82.4; with 48 : 40 it is 80.0, with 60 : 48 it is 80.4, with equal weights 78
    row = found.row(EAST, "agreement_choices")
    assert (row["numerator"], row["denominator"]) == (4, 5)


def test_without_a_rulebook_there_is_nothing_to_be_firm() -> None:
    values = table(rates(EAST, (9, 10), (9, 10)))
    scores = scoring.score(values, None, roll(EAST), round_2020().settings, catalogue=words("zh"))
    grades = grading.grade(scores, values, None, roll(EAST), round_2020().settings, catalogue=words("zh"))
    assert firmness.compute(values, scores, grades, None, roll(EAST), round_2020()).empty


def test_many_units_are_drawn_less_often_and_not_compared_in_pairs() -> None:
    codes = [f"99{number:04d}" for number in range(1, firmness.MANY + 2)]
    rows = [row for place, code in enumerate(codes) for row in rates(code, (place, 300), (place, 300))]
    found = result(rows, two_rates(), roll(*codes), draws=4000)
    row = found.row(codes[100], "rank_interval", "resampled_counts")
    assert row["denominator"] == firmness.DRAWS_OF_MANY
    assert row["lower"] < row["value"] < row["upper"]
    assert not found.firm["measure"].str.startswith("outranks_").any()


@pytest.mark.parametrize(
    ("rule", "expected"),
    [("half_even", [0.12, 0.14, -0.12, 0.12]), ("half_up", [0.13, 0.14, -0.13, 0.12])],
)
def test_draws_are_rounded_as_the_rule_set_says(rule: Any, expected: list[float]) -> None:
    how = ItemRounding(rule=rule, places=2)
    numbers = np.array([0.125, 0.135, -0.125, 0.1249])
    assert rounded(numbers, how).tolist() == expected
    assert [float(round_to(str(number), "0.01", rule)) for number in numbers] == expected


def test_points_are_worked_out_only_where_draws_fall_and_are_those_of_the_whole_curve() -> None:
    asked: list[Fraction] = []

    def points(reading: Fraction) -> float:
        asked.append(reading)
        return float(reading**2)

    grid = [Fraction(step, 10) for step in range(101)]
    curve = _Curve(grid)
    values = np.array([-1.0, 0.25, 3.2, 3.21, 9.95, 10.0, 12.0])
    whole = np.interp(values, [float(place) for place in grid], [float(place**2) for place in grid])
    assert np.array_equal(curve.at(values, points), whole)
    tenths = [int(reading * 10) for reading in asked]
    assert {0, 2, 3, 32, 33, 99, 100} <= {*tenths} and len(tenths) <= 2 * len(values)
    # what was worked out is kept
    assert np.allclose(curve.at(np.array([3.25]), points), 10.565)
    assert len(asked) == len(tenths)
