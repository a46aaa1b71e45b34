"""The settings of a round, its folders, and finding the project around it."""

import datetime as dt

import pytest
from office_examples import Office

from analysis.rounds.faults import FaultsFoundError
from analysis.rounds.rounds import ProjectNotFoundError, find_project, list_rounds, load_round, round_id_of


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
    assert round_.base_period.text == "2019"
    assert [period.text for period in round_.history] == ["2019", "2020"]
    assert round_.as_of == dt.date(2021, 12, 31)
    assert round_.processed == office.project / "data" / "processed" / "2020"
    assert round_.reports == office.project / "reports" / "2020"
    assert round_.folder == office.folder


def test_a_round_of_two_years_has_one_period(office):
    office.settings |= {"periods": ["2021", "2020"], "history": ["2021", "2019", "2020"]}
    office.write()
    round_ = load_round(office.project, "2020")
    assert round_.period.text == "2020-2021"
    assert [period.text for period in round_.history] == ["2019", "2020", "2021"]


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


@pytest.mark.parametrize("value", [2021.5, True, "", "../2020", "a/b", "."])
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
