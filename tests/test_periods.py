"""Periods as written by the office."""

import datetime as dt

import pytest

from analysis.rounds.periods import Calendar, parse_period


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2020", dt.date(2020, 1, 1), dt.date(2020, 12, 31)),
        ("2020H1", dt.date(2020, 1, 1), dt.date(2020, 6, 30)),
        ("2020H2", dt.date(2020, 7, 1), dt.date(2020, 12, 31)),
        ("2020Q3", dt.date(2020, 7, 1), dt.date(2020, 9, 30)),
        ("2020-02", dt.date(2020, 2, 1), dt.date(2020, 2, 29)),
        ("2019-02", dt.date(2019, 2, 1), dt.date(2019, 2, 28)),
        ("2021-2022", dt.date(2021, 1, 1), dt.date(2022, 12, 31)),
    ],
)
def test_a_period_covers_its_days(text, start, end):
    period = parse_period(text)
    assert (period.start, period.end, str(period)) == (start, end, text)


def test_a_span_touches_all_its_years():
    assert parse_period("2020-2022").years() == (2020, 2021, 2022)
    assert parse_period("2020Q4").years() == (2020,)


@pytest.mark.parametrize(
    "text", ["", "20", "2020H3", "2020Q0", "2020-13", "2022-2021", "2021-2021", "2020年"]
)
def test_anything_else_is_refused(text):
    with pytest.raises(ValueError, match="not a period"):
        parse_period(text)


def test_the_calendar_of_a_round_of_two_years():
    history = tuple(map(parse_period, ("2020", "2021", "2022")))
    calendar = Calendar(history[:0:-1], parse_period("2019-2020"), history, dt.date(2022, 6, 30))
    assert calendar.period.text == "2021-2022"
    assert [period.text for period in calendar.listed] == ["2019-2020", "2020", "2021", "2021-2022", "2022"]
    # from two years before the round, where the history has ledgers, up to the last whole month of the cut-off
    months = [month.text for month in calendar.months]
    assert (months[0], months[-1], len(months)) == ("2020-01", "2022-06", 30)
