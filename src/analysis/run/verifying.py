"""Whether a published edition comes out again from the files, settings and program there are now; if not, why.

The edition is made anew in a project of its own that holds copies of what it rests on, and both are compared byte for
byte. What is published, the frames and what is kept for the next run are only read.
"""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final

from rich.console import Console

from analysis.publish import manifest
from analysis.results.edition import FINAL, MANIFEST, finals
from analysis.rounds.rounds import Round, list_rounds, load_round
from analysis.run import pipeline, resting, unchanged
from analysis.run.orders import Edition, Order, notebooks_folder
from analysis.run.published_files import hashes, standing, touched
from analysis.run.report_folder import one_run_at_a_time
from analysis.run.resting import Cause, made_by

_CARDS: Final = "units/"


@dataclass(frozen=True)
class Figure:
    """The first figure of a page that is not as it was published.

    Attributes:
        file: the page.
        row: id of its row in the tables of the round.
        published: as it was printed; empty where it was not.
        now: as it would be printed; empty where it would not.
    """

    file: str
    row: str
    published: str
    now: str


@dataclass(frozen=True)
class Verdict:
    """What came of making an edition anew.

    Attributes:
        files: how many files it has.
        differing: those that are not the same byte for byte, that are new or gone.
        figure: the first figure that differs; None where none does on a page.
        causes: why, as far as hashes tell.
        refused: what the run said that did not end with an edition; empty for one that did.
        status: how the run ended, an exit status.
    """

    files: int
    differing: tuple[str, ...]
    figure: Figure | None
    causes: tuple[Cause, ...]
    refused: str = ""
    status: int = pipeline.DONE


def verify(order: Order) -> Verdict | None:
    """Make a published edition anew and compare; None where none is published.

    Args:
        order: names project, round, language and level; formats and units are those that were published.

    Raises:
        RoundBusyError: another process computes the round.
        FaultsFoundError: the settings of the round cannot be read.
    """
    edition = Edition.of(order)
    folder = edition.place.below(order.reports)
    before = manifest.read(folder)
    if before is None:
        return None
    of = load_round(order.project, order.round_id)
    processed = order.project / "data" / "processed"
    anew = processed / f".{edition.place.name}.verifying"
    with one_run_at_a_time(processed, order.round_id):
        shutil.rmtree(anew, ignore_errors=True)
        # it holds the office's files: nobody else's to read
        anew.mkdir(mode=0o700)
        try:
            return _compared(order, edition, of, folder, before, anew)
        finally:
            shutil.rmtree(anew, ignore_errors=True)


def _compared(  # noqa: PLR0917 - what is compared, and where it is made anew
    order: Order, edition: Edition, of: Round, folder: Path, before: Mapping[str, Any], project: Path
) -> Verdict:
    published = hashes(before["outputs"])
    stands = standing(folder, before)
    by_hand = touched(folder, before)
    copy_round(of, project)
    cards = {Path(path).stem for path in published if path.startswith(_CARDS)}
    again = Order(
        project,
        of.id,
        formats=tuple(before["parameters"]["formats"]),
        units=tuple(sorted(cards)),
        language=before["language"],
        jobs=order.jobs,
        disclosure=before["level"],
    )
    said = io.StringIO()
    status = pipeline.run(again, Console(file=said, width=100, markup=False, highlight=False))
    made = Edition.of(again).place.below(again.reports)
    anew = manifest.read(made)
    # what the round before gives now, the run has computed; where it could not, it is as it stands
    now = anew["made_by"] if anew else made_by(of, unchanged.rests_on(order, edition))
    causes = (*_touched(by_hand), *resting.causes(before, of, now))
    if status != pipeline.DONE or anew is None:
        return Verdict(len(published), (), None, causes, said.getvalue().strip(), status)
    fresh = hashes(anew["outputs"])
    # what was put in its old state but for the manifest's word of it is not what was published either
    other = {path for path in {*stands, *fresh} if stands.get(path) != fresh.get(path)}
    differing = sorted(other.union(by_hand))
    return Verdict(len(published), tuple(differing), _first_figure(folder, made, differing), causes)


def copy_round(of: Round, project: Path) -> None:
    """Copy what an edition of a round rests on into another project: its folder, notebooks, fonts, the round before.

    The round before is taken as the edition takes it: as in its last final edition; where none is filed, with all that
    it rests on itself, so that it is computed again.
    """
    hidden = shutil.ignore_patterns(".*", "~$*")
    shutil.copytree(of.folder, project / of.folder.relative_to(of.project), ignore=hidden)
    notebooks = notebooks_folder(of.project)
    if notebooks.is_relative_to(of.project) and not (project / "notebooks").exists():
        shutil.copytree(notebooks, project / "notebooks", ignore=hidden)
    for file in (of.project / name for name in of.settings.extra_fonts):
        target = project / file.relative_to(of.project)
        if file.is_file() and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
    before = of.settings.compared_with
    if before is None:
        return
    filed = finals(of.project, before)
    if filed:
        last = filed[max(filed)]
        target = project / FINAL / last.name
        shutil.copytree(last / "tables", target / "tables")
        shutil.copyfile(last / MANIFEST, target / MANIFEST)
    elif before in list_rounds(of.project) and not (project / "data" / "raw" / before).exists():
        copy_round(load_round(of.project, before), project)


def _touched(paths: list[str]) -> Iterator[Cause]:
    if paths:
        yield Cause("touched", tuple(paths))


def _first_figure(published: Path, made: Path, differing: list[str]) -> Figure | None:
    """Return the first figure that differs, on the report's page before those of the cards."""
    pages = [path for path in differing if path.endswith(".html")]
    for page in sorted(pages, key=lambda path: (path.startswith(_CARDS), path)):
        for then, now in zip_longest(figures_of(published / page), figures_of(made / page)):
            if then != now:
                row, _value, _text = then or now
                return Figure(page, row, then[2] if then else "", now[2] if now else "")
    return None


def figures_of(page: Path) -> list[tuple[str, str, str]]:
    """Return every figure of a published page as any reader of it can: id of its row, value and what is printed."""
    reader = _Figures()
    if page.is_file():
        reader.feed(page.read_text(encoding="utf-8"))
    return [(row, value, "".join(text)) for row, value, text in reader.found]


class _Figures(HTMLParser):
    """Reads the elements `data` of a page; one may hold marks of its own but no other figure."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str, list[str]]] = []
        self._within = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a figure."""
        given = dict(attrs)
        if tag == "data" and "data-row" in given:
            self.found.append((given["data-row"] or "", given.get("value") or "", []))
            self._within = True

    def handle_endtag(self, tag: str) -> None:
        """End a figure."""
        self._within = self._within and tag != "data"

    def handle_data(self, data: str) -> None:
        """Take what is printed of a figure."""
        if self._within:
            self.found[-1][2].append(data)
