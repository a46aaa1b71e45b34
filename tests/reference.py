"""Reference values from elsewhere, computed by the public functions of `analysis.statistics`.

    python tests/reference.py FILE.json

A case holds `id` (topic, a dot, the method with its inputs), `inputs`, `expected` and `tolerance`. Prints id, expected,
got and pass for every case of the file whose method is offered; exit status 1 if one fails.
"""

from __future__ import annotations

import ast
import json
import math
import operator
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from statistics import NormalDist
from typing import Any, Final

import numpy as np

from analysis import statistics

Inputs = Mapping[str, Any]
#: an input or result by its name in the case
Named = dict[str, Any]

_LEVELS: Final = {"95": 0.95, "998": 0.998}
#: the same as FunnelPlotR writes them, by the rounded normal quantiles 1.959964 and 3.090232
_WRITTEN_LEVELS: Final = {"95": 2 * NormalDist().cdf(1.959964) - 1, "998": 2 * NormalDist().cdf(3.090232) - 1}
_SIGMAS: Final = {"2s": 0.95, "3s": 0.998}
_TIES: Final = ("min", "max", "average", "dense", "first")
_SIGNAL_NAMES: Final = {
    "": "Common Cause",
    "above": "Above UCL",
    "below": "Below LCL",
    "rising": "7 Point Trend (Increasing)",
    "falling": "7 Point Trend (Decreasing)",
    "near_upper": "2 in 3 Above CL",
    "near_lower": "2 in 3 Below CL",
    "high": "7 Points Above CL",
    "low": "7 Points Below CL",
}


def solve(case: Mapping[str, Any]) -> Named:
    """Return those of the keys of `expected` that are offered, computed from `inputs`.

    Args:
        case: with `id`, `inputs` and `expected`; of `expected` only the names are read.

    Raises:
        KeyError: the method is not offered, or none of its results is.
    """
    method = str(case["id"]).split(".", 2)[-1]
    solver = next((found for pattern, found in SOLVERS.items() if re.fullmatch(pattern, method)), None)
    if solver is None:
        raise KeyError(method)
    inputs = {**case["inputs"], "expected_names": tuple(case["expected"]), "method": method}
    made = solver(inputs)
    offered = {name: _plain(made[name]) for name in case["expected"] if name in made}
    if not offered:
        raise KeyError(method)
    return offered


def agrees(got: Any, expected: Any, tolerance: Mapping[str, float]) -> bool:
    """Return whether a result lies within max(abs, rel·|expected|); texts and gaps must be the same."""
    if isinstance(expected, Mapping):
        return isinstance(got, Mapping) and all(agrees(got.get(k), v, tolerance) for k, v in expected.items())
    if isinstance(expected, Sequence) and not isinstance(expected, str):
        return len(got) == len(expected) and all(
            agrees(g, e, tolerance) for g, e in zip(got, expected, strict=True)
        )
    if got is None or expected is None:
        return got is expected
    wanted, found = _number(expected), _number(got)
    if wanted is None or found is None or isinstance(expected, bool):
        return bool(got == expected)
    if math.isinf(wanted) or math.isinf(found):
        return wanted == found
    # two roundings written the same, such as 28.0 and 28.0, must not fail on nothing
    return abs(found - wanted) <= max(tolerance.get("abs", 0), tolerance.get("rel", 0) * abs(wanted))


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _plain(value: Any) -> Any:
    """Return numbers as Python's own, lists for arrays, None for what is missing."""
    if isinstance(value, np.ndarray | list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, Decimal):
        return str(value)
    return None if isinstance(value, float) and math.isnan(value) else value


def _confidence(inputs: Inputs) -> float:
    return float(inputs.get("confidence", 0.95))


def _floats(values: Any) -> np.ndarray:
    """Return an array with gaps where the case has null."""
    return np.array(values, dtype=float)


def _interval(frame: Any, lower: str = "lower", upper: str = "upper") -> Named:
    row = frame.iloc[0]
    return {"value": row["value"], lower: row["lower"], upper: row["upper"]}


# proportions ---------------------------------------------------------------------------------------------------------


def _wilson(i: Inputs) -> Named:
    return _interval(statistics.wilson(i["x"], i["n"], _confidence(i)))


def _wilson_levels(i: Inputs) -> Named:
    made: Named = {}
    for name, confidence in _LEVELS.items():
        row = statistics.wilson(i["x"], i["n"], confidence).iloc[0]
        made |= {key + name: row[key] * i["multiplier"] for key in ("lower", "upper")}
        made["value"] = row["value"] * i["multiplier"]
    return made


def _newcombe(i: Inputs) -> Named:
    made = _interval(statistics.difference(i["x1"], i["n1"], i["x2"], i["n2"], _confidence(i)))
    return {**made, "diff": made["value"]}


def _fisher(i: Inputs) -> Named:
    return {"p_two_sided": statistics.fisher(i["x1"], i["n1"], i["x2"], i["n2"])["p_value"].iloc[0]}


# counts --------------------------------------------------------------------------------------------------------------


def _garwood(i: Inputs) -> Named:
    return _interval(statistics.garwood(i["count"], confidence=_confidence(i)))


def _byar(i: Inputs) -> Named:
    return _interval(statistics.byar(i["count"], confidence=_confidence(i)))


def _published_rate(i: Inputs) -> Named:
    """A rate as UKHSA prints it: exact limits below a count of ten, Byar's from there on."""
    of_few = i["count"] < 10
    interval = statistics.garwood if of_few else statistics.byar
    made: Named = {"method": "Exact" if of_few else "Byars"}
    for name, confidence in _LEVELS.items():
        frame = interval(i["count"], i["denominator"], i["multiplier"], confidence)
        made |= _interval(frame, "lower" + name, "upper" + name)
    return made


def _ratio(i: Inputs) -> Named:
    row = statistics.ratio_of_counts(i["x1"], i["x2"], i["t1"], i["t2"], _confidence(i)).iloc[0]
    return {
        "rate_ratio": row["value"],
        "rate_ratio_ci": [row["lower"], row["upper"]],
        "p_central": row["p_value"],
        "p_less": row["p_less"],
        "p_greater": row["p_greater"],
    }


def _year_on_year(i: Inputs) -> Named:
    row = statistics.year_on_year(i["current"], i["previous"]).iloc[0]
    return {
        "abs_change": row["absolute"],
        "pct_change": 100 * row["value"],
        "decline_rate": -100 * row["value"],
        "symmetric_change": 100 * row["symmetric"],
        "log_change": 100 * row["logarithmic"],
    }


def _change_interval(i: Inputs) -> Named:
    row = statistics.change_in_counts(i["current"], i["previous"], _confidence(i)).iloc[0]
    return {"pct_lower": 100 * row["lower"], "pct_upper": 100 * row["upper"], "p_central": row["p_value"]}


# trends --------------------------------------------------------------------------------------------------------------


def _mann_kendall(i: Inputs) -> Named:
    row = statistics.mann_kendall(_floats(i["x"])).iloc[0]
    return {
        "S": row["value"],
        "p_two_sided": row["p_value"],
        "p_upper": row["p_upper"],
        "p_lower": row["p_lower"],
    }


def _mann_kendall_normal(i: Inputs) -> Named:
    """Of the normal approximation only what the exact test shares with it."""
    return {
        "S": statistics.mann_kendall(_floats(i["x"]))["value"].iloc[0],
        "sen_slope": statistics.theil_sen(_floats(i["x"]))["value"].iloc[0],
    }


def _kendall_table(i: Inputs) -> Named:
    upper, lower = statistics.kendall_tails(int(i["S"]), (1,) * int(i["n"]))
    return {"p_upper": upper, "p_lower": lower}


def _smallest_p(i: Inputs) -> Named:
    return {"min_p_two_sided": statistics.mann_kendall(np.arange(int(i["n"])))["p_value"].iloc[0]}


def _theil_sen(i: Inputs, exact: bool = False) -> Named:
    values, times = (i["y"], _floats(i["x"])) if "y" in i else (i["x"], None)
    frame = statistics.theil_sen(_floats(values), times, _confidence(i), exact)
    made = _interval(frame)
    attained = frame["attained"].iloc[0]
    return {
        **made,
        "slope": made["value"],
        "attained_confidence": attained,
        "attainable": bool(attained >= _confidence(i)),
    }


def _theil_sen_exact(i: Inputs) -> Named:
    return _theil_sen(i, exact=True)


def _quasi_poisson(i: Inputs) -> Named:
    """The dispersion as it was found, as R has it; plain Poisson errors with a dispersion of 1."""
    y, exposure, confidence = _floats(i["y"]), i.get("exposure"), _confidence(i)
    plain = statistics.quasi_poisson(y, None, exposure, confidence, 1.0).iloc[0]
    quasi = statistics.quasi_poisson(y, None, exposure, confidence, plain["pearson"]).iloc[0]
    return {
        "beta": plain["slope"],
        "intercept": plain["intercept"],
        "se": plain["standard_error"],
        "z": plain["statistic"],
        "deviance": plain["deviance"],
        "dispersion": plain["pearson"],
        "se_quasi": quasi["standard_error"],
        "t_quasi": quasi["statistic"],
        "p_quasi": quasi["p_value"],
        "apc": 100 * quasi["value"],
        "apc_ci_quasi": [100 * quasi["lower"], 100 * quasi["upper"]],
    }


# many tests, funnels, control charts ---------------------------------------------------------------------------------


def _adjusted(i: Inputs) -> Named:
    return {"BH": statistics.benjamini_hochberg(i["p"])["value"].to_numpy()}


def _rejected(i: Inputs) -> Named:
    return {"n_reject_bh": int(statistics.benjamini_hochberg(i["p"], i["q"])["flag"].sum())}


def _funnel_limits(i: Inputs) -> Named:
    factor = i.get("multiplier", 100)
    made: Named = {"baseline": i["baseline_proportion"] * factor}
    for name, confidence in _SIGMAS.items():
        row = statistics.limits(i["n"], i["baseline_proportion"], confidence).iloc[0]
        made |= {f"lower_{name}": row["lower"] * factor, f"upper_{name}": row["upper"] * factor}
    return made


def _funnel_flags(i: Inputs) -> Named:
    k, n = _floats(i["numerator"]), _floats(i["denominator"])
    baseline = float(k.sum() / n.sum())
    frame = statistics.flags(k, n, baseline)
    return {
        "baseline": baseline,
        "p_lower_exact": frame["p_below"].to_numpy(),
        "p_upper_exact": frame["p_above"].to_numpy(),
    }


def _overdispersion(i: Inputs) -> Named:
    method = "truncated" if "truncated" in i["method"] else "winsorised"
    found = statistics.overdispersion(i["numerator"], i["denominator"], i["trim"], method)  # type: ignore[arg-type]
    return {"z": found.z, "phi": found.phi, "tau2": found.tau2, "target": found.target, "n_used": found.used}


def _overdispersed_limits(i: Inputs) -> Named:
    made: Named = {}
    for name, confidence in _WRITTEN_LEVELS.items():
        row = statistics.overdispersed_limits(i["n"], i["target"], i["tau2"], confidence).iloc[0]
        made |= {"ll" + name: row["lower"], "ul" + name: row["upper"]}
    return made


def _xmr(i: Inputs) -> Named:
    constant = i.get("constant", 2.66)
    screened, plain = (
        statistics.xmr(_floats(i["y"]), screen=screen, constant=constant, least=2) for screen in (True, False)
    )
    words = statistics.signals(_floats(i["y"]), screened)[0]
    made = _interval(screened) | _interval(plain, "lower_noscreen", "upper_noscreen")
    return {**made, "mean": made["value"], "special_cause": [_SIGNAL_NAMES[word] for word in words]}


def _individuals_chart(i: Inputs) -> Named:
    frame = statistics.xmr(_floats(i["y"]), screen=False, constant=3 / i["d2"], least=2)
    made = _interval(frame, "lcl", "ucl")
    return {**made, "mean": made["value"], "mr_bar": frame["moving_range"].iloc[0]}


# composites and decompositions ---------------------------------------------------------------------------------------


def _goalposts(i: Inputs) -> Named:
    low, high = i["goalposts"]
    points = statistics.goalposts(
        _floats(i["x"]), low, high, i.get("direction", 1) > 0, truncate=i.get("truncate", True)
    )
    return {"y": points}


def _weighted_mean(i: Inputs) -> Named:
    return {
        "amean": statistics.weighted_mean(_floats(i["X"]), i["w"])["value"].to_numpy(),
        "amean_equal_weights": statistics.weighted_mean(_floats(i["X"]))["value"].to_numpy(),
    }


def _rank_reversal(i: Inputs) -> Named:
    posts = _floats(i["goalposts"])
    points = statistics.goalposts(_floats(i["raw"]), posts[:, 0], posts[:, 1], _floats(i["direction"]) > 0)
    made: Named = {}
    for name in i["expected_names"]:
        left_out = re.fullmatch(r"goalposts_(?:all|without_(\d+))", name)
        if left_out:
            number = left_out.group(1)
            kept = points if number is None else np.delete(points, int(number) - 1, axis=0)
            made[name] = statistics.weighted_mean(kept, i["weights"])["value"].to_numpy()
    return made


def _lmdi(i: Inputs) -> Named:
    """Totals chained (cases, workers, amount) or factors to be multiplied, per part or summed for the city."""
    if "X0" in i:
        effects = statistics.lmdi_of_factors(_floats(i["X0"]), _floats(i["XT"]))
        return _effects(effects, *(np.prod(_floats(i[name]), axis=1) for name in ("X0", "XT")))
    if "cases_workers_amount_0" in i:
        before, now = (np.atleast_2d(_floats(i[f"cases_workers_amount_{at}"])) for at in ("0", "T"))
    else:
        before, now = (np.column_stack([_floats(i[part + at]) for part in "cwa"]) for at in ("0", "T"))
    if i["method"] == "lmdi_city_level":
        before, now = (side.sum(axis=0, keepdims=True) for side in (before, now))
    return _effects(statistics.lmdi(before, now), before[:, -1], now[:, -1])


def _effects(effects: np.ndarray, before: np.ndarray, now: np.ndarray) -> Named:
    v0, vt = float(before.sum()), float(now.sum())
    return {
        "Z": effects,
        "dV": effects.sum(axis=0),
        "D": statistics.effect_ratios(effects, before, now),
        "tot": vt - v0,
        "total": vt - v0,
        "Dtot": vt / v0 if v0 else math.nan,
        "V0": v0,
        "VT": vt,
    }


def _lmdi_near_zero(i: Inputs) -> Named:
    chain = np.cumprod(_floats(i["x0"]))
    return {
        "dV": [statistics.lmdi(chain, np.full(len(chain), delta))[0] for delta in i["delta"]],
        "limit": statistics.lmdi(chain, np.zeros(len(chain)))[0],
    }


def _contributions(i: Inputs) -> Named:
    points = 100 * statistics.contributions(i["a0"], i["aT"])
    growth = points.sum()
    return {"pp": points, "city_growth": growth, "share_of_change": 100 * points / growth}


def _kitagawa(i: Inputs) -> Named:
    frame = statistics.kitagawa(i["rT"], i["nT"], i["r0"], i["n0"])
    before, now = (float(np.sum(i["r" + at]) / np.sum(i["n" + at])) for at in ("0", "T"))
    return {
        "P0": before,
        "PT": now,
        "rate_effect": frame["within"].sum(),
        "composition_effect": frame["between"].sum(),
        "rate_i": frame["within"].to_numpy(),
        "composition_i_centred": frame["between"].to_numpy(),
    }


# spread, shrinkage, verification -------------------------------------------------------------------------------------


def _spread(i: Inputs) -> Named:
    ratio = statistics.max_over_min(i["x"])["value"].iloc[0]
    cv = statistics.coefficient_of_variation(i["x"])["value"].iloc[0]
    return {"cv": cv, "max_min": ratio, "max_min_ratio": ratio, "ratio": ratio}


def _spread_by_year(i: Inputs) -> Named:
    return {"cv": statistics.coefficient_of_variation(i["M"], sample=True)["value"].to_numpy()}


def _marshall(i: Inputs) -> Named:
    if "cases" in i:
        frame = statistics.marshall(i["cases"], i["denominator"])
    else:
        frame = statistics.marshall(i["x"], i["n"], binomial=True)
    return {
        "a": frame["between"].iloc[0],
        "b": frame["mean"].iloc[0],
        "estimate": frame["value"].to_numpy(),
    }


def _shrunken(frame: Any) -> Named:
    columns = {"post_mean": "value", "lower": "lower", "upper": "upper"}
    return {name: frame[column].to_numpy() for name, column in columns.items()}


def _gamma_poisson(i: Inputs) -> Named:
    data = i["observed"], i["expected"]
    given = "alpha" in i
    prior = statistics.gamma_of(i["alpha"], i["beta"]) if given else statistics.gamma_prior(*data)
    frame = statistics.gamma_poisson(*data, prior, _confidence(i), above=1.0)
    made = {**_shrunken(frame), "p_gt1": frame["p_above"].to_numpy()}
    return made | {"alpha": prior.a, "beta": prior.b, "loglik": prior.log_likelihood}


def _beta_binomial(i: Inputs) -> Named:
    data = i["x"], i["n"]
    prior = statistics.beta_of(i["a"], i["b"]) if "a" in i else statistics.beta_prior(*data)
    made = _shrunken(statistics.beta_binomial(*data, prior, _confidence(i)))
    for name in i["expected_names"]:
        if name.startswith("p_gt_"):
            above = float(name.removeprefix("p_gt_").replace("_", "."))
            made[name] = statistics.beta_binomial(*data, prior, above=above)["p_above"].to_numpy()
    jeffreys = _shrunken(statistics.beta_binomial(*data, statistics.beta_of(0.5, 0.5), _confidence(i)))
    made |= {"jeffreys_lower": jeffreys["lower"], "jeffreys_upper": jeffreys["upper"]}
    return made | {"a": prior.a, "b": prior.b, "loglik": prior.log_likelihood}


def _kappa(i: Inputs) -> Named:
    row = statistics.linear_kappa(i["table"]).iloc[0]
    made = {"po": row["agreement"], "kw_lin": row["value"], "kw_lin_ase": row["standard_error"]}
    # with two grades there are no near misses: the linear kappa is the plain one
    return {**made, "kappa": row["value"]} if len(i["table"]) == 2 else made


def _undetected(i: Inputs) -> Named:
    row = statistics.undetected(i["found_false"], i["sample"], i["population"], _confidence(i)).iloc[0]
    return {"lower": row["lower"], "upper": row["upper"], "upper_one_sided": row["upper_one_sided"]}


def _sample_to_detect(i: Inputs) -> Named:
    return {"n": statistics.sample_to_detect(i["population"], i["false_items"], _confidence(i))[0]}


def _verified_ratio(i: Inputs) -> Named:
    row = statistics.verified_ratio(i["reported"], i["verified"], i["population_of_records"]).iloc[0]
    return {"ratio": row["value"], "se": row["standard_error"]}


# rounding and ranks --------------------------------------------------------------------------------------------------


def _rounded(i: Inputs) -> Named:
    value, unit = str(i["value"]), str(i["unit"])
    return {
        "half_even": statistics.round_to(value, unit, "half_even"),
        "half_up": statistics.round_to(value, unit, "half_up"),
    }


def _ranks(i: Inputs) -> Named:
    higher = not str(i.get("direction", "higher")).startswith("lower")
    return {ties: statistics.ranks(_floats(i["x"]), higher, ties) for ties in _TIES}  # type: ignore[arg-type]


def _noise(i: Inputs) -> Named:
    """Ranks of sums as binary numbers have them, and of the same sums rounded before they are ranked."""
    raw = np.array([_value_of(ast.parse(text, mode="eval").body) for text in i["expr"]])
    made: Named = {"rank_raw": statistics.ranks(raw)}
    for name in i["expected_names"]:
        if name.startswith("rank_rounded"):
            unit = Decimal(1).scaleb(-int(name.removeprefix("rank_rounded")))
            rounded = [statistics.round_to(repr(float(value)), unit) for value in raw]
            made[name] = statistics.ranks(np.array(rounded, dtype=object))
    return made


_OPERATIONS: Final[dict[type, Callable[[float, float], float]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def _value_of(node: ast.expr) -> float:
    if isinstance(node, ast.BinOp):
        return _OPERATIONS[type(node.op)](_value_of(node.left), _value_of(node.right))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_value_of(node.operand)
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return float(node.value)
    raise ValueError("sums and products of numbers only")


#: the method part of an id → what computes it; the first pattern that fits the whole of it
SOLVERS: Final[dict[str, Callable[[Inputs], Named]]] = {
    r"wilson_.*|newcombe1998_tableI_.*": _wilson,
    r"phe_testdata_Prop_.*": _wilson_levels,
    r"garwood_.*|table_.*": _garwood,
    r"byar_.*": _byar,
    r"phe_testdata_Rate_.*": _published_rate,
    r"cond_exact_.*": _ratio,
    r"newcombe10_.*": _newcombe,
    r"fisher_.*": _fisher,
    r"mk_exact_.*": _mann_kendall,
    r"mk_normal_.*": _mann_kendall_normal,
    r"kendall_table_.*": _kendall_table,
    r"min_p_.*": _smallest_p,
    r"sen_exact_.*": _theil_sen_exact,
    r"sen_ci_.*|sen1968_.*": _theil_sen,
    r"poisson_trend_.*": _quasi_poisson,
    r"padjust_.*": _adjusted,
    r"bh1995_.*": _rejected,
    r"phe_prop_limits_.*|phe_csv_prop_\d+": _funnel_limits,
    r"phe_prop_significance_.*": _funnel_flags,
    r"od_proportion_.*": _overdispersion,
    r"od_limits_PR_.*": _overdispersed_limits,
    r"xmr_.*": _xmr,
    r"nist_6322": _individuals_chart,
    r"norm_goal.*": _goalposts,
    r"aggregate_means.*": _weighted_mean,
    r"rank_reversal_.*": _rank_reversal,
    r"lmdi_small_value_bias.*": _lmdi_near_zero,
    r"lmdi_.*": _lmdi,
    r"district_contribution.*": _contributions,
    r"kitagawa_.*": _kitagawa,
    r"indices_.*|cv_.*|max_min.*": _spread,
    r"sigma_convergence.*": _spread_by_year,
    r"marshall_.*": _marshall,
    r"gamma_poisson_.*": _gamma_poisson,
    r"beta_binomial_.*": _beta_binomial,
    r"yoy_ci_.*": _change_interval,
    r"yoy_.*": _year_on_year,
    r"kappa_.*": _kappa,
    r"hypergeom_.*": _undetected,
    r"detect_n_.*": _sample_to_detect,
    r"verification_factor.*": _verified_ratio,
    r"gbt8170_.*|decimal_.*": _rounded,
    r"rank_ties.*": _ranks,
    r"float_noise.*": _noise,
}


def main(path: Path) -> int:
    """Print every offered case of a file with what was expected and got; return 1 if one fails, else 0."""
    failed = 0
    for case in json.loads(path.read_text(encoding="utf-8")):
        try:
            got = solve(case)
        except KeyError:
            continue
        expected = {name: case["expected"][name] for name in got}
        passed = agrees(got, expected, case.get("tolerance", {}))
        failed += not passed
        print(f"{case['id']}\n  expected {expected}\n  got      {got}\n  {'pass' if passed else 'FAIL'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
