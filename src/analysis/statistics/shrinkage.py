"""Values of small units, drawn towards the common one as far as their few cases leave open.

A unit with three cases says little of itself, and the other units say something of it. The shrunken value stands
beside the raw one and never replaces it: nobody is graded on the figures of the others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy
from numpy.typing import ArrayLike

from analysis.statistics._arrays import estimates, tail_of, vectors


@dataclass(frozen=True)
class Prior:
    """How the true values of all units are distributed.

    Attributes:
        a: shape of a gamma, or first parameter of a beta distribution; infinite if the units do not differ.
        b: rate of the gamma, or second parameter of the beta distribution; infinite if the units do not differ.
        mean: of the distribution.
        log_likelihood: of the counts under it; missing if it was given and not found.
    """

    a: float
    b: float
    mean: float
    log_likelihood: float = np.nan


def gamma_of(shape: float, rate: float) -> Prior:
    """Return the gamma distribution of a prior known beforehand.

    Raises:
        ValueError: a parameter that is not positive.
    """
    _positive(shape, rate)
    return Prior(shape, rate, shape / rate)


def beta_of(a: float, b: float) -> Prior:
    """Return the beta distribution of a prior known beforehand; (0.5, 0.5) is the one of Jeffreys.

    Raises:
        ValueError: a parameter that is not positive.
    """
    _positive(a, b)
    return Prior(a, b, a / (a + b))


def gamma_prior(observed: ArrayLike, expected: ArrayLike) -> Prior:
    """Return the gamma distribution of the units' rates under which their counts are most likely.

    In words: each count is Poisson around expected times rate, the rates are gamma distributed; so the counts are
    negative binomial, and shape and rate are those of the largest likelihood. Where the counts differ no more than
    Poisson counts do, the likelihood rises without end and the prior is a point: the common rate.

    Args:
        observed: counts, shape (n,); a unit missing either number is left out.
        expected: counts that were to be expected, or what the counts refer to; positive.

    Raises:
        ValueError: a negative count, or nothing expected.
    """
    o, e = _observed(observed, expected)
    known = ~np.isnan(o + e)
    o, e = o[known], e[known]
    pooled = float(o.sum() / e.sum()) if e.size else np.nan
    mean = pooled * e
    # the slope of the likelihood where the variance between the units begins: it must pay to begin
    if not np.sum((o - mean) ** 2 - o) > 0:
        return Prior(np.inf, np.inf, pooled)

    def negative(point: np.ndarray) -> tuple[float, np.ndarray]:
        a, centre = np.exp(point)
        b = a / centre
        ratio = np.log(b) - np.log(b + e)
        value = (
            scipy.special.gammaln(o + a)
            - scipy.special.gammaln(a)
            + a * ratio
            + o * (np.log(e) - np.log(b + e))
        )
        by_a = scipy.special.digamma(o + a) - scipy.special.digamma(a) + ratio
        by_b = a / b - (a + o) / (b + e)
        # b = a / centre moves with both
        slope = np.array([np.sum(a * by_a + b * by_b), np.sum(-b * by_b)])
        return -float(np.sum(value - scipy.special.gammaln(o + 1))), -slope

    between = max(float(np.sum((o - mean) ** 2 - o) / np.sum(mean**2)), 1e-6)
    point, value = _summit(negative, np.array([-np.log(between), np.log(pooled)]))
    shape, centre = np.exp(point)
    return Prior(float(shape), float(shape / centre), float(centre), -value)


def beta_prior(successes: ArrayLike, trials: ArrayLike) -> Prior:
    """Return the beta distribution of the units' proportions under which their counts are most likely.

    In words: as `gamma_prior`, for proportions: the counts are beta-binomial. Where they differ no more than
    binomial counts do (R. E. Tarone, Biometrika 66 (1979) 585-590), the prior is a point: the common proportion.

    Args:
        successes: counts, shape (n,); a unit missing either number, or without trials, is left out.
        trials: counts of the same shape.

    Raises:
        ValueError: more successes than trials, or a negative count.
    """
    k, n = _tried(successes, trials)
    known = ~np.isnan(k + n) & (n > 0)
    k, n = k[known], n[known]
    pooled = float(k.sum() / n.sum()) if n.size else np.nan
    noise = pooled * (1 - pooled)
    if not (noise > 0 and np.sum((k - n * pooled) ** 2) > noise * n.sum()):
        return Prior(np.inf, np.inf, pooled)

    def negative(point: np.ndarray) -> tuple[float, np.ndarray]:
        centre, size = scipy.special.expit(point[0]), np.exp(point[1])
        a, b = centre * size, (1 - centre) * size
        value = scipy.special.betaln(k + a, n - k + b) - scipy.special.betaln(a, b)
        common = scipy.special.digamma(a + b) - scipy.special.digamma(n + a + b)
        by_a = scipy.special.digamma(k + a) - scipy.special.digamma(a) + common
        by_b = scipy.special.digamma(n - k + b) - scipy.special.digamma(b) + common
        tilt = centre * (1 - centre) * size
        slope = np.array([np.sum(tilt * (by_a - by_b)), np.sum(a * by_a + b * by_b)])
        ways = scipy.special.gammaln(n + 1) - scipy.special.gammaln(k + 1) - scipy.special.gammaln(n - k + 1)
        return -float(np.sum(value + ways)), -slope

    point, value = _summit(negative, np.array([scipy.special.logit(pooled), 1.0]))
    centre, size = float(scipy.special.expit(point[0])), float(np.exp(point[1]))
    return Prior(centre * size, (1 - centre) * size, centre, -value)


def gamma_poisson(
    observed: ArrayLike,
    expected: ArrayLike,
    prior: Prior | None = None,
    confidence: float = 0.95,
    above: float = 1.0,
) -> pd.DataFrame:
    """Return the units' rates, drawn towards the common one.

    In words: (count + shape) / (expected + rate) of the prior; the limits are quantiles of that gamma distribution.
    They leave out that the prior itself was estimated, and are somewhat narrow with nine units.

    Args:
        observed: counts, shape (n,).
        expected: counts that were to be expected, or what the counts refer to; positive.
        prior: of the rates; found from the counts by `gamma_prior` where none is given.
        confidence: of the two-sided credible interval.
        above: rate for the probability `p_above` that the unit's rate is larger.

    Returns:
        A frame `value, lower, upper, method, raw, p_above`: method `gamma_poisson`, or `pooled` with the common rate
        and no limits where the units do not differ beyond chance.

    Raises:
        ValueError: a negative count, or nothing expected.
    """
    tail = tail_of(confidence)
    o, e = _observed(observed, expected)
    found = gamma_prior(o, e) if prior is None else prior
    raw = o / e
    if np.isinf(found.a):
        return _common(raw, found.mean)
    posterior = scipy.stats.gamma(found.a + o, scale=1 / (found.b + e))
    frame = estimates(np.asarray(posterior.mean()), "gamma_poisson", posterior.ppf(tail), posterior.isf(tail))
    return frame.assign(raw=raw, p_above=posterior.sf(above))


def beta_binomial(
    successes: ArrayLike,
    trials: ArrayLike,
    prior: Prior | None = None,
    confidence: float = 0.95,
    above: float = 0.9,
) -> pd.DataFrame:
    """Return the units' proportions, drawn towards the common one.

    In words: (successes + a) / (trials + a + b) of the prior; the limits are quantiles of that beta distribution.

    Args:
        successes: counts, shape (n,).
        trials: counts of the same shape; without a trial the value is that of the prior.
        prior: of the proportions; found from the counts by `beta_prior` where none is given.
        confidence: of the two-sided credible interval.
        above: proportion for the probability `p_above` that the unit's is larger.

    Returns:
        A frame `value, lower, upper, method, raw, p_above`, fractions: method `beta_binomial`, or `pooled` with the
        common proportion and no limits where the units do not differ beyond chance.

    Raises:
        ValueError: more successes than trials, or a negative count.
    """
    tail = tail_of(confidence)
    k, n = _tried(successes, trials)
    found = beta_prior(k, n) if prior is None else prior
    raw = np.divide(k, n, out=np.full(n.shape, np.nan), where=n > 0)
    if np.isinf(found.a):
        return _common(raw, found.mean)
    posterior = scipy.stats.beta(found.a + k, found.b + n - k)
    frame = estimates(np.asarray(posterior.mean()), "beta_binomial", posterior.ppf(tail), posterior.isf(tail))
    return frame.assign(raw=raw, p_above=posterior.sf(above))


def marshall(counts: ArrayLike, exposures: ArrayLike, binomial: bool = False) -> pd.DataFrame:
    """Return the units' rates, drawn towards the common one by the method of moments, without a distribution.

    In words: common rate + weight · (own rate − common rate), weight = variance between / (variance between +
    variance by chance). Sources: R. J. Marshall, Applied Statistics 40 (1991) 283-294; for proportions M. Martuzzi
    and P. Elliott, Statistics in Medicine 15 (1996) 1867-1873.

    Args:
        counts: shape (n,); a unit missing either number stays missing.
        exposures: what the counts refer to, positive.
        binomial: whether the counts are successes among so many trials.

    Returns:
        A frame `value, lower, upper, method, raw, mean, between`: the common rate and the variance between the units
        (0 if they do not differ beyond chance) stand in every row; the limits are missing.

    Raises:
        ValueError: a negative count, an exposure that is not positive, more successes than trials.
    """
    o, n = _observed(counts, exposures)
    if binomial and np.any(o > n):
        raise ValueError("successes must lie between zero and the number of trials")
    raw = o / n
    known = ~np.isnan(raw)
    if not known.any():
        return estimates(raw, "moments").assign(raw=raw, mean=np.nan, between=np.nan)
    whole = n[known].sum()
    mean = o[known].sum() / whole
    spread = (n[known] * (raw[known] - mean) ** 2).sum() / whole
    noise = mean * (1 - mean) if binomial else mean
    size = whole / known.sum()
    # of a proportion's variance μ(1 − μ) the part between the units is not chance
    between = (size * spread - noise) / (size - 1 if binomial and size > 1 else size)
    chance = (noise - between) / n if binomial else noise / n
    between = max(float(between), 0.0)
    total = between + chance
    weight = np.divide(between, total, out=np.zeros(raw.shape), where=total > 0)
    return estimates(mean + weight * (raw - mean), "moments").assign(raw=raw, mean=mean, between=between)


def normal_mean(values: ArrayLike, variances: ArrayLike, confidence: float = 0.95) -> pd.DataFrame:
    """Return values with known variances, drawn towards their common mean.

    In words: what the values differ by beyond their own variances is the variance between the units τ² (method of
    moments of R. DerSimonian and N. Laird, Controlled Clinical Trials 7 (1986) 177-188); every value moves to the mean
    by the share of its own variance in both. What stands out most is partly luck, and comes back by itself: regression
    to the mean (F. Galton 1886).

    Args:
        values: such as logarithms of ratios, shape (n,); missing ones stay missing.
        variances: of the same shape, positive.
        confidence: of the two-sided interval.

    Returns:
        A frame `value, lower, upper, method, raw`: all at the common mean, without limits, where the values differ no
        more than their variances.

    Raises:
        ValueError: a variance that is not positive.
    """
    y, v = vectors(values, variances)
    known = ~np.isnan(y + v)
    if np.any(v[known] <= 0):
        raise ValueError("a variance is positive")
    if not known.any():
        return estimates(y, "shrunken").assign(raw=y)
    weight = 1 / v[known]
    mean = float((weight * y[known]).sum() / weight.sum())
    beyond = float((weight * (y[known] - mean) ** 2).sum()) - (int(known.sum()) - 1)
    spread = weight.sum() - (weight**2).sum() / weight.sum()
    between = max(beyond / spread, 0.0) if spread > 0 else 0.0
    if not between:
        return _common(y, mean).drop(columns="p_above").assign(value=np.where(known, mean, np.nan))
    own = 1 / (between + v)
    mean = float(np.nansum(own * y) / np.nansum(np.where(known, own, np.nan)))
    moved = mean + between * own * (y - mean)
    half = -scipy.special.ndtri(tail_of(confidence)) * np.sqrt(between * v * own)
    return estimates(moved, "shrunken", moved - half, moved + half).assign(raw=y)


def _summit(
    negative: Callable[[np.ndarray], tuple[float, np.ndarray]], start: np.ndarray
) -> tuple[np.ndarray, float]:
    """Return where a smooth likelihood is largest, and minus its value there."""
    near = scipy.optimize.minimize(negative, start, jac=True, method="BFGS", options={"gtol": 1e-9})
    # the likelihood is flat: the zero of its slope is sharper than its largest value

    def slope(point: np.ndarray) -> np.ndarray:
        return negative(point)[1]

    exact = scipy.optimize.root(slope, near.x, tol=1e-13)
    point = exact.x if negative(exact.x)[0] <= near.fun + 1e-9 else near.x
    return point, negative(point)[0]


def _common(raw: np.ndarray, mean: float) -> pd.DataFrame:
    return estimates(np.full(raw.shape, mean), "pooled").assign(raw=raw, p_above=np.nan)


def _positive(*parameters: float) -> None:
    if not all(parameter > 0 for parameter in parameters):
        raise ValueError("the parameters of a prior are positive")


def _observed(observed: ArrayLike, expected: ArrayLike) -> list[np.ndarray]:
    o, e = vectors(observed, expected)
    if np.any(o < 0) or np.any(e <= 0):
        raise ValueError("counts must not be negative, and what they refer to must be positive")
    return [o, e]


def _tried(successes: ArrayLike, trials: ArrayLike) -> list[np.ndarray]:
    k, n = vectors(successes, trials)
    if np.any(k < 0) or np.any(k > n):
        raise ValueError("successes must lie between zero and the number of trials")
    return [k, n]
