"""What a double click opens: the set-up, then a round and what to do with it."""

from __future__ import annotations

from pathlib import Path

import pytest
import round_examples
from typer.testing import CliRunner

from analysis.cli.application import app
from analysis.cli.start import STEPS
from analysis.words import LANGUAGES, words

ROOT = Path(__file__).parents[1]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return round_examples.project(tmp_path)


def started(project: Path, *answers: str, lang: str = "zh") -> str:
    done = CliRunner().invoke(
        app, ["start", "--project", str(project), "--lang", lang], input="\n".join([*answers, ""])
    )
    assert done.exit_code == 0, done.output
    return done.output


def test_a_round_and_a_step_are_chosen_by_number_until_there_is_no_more_to_do(project: Path) -> None:
    said = started(project, "", "1", "2", "0")
    assert "考核轮次（2020）" in said
    assert "完成：assess status 2020" in said
    assert "完成：assess desk 2020" in said
    assert (project / "data" / "processed" / "2020" / "考核工作台-2020.xlsx").is_file()


def test_the_desk_is_read_back_from_where_it_was_written_or_from_a_file_dragged_here(project: Path) -> None:
    said = started(project, "", "2", "3", "", "0")
    assert "没有改动。" in said
    # a path comes in quotes where it has blanks
    said = started(project, "", "3", f'"{project / "没有 这份.xlsx"}"', "0")
    assert "没有完成，原因见上：assess desk 2020" in said


def test_what_nobody_offers_is_asked_for_again(project: Path) -> None:
    said = started(project, "1999", "2020", "9", "0", lang="en")
    assert said.count("Round (2020)") == 2
    assert said.count("What to do with the round “2020”") == 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_step_has_its_words(language: str) -> None:
    for command, options in STEPS:
        name = "_".join([command, *(option.strip("-").replace("-", "_") for option in options)])
        assert words(language).label(f"cli.start.step.{name}")


def test_the_file_to_double_click_is_plain_and_installs_as_the_readme_says() -> None:
    content = (ROOT / "start.bat").read_bytes()
    # a console of any code page reads it, and older ones lose labels without carriage returns
    assert content.isascii()
    assert content.count(b"\n") == content.count(b"\r\n")
    text = content.decode("ascii")
    assert "--require-hashes -r requirements.lock" in text
    assert "--no-deps --no-build-isolation -e ." in text
    labels = {line[1:].strip() for line in text.splitlines() if line.startswith(":")}
    assert {word.strip() for line in text.splitlines() for word in line.split("goto ")[1:]} == labels
    supported = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert 'requires-python = ">=3.11' in supported
    assert "-m analysis start" in text
