"""Sentences of a score that once said what was not so: each is a case here."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from rule_examples import ZH, indicator, roll, round_2020, rules, table, told, value
from shape_examples import derived, item_of

from analysis.rulebook import Reading
from analysis.rulebook.sentences import falsification_sentence, rule_sentence
from analysis.rulebook.telling import indicator_sentence
from analysis.scoring import scoring

BASE = {"department": "某部门", "data_source": "台账", "definition": "口径"}


def scored(rows: list[dict[str, Any]], unit: str = "990001", **changes: Any) -> dict[str, str]:
    """Return the sentences of a unit's scores by item, under a rule set of few items."""
    book = rules(**{"bonuses": (), "vetoes": (), "falsification": (), "deductions": (), **changes})
    frame = scoring.score(table(rows), book, roll(unit), round_2020().settings, catalogue=ZH)
    return dict(zip(frame["indicator"], frame["derivation"], strict=True))


def dimension(*items: dict[str, Any]) -> list[dict[str, Any]]:
    points = sum(int(item["points"]) for item in items)
    return [{"code": "1", "name": "甲", "points": points, "indicators": [{**BASE, **item} for item in items]}]


def test_one_mark_out_of_four_is_no_mean_of_four_markers() -> None:
    item = indicator({"shape": "proportional"}, "mark_field_1_1", "4", read="mark", full="4")
    mark = Reading("mark_field_1_1", "reported", Fraction(3), Fraction(3), Fraction(4))
    assert told(item, mark)[1].startswith("某项 3 分（满分 4 分）")
    several = indicator({"shape": "proportional"}, "mark_departments", "4", read="mark", full="4")
    mean = Reading("mark_departments", "reported", Fraction(3), Fraction(12), Fraction(4))
    assert told(several, mean)[1].startswith("某项平均 3 分（4 家评分，满分 4 分）")


def test_number_and_line_are_counted_in_one_word() -> None:
    rule = {"shape": "shortfall", "full_at": 2, "each": 1, "off": 1}
    item = indicator(rule, "stated_meetings", "2", counted="time")
    reading = Reading("stated_meetings", "reported", Fraction(1), counted="event")
    assert told(item, reading)[1] == "某项 1 次，比 2 次少 1 次，每少 1 次扣 1 分，扣 1.00 分，得 1.00 分"


def test_a_stated_fact_is_called_by_its_name_and_not_by_its_code() -> None:
    item = {
        "code": "1.1",
        "name": "两网化",
        "points": 2,
        "direction": "up",
        "rule": {"shape": "all_or_nothing", "when": {"measure": "stated_system", "at_least": 1}},
    }
    facts = [{"code": "system", "name": "建成信息系统"}]
    found = scored(
        [value("990001", "stated_system", value=1.0)], base_points=2, dimensions=dimension(item), facts=facts
    )
    assert found["1.1"] == "两网化：已落实建成信息系统，符合条件，得满分 2.00 分"
    book = rules(base_points=2, dimensions=dimension(item), facts=facts)
    assert rule_sentence(book.indicator("1.1"), book, ZH).plain.startswith("已落实建成信息系统的")


def test_the_mean_of_the_others_is_not_that_of_all() -> None:
    rule = {"shape": "shortfall", "full_at": "0%", "each": "1%", "off": 1}
    for of, peers in (("all", "各单位"), ("others", "其他单位")):
        item = indicator(rule, compare={"to": "mean", "of": of})
        book = rules()
        assert rule_sentence(item, book, ZH).plain.startswith(f"达到{peers}平均水平得满分 10 分")
        case = {"read": {"rate_resolved": "90/100"}, "others": {"a": "80/100"}, "points": 10}
        written = item.model_dump(exclude_none=True, exclude_defaults=True)
        result = derived(item_of({**written, "measure": "rate_resolved"}), {**case, "others": ["80/100"]})
        assert f"{peers}平均" in indicator_sentence(result, item, ZH, 2).plain


@pytest.mark.parametrize(
    ("compare", "rule", "official", "told_as", "points"),
    [
        # the mean of 80% and 90% is 85%, five points above 80%; the third unit, of the other class, has 100%
        ({"to": "mean", "of": "all"}, {"shape": "shortfall", "full_at": "0%", "each": "1%", "off": 1},
         "达到本类各单位平均水平", "低于本类各单位平均（85.00%）5.00 个百分点", "5.00"),
        ({"to": "best"}, {"shape": "proportional"}, "按与本类最好单位之比计分",
         "为本类最好单位 90.00% 的 88.89%", "8.89"),
        ({"to": "rank"}, {"shape": "places", "points": [10, 4]}, "按本类名次计分",
         "在本类 2 个单位中列第 2 名", "4.00"),
    ],
)  # fmt: skip
def test_units_compared_within_a_class_are_told_to_be_of_it(
    compare: dict[str, Any], rule: dict[str, Any], official: str, told_as: str, points: str
) -> None:
    item = {"code": "1.1", "name": "清欠率", "points": 10, "direction": "up", "measure": "rate_paid"}
    classes = [
        {"code": code, "name": name, "units": units, "items": ["1"]}
        for code, name, units in (("k", "县区", ["990001", "990002"]), ("z", "开发区", ["990003"]))
    ]
    book = rules(
        base_points=10,
        dimensions=dimension({**item, "compare": compare, "rule": rule}),
        classes=classes,
        bonuses=(),
        vetoes=(),
        falsification=(),
    )
    rows = [
        value(f"99000{place}", "rate_paid", value=paid / 100, numerator=paid, denominator=100)
        for place, paid in ((1, 80), (2, 90), (3, 100))
    ]
    units = roll("990001", "990002", "990003")
    scores = scoring.score(table(rows), book, units, round_2020().settings, catalogue=ZH).set_index("id")
    found = scores.loc["score.990001.1.1"]
    assert found["points"] == points
    assert told_as in found["derivation"]
    assert rule_sentence(book.indicator("1.1"), book, ZH).plain.startswith(official)


def test_points_lost_to_a_rule_are_told_with_its_name() -> None:
    item = {
        "code": "1.1",
        "name": "办结率",
        "points": 2,
        "measure": "rate_closed",
        "direction": "up",
        "rule": {"shape": "proportional"},
    }
    hidden = {
        "code": "F1",
        "name": "瞒报事故",
        "definition": "起数",
        "measure": "stated_hidden",
        "loses": ["1"],
    }
    book = {
        "base_points": 2,
        "dimensions": dimension(item),
        "facts": [{"code": "hidden", "name": "瞒报"}],
        "falsification": [hidden],
    }
    rows = [
        value("990001", "rate_closed", value=0.9, numerator=9, denominator=10),
        value("990001", "stated_hidden", value=1.0, unit_of_measure="event"),
    ]
    told_of = scored(rows, **book)["1.1"]
    assert told_of.endswith("因“瞒报事故”，本项不得分")
    assert "弄虚作假" not in told_of
    of = rules(**book)
    assert falsification_sentence(of.falsification[0], of, ZH).plain.startswith("瞒报达到 1 次的")


def test_a_part_that_takes_points_does_not_promise_more_than_the_item_loses() -> None:
    part = {"name": "约谈", "points": 0, "adds": "deduction", "floor": -2, "measure": "petitions"}
    rule = {"shape": "each", "off": 1, "counted": "event"}
    base = {"name": "会议", "points": 2, "measure": "stated_meetings", "direction": "up"}
    at_once = {"shape": "all_or_nothing", "at_least": 1}
    item = indicator(
        {
            "shape": "sum",
            "parts": [{**base, "rule": at_once}, {**part, "direction": "down", "rule": rule}],
        },
        "stated_meetings",
        "2",
    )
    sentence = rule_sentence(item, rules(), ZH).plain
    assert "倒扣" not in sentence
    assert "最多扣 2 分" in sentence


def test_a_composed_score_tells_the_month_that_was_not_reported() -> None:
    item = {
        "code": "1.1",
        "name": "办结率",
        "points": 10,
        "measure": "rate_closed",
        "direction": "up",
        "rule": {"shape": "proportional"},
    }
    parts = [
        {"name": "平时考核", "periods": ["2020-01", "2020-02"], "weight": "60%"},
        {"name": "年度考核", "periods": ["2020"], "weight": "40%"},
    ]
    rate = {"value": 0.9, "numerator": 9, "denominator": 10}
    rows = [value("990001", "rate_closed", period=period, **rate) for period in ("2020-02", "2020")]
    for missing, ends in (("no_points", "按零分计"), ("spread", "不计入")):
        periods = {"parts": parts, "missing_period": missing}
        found = scored(rows, base_points=10, dimensions=dimension(item), periods=periods)
        mean = "4.50" if missing == "no_points" else "9.00"
        whole = "6.30" if missing == "no_points" else "9.00"
        assert found["1.1"] == (
            f"平时考核 {mean} 分×60%（2020年1月未报，{ends}）＋年度考核 9.00 分×40%，合成得 {whole} 分"
        )
