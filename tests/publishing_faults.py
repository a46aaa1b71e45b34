"""Publishing an edition, killed or refused at any step: what a reader finds then, and after the next command."""

from __future__ import annotations

import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final
from unittest import mock

from file_faults import carried_out, disk

from analysis.run import report_folder
from analysis.run.report_folder import EditionFolder, Place, ReportInUseError, RunFailedError

EDITIONS: Final = (
    Place("2020"),
    Place("2020", ("own",)),
    Place("2020", ("en",)),
    Place("2020", ("en", "own")),
)
#: files of an edition: with their links and removals they give steps enough to choose from
_FILES: Final = ("report.html", *(f"units/{unit}.html" for unit in range(19)))
#: of the steps of every setting
TRIES: Final = 40
REFUSALS: Final = ("ENOSPC", "EROFS", "EACCES", "EXDEV", "EIO")


@dataclass(frozen=True)
class Setting:
    """Which edition is published, whether the system can exchange two folders, and at which step what happens.

    Attributes:
        place: the edition.
        exchange: whether the system exchanges folders.
        step: the number of the step.
        refusal: name of the error it ends with; empty to kill the process.
    """

    place: Place
    exchange: bool
    step: int
    refusal: str = ""


def write(reports: Path, place: Place, text: str) -> str:
    """Publish an edition whose files all say a text; return what the program says of the outcome."""
    try:
        with EditionFolder(reports, place) as building:
            for name in _FILES:
                (building.folder / name).parent.mkdir(exist_ok=True)
                (building.folder / name).write_text(text, encoding="utf-8")
            building.publish()
    except (RunFailedError, ReportInUseError, OSError) as told:
        return type(told).__name__
    return ""


def read(reports: Path) -> dict[str, Counter[str]]:
    """Return what the files of every edition say, by its folder, as a reader finds them."""
    return {
        place.name: Counter(
            path.read_text(encoding="utf-8") if path.is_file() else "missing"
            for path in (place.below(reports) / name for name in _FILES)
        )
        for place in EDITIONS
    }


def whole(text: str) -> Counter[str]:
    """Return what a whole edition says."""
    return Counter({text: len(_FILES)})


def faults(setting: Setting, before: Path) -> Iterator[str]:
    """Yield what is wrong after publishing in a setting, over editions that stand in a folder.

    A reader may find the old edition or the new one, whole; without the exchange of folders the one that is published
    may be missing with what stands in its folder until the next command. That leaves nothing behind.
    """
    with tempfile.TemporaryDirectory() as folder:
        reports = Path(folder) / "reports"
        shutil.copytree(before, reports)
        with mock.patch.object(report_folder, "exchanged", _exchange(setting.exchange)):
            refusal = disk(setting.refusal) if setting.refusal else None
            ended = carried_out(lambda: write(reports, setting.place, "new"), reports, setting.step, refusal)
        if ended.raised:
            yield f"{setting}: {ended.result}"
        found = read(reports)
        killed_between = ended.killed and not setting.exchange
        aside = [] if not killed_between else list(reports.glob(".*.old"))
        yield from (f"{setting}: {name} {texts}" for name, texts in _damaged(found, setting) if not aside)
        report_folder.recover(reports, "2020")
        after = read(reports)
        yield from (
            f"{setting}, after the next command: {name} {texts}" for name, texts in _damaged(after, setting)
        )
        left = {path.name for path in reports.iterdir()} - {"2020", f"{setting.place.name}.failed"}
        if left:
            yield f"{setting}: left behind {sorted(left)}"
        if not ended.killed and not ended.raised:
            published = after[setting.place.name] == whole("new")
            # what could only not be tidied away is no failure
            if not published and not ended.result:
                yield f"{setting}: not published, and nothing said"


def _damaged(found: dict[str, Counter[str]], setting: Setting) -> Iterator[tuple[str, Counter[str]]]:
    for name, texts in found.items():
        allowed = [whole("old"), *([whole("new")] if name == setting.place.name else [])]
        if texts not in allowed:
            yield name, texts


def _exchange(able: bool) -> object:
    return report_folder.exchanged if able else lambda _one, _other: False


def published_before(folder: Path) -> Path:
    """Publish every edition once, below a folder."""
    for place in EDITIONS:
        assert not write(folder, place, "old")
    return folder


def steps_of(place: Place, exchange: bool, before: Path) -> int:
    """Return how many steps publishing an edition takes."""
    with tempfile.TemporaryDirectory() as folder:
        reports = Path(folder) / "reports"
        shutil.copytree(before, reports)
        with mock.patch.object(report_folder, "exchanged", _exchange(exchange)):
            return carried_out(lambda: write(reports, place, "new"), reports).steps


@cache
def tried(seed: int = 0, tries: int = TRIES) -> dict[str, tuple[int, tuple[str, ...]]]:
    """Kill and refuse publishing at steps drawn by lot; return for both how often, and all that was wrong.

    Args:
        seed: of the lot.
        tries: how many steps of every setting.
    """
    draw = random.Random(seed)
    done: dict[str, tuple[int, list[str]]] = {"killed": (0, []), "refused": (0, [])}
    with tempfile.TemporaryDirectory() as folder:
        before = published_before(Path(folder) / "before")
        for place in EDITIONS:
            for exchange in (True, False):
                steps = steps_of(place, exchange, before)
                for step in sorted(draw.sample(range(1, steps + 1), tries)):
                    for kind, refusal in (("killed", ""), ("refused", draw.choice(REFUSALS))):
                        count, wrong = done[kind]
                        wrong += faults(Setting(place, exchange, step, refusal), before)
                        done[kind] = count + 1, wrong
    return {kind: (count, tuple(wrong)) for kind, (count, wrong) in done.items()}
