"""Notes what the processes of a run read: every file the intake opens, every settings file that is parsed.

A folder with `SITE` as `sitecustomize.py` on `PYTHONPATH` makes the kernels note it too. Files that are only hashed,
for the fingerprint and for the manifest, are not noted.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from analysis.intake.files import Shelf
from analysis.rounds import settings_files

LOG = "READING_LOG"
SITE = "import pytest, reading_log\nreading_log.begin(pytest.MonkeyPatch())\n"


def begin(patch: pytest.MonkeyPatch) -> None:
    """Note from now on, in this process, into the file the environment names."""
    read, compose = Shelf._read, settings_files._composed

    def noted_read(self: Shelf, file: str) -> Any:
        _note("file", file)
        return read(self, file)

    def noted_compose(text: str) -> Any:
        _note("settings", hashlib.sha256(text.encode("utf-8")).hexdigest())
        return compose(text)

    patch.setattr(Shelf, "_read", noted_read)
    patch.setattr(settings_files, "_composed", noted_compose)


def _note(kind: str, what: str) -> None:
    with Path(os.environ[LOG]).open("a", encoding="utf-8") as log:
        log.write(f"{os.getpid()}\t{kind}\t{what}\n")


def noted(log: Path, kind: str) -> Counter[tuple[str, str]]:
    """Return how often each process (by its number) read each thing of a kind."""
    lines = [line.split("\t") for line in log.read_text(encoding="utf-8").splitlines()]
    return Counter((process, what) for process, found, what in lines if found == kind)
