"""A round with an amount of ten 亿元 or more: one unit for its columns and charts, and no small amount is nought."""

from __future__ import annotations

from functools import cache

import chart_examples as example
import pandas as pd
import pytest

from analysis import charts
from analysis.render.blocks import Graphic, Table, leaves
from analysis.report.page import Page
from analysis.results.assessment import Assessment
from analysis.rounds.rounds import RoundSettings
from analysis.rounds.units import Unit, UnitRoll
from analysis.run import in_memory, pages
from analysis.words import words

#: what every case of a unit is about, in yuan
OWED = {"990001": 30_000_000.0, "990002": 30_000_000.0, "990003": 30_000.0}


@cache
def assessed(language: str) -> Assessment:
    """Return a round of three counties: 50 cases each, then 20; two of them with large amounts."""
    settings = RoundSettings(
        round="2020", title="考核", title_en="Assessment", issuer="示例办公室", periods=["2020"], base_period="2019",
        city={"code": "990000", "name": "示例市", "short": "全市"}, language=language, history=["2019", "2020"],
        as_of="2021-03-31", synthetic=True,
    )  # fmt: skip
    roll = UnitRoll([Unit(code, f"{code}县", f"{code}县") for code in OWED], "990000", "全市")
    clues = pd.DataFrame(
        {
            "unit": unit, "no": f"{unit}-{year}-{case}", "received_on": pd.Timestamp(f"{year}-05-05"), "checked": True,
            "confirmed": True, "workers": 30, "amount": owed, "amount_paid": owed / 2,
            "resolved_on": pd.Timestamp(f"{year}-10-01"), "closed_on": pd.Timestamp(f"{year}-10-02"),
        }
        for unit, owed in OWED.items()
        for year, cases in ((2019, 50), (2020, 20))
        for case in range(cases)
    )  # fmt: skip
    arrived = in_memory.intake_of(settings, roll, {"clues": clues})
    return in_memory.assess(in_memory.declared_of(settings), arrived, draws=0)


def page(name: str, language: str) -> Page:
    return pages.page_of(assessed(language), name, unit="990003" if name == "card" else "")


@pytest.mark.parametrize(
    ("language", "city", "paid", "small", "title"),
    [
        # 2 × 50 × 3 000万 + 50 × 3万 = 300 150 万元, then 120 060; half of it is paid
        ("zh", "30.02→12.01亿元", "6.00/12.01", ("0.015", "0.0060"), "涉及金额变化−18.01亿元"),
        ("en", "3,002→1,201 million yuan", "600/1,201", ("1.5", "0.60"), "changed by −1.801 billion yuan"),
    ],
)
def test_every_page_of_a_round_has_its_amounts_in_one_unit(
    language: str, city: str, paid: str, small: tuple[str, str], title: str
) -> None:
    report = str(page("report", language))
    assert city in report
    assert paid in report
    assert title in report
    assert not any(unit in report for unit in ("万元", "thousand yuan"))
    card = str(page("card", language).sections()["changes"])
    assert all(amount in card.split() for amount in small)


def test_a_cell_in_the_larger_unit_is_the_same_value_of_the_same_row() -> None:
    report = page("report", "zh")
    tables = [block for block in leaves(report.declines()) if isinstance(block, Graphic | Table)]
    data = next(block.data for block in tables if isinstance(block, Graphic) and block.id == "fig-declines")
    cells = [cell for row in data.rows for cell in row.complete()]
    figures = [part for cell in cells for part in getattr(cell.content, "parts", ()) if hasattr(part, "row")]
    amount = next(figure for figure in figures if figure.row == "990001.2020.amount.sum")
    assert (amount.text, float(amount.value)) == ("6.00", 600_000_000)


@pytest.mark.parametrize("width", ["wide", "slim"])
def test_a_chart_of_large_amounts_has_the_larger_unit_on_its_axis(width: charts.Width) -> None:
    frame = example.changes_by_unit_measure()
    amounts = frame["measure"].eq("amount")
    frame.loc[amounts, ["previous", "current"]] *= 200
    large = words("zh").for_amounts_up_to(frame.loc[amounts, "previous"].max())
    shown = [text.get_text() for text in charts.declines(frame, large, width).axes[0].texts]
    assert any("亿元" in text for text in shown)
    assert not any("万元" in text for text in shown)
    # 19.34 and 9.58 million times 200
    assert "38.68→19.16" in shown


def test_a_small_amount_in_a_chart_of_large_ones_has_its_digits() -> None:
    frame = example.changes_by_unit_measure()
    amounts = frame["measure"].eq("amount")
    frame.loc[amounts, ["previous", "current"]] *= 200
    first = frame.index[amounts][0]
    frame.loc[first, ["previous", "current"]] = [3_000_000.0, 120_000.0]
    for language, small in (("zh", "0.0300→0.0012"), ("en", "3.00→0.12")):
        large = words(language).for_amounts_up_to(10**9)
        assert small in [text.get_text() for text in charts.declines(frame, large, "wide").axes[0].texts]


def test_the_axis_of_small_numbers_has_decimals() -> None:
    frame = example.changes_by_unit_measure()
    amounts = frame["measure"].eq("amount")
    # at most 1,934 yuan: ticks of 0.1 万元, which were printed 0
    frame.loc[amounts, ["previous", "current"]] /= 10_000
    shown = [text.get_text() for text in charts.declines(frame, words("zh"), "wide").axes[0].texts]
    assert "0.1" in shown
