"""Where a figure comes from: what a click on it tells, against values and lineage worked out by hand."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import page_examples as examples
import pytest

from analysis.indicators.values import (
    FINDING_COLUMNS,
    GRADE_COLUMNS,
    LINEAGE_COLUMNS,
    SCORE_COLUMNS,
    value_rows,
)
from analysis.publish.html_exporter import AssessHTMLExporter, json_block
from analysis.render.block_json import BLOCK_MIME
from analysis.render.blocks import Details, Prose, Row, Table, Traced, figures
from analysis.render.html_blocks import Html
from analysis.render.origins import Cited, Origin, Place, merge, pack, unpack
from analysis.report.figure_sources import Records, origins, share_out
from analysis.rounds.frames import frame_of
from analysis.words import Figure, Text, words

CITY_RATE = "100000.2020.rate_resolved.wilson"
#: 27 of 36 confirmed cases resolved; Wilson's interval of 0.75 at n = 36
RATE = {
    "unit": "100000", "period": "2020", "base_period": "", "measure": "rate_resolved", "numerator": 27.0,
    "denominator": 36.0, "value": 0.75, "unit_of_measure": "ratio", "lower": 0.589269, "upper": 0.862462,
    "confidence": 0.95, "method": "wilson", "status": "reported",
}  # fmt: skip
CHANGE = {
    "unit": "100001", "period": "2020", "base_period": "2019", "measure": "change_cases", "numerator": 30.0,
    "denominator": 40.0, "value": -0.25, "unit_of_measure": "ratio", "method": "exact", "status": "partial",
}  # fmt: skip
SCORE = {
    "id": "score.100001.2.1", "round": "2020", "unit": "100001", "indicator": "2.1", "kind": "base",
    "source": "reviewed", "points_possible": "5", "points": "4.00", "status": "reported",
    "derivation": "覆盖率 80%，5 分×80%，得 4.00 分",
}  # fmt: skip


def cells(source: str, where: str, what: str, sheet: str = "线索") -> dict[str, object]:
    """Return a row of the lineage."""
    return {
        "source": source, "file": "台账.xlsx", "sheet": sheet, "cells": where, "filter": what, "rows": 1, "sha256": "",
    }  # fmt: skip


def records(*lineage: dict[str, object]) -> Records:
    """Return a city of two units with one rate, one change and one score."""
    return Records(
        values=value_rows([RATE, CHANGE], "2020"),
        scores=frame_of([SCORE], SCORE_COLUMNS),
        grades=frame_of([], GRADE_COLUMNS),
        findings=frame_of([], FINDING_COLUMNS),
        lineage=frame_of(lineage, LINEAGE_COLUMNS),
        units={"100000": "全市", "100001": "海角区"},
        items={"2.1": "工程款支付担保"},
        words=words("zh"),
    )


def test_a_rate_tells_its_parts_its_interval_and_the_cells_of_both() -> None:
    rows = (
        cells(CITY_RATE, "Q5:Q31", "role=numerator;of=resolved;period=2020;as_of=2022-02-28"),
        cells(CITY_RATE, "O5:O40", "role=denominator;of=confirmed;period=2020;as_of=2022-02-28"),
    )
    told = origins(records(*rows), [CITY_RATE])[CITY_RATE]
    assert told.name == "核处化解率"
    facts = dict(told.facts)
    assert (facts["单位"], facts["期间"], facts["数值"]) == ("全市", "2020年", "75.00%")
    assert (facts["分子"], facts["分母"], facts["状态"]) == ("27", "36", "已报")
    assert facts["区间（95%）"] == "58.93%～86.25%"
    assert facts["方法"] == "Wilson得分区间"
    # twenty cells in all, ten of each: 27 − 10 and 36 − 10 are left
    assert [(place.cells, place.more) for place in told.cited.places] == [("Q5:Q14", 17), ("O5:O14", 26)]
    assert told.cited.places[0].what == "分子（已化解）：2020年；截至 2022-02-28"


def test_a_change_names_both_periods_and_a_status_that_is_not_simply_reported() -> None:
    ident = "100001.2020.2019.change_cases.exact"
    facts = dict(origins(records(), [ident])[ident].facts)
    assert facts["期间"] == "2020年（基期2019年）"
    assert (facts["本期"], facts["基期"], facts["数值"]) == ("30", "40", "−25.00%")
    assert facts["状态"] == "不完整"
    assert "分子" not in facts


@pytest.mark.parametrize(
    ("measure", "value", "printed"),
    [
        ("difference_rate_resolved", -0.0521, "−5.21个百分点"),
        ("contribution_cases", 0.0067, "+0.67个百分点"),
        ("change_cases", -0.1664, "−16.64%"),
        ("verified_kappa", 0.8127, "0.813"),
        ("trend_cases", -0.8, "−0.800"),
        ("trend_p_cases", 0.0833, "8.33%"),
    ],
)
def test_shares_their_differences_and_coefficients_are_printed_each_in_its_way(
    measure: str, value: float, printed: str
) -> None:
    row = {**CHANGE, "measure": measure, "value": value}
    told = origins(
        replace(records(), values=value_rows([row], "2020")), [f"100001.2020.2019.{measure}.exact"]
    )
    assert dict(next(iter(told.values())).facts)["数值"] == printed


def test_a_score_tells_its_arithmetic_and_what_was_read_for_it() -> None:
    told = origins(
        records(
            cells(str(SCORE["id"]), "J5:J8", "item=2.1;role=numerator;of=guarantee_yes;period=2020", "项目")
        ),
        [str(SCORE["id"])],
    )[str(SCORE["id"])]
    assert told.name == "2.1 工程款支付担保"
    assert dict(told.facts)["推导"] == SCORE["derivation"]
    assert told.cited.places == (
        Place("台账.xlsx", "项目", "分子（已落实工程款支付担保）：2020年", "J5:J8", 0),
    )


def test_more_than_twenty_places_are_counted_and_not_named() -> None:
    rows = [
        cells(CITY_RATE, f"A{n}:A{n + 1}", f"role=count;of=confirmed;period={1990 + n}") for n in range(1, 31)
    ]
    cited = origins(records(*rows), [CITY_RATE])[CITY_RATE].cited
    assert len(cited.places) == 20
    assert sum(1 + place.more for place in cited.places) == 40
    assert (cited.more_places, cited.more_cells) == (10, 20)


def test_a_row_that_is_nowhere_gets_no_answer() -> None:
    assert origins(records(), ["100009.2020.cases.count"]) == {}


@pytest.mark.parametrize(
    ("sizes", "given"),
    [
        ([2, 500, 500], [2, 9, 9]),
        ([3], [3]),
        ([500], [20]),
        ([], []),
        ([0, 30], [0, 20]),
        ([50] * 20, [1] * 20),
    ],
)
def test_room_for_twenty_cells_is_shared_out(sizes: list[int], given: list[int]) -> None:
    assert share_out(sizes, 20) == given


PLACE = Place("台账.xlsx", "线索", "分子", "Q5,Q7", 3)
TOLD = {
    "a.1": Origin("核查率", (("单位", "全市"), ("数值", "75%")), Cited((PLACE,), 1, 4)),
    "b.2": Origin("办结率", (), Cited((PLACE, replace(PLACE, more=0)))),
    "c.3": Origin("等次", (("单位", "全市"),), Cited()),
}


def test_what_is_packed_can_be_unpacked_and_stands_once() -> None:
    packed = pack(TOLD)
    assert unpack(packed) == TOLD
    assert len(packed["strings"]) == len(set(packed["strings"]))
    assert merge([pack({"a.1": TOLD["a.1"]}), pack({"b.2": TOLD["b.2"], "c.3": TOLD["c.3"]})]) == packed
    assert unpack(merge([])) == {}


def test_the_figures_of_a_block_are_those_its_page_shows_in_its_order() -> None:
    for ident, block in examples.sections().items():
        shown = re.findall(r'data-row="([^"]+)"', Html()(block))
        assert list(dict.fromkeys(figure.row for figure in figures(block))) == list(dict.fromkeys(shown)), (
            ident
        )


def page_data(text: str) -> dict[str, object]:
    """Return the block of data of a page."""
    block = re.search(r'<script type="application/json" id="page-data">(.*?)</script>', text, re.DOTALL)
    assert block is not None
    data = json.loads(block.group(1))
    assert isinstance(data, dict)
    return data


@pytest.mark.parametrize(("level", "told"), [("internal", True), ("own", False), ("grades", False)])
def test_only_the_internal_page_says_where_figures_come_from(level: str, told: bool) -> None:
    shown = Traced(Prose((Text("核查率", Figure("75%", "0.75", "a.1")),)), pack(TOLD))
    notebook = examples.notebook({"results": shown}, disclosure=level)
    bundles = [output.data for cell in notebook.cells for output in cell.get("outputs", ())]
    assert "台账.xlsx" in json.dumps([bundle.get(BLOCK_MIME) for bundle in bundles], ensure_ascii=False)
    text, _resources = AssessHTMLExporter().from_notebook_node(notebook)
    assert ("origins" in page_data(text)) is told
    assert ("台账.xlsx" in text) is told


def test_words_of_the_office_cannot_leave_the_block_of_data() -> None:
    text = json_block({"name": "</script><script>x</script>&\u2028"})
    assert "<" not in text
    assert json.loads(text)["name"] == "</script><script>x</script>&\u2028"


def test_rows_and_folded_parts_know_their_unit() -> None:
    table = Table(
        "t", "题", (examples.Column("u", "单位"),), (Row(("海角区",), unit="100001"), Row(("全市",)))
    )
    assert Html()(table).count('<tr role="row" data-unit="100001">') == 1
    assert '<details class="fold" data-unit="100001">' in Html()(Details("展开", table, unit="100001"))


def test_the_page_lists_the_units_it_can_be_narrowed_to() -> None:
    notebook = examples.notebook({"results": Prose((Text("文"),))}, units=[["100001", "海角区"]])
    text, _resources = AssessHTMLExporter().from_notebook_node(notebook)
    assert page_data(text)["units"] == [["100001", "海角区"]]


def test_points_of_a_thousand_are_stored_plain_and_printed_with_their_sign() -> None:
    whole = {**SCORE, "points_possible": "1000", "points": "1000.00"}
    told = origins(replace(records(), scores=frame_of([whole], SCORE_COLUMNS)), [str(SCORE["id"])])
    facts = dict(told[str(SCORE["id"])].facts)
    assert (facts["得分"], facts["应得分"]) == ("1,000.00", "1,000")
