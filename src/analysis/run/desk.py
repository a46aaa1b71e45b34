"""The desk of a round in a notebook: how far it is, part by part, with links to what lies around it."""

from __future__ import annotations

import os
from html import escape
from pathlib import Path
from urllib.parse import quote

from analysis.questions import round_status
from analysis.render.blocks import Display, Foreign, Prose
from analysis.rounds.rounds import find_project, load_round, round_id_of
from analysis.run.status import round_status as status_of
from analysis.words import Words, words


class Desk:
    """A round on the desk.

    Attributes:
        status: how far it is.
    """

    def __init__(self, round_id: str | int, language: str | None, project: Path | None) -> None:
        """Read and check the round's files.

        Args:
            round_id: the round.
            language: in which to say so; the round's where it is left out.
            project: the project folder; left out, the one around the working directory.
        """
        self._project = project or find_project()
        name = round_id_of(round_id)
        self._words: Words = words(language or load_round(self._project, name).settings.language)
        self.status = status_of(self._project, name)
        self._tables = {table.id: table for table in round_status.tables(self.status, self._words)}

    def next_step(self) -> Display:
        """Show faults, problems, final editions, and the next command."""
        return Prose(round_status.lines(self.status, self._words))

    def decisions(self) -> Display:
        """Show what is marked to be decided, with file and line."""
        return self._part("decisions")

    def files(self) -> Display:
        """Show the office's files and what they were taken for."""
        return self._part("files")

    def units(self) -> Display:
        """Show what every unit has handed in, and its problems."""
        return self._part("units")

    def stages(self) -> Display:
        """Show what is computed and published, and why something is out of date."""
        return self._part("stages")

    def links(self) -> Display:
        """Show links to the round's folder, its published editions and the page that leads to all reports."""
        reports = self._project / "reports"
        places = [self._project / "data" / "raw" / self.status.round, reports / "index.html"]
        editions = [reports / stage.edition for stage in self.status.stages if stage.edition]
        places += [folder / name for folder in editions for name in ("report.html", "bulletin.docx")]
        there = [place for place in places if place.exists()]
        shown = [place.relative_to(self._project).as_posix() for place in there]
        items = (
            f'<li><a href="{quote(Path(os.path.relpath(place)).as_posix())}">{escape(name)}</a></li>'
            for place, name in zip(there, shown, strict=True)
        )
        return Foreign(f"<ul>{''.join(items)}</ul>", Prose(tuple(shown)))

    def _part(self, name: str) -> Display:
        return self._tables.get(f"status-{name}") or Prose((self._words.label("status.nothing"),))
