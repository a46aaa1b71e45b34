"""Every output of the example round held against the hashes on record, so that a rebuild cannot change one unseen.

    python -m tests.outputs            compare: says which files changed, appeared or disappeared
    python -m tests.outputs --record   take the present outputs as the record

All editions (disclosure level × language) are made, two at a time, in a project of their own under `build/outputs`,
which is kept for looking. The record holds for the Python version and the packages it was taken with: floats may
differ in the last digit elsewhere, so this is a tool for whoever changes the program and no part of `make test`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
RECORD: Final = Path(__file__).with_suffix(".sha256")
LANGUAGES: Final = ("zh", "en")
LEVELS: Final = ("internal", "own", "grades")
ROUND: Final = "2020"
#: which code computed the frames, which changes with every line of it
NOT_AN_OUTPUT: Final = frozenset({"stages.json"})
MANIFEST: Final = "manifest.json"


def main() -> int:
    """Make all editions and compare or record them; the exit status is 1 where something differs."""
    asked = argparse.ArgumentParser(prog="python -m tests.outputs", description=__doc__.splitlines()[0])
    asked.add_argument("--record", action="store_true", help="take the present outputs as the record")
    asked.add_argument("--folder", type=Path, default=ROOT / "build" / "outputs", help="where to work")
    given = asked.parse_args()
    found = make(given.folder)
    if given.record:
        lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(found.items()))
        RECORD.write_text(lines, encoding="utf-8")
        print(f"{len(found)} outputs on record in {RECORD.relative_to(ROOT)}")
        return 0
    differing = list(differences(recorded(RECORD.read_text(encoding="utf-8")), found))
    print("\n".join(differing) or f"all {len(found)} outputs are those on record")
    return bool(differing)


def make(folder: Path) -> dict[str, str]:
    """Make all editions of the example round below a folder; return the hash of every file by its place there."""
    shutil.rmtree(folder, ignore_errors=True)
    with ThreadPoolExecutor(len(LANGUAGES)) as pool:
        list(pool.map(lambda language: _editions(folder / language, language), LANGUAGES))
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(content_of(path)).hexdigest()
        for language in LANGUAGES
        for part in ("data/processed", "reports")
        for path in (folder / language / part).rglob("*")
        if path.is_file() and path.name not in NOT_AN_OUTPUT
        # what is kept for the next run is no output
        if not any(part.startswith(".") for part in path.relative_to(folder).parts)
    }


def content_of(path: Path) -> bytes:
    """Return what a file holds; of a manifest without the hashes of the program, which any line of it changes."""
    if path.name != MANIFEST:
        return path.read_bytes()
    content = json.loads(path.read_text(encoding="utf-8"))
    del content["made_by"]
    return json.dumps(content, ensure_ascii=False).encode("utf-8")


def _editions(project: Path, language: str) -> None:
    shutil.copytree(ROOT / "data" / "raw" / ROUND, project / "data" / "raw" / ROUND)
    shutil.copytree(ROOT / "notebooks", project / "notebooks")
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONHASHSEED": "0"}
    for level in LEVELS:
        command = [sys.executable, "-m", "analysis", "run", ROUND, "--lang", language, "--disclosure", level]
        done = subprocess.run(
            [*command, "--jobs", "1"], cwd=project, env=environment, capture_output=True, check=False
        )
        if done.returncode:
            raise SystemExit(f"{language} {level}: {(done.stdout + done.stderr).decode(errors='replace')}")


def recorded(text: str) -> dict[str, str]:
    """Return the hashes of a record by file."""
    return {name: digest for digest, name in (line.split("  ", 1) for line in text.splitlines())}


def differences(before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    """Yield a line per file that changed, appeared or disappeared."""
    for name in sorted({*before, *now}):
        if before.get(name) != now.get(name):
            yield f"{'new' if name not in before else 'gone' if name not in now else 'changed':8}{name}"


if __name__ == "__main__":
    raise SystemExit(main())
