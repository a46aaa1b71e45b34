"""The recipes of `docs/howto` performed as written, on a copy of the package with a copy of the example round.

A block of code in a recipe says where it goes: `edit=FILE before="…"` or `after="…"` (the line that begins with these
words), `instead="…"` (of these words), `new=FILE`, or `copy` (a folder to another). What stands under `try` is then
run, and has to end well.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "howto"
#: the most files of the program that a recipe may touch, the words of each of the two languages among them
MOST_FILES = {
    "measure": 4,
    "ledger": 4,
    "check": 3,
    "scoring-shape": 3,
    "chart": 6,
    "language": 0,
    "level": 3,
}
_BLOCK = re.compile(r"^```(\w+) (.*)\n((?:.*\n)*?)```$", re.MULTILINE)
_PLACE = re.compile(r'(edit|new)=(\S+)(?: (before|after|instead)="((?:[^"\\]|\\.)*)")?')


class Block(NamedTuple):
    """A block of a recipe: what is done with it, to which file, and its text."""

    what: str
    file: str
    side: str
    anchor: str
    text: str


def blocks(recipe: str) -> list[Block]:
    found = []
    for _kind, info, text in _BLOCK.findall((FOLDER / f"{recipe}.md").read_text(encoding="utf-8")):
        place = _PLACE.fullmatch(info)
        if place is None:
            found.append(Block(info, "", "", "", text))
        else:
            anchor = (place[4] or "").replace("\\n", "\n").replace('\\"', '"')
            found.append(Block(place[1], place[2], place[3] or "", anchor, text))
    return found


def perform(block: Block, folder: Path) -> None:
    """Make the change of a block below a folder."""
    if block.what == "copy":
        source, target = block.text.split()
        shutil.copytree(folder / source, folder / target)
    elif block.what == "new":
        (folder / block.file).write_text(block.text, encoding="utf-8")
    elif block.what == "edit":
        file = folder / block.file
        text = file.read_text(encoding="utf-8")
        places = [found.start() for found in re.finditer(f"^{re.escape(block.anchor)}", text, re.MULTILINE)]
        assert len(places) == 1, f"{block.file}: the words {block.anchor!r} begin {len(places)} lines"
        at = text.index("\n", places[0]) + 1 if block.side == "after" else places[0]
        rest = at + len(block.anchor) if block.side == "instead" else at
        file.write_text(text[:at] + block.text + text[rest:], encoding="utf-8")


@pytest.mark.parametrize("recipe", MOST_FILES)
def test_a_recipe_does_what_it_says(recipe: str, tmp_path: Path) -> None:
    shutil.copytree(
        ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("fonts", "__pycache__", "*.egg-info")
    )
    (tmp_path / "src/analysis/fonts").symlink_to(ROOT / "src/analysis/fonts")
    for folder in ("data/raw/2020", "notebooks"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    steps = blocks(recipe)
    for block in steps:
        perform(block, tmp_path)
    (trial,) = (block.text for block in steps if block.what == "try")
    done = subprocess.run(
        [sys.executable, "-c", trial],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "src"), "MPLBACKEND": "agg"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    # a folder that is copied is one thing, whatever is changed in it
    copies = tuple(block.text.split()[1] for block in steps if block.what == "copy")
    changed = {block.file for block in steps if block.file and not block.file.startswith(copies)}
    assert len(changed) <= MOST_FILES[recipe]


def test_every_recipe_is_performed_and_on_the_list() -> None:
    listed = re.findall(r"\]\(([a-z-]+)\.md\)", (FOLDER / "README.md").read_text(encoding="utf-8"))
    assert sorted(listed) == sorted(MOST_FILES)
    assert {path.stem for path in FOLDER.glob("*.md")} <= {*MOST_FILES, "README"}
