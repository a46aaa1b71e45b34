"""Numbers, counts, money and dates as offices write them."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.quantities import (
    MONEY,
    QuantityError,
    is_not_reported,
    parse_count,
    parse_date,
    parse_money,
    parse_number,
    plain_text,
)


@pytest.mark.parametrize(
    "cell", [None, "", " ", "无", "/", "／", "—", "－", "-", "不详", "undetermined", "　无 "]
)
def test_what_says_nothing_is_not_reported(cell):
    assert is_not_reported(cell)


@pytest.mark.parametrize("cell", [0, 0.0, "0", "零", False, "见附件"])
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
    ["", None, "见附件", "约18万元", "$253,24", "12,34", "1.2.3", "95%", "1e5", True, float("nan"), "三"],
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
    assert parse_money(cell, unit) == fen


@given(st.integers(min_value=0, max_value=10**14), st.sampled_from(sorted(MONEY)))
def test_money_written_in_any_unit_comes_back_as_the_same_fen(fen, unit):
    assert parse_money(f"{Decimal(fen) / MONEY[unit]:f}", unit) == fen


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
    "cell", ["", None, "2021-2-30", "2021年1月", "1月17日", 44213, 44213.0, "昨天", True, "2021-13-1"]
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
