"""The checks of whole ledgers: each tells of its fault in the cell it is in, and nothing of data that are sound."""

import datetime as dt
import random
from importlib import resources
from pathlib import Path
from string import Formatter

import pytest
import round_examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from office_examples import EAST, UNIT, WEST, Office, blocking
from ruamel.yaml import YAML

from analysis.intake import fault_line, read_round
from analysis.intake.checks import CHECKS
from analysis.intake.checks.days import is_default
from analysis.intake.checks.holes import empty_quarters
from analysis.intake.checks.steps import exceeded
from analysis.intake.checks.table import document
from analysis.rounds.faults import FaultsFoundError
from analysis.rounds.rounds import load_round
from analysis.statistics.coverage import at_most, thin_years
from analysis.words import LANGUAGES, words

ROOT = Path(__file__).parents[1]
HEADS = [
    "编号", "代码", "受理日期", "人数", "金额", "已付人数", "已付金额", "项目", "重复", "核查", "查实", "化解日期",
    "办结日期",
]  # fmt: skip
FIELDS = {
    "no": ["编号"], "unit_code": ["代码"], "received_on": ["受理日期"], "workers": ["人数"], "amount": ["金额"],
    "workers_paid": ["已付人数"], "amount_paid": ["已付金额"], "project": ["项目"], "duplicate_of": ["重复"],
    "checked": ["核查"], "confirmed": ["查实"], "resolved_on": ["化解日期"], "closed_on": ["办结日期"],
}  # fmt: skip
PLACE = {name: place for place, name in enumerate(FIELDS)}
#: a clue in order: number and day are filled in
SOUND = [None, EAST, None, 5, 50_000, 5, 50_000, "示例项目甲", None, "是", "是", None, None]


def clue(number, day, unit=EAST, **cells):
    """Return the row of a sound clue, resolved a month later, with some cells replaced."""
    row = [*SOUND]
    row[0], row[1], row[2] = number, unit, day
    row[11] = row[12] = day + dt.timedelta(days=30)
    for name, cell in cells.items():
        row[PLACE[name]] = cell
    return row


def months(unit, year, of_month=4):
    """Return sound clues of a unit, some in every month of a year; no two of them alike."""
    return [
        clue(f"{unit}-{year}-{month}-{number}", dt.date(year, month, 2 + number), unit, workers=number + 3,
             workers_paid=number + 3, amount=(number + 3) * (10_000 + 100 * month) + (unit == WEST), amount_paid=30_000)
        for month in range(1, 13)
        for number in range(of_month)
    ]  # fmt: skip


@pytest.fixture
def office(tmp_path):
    """An office of two districts with a few hundred sound clues of four years."""
    office = Office(tmp_path)
    office.settings["history"] = ["2017", "2018", "2019", "2020"]
    rows = [row for unit in (EAST, WEST) for year in range(2017, 2021) for row in months(unit, year)]
    office.books["线索台账.xlsx"][0].rows[:] = [HEADS, *rows]
    office.books["线索台账.xlsx"][0].merged = ()
    office.maps["ledgers"]["clues"] = {
        "file": "线索台账.xlsx", "header_rows": [1], "fields": FIELDS,
        "unit_of_measure": {"amount": "元", "amount_paid": "元"},
    }  # fmt: skip
    return office


def told(intake):
    return [(fault.check, fault.severity, fault.cell) for fault in intake.faults]


def put(office, name, cell, row=10):
    """Write into a field of a spreadsheet row and return the cell's address."""
    office.clues[row - 1][PLACE[name]] = cell
    return f"{'ABCDEFGHIJKLM'[PLACE[name]]}{row}"


def test_sound_data_are_told_nothing_about(office):
    assert told(office.read()) == []


def test_the_example_is_told_only_what_was_put_into_it():
    found = read_round(load_round(ROOT, "2020")).faults
    assert sorted((fault.check, fault.severity) for fault in found) == [
        ("dates_out_of_order", "warns"),
        ("day_after_cut_off", "notes"),
        ("day_after_cut_off", "notes"),
        ("day_after_cut_off", "notes"),
        ("number_twice_same", "warns"),
        ("paid_exceeds_owed", "warns"),
    ]


@pytest.mark.parametrize(
    ("cells", "check", "severity", "where"),
    [
        ({"resolved_on": dt.date(2017, 1, 1)}, "dates_out_of_order", "warns", "resolved_on"),
        ({"closed_on": dt.date(2017, 5, 1), "resolved_on": dt.date(2017, 6, 1)}, "dates_out_of_order", "warns",
         "closed_on"),
        ({"resolved_on": dt.date(1970, 1, 1)}, "day_is_default", "warns", "resolved_on"),
        ({"closed_on": dt.date(1900, 1, 1)}, "day_is_default", "warns", "closed_on"),
        ({"closed_on": dt.date(2033, 3, 1)}, "day_in_future", "warns", "closed_on"),
        ({"closed_on": dt.date(2022, 3, 1)}, "day_after_cut_off", "notes", "closed_on"),
        ({"checked": "否"}, "step_skipped", "warns", "confirmed"),
        ({"confirmed": "否"}, "step_skipped", "warns", "resolved_on"),
        ({"workers_paid": 7}, "paid_exceeds_owed", "warns", "workers_paid"),
        ({"amount": 30_000, "amount_paid": 30_001, "workers": 3, "workers_paid": 3}, "paid_exceeds_owed", "warns",
         "amount_paid"),
        ({"amount": 0, "amount_paid": 1}, "paid_exceeds_owed", "warns", "amount_paid"),
        ({"amount": 20_191.50, "amount_paid": 2_019_150}, "paid_far_exceeds_owed", "warns", "amount_paid"),
        ({"amount": 40_000_000}, "amount_outlier", "warns", "amount"),
        ({"amount": 4, "amount_paid": 4}, "amount_outlier", "warns", "amount"),
    ],
)  # fmt: skip
def test_a_doubtful_row_is_told_in_its_cell_and_stops_nothing(office, cells, check, severity, where):
    # spreadsheet row 10 is the ninth clue: unit east, 4 March 2017, three workers or more
    for name, cell in {"workers": 4, "workers_paid": 4, "amount": 41_200, **cells}.items():
        put(office, name, cell)
    intake = office.read()
    assert told(intake) == [(check, severity, f"{'ABCDEFGHIJKLM'[PLACE[where]]}10")]
    assert intake.faults[0].unit == EAST
    assert blocking(intake) == []


def test_a_day_received_after_the_cut_off_lies_in_the_future(office):
    office.settings["as_of"] = "2020-11-30"
    office.settings["checks"] = {"day_after_cut_off": "off"}
    late = [
        number for number, row in enumerate(office.clues, 1) if number > 1 and row[2] > dt.date(2020, 11, 30)
    ]
    found = [fault for fault in office.read().faults if fault.check == "day_in_future"]
    assert sorted(fault.cell for fault in found) == sorted(f"C{row}" for row in late)


def test_a_default_day_of_receipt_is_not_told_again_as_another_year(office):
    address = put(office, "received_on", dt.date(1970, 1, 1))
    assert told(office.read()) == [("day_is_default", "warns", address)]


@pytest.mark.parametrize(
    ("day", "default"),
    [
        (dt.date(1899, 12, 30), True),
        (dt.date(1900, 1, 1), True),
        (dt.date(1970, 1, 1), True),
        (dt.date(1970, 1, 2), False),
        (dt.date(1901, 1, 1), False),
    ],
)
def test_days_that_programs_write_where_there_is_none(day, default):
    assert is_default(day) is default


def test_the_far_paid_sum_names_the_amount_owed(office):
    put(office, "amount", 20_191.5)
    cell = put(office, "amount_paid", 2_019_150)
    (fault,) = office.read().faults
    assert (fault.cell, fault.details["first"], fault.details["times"]) == (cell, "E10", "100")


def test_an_unusual_amount_says_what_is_usual(office):
    office.clues[9][PLACE["workers"]], office.clues[9][PLACE["amount"]] = 4, 41_200_000
    (fault,) = office.read().faults
    assert fault.details["each"] == "10,300,000.00"
    # the middle of 10,100 … 11,200 yuan, without this row of March
    assert fault.details["usual"] == "10,700"
    assert fault.details["times"] == "963"


def test_a_unit_with_few_rows_is_held_against_the_city(office):
    office.clues[1:] = [row for row in office.clues[1:] if row[1] == EAST or row[2] >= dt.date(2020, 9, 1)]
    row = next(number for number, cells in enumerate(office.clues, 1) if cells[1] == WEST)
    cell = put(office, "amount", 90_000_000, row)
    found = [fault for fault in office.read().faults if fault.check == "amount_outlier"]
    assert [(fault.cell, fault.unit) for fault in found] == [(cell, WEST)]


# ----------------------------------------------------------------------------------------------- duplicates


def test_the_same_case_under_another_number_is_told_with_both_places(office):
    twin = [*office.clues[9]]
    twin[0] = "另编号"
    office.clues.append(twin)
    (fault,) = office.read().faults
    assert (fault.check, fault.cell, fault.found) == ("duplicates_alike", f"A{len(office.clues)}", "另编号")
    assert (fault.details["first"], fault.details["key"]) == ("A10", office.clues[9][0])


def test_the_same_case_in_two_files_is_told_with_the_other_file(office):
    twin = [*office.clues[9]]
    twin[0] = "另编号"
    office.books["线索台账_二.xlsx"] = [type(office.books["名册.xlsx"][0])("线索", [HEADS, twin])]
    office.maps["ledgers"]["clues"]["file"] = "线索台账*.xlsx"
    (fault,) = office.read().faults
    assert (fault.check, fault.file, fault.cell) == ("duplicates_alike", "线索台账_二.xlsx", "A2")
    assert fault.details["first"] == "线索台账.xlsx › 线索 › A10"


@pytest.mark.parametrize(
    "difference",
    [
        {"project": "示例项目乙"},
        {"workers": 99},
        {"amount": 41_300},
        {"unit_code": WEST},
        # nobody can say whether two clues without heads or money are the same
        {"workers": None, "workers_paid": None},
    ],
)
def test_rows_that_differ_or_say_too_little_are_no_repeats(office, difference):
    twin = [*office.clues[9]]
    twin[0] = "另编号"
    for name, cell in difference.items():
        twin[PLACE[name]] = cell
        if cell is None:
            office.clues[9][PLACE[name]] = None
    office.clues.append(twin)
    assert [fault for fault in office.read().faults if fault.check == "duplicates_alike"] == []


def test_a_repeat_the_ledger_names_itself_is_none_to_tell(office):
    twin = [*office.clues[9]]
    twin[0], twin[PLACE["duplicate_of"]] = "另编号", office.clues[9][0]
    office.clues.append(twin)
    assert told(office.read()) == []
    # nor is the row that is kept, where it stands below its repeat
    office.clues[9], office.clues[-1] = office.clues[-1], office.clues[9]
    assert told(office.read()) == []


# ----------------------------------------------------------------------------------------------- steps, marks


def test_more_at_a_step_than_before_it_is_told_by_unit_and_year(office):
    for row in range(2, 50):
        office.clues[row - 1][PLACE["confirmed"]] = None
    found = office.read().faults
    assert [(fault.check, fault.unit, fault.found, fault.details["year"]) for fault in found] == [
        ("step_exceeds", EAST, "48", "2017")
    ]


@pytest.mark.parametrize(
    ("counts", "places"), [([40, 38, 39, 12], [2]), ([5, 5, 5, 5], []), ([0, 1, 2, 3], [1, 2, 3]), ([], [])]
)
def test_exceeding_counts(counts, places):
    assert list(exceeded(counts)) == places


def test_a_self_mark_far_from_the_verified_one_names_both(office):
    marks = {"item": ["项目"], "mark": ["得分"], "full": ["满分"], **UNIT}
    head = ["代码", "单位", "项目", "得分", "满分"]
    office.add("self_marks", [head, [EAST, "示例东区", "1", 4, 4], [WEST, "东新区", "1", 4, 4]], marks)
    office.add("field_marks", [head, [EAST, "示例东区", "1", 1.9, 4], [WEST, "东新区", "1", 2, 4]], marks)
    (fault,) = office.read().faults
    assert (fault.check, fault.file, fault.cell, fault.unit) == (
        "self_far_from_field",
        "self_marks.xlsx",
        "D2",
        EAST,
    )
    assert fault.details["first"] == "field_marks.xlsx › 表 › D2"


def test_a_mark_that_others_have_and_a_unit_lacks_is_told_with_its_item(office):
    """Of the third party 1.2 of the west is missing; its mark of the year stands for the months of the east."""
    marks = {"unit_code": ["代码"], "period": ["时期"], "item": ["项目"], "mark": ["得分"]}
    rows = [
        (EAST, "2020", "1.1", 4), (EAST, "2020", "1.2", 4), (WEST, "2020", "1.1", 4),
        (EAST, "2020-03", "1.1", 4),
    ]  # fmt: skip
    office.add("marks", [["代码", "时期", "项目", "得分"], *map(list, rows)], marks)
    office.maps["ledgers"]["marks"]["constants"] = {"source": "third_party"}
    office.maps["codes"] = {**office.maps.get("codes", {}), "mark_source": {"third_party": "third_party"}}
    (fault,) = office.read().faults
    assert (fault.check, fault.severity, fault.file, fault.unit) == (
        "mark_missing",
        "warns",
        "marks.xlsx",
        WEST,
    )
    assert fault_line(fault, words("zh")).startswith(
        "marks.xlsx › 表：各方评分中没有示例东新区的第三方评价得分（2020）：1.2，别的单位有。"
    )


def test_a_unit_of_which_a_department_says_nothing_is_told(office):
    """A unit without any row has not reported, which is told as that."""
    marks = {"unit_code": ["代码"], "department": ["部门"], "mark": ["得分"]}
    rows = [[EAST, "某局", 4], [EAST, "某委", 5], [WEST, "某局", 4]]
    office.add("department_marks", [["代码", "部门", "得分"], *rows], marks)
    (fault,) = office.read().faults
    assert (fault.check, fault.unit, fault.details["marked"]) == ("mark_missing", WEST, "某委")
    office.books["department_marks.xlsx"][0].rows.pop()
    assert [fault.check for fault in office.read().faults] == ["unit_not_reported"]


# ----------------------------------------------------------------------------------------------- holes


def test_a_sign_no_font_has_is_told_once_with_its_first_cell(office):
    office.books["名册.xlsx"][0].rows[2][2] = "示例栃区"
    office.clues[4][0], office.clues[5][0] = "A✔1", "A✔☐2"
    told = [fault for fault in office.read().faults if fault.check == "sign_without_glyph"]
    assert [(fault.cell, fault.details["signs"], fault.severity) for fault in told] == [
        ("C3", "栃（U+6803）", "warns"),
        ("A5", "✔（U+2714）", "warns"),
        ("A6", "☐（U+2610）", "warns"),
    ]
    assert fault_line(told[1], words("zh")).startswith(
        "线索台账.xlsx › 线索 › A5：编号“A✔1”中的✔（U+2714），报告的字体没有，印作 Unicode 编码。"
    )


def test_a_quarter_without_rows_between_full_ones_looks_like_a_hole(office):
    office.clues[1:] = [
        row
        for row in office.clues[1:]
        if row[1] == WEST or not dt.date(2018, 4, 1) <= row[2] < dt.date(2018, 7, 1)
    ]
    (fault,) = office.read().faults
    assert (fault.check, fault.unit, fault.found) == ("coverage_hole", EAST, "2018Q2")
    assert fault.details["expected_rows"] == "12"


def test_a_year_with_a_handful_of_rows_between_full_ones_looks_like_a_hole(office):
    office.clues[1:] = [
        row
        for row in office.clues[1:]
        if row[1] == EAST or row[2].year != 2019 or row[2] < dt.date(2019, 2, 1)
    ]
    (fault,) = office.read().faults
    assert (fault.check, fault.unit, fault.found) == ("coverage_hole", WEST, "2019")
    assert (fault.details["rows"], fault.details["expected_rows"]) == ("4", "48")


def test_a_hole_may_be_accepted_or_reported_as_nil(office):
    office.clues[1:] = [
        row
        for row in office.clues[1:]
        if row[1] == WEST or not dt.date(2018, 4, 1) <= row[2] < dt.date(2018, 7, 1)
    ]
    office.write()
    decided = {
        "kind": "accept", "check": "coverage_hole", "unit": EAST, "expected": "2018Q2", "reason": "核实无误",
        "reported_by": "示例东区统计岗", "date": "2021-03-01",
    }  # fmt: skip
    with (office.folder / "corrections.yaml").open("w", encoding="utf-8") as file:
        YAML().dump({"corrections": [decided]}, file)
    assert [fault.severity for fault in office.read_again().faults] == ["notes"]


@pytest.mark.parametrize(
    ("counts", "holes"),
    [
        ([100, 100, 10, 100], [2018]),
        ([100, 100, 100, 10], [2019]),
        ([10, 100, 100, 100], [2016]),
        ([100, 70, 49, 35], []),  # a steady decline
        ([100, 60, 30, 15], []),  # even a fast one
        ([8, 7, 1, 9], []),  # so few that it may be chance
        ([100, 0, 100, 100], []),  # not reported, which is told elsewhere
        ([100, 10], []),  # nothing to compare with
    ],
)
def test_years_that_are_too_thin_to_be_true(counts, holes):
    years = list(range(2016, 2016 + len(counts)))
    found = thin_years(dict(zip(years, counts, strict=True)), years, 0.25)
    assert [year for year, _count, _expected in found] == holes


def test_quarters_that_are_empty_by_chance_tell_nothing():
    quarters = [(2019, quarter) for quarter in range(1, 5)]
    assert list(empty_quarters({(2019, 1): 9, (2019, 3): 9, (2019, 4): 9}, quarters)) == []
    assert list(empty_quarters({(2019, 1): 10, (2019, 3): 10, (2019, 4): 10}, quarters)) == [((2019, 2), 10)]


def test_the_probability_of_few_events():
    # by hand: e^-2 (1 + 2 + 2)
    assert at_most(2, 2.0) == pytest.approx(0.676676416)
    assert at_most(0, 9.3) < 1e-4 < at_most(0, 9.2)
    assert at_most(3, 0.0) == 1.0


# ----------------------------------------------------------------------------------------------- any good data


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000), years=st.integers(2, 5), each=st.integers(8, 40))
def test_good_data_of_any_shape_are_told_nothing_about(tmp_path_factory, seed, years, each):
    office = made_up(tmp_path_factory.mktemp("good"), seed, years, each)
    assert told(office.read()) == []


def test_the_order_of_rows_changes_nothing(office):
    put(office, "amount", 40_000_000)
    put(office, "closed_on", dt.date(1970, 1, 1), 20)
    office.clues[30][PLACE["workers_paid"]] = 99
    before = {
        (fault.check, fault.unit, fault.found, office_number(office, fault)) for fault in office.read().faults
    }
    body = office.clues[1:]
    random.Random(3).shuffle(body)
    office.clues[1:] = body
    after = {
        (fault.check, fault.unit, fault.found, office_number(office, fault)) for fault in office.read().faults
    }
    assert before == after
    assert len(before) >= 3


def office_number(office, fault):
    """Return the number of the clue a fault is about."""
    return office.clues[int("".join(filter(str.isdigit, fault.cell))) - 1][0]


def made_up(folder, seed, years, each):
    """Return an office with random sound clues: dates in order, paid at most owed, amounts as they usually are."""
    rng = random.Random(seed)
    office = Office(folder)
    last = 2020
    office.settings["history"] = [str(year) for year in range(last - years + 1, last + 1)]
    rows = []
    for unit in (EAST, WEST):
        for year in range(last - years + 1, last + 1):
            for number in range(each):
                day = dt.date(year, 1, 1) + dt.timedelta(days=(number * 364) // each)
                workers = rng.randint(1, 40)
                amount = round(workers * 10_000 * rng.lognormvariate(0, 0.35), 2)
                confirmed = rng.random() < 0.7
                resolved = (
                    day + dt.timedelta(days=rng.randint(0, 90)) if confirmed and rng.random() < 0.9 else None
                )
                closed = (resolved or day) + dt.timedelta(days=rng.randint(0, 30))
                rows.append([
                    f"{unit}-{year}-{number}", unit, day, workers, amount, rng.randint(0, workers),
                    round(amount * rng.random(), 2), f"示例项目{rng.randint(1, 9)}", None, "是",
                    "是" if confirmed else "否", resolved, closed,
                ])  # fmt: skip
    rng.shuffle(rows)
    office.books["线索台账.xlsx"][0].rows[:] = [HEADS, *rows]
    office.books["线索台账.xlsx"][0].merged = ()
    office.maps["ledgers"]["clues"] = {
        "file": "线索台账.xlsx", "header_rows": [1], "fields": FIELDS,
        "unit_of_measure": {"amount": "元", "amount_paid": "元"},
    }  # fmt: skip
    return office


# ----------------------------------------------------------------------------------------------- set by a round


@pytest.fixture
def slipped(office):
    put(office, "amount", 40_000_000)
    return office


@pytest.mark.parametrize(
    ("setting", "severities"),
    [
        ({}, ["warns"]),
        ({"amount_outlier": "notes"}, ["notes"]),
        ({"amount_outlier": {"severity": "blocks"}}, ["blocks"]),
        ({"amount_outlier": {"threshold": 1000}}, []),
        ({"amount_outlier": {"severity": "notes", "threshold": 8}}, ["notes"]),
    ],
)
def test_a_round_sets_severity_and_threshold(slipped, setting, severities):
    slipped.settings["checks"] = setting
    assert [fault.severity for fault in slipped.read().faults] == severities


def test_a_check_turned_off_leaves_a_note_with_its_count(slipped):
    slipped.settings["checks"] = {"amount_outlier": "off"}
    (fault,) = slipped.read().faults
    assert (fault.check, fault.severity, fault.file) == ("check_off", "notes", "round.yaml")
    assert fault.line > 1
    assert fault.details["places"] == "1"


def test_a_check_that_is_off_hands_its_rows_to_the_check_beside_it(office):
    put(office, "amount", 20_191.5)
    put(office, "amount_paid", 2_019_150)
    office.settings["checks"] = {"paid_far_exceeds_owed": "off"}
    assert sorted(fault.check for fault in office.read().faults) == ["check_off", "paid_exceeds_owed"]


@pytest.mark.parametrize(
    ("setting", "check", "says"),
    [
        ({"amount_outliers": "off"}, "settings_unknown_key", "是否应为“amount_outlier”？"),
        ({"not_a_number": "warns"}, "check_lowered", "不能整项降级或关闭"),
        ({"file_missing": "off"}, "check_lowered", "不能整项降级或关闭"),
        ({"duplicates_alike": {"threshold": 3}}, "check_without_threshold", "没有门槛"),
    ],
)
def test_wrong_settings_of_checks_are_told_with_their_line(office, setting, check, says):
    office.settings["checks"] = {"amount_outlier": "notes", **setting}
    (fault,) = blocking(office.read())
    assert (fault.check, fault.file) == (check, "round.yaml")
    name = next(iter(setting))
    written = (office.folder / "round.yaml").read_text(encoding="utf-8").splitlines()
    assert written[fault.line - 1].strip().startswith(name)
    assert says in fault_line(fault, words("zh"))


def test_a_severity_nobody_knows_is_an_error_of_the_settings(tmp_path):
    project = round_examples.project(tmp_path)
    settings_file = round_examples.raw(project) / "round.yaml"
    text = settings_file.read_text(encoding="utf-8")
    assert "\nchecks: {}" in text
    settings_file.write_text(text.replace("checks: {}", "checks: {amount_outlier: ignore}"), encoding="utf-8")
    with pytest.raises(FaultsFoundError) as found:
        load_round(project, "2020")
    (fault,) = found.value.faults
    assert (fault.check, fault.found) == ("settings_bad_value", "ignore")


# ----------------------------------------------------------------------------------------------- the table


def catalogue(language, *names):
    found = {}
    for name in names:
        text = resources.files("analysis.words").joinpath(language, name).read_text(encoding="utf-8")
        found |= YAML(typ="safe").load(text)["faults"]
    return found


def test_the_documented_table_is_the_one_of_the_program():
    written = (ROOT / "docs" / "checks.md").read_text(encoding="utf-8")
    assert written == document(), "python -m analysis.intake.checks > docs/checks.md"


def test_every_check_has_a_name_and_its_sentences_in_both_languages():
    for language in LANGUAGES:
        said = words(language)
        for check in CHECKS:
            assert said.label(f"check.{check}"), check
            for part in ("sentence", "expected", "remedy"):
                assert f"faults.{check}.{part}" in said, (check, part)


def test_the_words_have_the_same_places_in_both_languages():
    def places_of(language):
        return {
            (check, part): {
                place for _text, place, _spec, _conversion in Formatter().parse(sentence) if place
            }
            for check, parts in catalogue(language, "faults_checks.yaml").items()
            for part, sentence in parts.items()
        }

    assert places_of("zh") == places_of("en")


def test_every_fault_of_the_data_is_a_check_of_the_table():
    # what is wrong with settings, maps and corrections is no check of the data
    beside = (
        "settings_",
        "round_",
        "correction",
        "confirmation_",
        "check_",
        "code_list_missing",
        "ledger_not_wide",
        "name_says_nothing",
        # of the round before, and of what was filed
        "compared_round_blocked",
        "edition_unreadable",
    )
    found = catalogue("zh", "faults.yaml", "faults_files.yaml", "faults_checks.yaml")
    assert {check for check in found if not check.startswith(beside)} - {"not_an_xlsx"} <= set(CHECKS)
