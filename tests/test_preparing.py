"""Small preparations of a source: what they do beside the examples of docs/sources.md, and where they are refused."""

import datetime as dt
from decimal import Decimal

import pytest
from file_examples import WORKBOOKS, Table
from office_examples import EAST, WEST, Office, blocking
from openpyxl import load_workbook
from openpyxl.styles import Font

from analysis.indicators import measures
from analysis.quantities import CURRENCIES, QuantityError, parse_date, read_date, read_money, western_year
from analysis.quantities.numbers import Forms
from analysis.rounds.rounds import load_round

#: index of a spreadsheet row in the list of rows
A_1, A_2, A_3, A_10, TOTAL = range(4, 9)


@pytest.fixture
def office(tmp_path):
    return Office(tmp_path)


def prepare(office, **keys):
    office.maps["ledgers"]["clues"].update(keys)
    return office


def numbers(intake):
    return intake.ledgers["clues"]["no"].tolist()


def told(intake, *checks):
    found = [(fault.check, fault.severity, fault.cell) for fault in intake.faults]
    return [fault for fault in found if fault[0] in checks]


def left_out(intake):
    return int(intake.reconciliation.set_index("ledger").loc["clues", "left_out"])


# ---------------------------------------------------------------------------------- rows that are left out


@pytest.mark.parametrize("kind", WORKBOOKS)
def test_hidden_rows_are_left_out_by_declaration_and_told(office, kind):
    office.keep_clues_in(kind).hidden_rows = [6, 7]
    intake = prepare(office, leave_out=["hidden"]).read()
    assert numbers(intake) == ["A-1", "A-10"]
    assert told(intake, "rows_hidden", "rows_left_out") == [("rows_left_out", "notes", "A6")]
    assert left_out(intake) == 2
    # the office's own total has the rows that are left out here, so nothing can be compared with it
    assert told(intake, "control_total_differs") == []


def test_rows_struck_through_are_left_out_by_declaration(office):
    prepare(office, leave_out=["struck"]).write()
    path = office.folder / "线索台账.xlsx"
    book = load_workbook(path)
    for cell in book.worksheets[0][7]:
        cell.font = Font(strike=True)
    book.worksheets[0]["A6"].font = Font(strike=True)
    book.save(path)
    intake = office.read_again()
    # of A-2 the number alone is struck through
    assert numbers(intake) == ["A-1", "A-2", "A-10"]
    assert left_out(intake) == 1


def test_a_filter_reads_merged_cells_for_all_their_rows(office):
    table = office.books["线索台账.xlsx"][0]
    for row, said in zip(table.rows[A_1:TOTAL], ["欠薪", None, "工伤", None], strict=True):
        row[8:9] = [said]
    table.rows[2][8] = "类别"
    table.merged = (*table.merged, "I5:I6", "I7:I8")
    office.maps["ledgers"]["clues"]["fields"].pop("confirmed")
    assert numbers(prepare(office, keep={"类别": "欠薪"}).read()) == ["A-1", "A-2"]


@pytest.mark.parametrize(
    ("filters", "check", "severity"),
    [
        ({"keep": {"种类": "欠薪"}}, "column_missing", "blocks"),
        ({"skip": {"联系人": "张示例"}}, "persons_column_mapped", "blocks"),
        ({"skip": {"是否查实": "己查实"}}, "filter_value_absent", "warns"),
    ],
)
def test_a_filter_that_cannot_be_meant(office, filters, check, severity):
    intake = prepare(office, **filters).read()
    assert (check, severity) in [(fault.check, fault.severity) for fault in intake.faults]


def test_cells_are_not_filled_across_a_total(office):
    rows = office.clues
    rows[A_2][2] = rows[A_10][2] = None
    rows.insert(A_3, ["小计"] + [None] * 10)
    for row in rows[A_1 : A_10 + 2]:
        row[1] = None
    rows[A_3 + 1][2] = None
    rows[A_10 + 1][2] = "东新区"
    intake = prepare(office, fill_down=["unit_name"]).read()
    assert [(fault.check, fault.cell) for fault in blocking(intake)] == [("unit_missing", "B8")]
    assert told(intake, "filled_down") == [("filled_down", "notes", "C6")]


# ---------------------------------------------------------------------------------- events without a day


def test_what_is_closed_without_a_day_is_closed_and_took_nobody_knows_how_long(office):
    for row, said in zip(office.clues[A_1:TOTAL], ["是", "否", "是", "是"], strict=True):
        row[9] = said
    settings = prepare(office, without_day=["closed_on"]).read()
    assert blocking(settings) == []
    values = measures.compute(settings, load_round(office.project, "2020").settings).values
    of = values[(values["period"] == "2019") & (values["unit"] == EAST)].set_index("measure")
    # A-1 of 2019 is closed, whenever that was; within how many days cannot be said
    assert of.loc["rate_closed", ["numerator", "denominator"]].tolist() == [1, 1]
    within = [name for name in of.index if name.startswith("rate_closed_")]
    assert all(of.loc[name, "status"] != "reported" for name in within)


# ---------------------------------------------------------------------------------- settings


@pytest.mark.parametrize(
    ("keys", "check", "key"),
    [
        ({"fill_down": ["amount"]}, "settings_bad_value", "ledgers.clues.fill_down.1"),
        ({"fill_down": ["no"]}, "settings_bad_value", "ledgers.clues.fill_down.1"),
        ({"empty_is_zero": ["received_on"]}, "settings_bad_value", "ledgers.clues.empty_is_zero.1"),
        ({"days": {"workers": ["年", "月", "日"]}}, "settings_bad_value", "ledgers.clues.days.workers"),
        ({"days": {"closed_on": ["年", "月", "日"]}}, "stated_twice", "ledgers.clues.days"),
        ({"number_from": "row"}, "stated_twice", "ledgers.clues.number_from"),
        ({"without_day": ["received_on"]}, "settings_bad_value", "ledgers.clues.without_day.1"),
        (
            {"constants": {"duplicate_of": "A-1"}},
            "constant_has_column",
            "ledgers.clues.constants.duplicate_of",
        ),
        (
            {"constants": {"workers_paid": "几人"}},
            "settings_wrong_type",
            "ledgers.clues.constants.workers_paid",
        ),
        ({"constants": {"checked": "也许"}}, "settings_bad_value", "ledgers.clues.constants.checked"),
        (
            {"keep": {"是否查实": {"patern": "是"}}},
            "settings_unknown_key",
            "ledgers.clues.keep.是否查实.patern",
        ),
        ({"filldown": ["unit_name"]}, "settings_unknown_key", "ledgers.clues.filldown"),
    ],
)
def test_preparations_that_the_maps_word_wrongly(office, keys, check, key):
    found = [
        (fault.check, fault.details.get("key"), fault.line > 0)
        for fault in prepare(office, **keys).read().faults
    ]
    assert (check, key, True) in found


def test_a_misspelt_key_of_a_source_is_told_with_the_right_one(office):
    fault = next(
        f for f in prepare(office, filldown=["unit_name"]).read().faults if f.check == "settings_unknown_key"
    )
    assert fault.details["suggestion"] == "fill_down"


# ---------------------------------------------------------------------------------- days, years and money of elsewhere


@pytest.mark.parametrize(
    ("written", "order", "day"),
    [
        ("3/4/2021", "MDY", dt.date(2021, 3, 4)),
        ("3/4/2021", "DMY", dt.date(2021, 4, 3)),
        ("14.3.21", "DMY", dt.date(2021, 3, 14)),
        ("19-Aug-14", "DMY", dt.date(2014, 8, 19)),
        ("19-Aug-14", "YMD", dt.date(2019, 8, 14)),
        ("31-Dec-99", "DMY", dt.date(1999, 12, 31)),
        ("Aug 19, 2014", "", dt.date(2014, 8, 19)),
        ("19 August 2014", "", dt.date(2014, 8, 19)),
        # a year with four digits in front says itself what follows
        ("2021-3-4", "DMY", dt.date(2021, 3, 4)),
    ],
)
def test_days_in_a_declared_order(written, order, day):
    assert read_date(written, Forms(order=order)).value == day


@pytest.mark.parametrize("written", ["3/4/2021", "19-Aug-14", "3/4/21", "14/3/2021"])
def test_nobody_guesses_which_part_is_the_month(written):
    with pytest.raises(QuantityError) as refusal:
        parse_date(written)
    assert refusal.value.check == "date_order"


def test_a_month_that_there_is_not_is_no_day():
    with pytest.raises(QuantityError) as refusal:
        read_date("14/3/2021", Forms(order="MDY"))
    assert refusal.value.check == "not_a_date"


@pytest.mark.parametrize("written", ["1141128", 1141128, "114/11/28", "114年11月28日", "114.11.28"])
def test_days_of_the_republic_of_china(written):
    assert read_date(written, Forms(calendar="roc")).value == dt.date(2025, 11, 28)
    with pytest.raises(QuantityError):
        read_date(written)


def test_years_of_the_republic_of_china_are_periods(office):
    rows = [["代码", "时期", "案件"], [EAST, "109年", 3], [EAST, "108年上半年", 1], [WEST, "民国109年", 4]]
    fields = {"unit_code": ["代码"], "period": ["时期"], "cases": ["案件"]}
    office.add("summary", rows, fields, values={"calendar": "roc"})
    intake = office.read()
    assert blocking(intake) == []
    assert sorted(intake.ledgers["summary"]["period"]) == ["2019H1", "2020", "2020"]


def test_a_year_is_western_where_nobody_says_otherwise():
    assert [western_year(text) for text in ("114年", "民国114年", "2014年")] == ["114年", "2025年", "2014年"]
    assert western_year("114", "roc") == "2025"


@pytest.mark.parametrize(
    ("written", "won"), [("3539억 5700만", 353_957_000_000), ("5700만", 57_000_000), (12, 12)]
)
def test_korean_amounts(written, won):
    assert read_money(written, "韩元").value == won
    assert read_money("1조 2억", "원").value == 1_000_200_000_000


@pytest.mark.parametrize(("code", "places"), [("EUR", 2), ("KWD", 3), ("CLP", 0), ("SGD", 2), ("JPY", 0)])
def test_every_currency_has_its_own_decimals(code, places):
    assert CURRENCIES[code].places == places
    assert read_money("1234.5", CURRENCIES[code].bases[0]).value == round(Decimal("1234.5") * 10**places)


def test_a_round_in_a_currency_of_three_decimals(office):
    office.settings["currency"] = "KWD"
    office.maps["ledgers"]["clues"]["unit_of_measure"] = {"amount": "KWD", "amount_paid": "KWD"}
    office.clues[1] = ["单位：KWD"]
    office.clues[A_1][5] = 1000.125
    office.clues[TOTAL][5] = 3101.125
    intake = office.read()
    assert blocking(intake) == []
    assert intake.ledgers["clues"].set_index("no").loc["A-1", "amount"] == 1_000_125


def test_numbers_made_of_rows_are_different_in_every_sheet(office):
    rows = [["单位", "受理日期"], ["东区", "2020-3-1"], ["东新区", "2020-3-2"]]
    office.books["甲.xlsx"] = [Table("一月", rows), Table("二月", [*rows[:2], ["东新区", "2020-3-9"]])]
    fields = {"unit_name": ["单位"], "received_on": ["受理日期"]}
    source = {"file": "甲.xlsx", "sheet": "*月", "header_rows": [1], "fields": fields, "number_from": "row"}
    office.maps["ledgers"]["clues"] = [office.maps["ledgers"]["clues"], source]
    intake = office.read()
    assert blocking(intake) == []
    assert len(intake.ledgers["clues"]) == 8
    assert "甲·二月·3行" in numbers(intake)
