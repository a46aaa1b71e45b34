"""Sentences of random rounds, held against the ledger by a checker of its own; the long run keeps a tally."""

from __future__ import annotations

import json
from collections import Counter

import claim_rounds as rounds
import pandas as pd
import pytest

#: rounds behind those of the tally: a dozen, and those in which a false sentence, or a false alarm, was once found
NUMBERS = (*range(10_000, 10_012), 10_021)


@pytest.mark.parametrize("number", NUMBERS)
def test_no_sentence_of_a_random_round_is_false(number: int) -> None:
    assert rounds.tried(number, Counter()) == []


def test_the_tally_has_no_false_sentence_and_looked_at_every_kind() -> None:
    kept = json.loads(rounds.TALLY.read_text("utf-8"))
    assert kept["false"] == []
    assert set(kept["looked_at"]) >= {
        "clear change",
        "trend",
        "halved",
        "low",
        "better or worse",
        "contribution",
    }


FACTS = rounds.Facts(
    counts={
        quantity: {
            "甲县": [90.0, 80.0, 70.0, 80.0, 40.0],
            "乙县": [60.0, 62.0, 61.0, 60.0, 64.0],
            "全市": [150.0] * 5,
        }
        for quantity in rounds.QUANTITIES
    },
    resolved={"甲县": 39, "乙县": 40, "全市": 99},
    clues=pd.DataFrame({"unit": ["a"], "workers": [1], "amount": [1], "confirmed": [True]}),
    lost={"甲县": 3.0, "乙县": 3.0},
    stated={quantity: {"甲县": [True] * 5, "乙县": [True] * 5} for quantity in rounds.QUANTITIES},
)


@pytest.mark.parametrize(
    "sentence",
    [
        "甲县、乙县案件明确下降",
        "欠薪案件数、涉及人数、涉及金额同时下降：甲县连续两年。",
        "乙县案件数比2016年少一半以上",
        "乙县连续两年上升，最近一年上升明确",
        "乙县呈下降趋势",
        "全市欠薪案件数、涉及人数、涉及金额同比分别下降1.0%、1.0%、1.0%，变化都不明确。",
        "基础分失分最多的是甲县，共失3.00分",
        "核处化解率全市99%（1/1），甲县97.5%（39/40）明确偏低。",
        "全市案件数变化+1.0%，乙县贡献+4.0个百分点，甲县抵消2.0个百分点，",
        "个别案件未填人数，按已填的合计。",
        "涉及金额未报，不作比较。",
        "得分比90分高0.00分",
        "各单位单独都看不出趋势",
    ],
)
def test_the_checker_finds_what_is_false(sentence: str) -> None:
    """Each sentence is false of two units that went 80→40 and 60→64 and lost as many points."""
    told = ["案件如下，" + sentence if "未报" in sentence else sentence]
    assert list(rounds.faults({"report": told}, FACTS, Counter()))


def test_the_checker_lets_true_sentences_pass() -> None:
    true = ["甲县案件明确下降", "同时下降：甲县连续一年。", "甲县案件数比2016年少一半以上"]
    true.append("失分最多的是甲县、乙县，各失3.00分")
    seen: Counter[str] = Counter()
    assert list(rounds.faults({"report": true}, FACTS, seen)) == []
    assert sum(seen.values()) == len(true)
