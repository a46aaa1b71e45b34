"""The settings of a round, its folders, and finding the project around it."""

import datetime as dt

import pytest
from office_examples import Office

from analysis.intake.fault_lists.lines import remedy_of, sentence_of
from analysis.rounds.faults import FaultsFoundError
from analysis.rounds.rounds import ProjectNotFoundError, find_project, list_rounds, load_round, round_id_of
from analysis.words import words


@pytest.fixture
def office(tmp_path):
    return Office(tmp_path)


def faults_of(office):
    office.write()
    with pytest.raises(FaultsFoundError) as found:
        load_round(office.project, "2020")
    return [(fault.check, fault.details.get("key", ""), fault.found) for fault in found.value.faults]


def test_a_round_knows_its_periods_and_folders(office):
    office.write()
    round_ = load_round(office.project, "2020")
    assert round_.id == "2020"
    assert round_.period.text == "2020"
    assert round_.base == "2019"
    assert [period.text for period in round_.history] == ["2019", "2020"]
    assert round_.as_of == dt.date(2021, 12, 31)
    assert round_.processed == office.project / "data" / "processed" / "2020"
    assert round_.reports == office.project / "reports" / "2020"
    assert round_.folder == office.folder


def test_a_round_of_two_years_has_one_period(office):
    history = ["2021", "2019", "2018", "2020"]
    office.settings |= {"periods": ["2021", "2020"], "base_period": "2018-2019", "history": history}
    office.write()
    round_ = load_round(office.project, "2020")
    assert round_.period.text == "2020-2021"
    assert [period.text for period in round_.history] == ["2018", "2019", "2020", "2021"]


@pytest.mark.parametrize(
    ("periods", "base", "proposed"),
    [
        (["2021H1"], "2020", "2020H1"),  # half a year beside a whole one
        (["2021H1"], "2020H2", "2020H1"),  # as long, of other months
        (["2020", "2021"], "2019", "2018-2019"),  # two years beside one
        (["2020-2021"], "2019-2020", "2018-2019"),  # they overlap
        (["2021"], "2021", "2020"),
        (["2021-03"], "2020", "2020-03"),
    ],
)
def test_a_base_period_unlike_the_period_is_a_fault_with_its_line_and_a_proposal(
    office, periods, base, proposed
):
    history = [str(year) for year in range(2018, 2022)]
    office.settings |= {"periods": periods, "base_period": base, "history": history}
    office.write()
    with pytest.raises(FaultsFoundError) as found:
        load_round(office.project, "2020")
    (fault,) = found.value.faults
    lines = (office.folder / "round.yaml").read_text("utf-8").splitlines()
    assert (fault.check, fault.details["key"]) == ("settings_bad_value", "base_period")
    assert lines[fault.line - 1].startswith("base_period:")
    assert "同长" in sentence_of(fault, words("zh"))
    assert proposed in remedy_of(fault, words("zh"))


def test_periods_that_do_not_make_one_are_a_fault(office):
    office.settings |= {"periods": ["2018", "2020"], "base_period": None, "history": ["2018", "2019", "2020"]}
    assert [key for _check, key, _found in faults_of(office)] == ["periods"]
    office.settings |= {"periods": ["2020Q2", "2020Q3"]}
    assert [key for _check, key, _found in faults_of(office)] == ["periods"]


def test_a_round_may_be_compared_with_no_period(office):
    office.settings["base_period"] = None
    office.write()
    assert load_round(office.project, "2020").base == ""


def test_fiscal_years_need_the_month_they_begin_in(office):
    years = {"periods": ["2018/19"], "base_period": "2017/18", "history": ["2017/18", "2018/19"]}
    office.settings |= years
    assert {key for _check, key, _found in faults_of(office)} == set(years)
    office.settings |= {"year_starts": 4}
    office.write()
    period = load_round(office.project, "2020").period
    assert (period.start, period.end) == (dt.date(2018, 4, 1), dt.date(2019, 3, 31))
    # a plain year is then the fiscal year that begins in it, and is called so
    office.settings |= {"periods": [2018], "base_period": 2017, "history": [2017, 2018]}
    office.write()
    round_ = load_round(office.project, "2020")
    assert (round_.period, round_.base) == (period, "2017/18")


def test_numbers_in_yaml_are_codes_all_the_same(office):
    office.write()
    file = office.folder / "round.yaml"
    file.write_text(
        file.read_text(encoding="utf-8").replace("'2020'", "2020").replace("'990000'", "0990000"), "utf-8"
    )
    settings = load_round(office.project, "2020").settings
    assert (settings.round, settings.city.code, settings.periods) == ("2020", "0990000", ["2020"])


def test_all_faults_of_the_settings_at_once(office):
    office.settings |= {"langauge": "zh", "as_of": 20211231, "base_period": "2019年", "synthetic": "perhaps"}
    del office.settings["title"]
    assert sorted(faults_of(office)) == [
        ("settings_bad_value", "as_of", "20211231"),
        ("settings_bad_value", "base_period", "2019年"),
        ("settings_missing_key", "title", ""),
        ("settings_unknown_key", "langauge", "langauge"),
        ("settings_wrong_type", "synthetic", "perhaps"),
    ]


def test_the_comparison_must_lie_in_the_history(office):
    office.settings["base_period"] = "2018"
    assert [check for check, _key, _found in faults_of(office)] == ["settings_bad_value"]


def test_a_round_is_called_like_its_folder(office):
    office.settings["round"] = "2021"
    assert faults_of(office) == [("round_name_differs", "", "2021")]


def test_a_missing_round_names_those_there_are(office):
    office.write()
    with pytest.raises(FaultsFoundError) as found:
        load_round(office.project, "2019")
    assert found.value.faults[0].check == "round_missing"
    assert found.value.faults[0].details["known"] == "2020"


@pytest.mark.parametrize(("value", "name"), [(2020, "2020"), ("2020", "2020"), (" 2021-2022 ", "2021-2022")])
def test_a_notebook_parameter_becomes_a_name(value, name):
    assert round_id_of(value) == name


# the folder of the final editions stands among those of the rounds
@pytest.mark.parametrize("value", [2021.5, True, "", "../2020", "a/b", ".", "final"])
def test_what_cannot_be_a_folder_name_is_refused(value):
    with pytest.raises(FaultsFoundError) as found:
        round_id_of(value)
    assert found.value.faults[0].check == "round_id_not_text"


def test_the_project_is_the_nearest_folder_with_data_raw(office):
    inner = office.project / "notebooks" / "deep"
    inner.mkdir(parents=True)
    assert find_project(inner) == office.project.resolve()
    office.write()
    assert list_rounds(office.project) == ["2020"]


def test_no_project_is_said_so(tmp_path):
    with pytest.raises(ProjectNotFoundError):
        find_project(tmp_path)
