"""Nothing hollow on a page: what a round does not have takes no heading, no number, no column and no panel."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import nbformat
import pandas as pd
import pytest

from analysis.publish.executed_notebook import read_document
from analysis.render.block_json import BLOCK_MIME, to_json
from analysis.render.blocks import PAGE_MIME, Graphic, Group, Prose, Table, leaves
from analysis.report.page import Page
from analysis.results.assessment import Assessment
from analysis.rounds.rounds import RoundSettings
from analysis.rounds.units import Unit, UnitRoll
from analysis.run import in_memory, pages

MONEY, PEOPLE = ("amount", "amount_paid"), ("workers",)
UNITS = ("990001", "990002")


@cache
def assessed(language: str = "zh", lacking: tuple[str, ...] = (), base: str | None = "2019") -> Assessment:
    """Return a round of two counties without a rule set, in whose clue ledger nobody has some columns."""
    settings = RoundSettings(
        round="2020", title="考核", title_en="Assessment", issuer="示例办公室", periods=["2020"], base_period=base,
        city={"code": "990000", "name": "示例市", "short": "全市"}, language=language,
        history=["2019", "2020"] if base else ["2020"], as_of="2021-03-31", synthetic=True,
    )  # fmt: skip
    roll = UnitRoll([Unit(code, f"{code}县", f"{code}县") for code in UNITS], "990000", "全市")
    rows = [
        {
            "unit": unit, "no": f"{unit}-{year}-{case}", "received_on": pd.Timestamp(f"{year}-0{case % 9 + 1}-05"),
            "checked": True, "confirmed": True, "workers": 3, "amount": 30_000.0, "amount_paid": 20_000.0,
            "resolved_on": pd.Timestamp(f"{year}-10-01"), "closed_on": pd.Timestamp(f"{year}-10-02"),
        }
        for unit in UNITS
        for year, cases in ((2019, 15), (2020, 12))
        for case in range(cases)
        if base or year > 2019
    ]  # fmt: skip
    clues = pd.DataFrame(rows).drop(columns=list(lacking))
    arrived = in_memory.intake_of(settings, roll, {"clues": clues})
    return in_memory.assess(in_memory.declared_of(settings), arrived, draws=0)


def shown(name: str, disclosure: str = "internal", **round_: Any) -> Page:
    """Return a page of such a round."""
    return pages.page_of(assessed(**round_), name, disclosure, unit=UNITS[0] if name == "card" else "")


def numbers(page: Page) -> list[str]:
    """Return the numbers of the figures of a page in the order of reading."""
    blocks = [block for section in page.sections().values() for block in leaves(section)]
    return [block.number for block in blocks if isinstance(block, Graphic)]


@pytest.mark.parametrize("disclosure", ["internal", "grades"])
def test_without_rules_no_section_speaks_of_scores_and_the_others_move_up(disclosure: str) -> None:
    report = shown("report", disclosure)
    ruled = {"results", "firmness", "problems", "annex-indicators", "annex-scores"}
    assert not ruled & {*report.sections()}
    written = str(report)
    assert "一、考核组织" in written
    assert "二、指标下降情况" in written
    assert "附件一　数据质量" in written
    # that there is no rule set is said once, among the findings
    assert written.count("没有规则集") == 1


def test_without_rules_the_working_pages_have_no_headings_of_scores_either() -> None:
    assert [*shown("indicators").sections()] == ["rates", "counts"]
    assert not {"losses", "self-check", "verification", "firmness", "problem-matrix"} & {
        *shown("comparison").sections()
    }
    assert "losses" not in shown("card").sections()


@pytest.mark.parametrize(("language", "first"), [("zh", "图1"), ("en", "Figure 1")])
def test_figures_and_tables_of_a_round_without_rules_are_numbered_from_one_without_gaps(
    language: str, first: str
) -> None:
    report = numbers(shown("report", language=language))
    assert report[0] == first
    assert [number[-1] for number in report] == [str(place) for place in range(1, len(report) + 1)]
    assert [number[-1] for number in numbers(shown("card", language=language))] == ["1", "2"]


def test_a_round_that_is_compared_with_none_and_has_no_rules_begins_at_one_too() -> None:
    assert numbers(shown("report", base=None))[0] == "图1"


def test_a_ledger_nobody_handed_in_takes_no_section() -> None:
    report = shown("report")
    assert "rectification" not in report.sections()
    # among the findings a reader is told
    assert "没有报送整改台账" in str(report)


def test_an_exported_notebook_leaves_out_a_heading_whose_cell_shows_nothing() -> None:
    def cell(block: Any) -> Any:
        data = {BLOCK_MIME: to_json(block)}
        return nbformat.v4.new_code_cell(
            "page",
            execution_count=1,
            outputs=[nbformat.v4.new_output("display_data", json.loads(json.dumps(data)))],
        )

    facts = nbformat.v4.new_output(
        "display_data", {PAGE_MIME: {"kind": "report", "language": "zh", "title": "考核"}}
    )
    cells = [nbformat.v4.new_code_cell("page", execution_count=1, outputs=[facts])]
    for ident, block in (
        ("organisation", Prose(("甲",))),
        ("results", Group(())),
        ("declines", Prose(("乙",))),
        ("own", Group(())),
    ):
        cells += [nbformat.v4.new_markdown_cell(f"## {ident}", id=ident), cell(block)]
    document = read_document(nbformat.v4.new_notebook(cells=cells))
    # a section the notebook's author added is his own
    assert [section.heading for section in document.sections] == ["一、考核组织", "二、指标下降情况", "own"]


@pytest.mark.parametrize(("language", "word"), [("zh", "金额"), ("en", "amount")])
def test_money_nobody_reported_is_named_once_and_takes_no_row_column_or_panel(
    language: str, word: str
) -> None:
    report = shown("report", language=language, lacking=MONEY)
    parts = report.sections()
    # in the sentence that it is not compared, which stands among the findings and above the declines
    for section in ("summary", "declines"):
        assert str(parts[section]).count(word) == 1
    assert "—→" not in str(report)
    tables = {
        table.id: table for part in parts.values() for table in leaves(part) if isinstance(table, Table)
    }
    for ident in ("rates", "rate-gaps"):
        assert "rate_paid" not in {column.key for column in tables[ident].columns}
    drawn = next(block for block in leaves(parts["declines"]) if isinstance(block, Graphic))
    assert len(drawn.data.rows) == 2 * (len(UNITS) + 1)
    # the same figure of a round with money is wider by a panel
    full = next(
        block for block in leaves(shown("report", language=language).declines()) if isinstance(block, Graphic)
    )
    assert full.slim.height > drawn.slim.height
    card = shown("card", language=language, lacking=MONEY)
    assert word not in str(card.sections()["summary"])
    assert word not in str(card.sections()["changes"]).split("\n", 3)[-1]
    counts = shown("indicators", language=language, lacking=MONEY).sections()["counts"]
    assert word not in str(counts)


@pytest.mark.parametrize(
    ("lacking", "said"),
    [
        (
            PEOPLE,
            "全市欠薪案件数、涉及金额同比分别下降20.0%、20.0%，欠薪案件数、涉及金额变化不明确，涉及人数未报，不作比较。",
        ),
        (
            MONEY,
            "全市欠薪案件数、涉及人数同比分别下降20.0%、20.0%，欠薪案件数、涉及人数变化不明确，涉及金额未报，不作比较。",
        ),
        (
            (*MONEY, *PEOPLE),
            "全市欠薪案件数同比下降20.0%，欠薪案件数变化不明确，涉及人数、涉及金额未报，不作比较。",
        ),
        ((), "全市欠薪案件数、涉及人数、涉及金额同比分别下降20.0%、20.0%、20.0%，变化都不明确。"),
    ],
)
def test_the_city_s_declines_name_what_is_reported_and_what_is_not(
    lacking: tuple[str, ...], said: str
) -> None:
    # 2 × 15 cases became 2 × 12, each of three people and 30 000 yuan
    assert said in str(shown("report", lacking=lacking).sections()["summary"])


def test_of_a_round_compared_with_none_what_is_reported_is_told_alone() -> None:
    alone = str(shown("report", base=None, lacking=MONEY).sections()["summary"])
    assert "全市欠薪案件数、涉及人数2020年为24件、72人，本轮不与其他时期比较" in alone


def test_working_pages_have_no_table_of_a_ledger_nobody_handed_in() -> None:
    assert "coverages" not in shown("indicators").sections()
