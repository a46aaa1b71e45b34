"""A summary: unit × period × numbers, in the place of a ledger nobody keeps, or beside one."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import ledger_examples as le
import pandas as pd
import pytest
from file_examples import Table, write
from ledger_examples import CITY, EAST, SOUTH, WEST
from ruamel.yaml import YAML

from analysis.indicators import catalogue, measures
from analysis.indicators.summaries import Cell, stated_for
from analysis.intake import Intake, fault_line, read_round
from analysis.rounds.faults import Fault
from analysis.rounds.periods import parse_period, written_period
from analysis.rounds.rounds import load_round
from analysis.words import LANGUAGES, words

FIELDS = {
    "unit_name": ["单位"],
    "period": ["时期"],
    "clues_received": ["收到"],
    "clues_checked": ["核查"],
    "cases": ["案件"],
    "clues_resolved": ["化解"],
    "workers": ["人数"],
    "amount": ["金额"],
}
HEAD = ["单位", "时期", "收到", "核查", "案件", "化解", "人数", "金额（万元）"]


def summary_round(
    folder: Path, rows: list[list[object]], *, head: list[str] = HEAD, **mapped: object
) -> Intake:
    """Return a round whose only ledger is a summary with the rows given."""
    raw = folder / "data" / "raw" / "2020"
    raw.mkdir(parents=True)
    settings = {
        "round": "2020", "title": "考核", "city": {"code": CITY, "name": "示例市", "short": "全市"}, "issuer": "示例办",
        "synthetic": True, "periods": ["2020"], "base_period": "2019", "history": ["2019", "2020"],
        "as_of": dt.date(2021, 2, 28),
    }  # fmt: skip
    roll = {
        "file": "名册.csv",
        "header_rows": [1],
        "fields": {"order": ["序"], "code": ["代码"], "name": ["名称"], "short": ["简称"]},
    }
    summary = {"file": "汇总.xlsx", "sheet": "汇总", "header_rows": [1], "fields": FIELDS, **mapped}
    for name, data in (("round", settings), ("maps", {"ledgers": {"units": roll, "summary": summary}})):
        with (raw / f"{name}.yaml").open("w", encoding="utf-8") as file:
            YAML().dump(data, file)
    units = [[1, EAST, "甲县", "甲县"], [2, WEST, "乙县", "乙县"]]
    write(raw / "名册.csv", [Table("", [["序", "代码", "名称", "简称"], *units])])
    write(raw / "汇总.xlsx", [Table("汇总", [head, *rows])])
    round_ = load_round(folder, "2020")
    intake = read_round(round_, lambda arrived: measures.differing(arrived, round_.settings))
    for fault in intake.faults:
        for language in LANGUAGES:
            assert fault.cell in fault_line(fault, words(language))
    return intake


def blocking(intake: Intake) -> list[tuple[str, str]]:
    return [(fault.check, fault.cell) for fault in intake.faults if fault.severity == "blocks"]


GOOD: list[list[object]] = [
    ["甲县", "2019年", 30, 30, 20, 18, 200, 240.5],
    ["甲县", "2020年", 25, 24, 15, 15, 120, 130],
    ["乙县", "2019年", 12, 12, 9, 9, None, 90],
    ["乙县", "2020年", 10, 10, 6, 6, 50, "不详"],
]


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Intake:
    return summary_round(tmp_path_factory.mktemp("summary"), GOOD)


@pytest.fixture(scope="module")
def measured(good: Intake) -> measures.Measured:
    return measures.compute(good, le.settings(history=["2019", "2020"], as_of=dt.date(2021, 2, 28)))


def row(
    measured: measures.Measured, unit: str, measure: str, period: str = "2020", base: str = ""
) -> pd.Series:
    values = measured.values
    keys = {"unit": unit, "measure": measure, "period": period, "base_period": base}
    found = values[(values[list(keys)] == pd.Series(keys)).all(axis=1)]
    assert len(found) == 1
    return found.iloc[0]


# ------------------------------------------------------------------------------------------- reading


def test_every_cell_is_an_entry_with_its_own_place(good):
    assert blocking(good) == []
    frame = good.ledgers["summary"]
    assert len(frame) == len(GOOD) * 6
    amount = frame[
        (frame["unit"] == EAST) & (frame["period"] == "2019") & (frame["measure"] == "amount")
    ].iloc[0]
    assert (amount["value"], amount["column"], amount["row"]) == (2_405_000_00, "H", 2)
    missing = frame[(frame["unit"] == WEST) & (frame["measure"] == "workers") & (frame["period"] == "2019")]
    assert missing["value"].isna().all()


def test_a_column_per_period_says_the_same(tmp_path, good):
    head = ["单位", "2019年", "2020年"]
    wide = summary_round(
        tmp_path, [["甲县", 20, 15], ["乙县", 9, 6]], head=head,
        fields={"unit_name": ["单位"]}, wide={"item": r"(\d{4}年)", "measure": "cases"},
    )  # fmt: skip
    assert blocking(wide) == []
    frame, long = wide.ledgers["summary"], good.ledgers["summary"]
    keys = ["unit", "period", "measure", "value"]
    cases = long[long["measure"] == "cases"][keys].reset_index(drop=True)
    pd.testing.assert_frame_equal(frame[keys], cases)
    assert frame["column"].tolist() == ["B", "C", "B", "C"]


def test_periods_over_measures_are_told_apart_by_both_headers(tmp_path):
    intake = summary_round(
        tmp_path,
        [
            [None, "案件", "金额（万元）", "案件", "金额（万元）"],
            ["甲县", 20, 240.5, 15, 130],
            ["乙县", 9, 90, 6, 70],
        ],
        head=["单位", "2019年", "2019年", "2020年", "2020年"],
        header_rows=[1, 2],
        fields={"unit_name": ["单位"], "cases": ["案件"], "amount": ["金额"]},
        wide={"item": r"(\d{4}年)"},
    )
    assert blocking(intake) == []
    frame = intake.ledgers["summary"]
    of_east = frame[frame["unit"] == EAST].set_index(["measure", "period"])["value"]
    assert of_east["amount", "2019"] == 2_405_000_00
    assert of_east["cases", "2020"] == 15


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("2020", "2020"), ("2020年度", "2020"), ("２０２０年", "2020"), ("FY2001", "2001"), ("2020年上半年", "2020H1"),
        ("2020H2", "2020H2"), ("2020年三季度", "2020Q3"), ("2020年第3季度", "2020Q3"), ("2020年3月", "2020-03"),
        ("2020.12", "2020-12"), ("2021—2022年", "2021-2022"),
    ],
)  # fmt: skip
def test_periods_as_tables_write_them(text, period):
    assert written_period(text) == period


@pytest.mark.parametrize("text", ["全年", "2020年13月", "20", "2022-2021", "2020年5季度", ""])
def test_what_is_no_period_is_refused(text):
    with pytest.raises(ValueError, match="not a period"):
        written_period(text)


def test_a_period_nobody_can_read_blocks_in_its_cell(tmp_path):
    assert blocking(summary_round(tmp_path, [["甲县", "去年", *GOOD[0][2:]]])) == [("not_a_period", "B2")]


def test_two_numbers_for_one_thing_block_and_the_same_number_twice_does_not(tmp_path):
    twice = summary_round(tmp_path / "a", [GOOD[0], GOOD[0]])
    assert blocking(twice) == []
    other = [*GOOD[0][:4], 19, *GOOD[0][5:]]
    assert blocking(summary_round(tmp_path / "b", [GOOD[0], other])) == [("entry_twice", "E3")]


def test_more_at_a_step_than_at_the_one_before_blocks(tmp_path):
    assert blocking(summary_round(tmp_path, [["甲县", "2020年", 25, 24, 15, 16, 120, 130]])) == [
        ("summary_step_exceeds", "F2")
    ]


def test_a_summary_that_states_nothing_is_an_error_of_the_maps(tmp_path):
    intake = summary_round(tmp_path, GOOD, fields={"unit_name": ["单位"], "period": ["时期"]})
    assert [(fault.check, fault.file) for fault in intake.faults if fault.severity == "blocks"] == [
        ("settings_missing_key", "maps.yaml")
    ]


# ------------------------------------------------------------------------------------------- values


def test_counts_sums_and_rates_come_from_the_summary(measured):
    assert row(measured, EAST, "cases")["value"] == 15
    # cases are confirmed clues: either name gives both
    assert row(measured, EAST, "clues_confirmed")["value"] == 15
    assert row(measured, EAST, "amount")["value"] == 1_300_000
    rate = row(measured, EAST, "rate_checked")
    assert (rate["numerator"], rate["denominator"], rate["value"], rate["status"]) == (
        24,
        25,
        0.96,
        "reported",
    )
    assert row(measured, CITY, "rate_resolved")[["numerator", "denominator"]].tolist() == [21, 21]
    change = row(measured, EAST, "change_cases", base="2019")
    assert change["value"] == (15 - 20) / 20
    assert change["lower"] < change["value"] < change["upper"]


def test_a_missing_number_is_not_reported_and_the_city_partial(measured):
    west, city = row(measured, WEST, "amount"), row(measured, CITY, "amount")
    assert (west["status"], pd.isna(west["value"])) == ("not_reported", True)
    assert (city["status"], city["value"]) == ("partial", 1_300_000)
    for measure in ("rate_closed", "clues_closed", "petitions"):
        assert row(measured, EAST, measure)["status"] == "not_reported"
    # the unit without a base is left out of the city's change
    change = row(measured, CITY, "change_workers", base="2019")
    assert (change["numerator"], change["denominator"], change["status"]) == (120, 200, "partial")


def test_a_sum_stated_as_such_has_no_interval_for_its_parts_are_unknown(measured):
    change = row(measured, EAST, "change_amount", base="2019")
    assert change["value"] == pytest.approx((130 - 240.5) / 240.5)
    assert change[["lower", "upper"]].isna().all()


def test_lineage_leads_to_the_cell(measured):
    cells = measured.lineage.set_index("source")
    assert cells.loc[row(measured, EAST, "amount")["source"]]["cells"] == "H3"
    city = measured.lineage[measured.lineage["source"] == row(measured, CITY, "cases")["source"]]
    assert city[["file", "cells"]].to_numpy().tolist() == [["汇总.xlsx", "E3,E5"]]


def test_months_add_up_to_their_year_and_are_partial_while_one_is_missing():
    def month(number: int, value: int | None) -> Cell:
        return Cell(EAST, parse_period(f"2020-{number:02}"), value, "f", "s", number, "B")

    months = [month(number, number) for number in range(1, 13)]
    year = parse_period("2020")
    found = stated_for(year, months)
    assert found is not None
    assert (sum(cell.number or 0 for cell in found[0]), found[1]) == (78, True)
    without_may = stated_for(year, [*months[:4], month(5, None), *months[5:]])
    assert without_may is not None
    assert (len(without_may[0]), without_may[1]) == (11, False)
    # its own number goes before any sum, and an empty cell is no number
    own = Cell(EAST, year, 80, "f", "s", 1, "C")
    assert stated_for(year, [*months, own]) == ((own,), True)
    assert stated_for(year, [own._replace(number=None)]) is None
    assert stated_for(parse_period("2019"), months) is None


# ------------------------------------------------------------------------------------------- beside a ledger


def arrived_with(stated: dict[str, int | None], clues: list[dict[str, object]]) -> le.Ledgers:
    """Return ledgers with clues and a summary of the eastern unit for 2020."""
    made = le.arrived((EAST, WEST, SOUTH), clues=clues)
    rows = [
        {
            "file": "汇总.xlsx",
            "sheet": "汇总",
            "row": 2,
            "column": "C",
            "unit": EAST,
            "period": "2020",
            "measure": code,
        }
        for code in stated
    ]
    made.ledgers["summary"] = pd.DataFrame(rows).assign(value=pd.array(list(stated.values()), dtype="Int64"))
    return made


def differing(stated: dict[str, int | None], clues: list[dict[str, object]]) -> list[Fault]:
    return list(measures.differing(arrived_with(stated, clues), le.settings()))


CLUES = [le.clue(EAST, no="1"), le.clue(EAST, no="2"), le.clue(WEST, no="3")]


def test_what_a_ledger_counts_goes_before_what_a_summary_states(measured):
    values = measures.compute(arrived_with({"cases": 7, "petitions": 1}, CLUES), le.settings()).values
    of = values[(values["unit"] == EAST) & (values["period"] == "2020") & (values["base_period"] == "")]
    found = of.set_index("measure")["value"]
    # the ledger counts two cases; nobody keeps a ledger of events
    assert (found["cases"], found["petitions"]) == (2, 1)


def test_a_difference_is_told_with_both_numbers_and_the_cell():
    (fault,) = differing({"cases": 7, "workers": 20}, CLUES)
    assert (fault.check, fault.severity, fault.cell, fault.unit) == ("summary_differs", "warns", "C2", EAST)
    assert (fault.found, fault.details["counted"], fault.details["period"]) == ("7", "2", "2020")
    for language in LANGUAGES:
        line = fault_line(fault, words(language))
        assert "7" in line
        assert words(language).label("measure.cases") in line


def test_money_is_compared_to_the_fen_and_an_empty_cell_not_at_all():
    assert differing({"amount": 200_000_00, "cases": None}, CLUES) == []
    (fault,) = differing({"amount": 200_000_01}, CLUES)
    assert (fault.found, fault.details["counted"]) == ("200,000.01", "200,000")


def test_where_the_ledger_says_nothing_there_is_nothing_to_compare():
    assert differing({"cases": 7}, [le.clue(WEST, no="3")]) == []


def test_rates_rest_on_two_stated_numbers():
    parts = [measure.parts for measure in catalogue.MEASURES.values() if measure.parts]
    assert {len(pair) for pair in parts} == {2}
    assert {code for pair in parts for code in pair} <= set(catalogue.MEASURES)
