"""The settings of the next round: which period, base and history its name asks for, and what its titles call it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from round_examples import RAW

from analysis.intake import fault_line
from analysis.rounds.new_round import NewRoundError, make
from analysis.rounds.rounds import RoundSettings, load_round
from analysis.words import words

ZH = words("zh")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "data" / "raw" / "2020"
    shutil.copytree(RAW, folder, ignore=shutil.ignore_patterns("*.xlsx", "*.csv"))
    return tmp_path


def settings_of(project: Path, name: str, old: str = "2020") -> RoundSettings:
    """Return the settings of a round just made; whatever is wrong with them is raised."""
    made = make(project, name, old, ZH)
    return load_round(project, made.folder.name).settings


def declare(project: Path, **keys: str) -> None:
    """Write keys of the old round anew."""
    file = project / "data" / "raw" / "2020" / "round.yaml"
    text = file.read_text(encoding="utf-8")
    for key, value in keys.items():
        text, changes = re.subn(rf"(?m)^{key}:[^#\n]*", f"{key}: {value}", text)
        text = text if changes else f"{key}: {value}\n{text}"
    file.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "folder", "period", "compared"),
    [
        ("2021", "2021", "2021", ("2020", "2017", "2021")),
        ("2021年", "2021", "2021", ("2020", "2017", "2021")),
        ("2021H1", "2021H1", "2021H1", ("2020H1", "2017H1", "2021H1")),
        ("2021上半年", "2021H1", "2021H1", ("2020H1", "2017H1", "2021H1")),
        ("2021年下半年", "2021H2", "2021H2", ("2020H2", "2017H1", "2021H2")),
        ("2021Q1", "2021Q1", "2021Q1", ("2020Q1", "2017Q1", "2021Q1")),
        ("2021-03", "2021-03", "2021-03", ("2020-03", "2017-01", "2021-03")),
        ("2021-2022", "2021-2022", "2021-2022", ("2019-2020", "2018", "2022")),
        ("2021-2024", "2021-2024", "2021-2024", ("2017-2020", "2017", "2024")),
        ("R2021", "R2021", "2021", ("2020", "2017", "2021")),
    ],
)
def test_the_name_of_a_round_proposes_period_base_and_history(
    project: Path, name: str, folder: str, period: str, compared: tuple[str, str, str]
) -> None:
    settings = settings_of(project, name)
    assert settings.round == folder
    assert settings.periods == [period]
    assert (settings.base_period, settings.history[0], settings.history[-1]) == compared


@pytest.mark.parametrize(
    ("name", "title", "english"),
    [
        ("2021", "秦皇岛市2021年度保障", "wages, 2021"),
        ("2021H1", "秦皇岛市2021年上半年保障", "wages, the first half of 2021"),
        ("2021-2022", "秦皇岛市2021—2022年度保障", "wages, 2021–2022"),
    ],
)
def test_titles_call_the_period_by_its_name(project: Path, name: str, title: str, english: str) -> None:
    settings = settings_of(project, name)
    assert settings.title.startswith(title)
    assert settings.title_en.endswith(english)


def test_the_cut_off_stays_as_long_behind_the_end_of_the_period(project: Path) -> None:
    """28 February 2022 is 424 days after the end of 2020; 424 days after 30 June 2021 is 28 August 2022."""
    assert settings_of(project, "2021H1").as_of.isoformat() == "2022-08-28"
    assert settings_of(project, "2021").as_of.isoformat() == "2023-02-28"


def test_a_year_after_half_years_has_a_history_of_years(project: Path) -> None:
    settings_of(project, "2021H1")
    settings = settings_of(project, "2022", "2021H1")
    assert settings.history == ["2018", "2019", "2020", "2021", "2022"]
    assert settings.title.startswith("秦皇岛市2022年度保障")


def test_a_history_written_line_by_line_stays_so(project: Path) -> None:
    declare(project, history="\n  - 2019\n  - 2020\n")
    make(project, "2021H1", "2020", ZH)
    text = (project / "data" / "raw" / "2021H1" / "round.yaml").read_text(encoding="utf-8")
    assert "history: \n  - 2020H1\n  - 2020H2\n  - 2021H1\n" in text


def test_fiscal_years_move_on_as_fiscal_years(project: Path) -> None:
    declare(
        project, year_starts="4", periods="[2020]", base_period="2019", history="[2018/19, 2019/20, 2020/21]"
    )
    settings = settings_of(project, "2021")
    assert (settings.periods, settings.base_period) == (["2021/22"], "2020/21")
    assert settings.history == ["2019/20", "2020/21", "2021/22"]
    assert load_round(project, "2021").period.start.isoformat() == "2021-04-01"


def test_a_name_without_a_year_or_not_fit_for_a_folder_is_refused(project: Path) -> None:
    for name, reason in (
        ("next", "no_year"),
        ("2021/上", "no_name"),
        ("../2021", "no_name"),
        ("Final", "no_name"),
    ):
        with pytest.raises(NewRoundError) as refused:
            make(project, name, "2020", ZH)
        assert refused.value.reason == reason


def test_a_settings_file_that_cannot_be_read_is_told_in_words_with_its_line(project: Path) -> None:
    (project / "data" / "raw" / "2020" / "bulletin.yaml").write_text("a: [1\nb: 2\n", encoding="utf-8")
    with pytest.raises(NewRoundError) as refused:
        make(project, "2021", "2020", ZH)
    [fault] = refused.value.faults
    assert (refused.value.reason, fault.file) == ("no_settings", "bulletin.yaml")
    assert fault.line
    assert not re.search("while parsing|expected", fault_line(fault, ZH))


@pytest.mark.parametrize("written", ["null ", " "])
def test_a_round_compared_with_nothing_goes_on_so_however_that_is_written(
    project: Path, written: str
) -> None:
    # an empty value lies wherever the next key begins: nothing of the next line may be taken for it
    declare(project, base_period=written, compared_with=written)
    settings = settings_of(project, "2021")
    assert (settings.base_period, settings.compared_with, settings.history[-1]) == (None, "2020", "2021")
