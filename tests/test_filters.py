"""What was looked for in the cells of a lineage row: written as data, read back, worded in both languages."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import round_examples as example
from hypothesis import given
from hypothesis import strategies as st

from analysis.indicators.catalogue import MEASURES
from analysis.indicators.conditions import item_stated
from analysis.indicators.filter_words import FilterWords
from analysis.indicators.filters import Filter, parse_filter, read_for
from analysis.indicators.lineage import of_members
from analysis.indicators.values import LINEAGE_COLUMNS
from analysis.results.assessment import Assessment
from analysis.rounds.frames import frame_of
from analysis.words import words

ITEMS, UNITS = {"5.5": "案件数下降"}, {"130303": "山海关区"}
ZH, EN = (FilterWords(words(language), ITEMS, UNITS) for language in ("zh", "en"))
CASES = "role=count;of=confirmed;period=2020;as_of=2022-02-28"


def test_a_filter_is_written_as_pairs_and_read_back() -> None:
    cases = Filter("count", ("confirmed",), period="2020", as_of="2022-02-28")
    assert str(cases) == CASES
    assert parse_filter(CASES) == cases


def test_what_a_value_was_read_for_stands_before_it() -> None:
    change = read_for("item", "5.5", read_for("side", "current", CASES))
    assert change == f"item=5.5;side=current;{CASES}"
    assert parse_filter(change).read_for == (("item", "5.5"), ("side", "current"))


@given(note=st.text(min_size=1), line=st.integers(1), of=st.lists(st.text(min_size=1)))
def test_any_text_of_the_office_comes_back(note: str, line: int, of: list[str]) -> None:
    stated = Filter("statement", tuple(of), line=str(line), note=note)
    assert parse_filter(str(stated)) == stated
    assert "\n" not in str(stated)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "count: confirmed; 2020",
        "of=confirmed",
        "role=guess",
        "role=count;role=sum",
        "role=count;when=2020",
    ],
)
def test_what_is_no_filter_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not the filter of a lineage row"):
        parse_filter(text)


def test_members_pass_their_cells_on_and_say_what_for() -> None:
    row = {
        "source": "v",
        "file": "f.xlsx",
        "sheet": "s",
        "cells": "A1",
        "filter": CASES,
        "rows": 1,
        "sha256": "",
    }
    lineage = frame_of([row], LINEAGE_COLUMNS)
    members = pd.DataFrame({"source": ["w"], "side": ["previous"], "member": ["v"]})
    (passed,) = of_members(members, lineage, "side").to_dict("records")
    assert passed == {**row, "source": "w", "filter": f"side=previous;{CASES}"}


WORDED = [
    (CASES, "计数（查实）：2020年；截至 2022-02-28", "count (confirmed): 2020; as of 2022-02-28"),
    (
        "item=5.5;side=previous;role=count;of=confirmed;period=2019",
        "5.5 案件数下降　基期计数（查实）：2019年",
        "5.5 案件数下降: base period, count (confirmed): 2019",
    ),
    (
        "part=verified;item=grade;role=none;of=account_yes;period=2020",
        "核定　等次条件　查看过，无一是（已落实工资专用账户）：2020年",
        "verified: conditions of the grade: looked at, none is (dedicated wage account in place): 2020",
    ),
    (
        "role=count;of=contract_no;of=sampled;period=2020",
        "计数（劳动合同签订不规范，抽查的项目）：2020年",
        "count (labour contracts not in order, sampled projects): 2020",
    ),
    (
        "role=numerator;of=item_stated:1.1;period=2020",
        "分子（填有 1.1 的评分）：2020年",
        "numerator (mark of 1.1 stated): 2020",
    ),
    ("role=count;of=unresolved;before=2020", "计数（查实而未化解）：2020年之前", None),
    ("role=nil_return;ledger=events;period=2020", "零报告（事件台账）：2020年", None),
    ("role=numerator;ledger=summary;period=2020", "分子（汇总表）：2020年", None),
    ("part=2018-2020;role=count;of=confirmed;period=2018", "2018—2020年　计数（查实）：2018年", None),
    (
        "role=problems;unit=130303;group=resolution;as_of=2022-02-28",
        "未销号问题（山海关区，排查化解；重复的合并计一个）：截至 2022-02-28",
        None,
    ),
    ("role=problem_states;as_of=2022-02-28", "整改台账中各问题的状态，截至 2022-02-28", None),
    (
        "role=statement;period=2020;line=4;note=信访部门通报",
        "办公室填报，第 4 行（信访部门通报）：2020年",
        None,
    ),
    ("role=published_facts", "已公布文件中的事实", "Facts of the published document"),
]


@pytest.mark.parametrize(("text", "chinese", "english"), WORDED)
def test_a_filter_is_told_in_the_readers_language(text: str, chinese: str, english: str | None) -> None:
    assert ZH(text) == chinese
    assert english is None or EN(text) == english


def test_the_item_that_is_asked_about_is_not_told() -> None:
    assert ZH(f"item=5.5;{CASES}", "5.5") == ZH(CASES)


@pytest.mark.parametrize("told", [ZH, EN], ids=["zh", "en"])
def test_every_condition_that_is_counted_has_words(told: FilterWords) -> None:
    conditions = [condition for of in MEASURES.values() for condition in (of.top, of.base) if condition]
    for condition in [*conditions, item_stated("1.1")]:
        codes = tuple(atom.code for atom in condition.atoms)
        assert told(str(Filter("count", codes, period="2020"))).endswith(("2020", "2020年"))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_filter_of_the_example_is_told(tmp_path_factory: pytest.TempPathFactory, language: str) -> None:
    folder: Path = example.computed(tmp_path_factory, "filters")
    a: Assessment = example.compute(folder)
    told = FilterWords(words(language), {}, {unit.code: unit.short for unit in a.roll})
    for text in a.lineage["filter"].unique():
        said = told(text)
        assert said
        assert not any(sign in said for sign in ("_", "=", "+"))
