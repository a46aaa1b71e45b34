"""Sentences of random rounds, held against the ledger by a checker of its own; the long run keeps a tally."""

from __future__ import annotations

import json
import re
from collections import Counter

import claim_rounds as rounds
import pandas as pd
import pytest

#: rounds behind those of the tally: some, and those in which a false sentence, or a false alarm, was once found
NUMBERS = (*range(10_000, 10_008), 10_021)


@pytest.mark.parametrize("number", NUMBERS)
def test_no_sentence_of_a_random_round_is_false(number: int) -> None:
    assert rounds.tried(number, Counter()) == []


def test_the_tally_has_no_false_sentence_and_looked_at_all_that_is_often_said() -> None:
    kept = json.loads(rounds.TALLY.read_text("utf-8"))
    assert kept["false"] == []
    kinds = (
        "clear change",
        "trend",
        "halved",
        "low",
        "better or worse",
        "contribution",
        "list of a grade",
        "firm",
    )
    assert set(kept["looked_at"]) >= {f"{kind} ({language})" for kind in kinds for language in rounds.READ}


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
    letters={"甲县": "A", "乙县": "B"},
    kept={"甲县": 0.99, "乙县": 0.50},
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
        # 140 became 104, and the amount is reported too
        "全市欠薪案件数、涉及人数同比分别下降25.7%、25.7%，欠薪案件数、涉及人数变化不明确。",
        "基础分失分最多的是甲县，共失3.00分",
        "核处化解率全市99%（1/1），甲县97.5%（39/40）明确偏低。",
        "全市案件数变化+1.0%，乙县贡献+4.0个百分点，甲县抵消2.0个百分点，",
        "个别案件未填人数，按已填的合计。",
        "涉及金额未报，不作比较。",
        "得分比90分高0.00分",
        "各单位单独都看不出趋势",
        "考核评价为A级的是：甲县、乙县。",
        "两个单位评为A级，没有C级。",
        "甲县的等次不稳固",
        "Cases fell clearly in 甲县 and 乙县.",
        "Cases, workers and amount all fell: in the city two years running; in 甲县 two years running.",
        "Cases are down by half or more since 2016 in 乙县",
        "Cases rose two years running in 乙县, clearly in the last",
        "乙县 shows a falling trend",
        "Across the city, cases of wage arrears, workers affected and the amount involved fell by 1.0%, 1.0% and 1.0%.",
        "Across the city, cases of wage arrears, workers affected and the amount involved did not change: 90 cases.",
        "甲县 lost the most points of the base score, 3.00 in all",
        "Resolution rate of the city: 99% (1/1); 甲县 97.5% (39/40) is clearly lower.",
        "The city's cases changed by +1.0%: 乙县 contributed +4.0 percentage points, 甲县 worked against it by 2.0",
        "Some cases do not state the number of workers; the sums are over those that do.",
        "2019 and 2020: 1; not compared: the amount involved not reported.",
        "Grade A: 甲县 and 乙县.",
        "Two units were graded A, none was graded C.",
        "The grades of 甲县 are not firm.",
    ],
)
def test_the_checker_finds_what_is_false(sentence: str) -> None:
    """Each sentence is false of two units that went 80→40 and 60→64 and lost as many points."""
    told = ["案件如下，" + sentence if "未报" in sentence else sentence]
    language = "en" if re.search("[a-z]{3}", sentence) else "zh"
    assert list(rounds.faults({"report": told}, FACTS, Counter(), language))


@pytest.mark.parametrize(
    ("language", "true"),
    [
        (
            "zh",
            [
                "甲县案件明确下降",
                "同时下降：甲县连续一年。",
                "甲县案件数比2016年少一半以上",
                "失分最多的是甲县、乙县，各失3.00分",
                "考核评价为A级的是：甲县。",
                "乙县的等次不稳固，其余单位稳固",
            ],
        ),
        (
            "en",
            [
                "Cases fell clearly in 甲县.",
                "Cases, workers and amount all fell: in 甲县 one year running.",
                "Cases are down by half or more since 2016 in 甲县",
                "甲县 and 乙县 lost the most points of the base score, 3.00 each",
                "One unit was graded A, one unit was graded B and none was graded C.",
                "The grades of 乙县 are not firm; those of the other units are",
            ],
        ),
    ],
)
def test_the_checker_lets_true_sentences_pass(language: str, true: list[str]) -> None:
    seen: Counter[str] = Counter()
    assert list(rounds.faults({"report": true}, FACTS, seen, language)) == []
    assert sum(seen.values()) >= len(true)


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("zh", "案件数由2019年的80件降到41件，下降明确"),
        ("zh", "核处化解率明确差于全市"),
        ("zh", "名次大致在第1至第2名之间，等次不稳固。"),
        ("en", "Cases fell clearly, from 80 in 2019 to 41"),
        ("en", "Clearly worse than the city in resolution rate"),
        ("en", "3. Rank roughly between 1 and 2; the grade is not firm."),
    ],
)
def test_the_checker_reads_cards(language: str, line: str) -> None:
    """Each line is false of a unit that went 80→40, has 39/40 beside 99/104, and keeps its grade."""
    assert list(rounds.faults({"甲县": [line]}, FACTS, Counter(), language))
