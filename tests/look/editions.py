"""The editions that are looked at: the example round computed in a copy of the project, in `build/look`."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROUND = "2020"
#: language and level of every edition; the first stands in the round's own folder
EDITIONS = (("zh", "internal"), ("en", "internal"), ("zh", "own"), ("zh", "grades"))


@dataclass(frozen=True)
class Edition:
    """An edition of the example round and where it stands."""

    language: str
    level: str
    folder: Path

    @property
    def name(self) -> str:
        """What the results call it."""
        return f"{self.language} {self.level}"

    @property
    def cards(self) -> list[Path]:
        """The pages of the unit cards."""
        return sorted(self.folder.glob("units/*.html"))


def expected(project: Path) -> list[Edition]:
    """Return the editions with the folders they are published in."""
    base = project / "reports" / ROUND
    return [
        Edition(
            language,
            level,
            base
            / ("" if language == EDITIONS[0][0] else language)
            / ("" if level == EDITIONS[0][1] else level),
        )
        for language, level in EDITIONS
    ]


def copy_project(root: Path, target: Path) -> Path:
    """Copy the office's files and the notebooks of a project, so that nobody's reports are touched."""
    if target.exists():
        shutil.rmtree(target)
    shutil.copytree(root / "data" / "raw", target / "data" / "raw")
    shutil.copytree(root / "notebooks", target / "notebooks")
    return target


def build(project: Path, edition: Edition) -> list[str]:
    """Compute and publish an edition; return what went wrong, by the last lines of the run."""
    command = [sys.executable, "-m", "analysis", "run", ROUND, "--project", str(project)]
    command += ["--lang", edition.language, "--disclosure", edition.level]
    ran = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    if ran.returncode == 0:
        return []
    said = [line for line in (ran.stdout + ran.stderr).splitlines() if line.strip()]
    return [f"assess run ended with status {ran.returncode}", *said[-6:]]


def parser(program: str, description: str) -> argparse.ArgumentParser:
    """Return the options of a command that works on the editions."""
    options = argparse.ArgumentParser(prog=program, description=description)
    options.add_argument(
        "--reuse", action="store_true", help="take the editions of the last run instead of new ones"
    )
    return options
