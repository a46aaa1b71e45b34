"""What a run says on the console: stages with their time, then the result, in the catalogue's words."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Protocol

from rich.console import Console
from rich.table import Table
from rich.text import Text

from analysis import intake
from analysis.report.published_items import published_item
from analysis.results.assessment import Assessment
from analysis.rounds.faults import ALIKE, Fault, together
from analysis.words import Words
from analysis.words.formats import number

_FAULTS_SHOWN: Final = 20
#: of many units, so many are named
_NAMED: Final = 6


class Sayable(Protocol):
    """What can be said in a sentence."""

    def sentence(self, said: Words) -> str:
        """Return the sentence without its end."""
        ...


class RunConsole:
    """Tells a run to a console, which may lack signs or be no terminal at all.

    Attributes:
        now: label of the stage that runs, or ran last.
    """

    def __init__(self, console: Console, catalogue: Words) -> None:
        self._console = console
        self._words = catalogue
        self._start = time.perf_counter()
        self.now = ""

    def say(self, key: str, /, **places: str) -> None:
        """Print one sentence of the catalogue (`cli.<key>`)."""
        self._print(self._words(f"cli.{key}", **places).plain)

    @contextmanager
    def stage(self, name: str, why: str = "") -> Iterator[None]:
        """Say which stage runs, and how long it took once it is done; why, where it was made before."""
        self.now = self._words.label(f"cli.stage.{name}")
        start = time.perf_counter()
        with self._console.status(self.now, spinner="line"):
            yield
        because = self._because(why)
        self.say(
            "stage.done", stage=self.now, seconds=number(time.perf_counter() - start, 1), because=because
        )

    def _because(self, why: str) -> str:
        kind, _, name = why.partition(" ")
        key = f"cli.because.{kind}"
        return self._words(key, name=name).plain if key in self._words else ""

    def kept(self, name: str, count: int = 0) -> None:
        """Say that nothing a stage rests on has changed, so that what it made last time is taken over."""
        stage = self._words.label(f"cli.stage.{name}")
        key = "stage.kept_some" if count else "stage.kept"
        self.say(key, stage=stage, **({"count": number(count)} if count else {}))

    def usage(self, key: str, /, *, known: Sequence[str] = (), **places: str) -> None:
        """Say what was wrong with the command."""
        listed = {"known": self._words.label("cli.list").join(known)} if known else {}
        self.say(f"usage.{key}", **places, **listed)

    def blocked(self, faults: Sequence[Fault], listed: Path | None = None) -> None:
        """Say what must be mended: the first faults in full, of the others how many by check, and where all stand."""
        blocking = [fault for fault in faults if fault.severity == "blocks"]
        self.say("faults.blocked", count=number(len(blocking)))
        lines = together(blocking, across_units=True)
        for fault in lines[:_FAULTS_SHOWN]:
            self._print(intake.fault_line(fault, self._words))
        more: Counter[str] = Counter()
        for fault in lines[_FAULTS_SHOWN:]:
            more[fault.check] += int(fault.details.get(ALIKE, 1))
        if more:
            self.say("faults.more", count=number(more.total()))
        for check, count in more.items():
            name = intake.check_name(check, self._words)
            self._print(self._words("issues.say.rest_of", check=name, count=number(count)).plain)
        if listed is not None:
            self._print(self._words("issues.say.list", place=shown(listed)).plain)

    def failed(self, place: str, error: str, published: Path | None = None) -> None:
        """Say what failed, and where the new report stands if it was whole by then."""
        self.say("failed.where", place=place, error=error)
        if published is not None:
            self.say("failed.published", folder=shown(published))

    def refused(self, trouble: Sayable, published: Path | None = None) -> None:
        """Say in one sentence what the machine refused, and which report stands now."""
        what = trouble.sentence(self._words)
        if published is None:
            self.say("failed.machine", what=what)
        else:
            self.say("failed.after", what=what, folder=shown(published))

    def kept_in(self, folder: Path, *, published: bool) -> None:
        """Say where the log of a failure lies, and the partial notebooks where the report was not whole."""
        key = "failed.log" if published else "failed.files"
        self.say(key, log=shown(folder / "run.log"), **({} if published else {"folder": shown(folder)}))

    def level(self, name: str) -> str:
        """Return the name of a disclosure level in words."""
        return self._words.label(f"report.disclosure.{name}")

    def result(self, assessment: Assessment, faults: Sequence[Fault], report: Path, level: str) -> str:
        """Print the grades, the state of the data, the disclosure level and where the report lies; return that text."""
        settings = assessment.round.settings
        with self._console.capture() as captured:
            self._print(settings.title_in(self._words.language))
            if settings.synthetic:
                self._print(self._words.label("report.mark"))
            if assessment.grades.empty:
                self.say("grades.none")
            else:
                self._console.print(self._grades(assessment))
            issues = assessment.round.processed_in(assessment.words.language) / "data_issues.csv"
            self._state_of_data(faults, issues)
            self._not_reported(faults, assessment)
            self._not_as_published(assessment)
            self._print(self._words("disclosure.run", level=self.level(level)).plain)
            self.say("report.at", place=shown(report))
        told = captured.get().rstrip()
        self._console.print(Text.from_ansi(told), soft_wrap=True)
        self.say("report.took", seconds=number(time.perf_counter() - self._start, 1))
        return told

    def _state_of_data(self, faults: Sequence[Fault], issues: Path) -> None:
        kinds = Counter(fault.severity for fault in faults)
        if kinds:
            warns, notes = number(kinds["warns"]), number(kinds["notes"])
            self.say("faults.some", warns=warns, notes=notes, place=shown(issues))
            checks = Counter(fault.check for fault in faults)
            told = [
                self._words(
                    "issues.say.of_check", check=intake.check_name(check, self._words), count=number(count)
                )
                for check, count in checks.items()
            ]
            series = self._words.series(told)
            self._print(self._words("issues.say.of_checks", checks=series).plain)
        else:
            self.say("faults.none")

    def _not_reported(self, faults: Sequence[Fault], assessment: Assessment) -> None:
        """Say, ledger by ledger, which units handed in nothing for the round's own period."""
        own = {"", *map(str, assessment.round.period.years())}
        silent: dict[str, list[str]] = {}
        for fault in faults:
            if fault.check == "unit_not_reported" and fault.details["year"] in own:
                silent.setdefault(fault.details["ledger"], []).append(fault.found)
        for ledger, units in silent.items():
            name = self._words.label(f"ledger.{ledger}")
            self.say("faults.silent", ledger=name, units=self._some_of(units))

    def _not_as_published(self, assessment: Assessment) -> None:
        """Say where the result differs from what the office says was published."""
        compare = assessment.compare
        places = [
            published_item(figure, self._words, {unit.code: unit.short for unit in assessment.roll})
            for figure in compare["figure"][compare["verdict"].eq("differs")]
        ]
        if places:
            self.say("faults.differs", count=number(len(places)), places=self._some_of(places))

    def _some_of(self, names: Sequence[str]) -> str:
        """Return the first of many names, with a sign where there are more."""
        told = self._words.series(names[:_NAMED]).plain
        if len(names) <= _NAMED:
            return told
        return self._words("cli.faults.and_more", names=told, count=number(len(names))).plain

    def _grades(self, assessment: Assessment) -> Table:
        table = Table()
        for column in ("rank", "unit", "score", "grade"):
            label = self._words.label(f"cli.grades.{column}")
            table.add_column(label, justify="right" if column in {"rank", "score"} else "left")
        for record in assessment.grades.sort_values(["rank", "unit"]).to_dict("records"):
            row = {str(column): value for column, value in record.items()}
            rank = self._words.figure(row, "rank", "rank").text
            score = assessment.words.figure(row, "scored", "score").text
            table.add_row(rank, row["unit_name"], score, row["grade"])
        return table

    def _print(self, text: str) -> None:
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)


def shown(path: Path) -> str:
    """Return a path as the user reads it: from the working directory on if it lies there."""
    path, here = path.resolve(), Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
