"""Figures as files and the manifest."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import re
import struct
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import page_examples as examples
import pytest
from PIL import Image

from analysis.publish import figure_files, manifest
from analysis.publish.html_exporter import AssessHTMLExporter
from analysis.render.blocks import Group, Prose
from analysis.rounds.levels import level_of
from analysis.words import Text

INTERNAL = level_of("internal")
SVG = "{http://www.w3.org/2000/svg}"


# ------------------------------------------------------------------------------------------ figures


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    parts = {"results": Group((examples.graphic(), examples.graphic("fig-declines", "图2", 420)))}
    return figure_files.write(examples.notebook(parts), tmp_path_factory.mktemp("figures"))


def test_every_graphic_becomes_a_drawing_and_a_picture(written: list[Path]) -> None:
    assert [path.name for path in written] == ["scores.svg", "scores.png", "declines.svg", "declines.png"]


def test_title_source_and_mark_stand_inside_the_drawing(written: list[Path]) -> None:
    tree = ElementTree.fromstring(written[0].read_text(encoding="utf-8"))
    texts = [element.text for element in tree.findall(f"{SVG}text")]
    assert "".join(map(str, texts[:1])).startswith("图1　失分集中在")
    assert "来源：评分表（九个单位，162个得分）。" in texts
    assert texts[-1] == examples.MARK
    inner = tree.find(f"{SVG}svg")
    assert inner is not None
    assert (inner.get("width"), inner.get("viewBox")) == ("840", "0 0 840 280")


def test_the_drawing_carries_its_fonts_and_nothing_from_outside(written: list[Path]) -> None:
    text = written[0].read_text(encoding="utf-8")
    assert text.count("@font-face") == 2
    assert re.findall(r"(?:href|src)=", text) == []
    assert set(re.findall(r"url\((.{9})", text)) == {"data:font"}


def test_the_picture_has_two_pixels_for_one_and_a_white_ground(written: list[Path]) -> None:
    drawing = ElementTree.fromstring(written[0].read_text(encoding="utf-8"))
    data = written[1].read_bytes()
    width, height = struct.unpack(">II", data[16:24])
    assert width == 2 * float(str(drawing.get("width")))
    assert height == pytest.approx(2 * float(str(drawing.get("height"))), abs=1)
    with Image.open(io.BytesIO(data)) as picture:
        assert picture.convert("RGB").getpixel((2, 2)) == (255, 255, 255)


def test_the_same_notebook_gives_the_same_files(written: list[Path], tmp_path: Path) -> None:
    parts = {"results": Group((examples.graphic(), examples.graphic("fig-declines", "图2", 420)))}
    again = figure_files.write(examples.notebook(parts), tmp_path)
    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in written]


def test_a_notebook_without_graphics_gives_no_files(tmp_path: Path) -> None:
    assert figure_files.write(examples.notebook({"results": Prose((Text("文"),))}), tmp_path) == []


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", []),
        ("一二三", ["一二三"]),
        ("一二三四五六", ["一二三四五", "六"]),
        ("一二三四五，六", ["一二三四", "五，六"]),  # no comma at the beginning of a line
        ("一二三四（五）", ["一二三四", "（五）"]),  # no opening bracket at the end of one
        ("一二三四12.5%", ["一二三四", "12.5%"]),  # a number is not parted
    ],
)
def test_titles_are_broken_as_chinese_is_set(text: str, lines: list[str]) -> None:
    assert figure_files.wrap(text, "sans", 10, 50.5) == lines


# ------------------------------------------------------------------------------------------ manifest


@pytest.fixture
def round_(tmp_path: Path) -> SimpleNamespace:
    folder = tmp_path / "data" / "raw" / "2020"
    folder.mkdir(parents=True)
    (folder / "线索.csv").write_text("a", encoding="utf-8")
    (folder / ".hidden").write_text("b", encoding="utf-8")
    settings = SimpleNamespace(synthetic=True)
    return SimpleNamespace(
        period=SimpleNamespace(text="2020"),
        id="2020",
        settings=settings,
        folder=folder,
        project=tmp_path,
        as_of=dt.date(2022, 3, 31),
    )


def published(round_: SimpleNamespace, name: str = "2020") -> Path:
    """Publish a report and a card of a round and return the folder."""
    folder: Path = round_.project / "reports" / name
    (folder / "units").mkdir(parents=True)
    for path, title, kind in (
        ("report.html", examples.TITLE, "report"),
        ("units/990001.html", "海角区2020年度考核反馈", "card"),
    ):
        notebook = examples.notebook({"results": Prose((Text("文"),))}, title=title, kind=kind)
        text, _resources = AssessHTMLExporter().from_notebook_node(notebook)
        (folder / path).write_text(text, encoding="utf-8")
    manifest.write(
        folder,
        round_,
        {"round_id": "2020", "language": "zh"},
        language="zh",
        level=INTERNAL,
        draft=False,
        made_by={"program": "1"},
    )
    return folder


def test_the_manifest_lists_inputs_and_outputs_by_relative_path_and_hash(round_: SimpleNamespace) -> None:
    folder = published(round_)
    content = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert {name: content[name] for name in ("round", "status", "synthetic", "as_of")} == {
        "round": "2020",
        "status": "final",
        "synthetic": True,
        "as_of": "2022-03-31",
    }
    assert content["inputs"] == [
        {"path": "data/raw/2020/线索.csv", "sha256": hashlib.sha256(b"a").hexdigest()}
    ]
    assert [row["path"] for row in content["outputs"]] == ["report.html", "units/990001.html"]
    for row in content["outputs"]:
        assert row["sha256"] == hashlib.sha256((folder / row["path"]).read_bytes()).hexdigest()
    assert {"analysis", "python", "pandas", "typst"} <= set(content["versions"])
    assert content["made_by"] == {"program": "1"}
    # files and settings by themselves, so that it can be told which of the two have changed
    of_data = hashlib.sha256(content["inputs"][0]["sha256"].encode()).hexdigest()
    assert (content["data_sha256"], content["settings_sha256"]) == (of_data, hashlib.sha256(b"").hexdigest())


def test_the_manifest_is_the_same_every_time_and_knows_no_place(round_: SimpleNamespace) -> None:
    folder = published(round_)
    first = (folder / "manifest.json").read_bytes()
    manifest.write(
        folder,
        round_,
        {"language": "zh", "round_id": "2020"},
        language="zh",
        level=INTERNAL,
        draft=False,
        made_by={"program": "1"},
    )
    assert (folder / "manifest.json").read_bytes() == first
    assert str(round_.project) not in first.decode("utf-8")
