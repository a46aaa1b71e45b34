"""Settings files of earlier years open as what they were; those of a later program are refused in one sentence."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import round_examples as example

from analysis.intake import fault_line
from analysis.intake.declared.maps_file import load_maps
from analysis.rounds import settings_files
from analysis.rounds.settings_files import read_document
from analysis.rounds.versions import CURRENT, is_current, migrated
from analysis.run.checking import read_round_settings
from analysis.words import words


def renamed(data: dict[str, Any]) -> dict[str, Any]:
    return {"seats" if key == "chairs" else key: value for key, value in data.items()}


def doubled(data: dict[str, Any]) -> dict[str, Any]:
    return {**data, "seats": 2 * data["seats"]}


#: three versions of a room: chairs were renamed seats, later every seat became two
STEPS = ({}, {"room.yaml": renamed}, {"room.yaml": doubled, "other.yaml": dict})


@pytest.mark.parametrize("version", [0, 1])
def test_a_file_is_taken_from_version_to_version(version: int) -> None:
    assert migrated({"chairs": 3}, "room.yaml", version, STEPS) == {"seats": 6}
    assert migrated({"seats": 3}, "room.yaml", 2, STEPS) == {"seats": 6}
    assert migrated({"seats": 6}, "room.yaml", 3, STEPS) == {"seats": 6}


def test_a_file_no_step_names_has_the_present_form_already() -> None:
    assert not is_current("room.yaml", 2, STEPS)
    assert is_current("room.yaml", 3, STEPS)
    assert is_current("other.yaml", 0, STEPS[:2])


def test_a_rule_set_that_counted_blanks_as_not_done_counts_them_the_worst_way() -> None:
    item = {"code": "1.1", "exceptions": {"partial": "unstated_is_no"}}
    older = {"partial": "unstated_is_no", "dimensions": [{"indicators": [item]}]}
    newer = migrated(older, "rulebook.yaml", 1)
    assert newer["partial"] == newer["dimensions"][0]["indicators"][0]["exceptions"]["partial"] == "worst"
    lenient = {"partial": "as_stated"}
    assert migrated(lenient, "rulebook.yaml", 1) == lenient


def test_an_older_file_is_read_in_its_present_form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings_files, "migrated", partial(migrated, steps=STEPS))
    monkeypatch.setattr(settings_files, "CURRENT", len(STEPS))
    path = tmp_path / "room.yaml"
    path.write_text("format: 1\ncolour: blue\nchairs: 3\n", encoding="utf-8")
    document, faults = read_document(path, "room.yaml")
    assert document is not None
    assert (document.data, faults) == ({"colour": "blue", "seats": 6}, [])
    assert document.line("colour") == 2


def test_a_round_of_before_files_said_their_version_opens_unchanged(tmp_path: Path) -> None:
    def opened() -> tuple[object, ...]:
        declared = read_round_settings(project, "2020")
        own = declared.round.settings
        return (
            own,
            declared.rulebook,
            declared.published,
            declared.bulletin,
            load_maps(declared.round.folder)[0],
        )

    project = example.project(tmp_path)
    now = opened()
    for file in example.raw(project).glob("*.yaml"):
        text, lines = re.subn(rf"(?m)^format: {CURRENT}\b.*\n", "", file.read_text(encoding="utf-8"))
        assert lines == 1, file.name
        file.write_text(text, encoding="utf-8")
    assert opened() == now
    assert None not in now


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("99", f"这个文件的格式是第99版，本程序只认到第{CURRENT}版。请升级程序后再打开这一轮。"),
        ("-1", "“format”的值“-1”不合要求，应为所列各项之一。可填：0、1、2。请改正。"),
        ("新", "“format”的值“新”不合要求，应为所列各项之一。可填：0、1、2。请改正。"),
    ],
)
def test_a_version_this_program_does_not_know_is_one_sentence(
    tmp_path: Path, written: str, said: str
) -> None:
    path = tmp_path / "maps.yaml"
    path.write_text(f"# 对照表\nformat: {written}\nledgers_of_tomorrow: {{}}\n", encoding="utf-8")
    document, faults = read_document(path, "maps.yaml")
    assert document is None
    assert [fault_line(fault, words("zh")) for fault in faults] == [f"maps.yaml › 第2行：{said}"]
