"""Names and definitions: every code of the value table has both, in both languages; and the list of measures."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import round_examples

from analysis.indicators.catalogue import MEASURES, codes_of, known_measures
from analysis.indicators.naming import MeasureNames, definition_of, document, listed
from analysis.questions.explain import item_names
from analysis.results.assessment import Assessment
from analysis.rulebook.sentences import measure_name
from analysis.run.stages import open_assessment
from analysis.words import LANGUAGES, words

ROOT = Path(__file__).parents[1]
ZH, EN = words("zh"), words("en")


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Assessment:
    folder = round_examples.computed(tmp_path_factory, "round")
    return open_assessment("2020", "comparison", "zh", project=folder)


def test_every_code_of_the_value_table_has_a_name_and_a_definition(example: Assessment) -> None:
    rules = example.settings.rulebook
    assert rules is not None
    units = {unit.code: unit.short for unit in example.roll.units}
    codes = [str(code) for code in example.values["measure"].unique()]
    assert len(codes) > 300
    for language in LANGUAGES:
        said = words(language)
        named = MeasureNames(said, item_names(rules, said), units)
        assert [code for code in codes if not named.found(code)] == []
        assert all(definition_of(code, said) for code in codes)
        # a name tells a measure from every other
        assert len({named(code) for code in codes}) == len(codes)


def test_every_measure_that_can_be_computed_has_a_name_and_a_definition() -> None:
    for said in (ZH, EN):
        named = MeasureNames(said)
        assert [code for code in known_measures() if not named.found(code)] == []
        # comparing another measure tomorrow needs no further words
        for code in (code for measure in MEASURES for code in codes_of(measure)):
            assert named.found(code)
            assert definition_of(code, said)


def test_a_name_is_put_together_from_what_a_code_is_about() -> None:
    named = MeasureNames(ZH, {"1.1": "组织领导"}, {"990001": "甲县"})
    assert named("gap_to_best_rate_checked") == "核查率与最优单位的差距"
    assert named("sampled_account") == "抽查项目数（工资专用账户）"
    assert named("points_lost_1_1") == "失分：1.1 组织领导"
    assert named("outranks_990001") == "排在甲县之前的概率"
    assert MeasureNames(EN)("rank_change_cases") == "Rank by change in cases"


def test_counts_rise_and_fall_and_rates_move() -> None:
    named = MeasureNames(ZH)
    assert named("difference_backlog") == "陈案积案增减"
    assert named("difference_rate_filed") == "应立案件立案率变化"


def test_a_code_nobody_knows_stands_for_itself() -> None:
    assert MeasureNames(ZH)("points_lost_9_9") == "points_lost_9_9"
    assert MeasureNames(ZH)("nonsense") == "nonsense"
    with pytest.raises(KeyError, match="no definition of 'nonsense'"):
        definition_of("nonsense", ZH)


def test_a_rule_set_names_what_only_it_knows(example: Assessment) -> None:
    rules = example.settings.rulebook
    assert rules is not None
    assert measure_name("coverage_account", rules, ZH) == "工资专用账户覆盖率"
    marked = next(item for item in rules.indicators() if item.read == "mark")
    assert measure_name(marked.measure, rules, ZH) == marked.name


def test_the_list_says_of_every_measure_what_a_rule_set_may_read() -> None:
    frame = listed(ZH).set_index("code")
    assert set(MEASURES) <= set(frame.index)
    assert frame.loc["rate_paid"].to_dict() == {
        "name": "清欠率",
        "definition": "已付金额÷应付金额，限查实且填明应付金额的案件；已付金额未填的按未付计，并列为未填。",
        "ledger": "clues",
        "unit_of_measure": "ratio",
        "compared": "difference",
    }
    assert frame.loc["cases", "compared"] == "change difference"
    assert frame.loc["mark_field_<item>", "name"] == "实地核查评分：评分表中的一项"
    assert not frame.map(pd.isna).any(axis=None)


def test_the_document_is_up_to_date() -> None:
    written = (ROOT / "docs" / "measures.md").read_text(encoding="utf-8")
    assert written == document(), "python -m analysis.indicators.naming > docs/measures.md"
