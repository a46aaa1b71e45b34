"""The statistics against published values, identities, and simulation without a true change."""

from __future__ import annotations

import math
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.statistics import (
    beta_binomial,
    beta_prior,
    change_in_counts,
    change_in_sums,
    contributions,
    design_factor,
    difference,
    effect_ratios,
    effective_counts,
    exact_limits,
    flags,
    gamma_of,
    gamma_poisson,
    gamma_prior,
    goalposts,
    kitagawa,
    leave_one_out,
    limits,
    linear_kappa,
    lmdi,
    logarithmic_mean,
    marshall,
    overdispersed_limits,
    overdispersion,
    ranks,
    round_to,
    sample_to_detect,
    smallest_clear_fall,
    smallest_clear_falls,
    undetected,
    waiting,
    weighted_mean,
    wilson,
)
from analysis.statistics.survival import curve

COUNTS = st.integers(0, 300)


def share_of_clear(sums: list[list[int]]) -> float:
    """Return how often the interval of two counts lies on one side of zero."""
    bounds = change_in_counts(*np.array(sums).T)
    return float(((bounds["lower"] > 0) | (bounds["upper"] < 0)).mean())


@pytest.mark.parametrize(
    ("k", "n", "lower", "upper"),
    [
        # Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_published_wilson_limits(k: int, n: int, lower: float, upper: float) -> None:
    row = wilson(k, n).iloc[0]
    assert (round(row["lower"], 4), round(row["upper"], 4)) == (lower, upper)


def test_all_of_nine_is_no_better_than_most_of_two_hundred() -> None:
    nine, many = wilson([9, 196], [9, 208]).to_dict("records")
    assert nine["lower"] == pytest.approx(0.701, abs=5e-4)
    assert nine["upper"] == 1.0
    assert nine["lower"] < many["lower"]


def test_limits_are_exactly_zero_and_one_at_the_ends() -> None:
    frame = wilson([0, 9], [9, 9])
    assert frame["lower"].iloc[0] == 0.0
    assert frame["upper"].iloc[1] == 1.0


def test_no_trial_has_no_rate() -> None:
    assert wilson(0, 0)[["value", "lower", "upper"]].isna().all(axis=None)


@pytest.mark.parametrize(("k", "n"), [(5, 4), (-1, 4)])
def test_impossible_counts_are_refused(k: int, n: int) -> None:
    with pytest.raises(ValueError, match="successes"):
        wilson(k, n)


def test_published_difference_of_two_rates() -> None:
    # Newcombe, Statistics in Medicine 17 (1998) 873-890, table II, method 10, first contrast
    row = difference(56, 70, 48, 80).iloc[0]
    assert [round(row[part], 4) for part in ("value", "lower", "upper")] == [0.2, 0.0524, 0.3339]


def test_difference_needs_both_rates() -> None:
    assert difference(5, 9, 0, 0)["value"].isna().all()


def test_a_fall_by_a_sixth_is_not_clear() -> None:
    row = change_in_counts(70, 83).iloc[0]
    assert row["value"] == pytest.approx(-13 / 83)
    assert row["lower"] == pytest.approx(-0.395, abs=5e-4)
    assert row["upper"] == pytest.approx(0.173, abs=5e-4)


@pytest.mark.parametrize(
    ("base", "falls_to"), [(9, 1), (20, 8), (50, 31), (83, 58), (100, 73), (200, 161), (1000, 913)]
)
def test_smallest_clear_fall(base: int, falls_to: int) -> None:
    assert smallest_clear_fall(base) == falls_to
    above = change_in_counts([falls_to, falls_to + 1], base)
    assert (above["upper"] < 0).tolist() == [True, False]


def test_five_never_falls_clearly() -> None:
    assert smallest_clear_fall(5) is None
    assert smallest_clear_fall(6) == 0


def test_interval_inverts_the_binomial_tails() -> None:
    # at the limits of the ratio each tail holds exactly half of the error
    row = change_in_counts(12, 20).iloc[0]
    low, high = ((row[side] + 1) / (row[side] + 2) for side in ("lower", "upper"))
    assert stats.binom.sf(11, 32, low) == pytest.approx(0.025)
    assert stats.binom.cdf(12, 32, high) == pytest.approx(0.025)


def test_exposure_of_two_years_against_one() -> None:
    row = change_in_counts(40, 20, exposure_current=2.0).iloc[0]
    assert row["value"] == pytest.approx(0.0)
    assert row["lower"] < 0 < row["upper"]


def test_zero_before_has_no_change_and_no_upper_limit() -> None:
    row = change_in_counts([6, 0], [0, 0])
    assert row["value"].isna().all()
    assert np.isposinf(row["upper"]).all()
    assert row["lower"].tolist() == pytest.approx([0.025 ** (1 / 6) / (1 - 0.025 ** (1 / 6)) - 1, -1.0])
    assert row["p_value"].tolist() == pytest.approx([2 * 0.5**6, 1.0])


@given(COUNTS, COUNTS)
def test_p_value_and_interval_never_disagree(now: int, before: int) -> None:
    row = change_in_counts(now, before).iloc[0]
    outside = bool(row["lower"] > 0 or row["upper"] < 0)
    # exactly at the level both sides are rounding
    if abs(row["p_value"] - 0.05) > 1e-9:
        assert outside == (row["p_value"] < 0.05)


@pytest.mark.parametrize("counts", [(-1, 4), (1.5, 4)])
def test_half_a_case_is_refused(counts: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="whole"):
        change_in_counts(*counts)


def test_design_factor_by_hand() -> None:
    # 2² + 4² + 6² = 56, 2 + 4 + 6 = 12
    assert design_factor([2, 4, 6]) == pytest.approx(56 / 12)


def worth(sizes: list[int]) -> int:
    """Return of how many independent events clusters of these sizes are worth."""
    (count,) = effective_counts([sum(sizes)], [sum(sizes)], [sum(size * size for size in sizes)])
    return count


def test_no_clusters_have_no_factor() -> None:
    assert math.isnan(design_factor([]))
    assert worth([]) == 0


@given(st.integers(1, 10**11), st.integers(1, 500))
def test_equal_clusters_count_exactly_as_many_as_they_are(size: int, clusters: int) -> None:
    assert worth([size] * clusters) == clusters


def test_one_large_case_counts_as_hardly_more_than_one() -> None:
    sizes = [1000, *[10] * 30]
    assert worth(sizes) == 1


def test_negative_size_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        design_factor([3, -1])


@pytest.mark.parametrize("law", ["workers", "amount"])
def test_without_a_true_change_few_falls_or_rises_are_clear(law: str) -> None:
    """Cases are Poisson, their sizes skewed, the same law in both years: every clear verdict is an error."""
    rng = np.random.default_rng(20200101)
    effective, counted = [], []
    for _ in range(3000):
        cases = rng.poisson(60, 2)
        if law == "workers":
            sizes = [1 + rng.geometric(1 / 9, number) for number in cases]
        else:
            sizes = [np.rint(rng.lognormal(11.5, 0.9, number)).astype(int) for number in cases]
        sums = [int(part.sum()) for part in sizes]
        squares = sum(int(size) ** 2 for part in sizes for size in part)
        effective.append(effective_counts(sums, [sum(sums)] * 2, [squares] * 2))
        counted.append(sums)
    assert share_of_clear(effective) < 0.05
    assert share_of_clear(counted) > 0.4, "counted one by one, about every other year would be called clear"


def test_two_factors_by_hand() -> None:
    # cases 10 → 20 at 3 workers each: everything comes from the cases
    assert lmdi([10, 30], [20, 60]).tolist() == [pytest.approx([30, 0])]


def test_logarithmic_mean() -> None:
    means = logarithmic_mean([1, 5, 0, math.e], [1, 5, 7, 1])
    assert means.tolist() == pytest.approx([1, 5, 0, math.e - 1])


@pytest.mark.parametrize(
    ("before", "now", "effects"),
    [
        # Wood and Lenzen, Energy Policy 34 (2006): the factor that vanishes or appears takes the whole change
        ([61, 732, 1464], [0, 0, 0], [-1464, 0, 0]),
        ([0, 0, 0], [61, 732, 1464], [1464, 0, 0]),
        ([61, 732, 1464], [40, 0, 0], [0, -1464, 0]),
        ([61, 732, 1464], [40, 500, 0], [0, 0, -1464]),
        ([10, 30, 0], [5, 20, 0], [0, 0, 0]),
    ],
)
def test_zeros_have_limits(before: list[int], now: list[int], effects: list[int]) -> None:
    assert lmdi(before, now)[0].tolist() == effects


@given(st.lists(st.tuples(*[st.integers(1, 10**6)] * 6), min_size=1, max_size=9))
@settings(max_examples=50)
def test_effects_add_up_to_the_change(rows: list[tuple[int, ...]]) -> None:
    table = np.array(rows, float)
    effects = lmdi(table[:, :3], table[:, 3:])
    assert effects.sum(axis=1) == pytest.approx(table[:, 5] - table[:, 2], rel=1e-9, abs=1e-6)


@pytest.mark.parametrize("totals", [[-1, 2], [0, 2], [math.nan, 2]])
def test_impossible_totals_are_refused(totals: list[float]) -> None:
    with pytest.raises(ValueError, match="total"):
        lmdi(totals, [1, 2])


def test_contributions_add_up_to_the_relative_change() -> None:
    parts = contributions([80, 20], [60, 30])
    assert parts.tolist() == pytest.approx([-0.2, 0.1])
    assert np.isnan(contributions([0, 0], [1, 2])).all()


def test_smooth_limits_by_hand() -> None:
    # 0.8 ± 1.96·√(0.16/100) = 0.8 ± 0.0784
    row = limits(100, 0.8).iloc[0]
    assert (round(row["lower"], 4), round(row["upper"], 4)) == (0.7216, 0.8784)


def test_exact_limits_by_hand() -> None:
    # ten tosses of a coin: P(X <= 1) = 11/1024 < 0.025 <= P(X <= 2) = 56/1024, so that 1 is outside and 2 is not;
    # the limit lies where the incomplete beta function between them is 0.025
    row = exact_limits(10, 0.5).iloc[0]
    assert 0.1 < row["lower"] < 0.2
    assert row["upper"] == pytest.approx(1 - row["lower"])
    at = 10 * row["lower"]
    assert stats.beta.sf(0.5, at + 1, 10 - at) == pytest.approx(0.025)


def test_limits_where_nothing_is_left_to_chance() -> None:
    assert exact_limits([5, 5], [1.0, 0.0]).to_numpy().tolist() == [[1, 1], [0, 0]]
    # of one trial nothing lies outside, whatever the baseline
    assert exact_limits(1, 0.9).to_numpy().tolist() == [[0, 1]]


@given(
    st.integers(1, 400),
    st.floats(0.01, 0.99),
    st.sampled_from([0.95, 0.998]),
    st.data(),
)
def test_a_rate_is_flagged_exactly_when_it_lies_outside(
    n: int, baseline: float, confidence: float, data: st.DataObject
) -> None:
    k = data.draw(st.integers(0, n))
    bounds = exact_limits(n, baseline, confidence).iloc[0]
    side = "low" if k / n < bounds["lower"] else "high" if k / n > bounds["upper"] else ""
    assert flags(k, n, baseline, confidence)["flag"].iloc[0] == side


def test_nothing_tried_is_not_flagged() -> None:
    assert flags(0, 0, 0.9)["flag"].tolist() == [""]
    assert exact_limits(0, 0.9).isna().all(axis=None)
    assert limits(0, 0.9).isna().all(axis=None)


def test_baseline_without_the_unit_itself() -> None:
    assert leave_one_out([8, 1, 1], [10, 5, 5]).tolist() == pytest.approx([0.2, 0.6, 0.6])


def test_many_smallest_clear_falls_are_the_single_ones() -> None:
    bases = np.arange(0, 130)
    found = smallest_clear_falls(bases)
    for base, fall in zip(bases, found, strict=True):
        clear = change_in_counts(np.arange(base + 1), base)["upper"].to_numpy() < 0
        assert fall == pytest.approx(clear.nonzero()[0].max() if clear.any() else math.nan, nan_ok=True)


def test_sums_are_judged_by_their_effective_counts() -> None:
    # clusters of ten each: 50 and 90 workers are 5 and 9 cases
    row = change_in_sums([50], [90], [14 * 100]).iloc[0]
    assert row["value"] == pytest.approx(-4 / 9)
    assert row[["lower", "upper"]].tolist() == change_in_counts(5, 9).loc[0, ["lower", "upper"]].tolist()


def test_ratios_multiply_to_the_change() -> None:
    before, now = np.array([[10, 50, 400], [3, 9, 90]]), np.array([[6, 36, 360], [4, 10, 80]])
    ratios = effect_ratios(lmdi(before, now), before[:, -1], now[:, -1])
    assert ratios.prod() == pytest.approx(440 / 490)


@given(st.lists(st.tuples(*[st.integers(0, 40)] * 4), min_size=1, max_size=9))
@settings(max_examples=50)
def test_within_and_between_add_up_to_the_change_of_the_rate(rows: list[tuple[int, ...]]) -> None:
    k, spare, k0, spare0 = np.array(rows).T
    n, n0 = k + spare, k0 + spare0
    parts = kitagawa(k, n, k0, n0)
    if n.sum() and n0.sum():
        change = k.sum() / n.sum() - k0.sum() / n0.sum()
        assert parts.to_numpy().sum() == pytest.approx(change, abs=1e-12)
    else:
        assert parts.isna().all(axis=None)


def test_a_unit_left_out_moves_no_other_between_fixed_posts() -> None:
    values = np.array([[0.9, 20.0], [0.7, 5.0], [0.5, 60.0]])
    points = goalposts(values, [0.5, 0.0], [1.0, 50.0], [True, False])
    assert points.tolist() == [[pytest.approx(80), 60.0], [pytest.approx(40), 90.0], [0.0, 0.0]]
    assert goalposts(values[:2], [0.5, 0.0], [1.0, 50.0], [True, False]).tolist() == points[:2].tolist()


def test_a_missing_indicator_is_not_weighted_away() -> None:
    assert weighted_mean([[100, math.nan], [100, 50]], [3, 1])["value"].tolist() == pytest.approx(
        [math.nan, 87.5], nan_ok=True
    )


def test_prior_of_counts_is_where_the_likelihood_is_largest() -> None:
    observed, expected = np.array([2, 30, 60, 12, 90, 4]), np.array([5.0, 32, 40, 15, 88, 9])
    found = gamma_prior(observed, expected)

    def likelihood(shape: float, rate: float) -> float:
        share = rate / (rate + expected)
        return float(stats.nbinom.logpmf(observed, shape, share).sum())

    assert found.log_likelihood == pytest.approx(likelihood(found.a, found.b))
    for step in (0.99, 1.01):
        assert likelihood(found.a * step, found.b) < found.log_likelihood
        assert likelihood(found.a, found.b * step) < found.log_likelihood


def test_prior_of_proportions_is_where_the_likelihood_is_largest() -> None:
    k, n = np.array([83, 8, 90, 7, 31]), np.array([86, 9, 93, 9, 52])
    found = beta_prior(k, n)

    def likelihood(a: float, b: float) -> float:
        return float(stats.betabinom.logpmf(k, n, a, b).sum())

    assert found.log_likelihood == pytest.approx(likelihood(found.a, found.b))
    for step in (0.99, 1.01):
        assert likelihood(found.a * step, found.b) < found.log_likelihood
        assert likelihood(found.a, found.b * step) < found.log_likelihood


def test_shrinkage_by_hand() -> None:
    # (2 + 4) / (5 + 10); an expected 0 cases would leave the prior, 4/10
    assert gamma_poisson([2], [5], gamma_of(4, 10))["value"].tolist() == pytest.approx([0.4])


def test_a_small_unit_is_drawn_further_than_a_large_one() -> None:
    k, n = [7, 196, 31, 45, 88], [9, 208, 52, 46, 95]
    for frame in (beta_binomial(k, n), marshall(k, n, binomial=True), marshall(k, n)):
        kept = (frame["value"] - frame["raw"]).abs() / (frame["raw"] - frame["value"].mean()).abs()
        assert kept[0] > kept[1]


def test_units_that_differ_no_more_than_chance_share_one_value() -> None:
    assert beta_binomial([9, 18, 27], [10, 20, 30])["method"].unique().tolist() == ["pooled"]
    assert marshall([9, 18, 27], [10, 20, 30])["value"].tolist() == pytest.approx([0.9] * 3)


def test_allowing_for_usual_differences_only_widens_the_funnel() -> None:
    rng = np.random.default_rng(8)
    n = rng.integers(20, 300, 60)
    found = overdispersion(rng.binomial(n, rng.beta(20, 5, 60)), n)
    assert found.phi > 1
    assert found.tau2 > 0
    plain = overdispersed_limits(n, found.target, 0.0)
    wide = overdispersed_limits(n, found.target, found.tau2)
    assert (wide["lower"] < plain["lower"]).all()
    assert (wide["upper"] > plain["upper"]).all()


def test_limits_widen_steadily_down_to_one_trial() -> None:
    bounds = overdispersed_limits(np.arange(1, 200), 0.85, 0.013, 0.998)
    assert bounds["lower"].is_monotonic_increasing
    assert bounds["upper"].is_monotonic_decreasing
    assert bounds.loc[0].tolist() == [0.0, 1.0]


def test_kappa_by_hand() -> None:
    # two grades: agreement 0.7, by chance 0.6 · 0.5 + 0.4 · 0.5 = 0.5
    row = linear_kappa([[40, 20], [10, 30]]).iloc[0]
    assert (row["value"], row["agreement"]) == pytest.approx((0.4, 0.7))


def test_what_a_sample_could_have_missed_by_hand() -> None:
    # one of four records is false: two checked miss it with probability 3/4 · 2/3 = 1/2
    assert sample_to_detect(4, 1, confidence=0.5).tolist() == [2]
    assert undetected(0, 2, 4, confidence=0.49)["upper_one_sided"].tolist() == [0]
    assert undetected(0, 2, 4, confidence=0.51)["upper_one_sided"].tolist() == [1]


def test_decimals_are_ranked_as_they_are_written() -> None:
    scores = [Decimal("0.30000000000000004"), Decimal("0.3"), Decimal("0.30"), Decimal("0.1")]
    assert ranks(scores).tolist() == [1, 2, 2, 4]
    assert ranks(scores, higher_is_better=False, ties="dense").tolist() == [3, 2, 2, 1]


@pytest.mark.parametrize(
    ("value", "unit", "rule", "expected"),
    [
        ("-0.4", "1", "half_up", "0"),
        ("-15.665", "0.01", "half_even", "-15.66"),
        ("60.25", "0.5", "half_even", "60.0"),
        ("1250", "100", "half_even", "1200"),
        ("1250", "100", "half_up", "1300"),
    ],
)
def test_rounding_by_hand(value: str, unit: str, rule: str, expected: str) -> None:
    assert str(round_to(value, unit, rule)) == expected  # type: ignore[arg-type]


#: weeks in remission of 21 children with 6-MP, and of 21 without; whether it ended (E. A. Gehan, Biometrika 52, 1965)
SIX_MP = (
    (6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35),
    (1,) * 9 + (0,) * 12,
)
PLACEBO = ((1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23), (1,) * 21)


@pytest.mark.parametrize(("weeks", "known"), [(SIX_MP, (23, 13, math.nan)), (PLACEBO, (8, 4, 11))])
def test_the_median_remission_is_the_published_one(
    weeks: tuple[tuple[int, ...], tuple[int, ...]], known: tuple[float, float, float]
) -> None:
    """Of 6-MP 0.7529 ± 0.0963 are left in week 10, and 0.6902 ± 0.1068 in week 13.

    On the scale log(−log), whose slope there is 4.68 and 3.91, they lie 0.893 and 0.626 from a half: 1.98, 1.50 errors.
    So the interval begins with week 13. Of the others 0.2857 ± 0.0986 are left in week 11, 2.15 errors: it ends there.
    """
    assert waiting(*weeks)[["value", "lower", "upper"]].iloc[0].tolist() == pytest.approx(known, nan_ok=True)


@pytest.mark.parametrize("seed", range(20))
def test_the_curve_is_that_of_another_library_and_the_median_its_first_day_below_a_half(seed: int) -> None:
    """`scipy.stats.ecdf` of days censored at the right; days fall together."""
    generator = np.random.default_rng(seed)
    days, done = generator.integers(0, 40, 60), generator.random(60) < generator.choice([0.3, 0.6, 1.0])
    found = curve(days, done)
    other = stats.ecdf(stats.CensoredData.right_censored(days, ~done)).sf.evaluate(found["day"])
    assert found["value"].tolist() == pytest.approx(other.tolist())
    assert found["happened"].sum() == done.sum()
    below = found.loc[found["value"] < 0.5 - 1e-9, "day"]
    assert waiting(days, done)["value"].tolist() == pytest.approx(
        [below.min() if len(below) else math.nan], nan_ok=True
    )


def test_that_half_still_wait_does_not_hang_on_the_rounding_of_a_product() -> None:
    """Of ten one is resolved each day: after the fifth day half of them wait, after the sixth fewer."""
    assert all(
        waiting(range(1, 2 * half + 1), [1] * 2 * half)["value"].item() == half + 1 for half in range(1, 60)
    )


def test_where_all_are_known_the_share_is_a_proportion_and_its_half_the_middle_one() -> None:
    assert waiting([5, 1, 3], [1, 1, 1])["value"].tolist() == [3]
    # half wait longer than any day that is known
    assert math.isnan(waiting([5, 7], [1, 0])["value"].iloc[0])
    assert waiting([], []).iloc[0, :3].isna().all()
    with pytest.raises(ValueError, match="negative"):
        waiting([-1], [1])
