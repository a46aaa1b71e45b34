"""Numbers, counts, money and dates as offices write them."""

import contextlib
import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.quantities import (
    CURRENCY_OF,
    MONEY,
    Forms,
    QuantityError,
    is_not_reported,
    parse_count,
    parse_date,
    parse_han,
    parse_number,
    plain_text,
    read_count,
    read_date,
    read_money,
    read_number,
    write_han,
)
from analysis.quantities.numbers import clear


@pytest.mark.parametrize(
    "cell",
    [
        None,
        "",
        " ",
        "无",
        "/",
        "／",
        "—",
        "－",
        "-",
        "不详",
        "undetermined",
        "　无 ",
        "暂无",
        "未知",
        "--",
        "——",
        "N/A",
        "…",
    ],
)
def test_what_says_nothing_is_not_reported(cell):
    assert is_not_reported(cell)


@pytest.mark.parametrize("cell", [0, 0.0, "0", "０", "零", False, "见附件"])
def test_zero_and_words_are_not_missing(cell):
    assert not is_not_reported(cell)


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        (3, "3"),
        (18000.1, "18000.1"),
        (0.1 + 0.2, "0.3"),
        ("１２３４．５", "1234.5"),
        ("12,345,678.90", "12345678.90"),
        ("１，２００", "1200"),
        ("−5", "-5"),
        (" 7 ", "7"),
        (".5", "0.5"),
    ],
)
def test_numbers_are_read_exactly(cell, number):
    assert parse_number(cell) == Decimal(number)


@pytest.mark.parametrize(
    "cell",
    [
        "",
        None,
        "见附件",
        "18万元",
        "95%",
        "1e5",
        True,
        float("nan"),
        "5²",
        "①",
        "12 5",
        "万元",
        "三四",
        "一百五",
        "3万5",
    ],
)
def test_what_is_no_number_is_refused(cell):
    with pytest.raises(QuantityError) as refusal:
        parse_number(cell)
    assert refusal.value.check == "not_a_number"


def test_a_count_is_whole():
    assert parse_count("12.0") == 12
    with pytest.raises(QuantityError) as refusal:
        parse_count(12.5)
    assert refusal.value.check == "not_a_whole_number"


@pytest.mark.parametrize(
    ("cell", "unit", "fen"),
    [
        ("1200.50", "元", 120050),
        (12.3456, "万元", 12345600),
        ("4.26", "亿元", 42600000000),
        (7934.0045, "万元", 7934004500),
        # half a fen goes to the even fen
        ("0.005", "元", 0),
        ("0.015", "元", 2),
    ],
)
def test_money_is_held_in_whole_fen(cell, unit, fen):
    assert read_money(cell, unit) == (fen, ())


@given(st.integers(min_value=0, max_value=10**14), st.sampled_from(sorted(MONEY)))
def test_money_written_in_any_unit_comes_back_as_the_same_minor_units(minor, unit):
    assert read_money(f"{Decimal(minor) / MONEY[unit]:f}", unit) == (minor, ())


@pytest.mark.parametrize(
    "cell",
    [
        dt.date(2021, 1, 17),
        dt.datetime(2021, 1, 17, 8, 30),
        "2021-1-17",
        "2021/01/17",
        "2021.1.17",
        "2021年1月17日",
        "２０２１年１月１７日",
        "20210117",
        20210117,
        "2021-01-17 08:30:00",
    ],
)
def test_dates_in_every_usual_form(cell):
    assert parse_date(cell) == dt.date(2021, 1, 17)


@pytest.mark.parametrize(
    "cell",
    [
        "",
        None,
        "2021-2-30",
        "1月17日",
        "昨天",
        True,
        "2021-13-1",
        2021.1,
        0,
        5,
        "110/1/17",
        "平成31年5月1日",
        "S64.1.8",
    ],
)
def test_what_is_no_date_is_refused(cell):
    with pytest.raises(QuantityError) as refusal:
        parse_date(cell)
    assert refusal.value.check == "not_a_date"


@given(st.dates())
def test_a_written_date_is_read_back(day):
    assert parse_date(f"{day.year:04}-{day.month}-{day.day}") == day


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (130302.0, "130302"),
        (1.1, "1.1"),
        (" a ", "a"),
        (None, ""),
        (True, "TRUE"),
        (dt.datetime(2020, 1, 2), "2020-01-02"),
        (dt.datetime(2020, 1, 2, 3, 4), "2020-01-02 03:04:00"),
    ],
)
def test_a_cell_as_text(cell, text):
    assert plain_text(cell) == text


# ------------------------------------------------------------------------------------------- one line per form

LENIENT = Forms(separators="decimal", range="lower", month="first_day", calendar="roc")


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("零", 0),
        ("０", 0),
        ("三十二", 32),
        ("一百零五", 105),
        ("两千", 2000),
        ("十五万", 150_000),
        ("三万五千", 35_000),
        ("二〇二〇", 2020),
        ("壹佰贰拾叁", 123),
        ("3.5万", 35_000),
        ("1万2千", 12_000),
        ("1万2000", 12_000),
        ("12 345", 12_345),
        ("1，234", 1234),
        ("1\u2009234\u2009567", 1_234_567),
        ("20人", 20),
        ("5件", 5),
    ],
)
def test_counts_in_every_form(cell, number):
    assert parse_count(cell) == number


@pytest.mark.parametrize(
    ("cell", "unit", "minor"),
    [
        ("3.5万", "元", 3_500_000),
        ("3.5万", "万元", 3_500_000),
        ("三十二", "万元", 32_000_000),
        ("1,200元", "元", 120_000),
        ("¥1,200.00", "元", 120_000),
        ("RMB 1200", "元", 120_000),
        ("壹拾贰万元整", "万元", 12_000_000),
        ("3亿2000万元", "万元", 32_000_000_000),
        ("600", "円", 600),
        ("12.5", "万円", 125_000),
        ("1.5億円", "億円", 150_000_000),
        ("$600.05", "dollars", 60_005),
        ("1.2", "million dollars", 120_000_000),
        ("0.5", "万美元", 500_000),
    ],
)
def test_money_in_every_form_and_currency(cell, unit, minor):
    assert read_money(cell, unit) == (minor, ())


@pytest.mark.parametrize(
    ("cell", "unit", "minor", "doubts"),
    [
        ("约18万元", "万元", 18_000_000, ("value_approximate",)),
        ("约18万元", "元", 18_000_000, ("value_approximate", "value_unit_differs")),
        ("1.2亿元", "万元", 12_000_000_000, ("value_unit_differs",)),
        ("1万2000", "万元", 1_200_000, ("value_unit_differs",)),
        ("十余万元", "万元", 10_000_000, ("value_approximate",)),
        ("近3万元", "万元", 3_000_000, ("value_approximate",)),
        ("逾500元", "元", 50_000, ("value_approximate",)),
        ("500元左右", "元", 50_000, ("value_approximate",)),
        ("$$600.00", "dollars", 60_000, ("value_sign",)),
        ("$253,24", "dollars", 25_324, ("value_separators",)),
        ("1,23", "元", 123, ("value_separators",)),
        ("1.234.567", "元", 123_456_700, ("value_separators",)),
        ("10-12万元", "万元", 10_000_000, ("value_range",)),
    ],
)
def test_doubtful_money_is_read_with_its_doubts(cell, unit, minor, doubts):
    assert read_money(cell, unit, LENIENT) == (minor, doubts)
    with pytest.raises(QuantityError):
        clear(read_money(cell, unit), cell)


@pytest.mark.parametrize(
    ("cell", "check"),
    [
        ("$253,24", "value_separators"),
        ("1,23", "value_separators"),
        ("12..5", "value_separators"),
        ("1.234.567", "value_separators"),
        ("2021.1.17", "value_separators"),
        ("10-12人", "value_range"),
        ("12-10", "not_a_number"),
        ("见附件", "not_a_number"),
        ("12 5", "not_a_number"),
    ],
)
def test_what_may_be_read_in_two_ways_is_refused_unless_the_office_decides(cell, check):
    with pytest.raises(QuantityError) as refusal:
        read_count(cell)
    assert refusal.value.check == check


def test_the_office_may_say_what_separators_and_ranges_are():
    assert read_number("1,2345.6", Forms(separators="thousands")) == (
        Decimal("12345.6"),
        ("value_separators",),
    )
    assert read_number("1,5", Forms(separators="decimal")).value == Decimal("1.5")
    assert read_count("10-12人", forms=Forms(range="upper")) == (12, ("value_range",))
    # a list of numbers is none of these
    with pytest.raises(QuantityError):
        read_number("1,2,3", Forms(separators="thousands"))


def test_heads_in_ten_thousands():
    assert parse_count("1.2", "万人") == 12_000
    assert read_count("1.2万人", "人") == (12_000, ("value_unit_differs",))
    assert read_count("5人", "万人") == (5, ("value_unit_differs",))
    assert read_count("20余人") == (20, ("value_approximate",))
    assert read_count("百余人") == (100, ("value_approximate",))


@pytest.mark.parametrize(
    ("cell", "unit"), [("$600", "元"), ("600美元", "元"), ("600元", "円"), ("€5", "元"), ("¥600", "dollars")]
)
def test_another_currency_is_refused(cell, unit):
    with pytest.raises(QuantityError) as refusal:
        read_money(cell, unit)
    assert refusal.value.check == "value_currency_differs"


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("令和3年1月17日", dt.date(2021, 1, 17)),
        ("平成29年6月23日", dt.date(2017, 6, 23)),
        ("H29.6.23", dt.date(2017, 6, 23)),
        ("R1.5.7", dt.date(2019, 5, 7)),
        ("令和元年五月七日", dt.date(2019, 5, 7)),
        ("昭和64年1月7日", dt.date(1989, 1, 7)),
        ("民国110年1月17日", dt.date(2021, 1, 17)),
        ("民國110.1.17", dt.date(2021, 1, 17)),
        ("二〇二一年一月十七日", dt.date(2021, 1, 17)),
        ("2021年1月17日 星期日", dt.date(2021, 1, 17)),
    ],
)
def test_days_of_eras_and_in_chinese_numerals(cell, day):
    assert parse_date(cell) == day


@pytest.mark.parametrize(
    ("cell", "check"),
    [
        (44213, "date_serial"),
        (44213.0, "date_serial"),
        ("44213", "date_serial"),
        ("2021.1", "date_month_only"),
        ("2021年1月", "date_month_only"),
        ("2021-01", "date_month_only"),
        ("202101", "date_month_only"),
        ("H29.6", "date_month_only"),
    ],
)
def test_doubtful_days_are_never_taken_silently(cell, check):
    with pytest.raises(QuantityError) as refusal:
        parse_date(cell)
    assert refusal.value.check == check


def test_doubtful_days_are_read_as_the_office_decides():
    assert read_date(44213) == (dt.date(2021, 1, 17), ("date_serial",))
    assert read_date("42751", Forms(date_system=1904)) == (dt.date(2021, 1, 17), ("date_serial",))
    assert read_date("2021年2月", LENIENT) == (dt.date(2021, 2, 1), ("date_month_only",))
    assert read_date("2020-02", Forms(month="last_day")) == (dt.date(2020, 2, 29), ("date_month_only",))
    assert read_date("110/1/17", LENIENT) == (dt.date(2021, 1, 17), ())


# ------------------------------------------------------------------------------------------- there and back

FULL_WIDTH = str.maketrans("0123456789.,-", "０１２３４５６７８９．，－")
FORMS = {
    "plain": str,
    "commas": lambda number: f"{number:,}",
    "wide commas": lambda number: f"{number:,}".replace(",", "，"),
    "spaces": lambda number: f"{number:,}".replace(",", " "),
    "full width": lambda number: str(number).translate(FULL_WIDTH),
    "chinese": write_han,
    "wan": lambda number: f"{Decimal(number) / 10_000:f}万",
    "with unit": lambda number: f"{number}人",
}


@given(st.integers(min_value=0, max_value=10**12), st.sampled_from(sorted(FORMS)))
def test_a_number_in_any_form_is_read_back(number, form):
    assert parse_count(FORMS[form](number)) == number


@given(
    st.integers(min_value=0, max_value=10**12),
    st.sampled_from(["约{}", "近{}", "{}余人", "{}左右", "逾{}人"]),
)
def test_an_approximate_number_keeps_its_value_and_its_doubt(number, form):
    assert read_count(form.format(number)) == (number, ("value_approximate",))


@given(st.integers(min_value=0, max_value=10**15))
def test_chinese_numerals_are_read_back(number):
    assert parse_han(write_han(number)) == number


@given(st.dates(dt.date(2019, 5, 1), dt.date(2098, 12, 31)))
def test_a_day_in_any_form_is_read_back(day):
    forms = [
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}.{day.month}.{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y%m%d}",
        f"{write_han(day.year // 1000)}{''.join(write_han(int(d)) for d in str(day.year)[1:])}年"
        f"{write_han(day.month)}月{write_han(day.day)}日",
        f"R{day.year - 2018}.{day.month}.{day.day}",
        f"民国{day.year - 1911}年{day.month}月{day.day}日",
    ]
    assert {parse_date(form) for form in forms} == {day}
    assert read_date((day - dt.date(1899, 12, 30)).days).value == day


SIGNS = "0123456789０１.,，、 -–~约余近多万亿元人円$¥%‰年月日HRS民国令和一二十百千零〇壹整()/²①至到"


@given(
    st.one_of(st.text(), st.text(SIGNS, max_size=14), st.floats(), st.integers(), st.booleans(), st.none()),
    st.sampled_from([Forms(), LENIENT, Forms(separators="thousands", range="upper", month="last_day")]),
)
def test_reading_raises_nothing_but_its_own_error(cell, forms):
    for read in (
        lambda: read_number(cell, forms),
        lambda: read_count(cell, "万人", forms),
        lambda: read_money(cell, "万元", forms),
        lambda: read_date(cell, forms),
    ):
        with contextlib.suppress(QuantityError):
            read()


def test_every_unit_of_money_has_a_currency():
    assert CURRENCY_OF.keys() == MONEY.keys()
    assert {
        CURRENCY_OF[unit] for unit in ("元", "亿元", "円", "百万円", "千円", "万美元", "thousand dollars")
    } == {
        "CNY",
        "JPY",
        "USD",
    }


def test_the_error_does_not_repeat_what_stands_in_the_cell():
    with pytest.raises(QuantityError) as refusal:
        parse_number("电话13800000000")
    assert str(refusal.value) == "not_a_number"
