"""Pure statistics on arrays: value, interval and method travel together. No word of the domain stands here.

Every function is vectorised over its arguments and returns a frame of one row per element (`value, lower, upper,
method`, and what else belongs to the statistic), or an array where there is but a number. Proportions and changes are
fractions, missing values are NaN and never zero. Worked examples: docs/statistics.md. Usable alone:

    from analysis import statistics
    statistics.wilson(8, 9)

scipy.stats and statsmodels take longer to import than a round to check: they are imported where they are first used.
"""

from analysis.statistics.clusters import change_in_sums, design_factor, effective_counts
from analysis.statistics.composite import goalposts, weighted_mean
from analysis.statistics.control import seasonal, signals, xmr
from analysis.statistics.counts import (
    byar,
    change_in_counts,
    garwood,
    ratio_of_counts,
    smallest_clear_fall,
    smallest_clear_falls,
    year_on_year,
)
from analysis.statistics.decomposition import (
    contributions,
    effect_ratios,
    kitagawa,
    lmdi,
    lmdi_of_factors,
    logarithmic_mean,
)
from analysis.statistics.funnel import (
    Overdispersion,
    exact_limits,
    flags,
    leave_one_out,
    limits,
    overdispersed_limits,
    overdispersion,
)
from analysis.statistics.multiplicity import benjamini_hochberg, thresholds
from analysis.statistics.proportion import difference, fisher, fisher_tails, pooled, wilson
from analysis.statistics.rounding import ranks, round_to
from analysis.statistics.shrinkage import (
    Prior,
    beta_binomial,
    beta_of,
    beta_prior,
    gamma_of,
    gamma_poisson,
    gamma_prior,
    marshall,
)
from analysis.statistics.spread import coefficient_of_variation, max_over_min, top_share
from analysis.statistics.survival import waiting
from analysis.statistics.trend import (
    arrows,
    falls_in_a_row,
    kendall_tails,
    mann_kendall,
    quasi_poisson,
    theil_sen,
    trend,
)
from analysis.statistics.verification import linear_kappa, sample_to_detect, undetected, verified_ratio

__all__ = [
    "Overdispersion",
    "Prior",
    "arrows",
    "benjamini_hochberg",
    "beta_binomial",
    "beta_of",
    "beta_prior",
    "byar",
    "change_in_counts",
    "change_in_sums",
    "coefficient_of_variation",
    "contributions",
    "design_factor",
    "difference",
    "effect_ratios",
    "effective_counts",
    "exact_limits",
    "falls_in_a_row",
    "fisher",
    "fisher_tails",
    "flags",
    "gamma_of",
    "gamma_poisson",
    "gamma_prior",
    "garwood",
    "goalposts",
    "kendall_tails",
    "kitagawa",
    "leave_one_out",
    "limits",
    "linear_kappa",
    "lmdi",
    "lmdi_of_factors",
    "logarithmic_mean",
    "mann_kendall",
    "marshall",
    "max_over_min",
    "overdispersed_limits",
    "overdispersion",
    "pooled",
    "quasi_poisson",
    "ranks",
    "ratio_of_counts",
    "round_to",
    "sample_to_detect",
    "seasonal",
    "signals",
    "smallest_clear_fall",
    "smallest_clear_falls",
    "theil_sen",
    "thresholds",
    "top_share",
    "trend",
    "undetected",
    "verified_ratio",
    "waiting",
    "weighted_mean",
    "wilson",
    "xmr",
    "year_on_year",
]
