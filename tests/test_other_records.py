"""Records of other countries by settings and maps alone: yen, prefectures, era dates, lists of nothing but cases."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from file_examples import Table, write
from ruamel.yaml import YAML

from analysis.report import claims
from analysis.report.claims import Evidence
from analysis.results.assessment import Assessment
from analysis.run.stages import open_assessment
from analysis.words import words

#: number, prefecture, published on, workers, money: invented, in the forms of the real list
CASES = [
    ["JP-1", "示例県", "H29.6.23", "６", "約67万円"],
    ["JP-2", "示例県", "H30.10.6", "５", 175],
    ["JP-3", "例示府", "H30.3.15", "3", ""],
    ["JP-4", "例示府", "平成29年2月1日", "", "50"],
    ["JP-5", "示例県", "R1.5.7", "１２", "1,234"],
]
UNITS = [
    [1, "01", "示例县", "示例", "示例県"],
    [2, "02", "例示府", "例示", ""],
    [3, "03", "无报县", "无报", ""],
]
SETTINGS = {
    "round": "2018", "title": "别国的送检案件", "issuer": "示例", "synthetic": True,
    "city": {"code": "JP00", "name": "日本", "short": "全国"},
    "periods": ["2018"], "base_period": "2017", "history": ["2017", "2018", "2019"],
    "as_of": dt.date(2019, 12, 31), "currency": "JPY",
    "breaks": [{"period": "2019", "measures": ["cases", "workers", "amount"], "reason": "只有部分月份"}],
}  # fmt: skip
MAPS = {
    "units": {
        "file": "都道府县.csv", "header_rows": [1],
        "fields": {"order": ["序"], "code": ["代码"], "name": ["名称"], "short": ["简称"], "aliases": ["原名"]},
    },
    "clues": {
        "file": "送检.csv", "header_rows": [1], "unit_of_measure": {"amount": "万円"},
        "constants": {"checked": True, "confirmed": True},
        "fields": {
            "no": ["番号"], "unit_name": ["都道府県"], "received_on": ["公表日"], "workers": ["労働者数"],
            "amount": ["金額"],
        },
    },
}  # fmt: skip


def project(
    folder: Path, settings: dict[str, object], maps: dict[str, object], **tables: list[list[object]]
) -> Path:
    """Write a round and return its project."""
    raw = folder / "data" / "raw" / str(settings["round"])
    raw.mkdir(parents=True)
    for name, data in (("round", settings), ("maps", {"ledgers": maps})):
        with (raw / f"{name}.yaml").open("w", encoding="utf-8") as file:
            YAML().dump(data, file)
    for name, rows in tables.items():
        write(raw / f"{name}.csv", [Table("", rows)])
    return folder


@pytest.fixture(scope="module")
def japan(tmp_path_factory: pytest.TempPathFactory) -> Assessment:
    head, cases = ["番号", "都道府県", "公表日", "労働者数", "金額"], CASES
    roll = [["序", "代码", "名称", "简称", "原名"], *UNITS]
    folder = project(tmp_path_factory.mktemp("japan"), SETTINGS, MAPS, 送检=[head, *cases], 都道府县=roll)
    return open_assessment("2018", "comparison", "zh", project=folder)


def value(
    assessment: Assessment, unit: str, measure: str, period: str, base: str = ""
) -> tuple[object, str, str]:
    values = assessment.values
    found = values[
        (values["unit"] == unit) & (values["measure"] == measure) & (values["period"] == period)
        & (values["base_period"] == base)
    ].iloc[0]  # fmt: skip
    number = None if found["value"] != found["value"] else found["value"]
    return number, found["unit_of_measure"], found["status"]


def test_era_dates_full_width_digits_and_ten_thousand_yen_are_read(japan):
    assert value(japan, "01", "amount", "2017") == (670_000, "yen", "reported")
    assert value(japan, "01", "amount", "2019") == (12_340_000, "yen", "reported")
    assert value(japan, "01", "workers", "2018") == (5, "person", "reported")
    assert value(japan, "JP00", "cases", "2017")[0] == 2
    # a sum that is about so much was told
    assert "value_approximate" in set(japan.issues["check"])


def test_rows_that_do_not_state_money_or_workers_leave_the_sum_partial(japan):
    assert value(japan, "02", "amount", "2018") == (None, "yen", "not_reported")
    assert value(japan, "JP00", "amount", "2018") == (1_750_000, "yen", "partial")
    assert value(japan, "02", "workers", "2017")[2] == "not_reported"


def test_what_the_list_has_no_column_for_is_not_reported_and_never_nought(japan):
    for measure in ("rate_resolved", "clues_resolved", "rate_closed", "clues_closed", "rate_paid"):
        for unit in ("01", "02", "03", "JP00"):
            assert value(japan, unit, measure, "2018")[0::2] == (None, "not_reported")


def test_a_list_of_nothing_but_cases_does_not_say_how_many_clues_came_in(japan):
    assert value(japan, "01", "cases", "2018")[0] == 1
    for measure in ("clues_received", "clues_checked", "rate_checked"):
        assert value(japan, "01", measure, "2018")[0::2] == (None, "not_reported")


def test_a_unit_without_records_is_not_reported(japan):
    assert {value(japan, "03", "cases", year)[2] for year in ("2017", "2018", "2019")} == {"not_reported"}


def test_a_part_of_a_year_is_not_compared_with_a_whole_one(japan):
    assert value(japan, "JP00", "change_cases", "2019", "2018")[2] == "not_comparable"


def test_the_report_tells_money_in_yen_and_calls_the_whole_by_its_name(japan):
    e = Evidence(
        japan.values,
        japan.scores,
        japan.grades,
        japan.findings,
        japan.index,
        japan.roll,
        japan.round.settings.calendar,
        japan.words,
    )
    sentence, detail = claims.city_declines(e)
    assert "全国" in sentence.plain
    assert "全市" not in sentence.plain
    assert "万日元" in (sentence.plain + detail.plain)
    # no rectification ledger: nothing is known of problems, which is not none
    assert claims.ledger_standing(e, "2019年12月31日").plain == words("zh").label(
        "message.problems.no_ledger"
    )


def test_a_round_without_a_rulebook_is_analysed_and_not_graded(japan):
    assert japan.scores.empty
    assert japan.grades["grade"].replace("", None).isna().all()
    assert value(japan, "01", "change_cases", "2018", "2017")[0] == 0


AMERICA = {
    **{key: text for key, text in SETTINGS.items() if key != "breaks"},
    "round": "2008", "city": {"code": "US00", "name": "United States", "short": "全国"}, "currency": "USD",
    "periods": ["2008"], "base_period": "2007", "history": ["2006", "2007", "2008"], "as_of": dt.date(2008, 12, 31),
}  # fmt: skip
SUMMARY = {
    "units": MAPS["units"],
    "summary": {
        "file": "national.csv", "header_rows": [1], "unit_of_measure": {"amount": "dollars"},
        "fields": {
            "unit_name": ["jurisdiction"], "period": ["year"], "cases": ["cases"], "workers": ["workers"],
            "amount": ["amount"], "clues_resolved": ["resolved"],
        },
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def america(tmp_path_factory: pytest.TempPathFactory) -> Assessment:
    rows = [
        ["jurisdiction", "year", "cases", "workers", "amount", "resolved"],
        ["United States (example)", "2006", 31000, 246000, "171,955,533", ""],
        ["United States (example)", "FY2007", 30000, 341000, 220613703, ""],
        ["United States (example)", "2008", 28000, 228000, 185287827, ""],
    ]
    roll = [
        ["序", "代码", "名称", "简称", "原名"],
        [1, "US01", "United States (example)", "United States", ""],
    ]
    folder = project(tmp_path_factory.mktemp("america"), AMERICA, SUMMARY, national=rows, 都道府县=roll)
    return open_assessment("2008", "comparison", "zh", project=folder)


def test_a_national_table_goes_in_as_a_summary_in_dollars(america):
    assert america.issues.empty
    assert value(america, "US01", "amount", "2007") == (220_613_703, "dollar", "reported")
    assert value(america, "US00", "cases", "2008") == (28_000, "case", "reported")
    assert value(america, "US00", "change_cases", "2008", "2007")[0] == pytest.approx(-2000 / 30000)
    assert value(america, "US00", "clues_resolved", "2008")[2] == "not_reported"
    # what each factor added to the money is money of the same currency
    assert value(america, "US00", "effect_cases", "2008", "2007")[1] == "dollar"
