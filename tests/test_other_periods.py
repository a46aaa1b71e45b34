"""Rounds of two years and of a half-year from the example's files, to the end: figures, sentences, charts, editions."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import round_examples as example

from analysis import open_round
from analysis.indicators.values import ValueIndex
from analysis.render.html_blocks import Html
from analysis.render.plain_blocks import plain
from analysis.report import claims, plotted
from analysis.rounds.refusals import QuestionError
from analysis.run.opening import OpenRound

TWO_YEARS, HALF_YEAR = "2019-2020", "2020H1"
HALVES = [f"{year}H{half}" for year in range(2016, 2021) for half in (1, 2)]
CITY, HAIGANG = "130300", "130302"


@pytest.fixture(scope="module")
def two_years(tmp_path_factory: pytest.TempPathFactory) -> OpenRound:
    folder = tmp_path_factory.mktemp("two")
    example.derived(folder, TWO_YEARS, periods="[2019, 2020]", base_period="2017-2018")
    return open_round(TWO_YEARS, project=folder)


@pytest.fixture(scope="module")
def half_year(tmp_path_factory: pytest.TempPathFactory) -> OpenRound:
    folder = tmp_path_factory.mktemp("half")
    history = f"[{', '.join(HALVES)}]"
    example.derived(folder, HALF_YEAR, periods="[2020H1]", base_period="2019H1", history=history)
    return open_round(HALF_YEAR, project=folder)


def counted(r: OpenRound, first: str, last: str, unit: str = "") -> int:
    """Count the cases of the ledger that came in between two days, by another way than the program's."""
    clues = r.ledger("clues")
    own = clues["confirmed"].fillna(False) & clues["duplicate_of"].fillna("").eq("")
    own &= clues["received_on"].between(first, last)
    return int((own & (clues["unit"] == unit) if unit else own).sum())


def said(r: OpenRound, page: str, section: str, **asked: str) -> str:
    display = getattr(r.page(page, **asked), section)()
    return plain(display) if page == "bulletin" else re.sub(r"<[^>]*>", "", Html()(display))


# ------------------------------------------------------------------------------------------- two years


def test_two_years_are_counted_and_compared_with_the_two_before(two_years: OpenRound) -> None:
    index = ValueIndex(two_years.values)
    for unit, code in (("", CITY), (HAIGANG, HAIGANG)):
        now = counted(two_years, "2019-01-01", "2020-12-31", unit)
        before = counted(two_years, "2017-01-01", "2018-12-31", unit)
        assert index.row(code, TWO_YEARS, "cases")["value"] == now
        assert index.row(code, "2017-2018", "cases")["value"] == before
        change = index.row(code, TWO_YEARS, "change_cases", "2017-2018")
        assert change["value"] == pytest.approx((now - before) / before)


def test_a_report_of_two_years_calls_them_by_their_name(two_years: OpenRound) -> None:
    summary = said(two_years, "report", "summary")
    assert "考核时期：2019—2020年" in summary
    assert "与2017—2018年相比分别下降" in summary
    assert "同比" not in summary
    assert "四项比率与2017—2018年相比" in said(two_years, "report", "progress")
    assert "2017—2018年→2019—2020年" in said(two_years, "report", "declines")
    assert two_years.page("card", unit=HAIGANG).title == "海港区2019—2020年度考核反馈"
    assert two_years.page("report").short_title == "2019—2020年度考核报告"


def test_a_bulletin_of_two_years_reads_as_one(two_years: OpenRound) -> None:
    opening, grading = (said(two_years, "bulletin", part) for part in ("opening", "grading"))
    assert "关于2019—2020年度保障农民工工资支付工作" in opening
    assert "全市各县区2019—2020年度保障农民工工资支付工作考核评价为A级的是：" in grading


def test_the_past_of_two_years_is_drawn_by_single_years(two_years: OpenRound) -> None:
    e = two_years.page("report").evidence
    frame = plotted.cases_by_unit_period(e)
    assert list(dict.fromkeys(frame["period"])) == ["2016", "2017", "2018", "2019", "2020"]
    assert "2016～2020年" in said(two_years, "report", "progress")


def test_a_card_of_two_years_names_their_cases_not_those_of_the_last_one(two_years: OpenRound) -> None:
    """由2017—2018年的327件降到84件 stood there: 84 are those of 2020 alone."""
    before = counted(two_years, "2017-01-01", "2018-12-31", HAIGANG)
    now = counted(two_years, "2019-01-01", "2020-12-31", HAIGANG)
    title = f"案件数由2017—2018年的{before}件降到{now}件，下降明确"
    assert title in said(two_years, "card", "past", unit=HAIGANG)


@pytest.mark.parametrize("level", ["grades", "own"])
def test_an_outer_edition_of_two_years_is_made_to_the_end(two_years: OpenRound, level: str) -> None:
    """Cases and those resolved, of two years and of both together, are sums in a ring."""
    page = "card" if level == "own" else "report"
    asked = {"unit": HAIGANG} if level == "own" else {}
    rows = two_years.page(page, disclosure=level, **asked).evidence.values
    city = rows[(rows["unit"] == CITY) & (rows["measure"] == "cases")].set_index("period")
    assert {TWO_YEARS, "2019", "2020"} <= set(city.index)
    assert city.loc[TWO_YEARS, "status"] != "withheld"


# ------------------------------------------------------------------------------------------- half a year


def test_a_half_year_is_compared_with_that_of_the_year_before(half_year: OpenRound) -> None:
    index = ValueIndex(half_year.values)
    for unit, code in (("", CITY), (HAIGANG, HAIGANG)):
        now = counted(half_year, "2020-01-01", "2020-06-30", unit)
        before = counted(half_year, "2019-01-01", "2019-06-30", unit)
        assert index.row(code, HALF_YEAR, "cases")["value"] == now
        change = index.row(code, HALF_YEAR, "change_cases", "2019H1")
        assert change["value"] == pytest.approx((now - before) / before)


def test_a_report_of_a_half_year_reads_so_in_both_languages(half_year: OpenRound) -> None:
    summary = said(half_year, "report", "summary")
    assert "考核时期：2020年上半年" in summary
    assert "同比分别" in summary
    assert "2019年上半年→2020年上半年" in said(half_year, "report", "declines")
    progress = said(half_year, "report", "progress")
    assert "2016～2020年各年上半年" in progress
    assert "四项比率与上年同期相比" in progress
    assert "2020年上半年" in said(half_year, "bulletin", "opening")
    english = open_round(HALF_YEAR, "en", half_year.page("report").round.project)
    assert "Period: the first half of 2020" in said(english, "report", "summary")
    assert "the first halves of 2016–2020" in said(english, "report", "progress")
    assert "in the first half of 2020" in said(english, "bulletin", "grading")


def test_the_past_of_a_half_year_is_that_of_the_first_halves(half_year: OpenRound) -> None:
    """The second halves are listed too, and the last of all history lies behind the round: neither is drawn."""
    e = half_year.page("report").evidence
    frame = plotted.cases_by_unit_period(e)
    assert list(dict.fromkeys(frame["period"])) == HALVES[::2]
    own = frame[frame["unit_name"] == e.short(HAIGANG)]
    now = counted(half_year, "2020-01-01", "2020-06-30", HAIGANG)
    assert own["value"].iloc[-1] == now
    assert claims.past_alt(e).plain.count(f"到{now}件") >= 1


# ------------------------------------------------------------------------------------------- compared with no period


def test_a_round_compared_with_no_period_cannot_score_a_fall(tmp_path: Path) -> None:
    example.derived(tmp_path, "2020", base_period="null")
    with pytest.raises(QuestionError, match=r"base_period 为 null.*5\.5、5\.6、5\.7"):
        open_round("2020", project=tmp_path).page("report")


def test_a_round_compared_with_no_period_says_so_and_compares_nothing(tmp_path: Path) -> None:
    example.derived(tmp_path, "2020", base_period="null")
    for file in ("rulebook.yaml", "bulletin.yaml"):
        (example.raw(tmp_path) / file).unlink()
    r = open_round("2020", project=tmp_path)
    city = counted(r, "2020-01-01", "2020-12-31")
    summary = said(r, "report", "summary")
    assert f"2020年为{city}件、" in summary
    assert "本轮不与其他时期比较" in summary
    assert "未报" not in summary
    assert said(r, "report", "declines") in summary
    own = counted(r, "2020-01-01", "2020-12-31", HAIGANG)
    assert said(r, "card", "changes", unit=HAIGANG).startswith(f"案件数{own}件，")
    assert "变化" not in said(r, "trends", "rates").partition("核查率")[2]


def test_rules_that_score_a_period_the_round_does_not_count_are_refused(tmp_path: Path) -> None:
    example.derived(tmp_path, "2020")
    rules = example.raw(tmp_path) / "rulebook.yaml"
    parts = "".join(
        f"    - {{name: 期, periods: [{period}], weight: 50%}}\n" for period in ("2020H1", "2020")
    )
    rules.write_text(f"{rules.read_text(encoding='utf-8')}\nperiods:\n  parts:\n{parts}", encoding="utf-8")
    with pytest.raises(QuestionError, match="细则按时期“2020H1”计分"):
        open_round("2020", project=tmp_path).page("report")


# ------------------------------------------------------------------------------------------- fiscal years


def test_a_fiscal_year_is_counted_from_its_month_and_called_by_its_name(tmp_path: Path) -> None:
    years = "[2017/18, 2018/19, 2019/20]"
    example.derived(tmp_path, "2020", periods="[2019/20]", base_period="2018/19", history=years)
    file = example.raw(tmp_path) / "round.yaml"
    file.write_text(f"year_starts: 4\n{file.read_text(encoding='utf-8')}", encoding="utf-8")
    r = open_round("2020", project=tmp_path)
    index = ValueIndex(r.values)
    assert index.row(CITY, "2019/20", "cases")["value"] == counted(r, "2019-04-01", "2020-03-31")
    assert index.row(CITY, "2018/19", "cases")["value"] == counted(r, "2018-04-01", "2019-03-31")
    assert "关于2019/20财年保障农民工工资支付工作" in said(r, "bulletin", "opening")
    assert "2017/18～2019/20财年" in said(r, "report", "progress")
