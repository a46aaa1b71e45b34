"""The funnel: how far a proportion strays from a common one by chance alone, given its number of trials.

`exact_limits` are those of the binomial tails, to be drawn and to decide (`flags`): one set for both. `limits` are
those of the normal approximation, as UKHSA's Fingertips draws them (D. J. Spiegelhalter, Statistics in Medicine 24
(2005) 1185-1202), to compare with published figures: they are wrong for a dozen trials.

Among many units the true proportions differ, so that nearly all of them would stray: from about twenty units on,
`overdispersion` measures by how much they differ anyway and `overdispersed_limits` allow for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
import scipy
from numpy.typing import ArrayLike

from analysis.statistics._arrays import tail_of, vectors


def limits(trials: ArrayLike, baseline: ArrayLike, confidence: float = 0.95) -> pd.DataFrame:
    """Return the smooth limits around a baseline proportion: p ± z·√(p(1−p)/n), clipped to [0, 1].

    Args:
        trials: numbers of trials, shape (n,) or scalar.
        baseline: the common proportion, a fraction.
        confidence: 0.95 and 0.998 are usual (the "2 sigma" and "3 sigma" of UKHSA).

    Returns:
        A frame `lower, upper` of fractions; missing where there is no trial.
    """
    n, p = vectors(trials, baseline)
    with np.errstate(divide="ignore", invalid="ignore"):
        half = scipy.stats.norm.isf(tail_of(confidence)) * np.sqrt(p * (1 - p) / n)
    bounds = {"lower": np.clip(p - half, 0, 1), "upper": np.clip(p + half, 0, 1)}
    return pd.DataFrame({side: np.where(n > 0, bound, np.nan) for side, bound in bounds.items()})


def exact_limits(trials: ArrayLike, baseline: ArrayLike, confidence: float = 0.95) -> pd.DataFrame:
    """Return the limits of the binomial tails, as smooth curves that the flags follow exactly.

    In words: the distribution P(X ≤ k) continues between whole k as an incomplete beta function; the limit lies where
    it reaches (1 − confidence)/2 at either end. A count k of n is flagged exactly when k/n lies outside, so that one
    set of limits serves for drawing and for judging.

    Args:
        trials: numbers of trials, shape (n,) or scalar; they need not be whole, as along a curve.
        baseline: the common proportion, a fraction.
        confidence: of the two tails together.

    Returns:
        A frame `lower, upper` of fractions, 0 or 1 where nothing lies outside; missing where there is no trial.
    """
    n, p = vectors(trials, baseline)
    tail, tried = tail_of(confidence), n > 0
    # at a baseline of 0 or 1 there is no chance: everything else is outside
    by_chance = tried & (p > 0) & (p < 1)
    trials_, share = np.where(by_chance, n, 1.0), np.where(by_chance, p, 0.5)
    # P(X ≥ k) reaches the tail where P(X ≤ k − 1) reaches the rest
    ends = {
        "lower": scipy.special.bdtrik(tail, trials_, share),
        "upper": scipy.special.bdtrik(1 - tail, trials_, share) + 1,
    }
    found = {
        # a limit that is a whole count to the last digits is that count
        side: np.where(by_chance, np.clip(np.round(count, 9) / trials_, 0, 1), p)
        for side, count in ends.items()
    }
    return pd.DataFrame({side: np.where(tried, bound, np.nan) for side, bound in found.items()})


def flags(
    successes: ArrayLike, trials: ArrayLike, baseline: ArrayLike, confidence: float = 0.95
) -> pd.DataFrame:
    """Return the exact binomial tails of proportions under a baseline, and on which side they are flagged.

    With nine units and a confidence of 95 % one flag in every other year is chance: see `multiplicity`.

    Args:
        successes: counts, shape (n,) or scalar.
        trials: counts of the same shape.
        baseline: the common proportion, a fraction; see `leave_one_out` where one unit is large.
        confidence: of the two tails together.

    Returns:
        A frame `p_below, p_above, flag`: P(X ≤ k), P(X ≥ k), and `low`, `high` or "" (also where there is no trial).

    Raises:
        ValueError: more successes than trials, or a negative count.
    """
    k, n, p = vectors(successes, trials, baseline)
    tail = tail_of(confidence)
    if np.any(k < 0) or np.any(k > n):
        raise ValueError("successes must lie between zero and the number of trials")
    below, above = scipy.stats.binom.cdf(k, n, p), scipy.stats.binom.sf(k - 1, n, p)
    flag = np.where(n == 0, "", np.where(below < tail, "low", np.where(above < tail, "high", "")))
    return pd.DataFrame({"p_below": below, "p_above": above, "flag": flag})


def leave_one_out(successes: ArrayLike, trials: ArrayLike) -> np.ndarray:
    """Return for each part the proportion of all the others; missing where the others have no trial."""
    k, n = np.asarray(successes, float), np.asarray(trials, float)
    others, base = k.sum() - k, n.sum() - n
    share: np.ndarray = np.divide(others, base, out=np.full(n.shape, np.nan), where=base > 0)
    return share


@dataclass(frozen=True)
class Overdispersion:
    """How far proportions differ beyond chance.

    Attributes:
        target: the proportion of all units together.
        z: of each unit, its distance from the target in standard errors, on the arcsine scale.
        phi: mean square of the trimmed distances; 1 if chance is all there is.
        tau2: variance between the units on the arcsine scale; 0 if chance is all there is.
        used: how many units it rests on.
    """

    target: float
    z: np.ndarray
    phi: float
    tau2: float
    used: int


def overdispersion(
    successes: ArrayLike,
    trials: ArrayLike,
    trim: float = 0.1,
    method: Literal["winsorised", "truncated"] = "winsorised",
) -> Overdispersion:
    """Return how far the proportions of many units differ beyond chance.

    In words: z = (arcsin √(k/n) − arcsin √target) · 2√n; the tenth at each end is pulled in (or cut off), so that the
    units to be found do not widen the limits; what their mean square has beyond 1 is the variance between the units.
    Source: D. J. Spiegelhalter and others, Journal of the Royal Statistical Society A 175 (2012) 1-47 (additive
    random effects, method of moments of R. DerSimonian and N. Laird). Not below about twenty units.

    Args:
        successes: counts, shape (n,).
        trials: counts of the same shape; units without trials are left out (their z is missing).
        trim: share pulled in or cut off at each end.
        method: `winsorised` pulls the distances in to the quantiles, `truncated` leaves the units out.

    Raises:
        ValueError: more successes than trials, a trim outside [0, 0.5), an unknown method.
    """
    k, n = vectors(successes, trials)
    if np.any(k < 0) or np.any(k > n):
        raise ValueError("successes must lie between zero and the number of trials")
    if not 0 <= trim < 0.5 or method not in ("winsorised", "truncated"):
        raise ValueError("trim lies between 0 and 0.5, the method is winsorised or truncated")
    tried = (n > 0) & ~np.isnan(k)
    z = np.full(n.shape, np.nan)
    if not tried.any():
        return Overdispersion(np.nan, z, np.nan, np.nan, 0)
    target = float(k[tried].sum() / n[tried].sum())
    z[tried] = (np.arcsin(np.sqrt(k[tried] / n[tried])) - np.arcsin(np.sqrt(target))) * 2 * np.sqrt(n[tried])
    low, high = np.quantile(z[tried], [trim, 1 - trim])
    kept = tried & (z >= low) & (z <= high) if method == "truncated" else tried
    number = int(kept.sum())
    phi = float(np.mean(np.clip(z[kept], low, high) ** 2))
    weights = 4 * n[kept]
    spread = weights.sum() - (weights**2).sum() / weights.sum()
    beyond = number * phi - (number - 1)
    tau2 = float(beyond / spread) if beyond > 0 and spread > 0 else 0.0
    return Overdispersion(target, z, phi, tau2, number)


def overdispersed_limits(
    trials: ArrayLike, target: float, tau2: float, confidence: float = 0.95
) -> pd.DataFrame:
    """Return the limits around a target within which units stray by chance and by their usual differences.

    In words: sin²(arcsin √target ± z·√(1/(4n) + τ²)), the angle kept between 0 and a right angle, so that the limits
    widen steadily as the trials get fewer.

    Args:
        trials: numbers of trials, shape (n,) or scalar.
        target: the proportion of all, a fraction (`Overdispersion.target`).
        tau2: variance between the units (`Overdispersion.tau2`).
        confidence: 0.95 and 0.998 are usual.

    Returns:
        A frame `lower, upper` of fractions; missing where there is no trial.
    """
    (n,) = vectors(trials)
    n = np.where(n > 0, n, np.nan)
    half = scipy.stats.norm.isf(tail_of(confidence)) * np.sqrt(1 / (4 * n) + tau2)
    centre = np.arcsin(np.sqrt(target))
    return pd.DataFrame(
        {
            "lower": np.sin(np.maximum(centre - half, 0)) ** 2,
            "upper": np.sin(np.minimum(centre + half, np.pi / 2)) ** 2,
        }
    )
