"""Every statistic against values computed elsewhere (`reference_values/`), and the runner of such cases."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from reference import agrees, main, solve
from ruamel.yaml import YAML

from analysis import statistics

FOLDER = Path(__file__).parent / "reference_values"
TABLES = [
    (path.stem, table) for path in sorted(FOLDER.glob("*.yaml")) for table in YAML(typ="safe").load(path)
]


def result(made: Any, name: str) -> Any:
    """Return one result as plain numbers: a column of a frame, an attribute, the array itself, or its text."""
    if name == "text":
        return str(made)
    found = made if name == "array" else made[name] if isinstance(made, pd.DataFrame) else getattr(made, name)
    return np.asarray(found, float)


@pytest.mark.parametrize(
    ("room", "table"),
    TABLES,
    ids=[f"{room}-{table['function']}-{n}" for n, (room, table) in enumerate(TABLES)],
)
def test_values_computed_elsewhere(room: str, table: dict[str, Any]) -> None:
    function = getattr(statistics, table["function"])
    for inputs, results in table["rows"]:
        made = function(**dict(zip(table["inputs"], inputs, strict=True)))
        for name, expected in zip(table["results"], results, strict=True):
            got = result(made, name)
            if name == "text":
                assert got == expected, (inputs, name)
                continue
            assert np.squeeze(got) == pytest.approx(
                np.squeeze(np.asarray(expected, float)),
                rel=table["tolerance"]["relative"],
                abs=table["tolerance"]["absolute"],
                nan_ok=True,
            ), (inputs, name)


def case_of(method: str, inputs: dict[str, Any], expected: dict[str, Any]) -> dict[str, Any]:
    return {"id": f"made.up.{method}", "inputs": inputs, "expected": expected, "tolerance": {"rel": 1e-9}}


def test_solve_returns_only_what_is_asked_and_offered() -> None:
    case = case_of("wilson_0_9", {"x": 0, "n": 9, "confidence": 0.95}, {"lower": 0, "something_else": 1})
    assert solve(case) == {"lower": 0.0}


@pytest.mark.parametrize(
    "case",
    [
        case_of("bootstrap_9", {"x": 1}, {"lower": 0}),
        case_of("wilson_0_9", {"x": 0, "n": 9}, {"bayes_factor": 1}),
    ],
    ids=["unknown method", "unknown result"],
)
def test_solve_refuses_what_is_not_offered(case: dict[str, Any]) -> None:
    with pytest.raises(KeyError):
        solve(case)


def test_what_does_not_exist_is_none() -> None:
    case = case_of("yoy_0_4", {"previous": 0, "current": 4}, {"abs_change": 4, "pct_change": None})
    assert solve(case) == {"abs_change": 4.0, "pct_change": None}


def test_a_tie_that_binary_numbers_break() -> None:
    # binary numbers put 0.1 + 0.2 above 0.3; the same sums in decimals are equal
    case = case_of(
        "float_noise_tie", {"expr": ["0.1+0.2", "0.3", "0.6/2"]}, {"rank_raw": [], "rank_rounded10": []}
    )
    assert solve(case) == {"rank_raw": [1.0, 2.0, 2.0], "rank_rounded10": [1.0, 1.0, 1.0]}


@pytest.mark.parametrize(
    ("got", "expected", "tolerance", "same"),
    [
        (1.0009, 1, {"rel": 1e-3}, True),
        (1.0011, 1, {"rel": 1e-3}, False),
        (0.0005, 0, {"rel": 1, "abs": 1e-3}, True),
        ([1.0, None], [1, None], {"abs": 0}, True),
        ([1.0, 2.0], [1], {"abs": 1}, False),
        (None, 0, {"abs": 1}, False),
        (math.inf, "Inf", {"rel": 1}, True),
        (1e300, "Inf", {"rel": 1}, False),
        ("28.2", "28.20", {"rel": 0}, True),
        ("Exact", "Byars", {"rel": 1}, False),
    ],
)
def test_agreement(got: Any, expected: Any, tolerance: dict[str, float], same: bool) -> None:
    assert agrees(got, expected, tolerance) is same


def test_command_prints_every_case_and_fails_if_one_does(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = case_of("detect_n_50_5", {"population": 50, "false_items": 5, "confidence": 0.95}, {"n": 22})
    bad = case_of("garwood_0", {"count": 0}, {"lower": 1})
    unknown = case_of("bootstrap", {}, {"n": 1})
    path = tmp_path / "cases.json"
    path.write_text(json.dumps([good, unknown]), encoding="utf-8")
    assert main(path) == 0
    assert "detect_n_50_5\n  expected {'n': 22}\n  got      {'n': 22.0}\n  pass" in capsys.readouterr().out
    path.write_text(json.dumps([good, bad]), encoding="utf-8")
    assert main(path) == 1
    assert "FAIL" in capsys.readouterr().out
