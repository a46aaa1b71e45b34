"""How far a round is: what arrived, what is to be decided, open problems, what is out of date and what is next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from analysis.render.blocks import Column, Row, Table
from analysis.rounds.new_round import OpenDecision
from analysis.words import Text, Words
from analysis.words.formats import DASH

Stand = Literal["done", "missing", "out_of_date"]
Next = Literal["check", "decide", "run", "draft", "final", "done"]


@dataclass(frozen=True)
class FileState:
    """A file of the office: as which ledgers it was taken, with how many rows; `state` is taken, unused or missing.

    A file that is missing has the name or the pattern by which it is awaited.
    """

    file: str
    ledgers: tuple[str, ...]
    rows: int
    state: Literal["taken", "unused", "missing"]


@dataclass(frozen=True)
class UnitState:
    """What a unit has handed in.

    Attributes:
        code: its code.
        name: its short name.
        rows: how many rows it has by ledger, of all periods.
        files: the files in which it has any.
        nil: the ledgers for which it reported zero.
        missing: the ledgers in which it has neither rows nor a nil return of the round's own period.
    """

    code: str
    name: str
    rows: Mapping[str, int]
    files: tuple[str, ...]
    nil: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True)
class ProblemCounts:
    """How many problems are open within their deadline, and how many are overdue; by unit and in all."""

    unit: str
    open: int
    overdue: int


@dataclass(frozen=True)
class Why:
    """Why something is out of date: a kind under `cli.verify.because`, or `input` of a stage, and what can be named."""

    kind: str
    what: tuple[str, ...] = ()


@dataclass(frozen=True)
class StageState:
    """A stage of computing, or an edition (`edition` is its folder among the reports): is it of what there is now?"""

    name: str
    state: Stand
    why: tuple[Why, ...] = ()
    edition: str = ""
    draft: bool = False


@dataclass(frozen=True)
class RoundStatus:
    """How far a round is.

    Attributes:
        round: its name.
        faults: how many faults there are by severity.
        files: the office's files.
        units: the units in roll order; none where their roll could not be read.
        decisions: what is marked to be decided in its settings.
        problems: by unit, those with any; None where the round is not computed from what there is now.
        stages: the stages and the published editions.
        finals: names of the final editions, the first one first.
        next: what is to be done next.
        command: the command for it.
    """

    round: str
    faults: Mapping[str, int]
    files: tuple[FileState, ...]
    units: tuple[UnitState, ...]
    decisions: tuple[OpenDecision, ...]
    problems: tuple[ProblemCounts, ...] | None
    stages: tuple[StageState, ...]
    finals: tuple[str, ...]
    next: Next
    command: str


_COLUMNS: Final = (
    "file",
    "line",
    "what",
    "ledger",
    "rows",
    "state",
    "unit",
    "open",
    "overdue",
    "stage",
    "why",
)
#: the ledger of the units themselves
_ROLL: Final = "units"
#: severities in the order in which they are told
_SEVERITIES: Final = ("blocks", "warns", "notes")


def lines(status: RoundStatus, words: Words) -> tuple[Text, ...]:
    """Return what stands outside the tables: faults, problems, final editions, what is next."""
    counts = {kind: str(status.faults.get(kind, 0)) for kind in _SEVERITIES}
    told = [words("status.faults", round=status.round, **counts)]
    if status.problems is None:
        told.append(words("status.no_problems"))
    else:
        totals = {
            "open": str(sum(each.open for each in status.problems)),
            "overdue": str(sum(each.overdue for each in status.problems)),
        }
        told.append(words("status.problems", **totals))
    if not status.decisions:
        told.append(words("status.no_decisions"))
    told.append(
        words("status.finals", names=words.list(status.finals))
        if status.finals
        else words("status.no_finals")
    )
    return (*told, words(f"status.next.{status.next}", command=status.command))


def tables(status: RoundStatus, words: Words) -> tuple[Table, ...]:
    """Return the parts of the status that have rows: decisions, files, units by ledger, stages."""
    heads = {name: words.label(f"status.column.{name}") for name in _COLUMNS}
    ledgers = list(dict.fromkeys(name for file in status.files for name in file.ledgers if name != _ROLL))
    of_units = {
        "unit": heads["unit"],
        **{name: words.label(f"ledger.{name}") for name in ledgers},
        "open": heads["open"],
        "overdue": heads["overdue"],
    }
    parts: dict[str, tuple[tuple[str, ...], list[tuple[str, ...]]]] = {
        "decisions": (("file", "line", "what"), [(d.file, str(d.line), d.what) for d in status.decisions]),
        "files": (("file", "ledger", "rows", "state"), [_file(each, words) for each in status.files]),
        "units": (tuple(of_units), [_unit(each, ledgers, status.problems, words) for each in status.units]),
        "stages": (("stage", "state", "why"), [_stage(each, words) for each in status.stages]),
    }
    return tuple(
        Table(
            f"status-{part}",
            words(f"status.part.{part}", count=str(len(rows))),
            tuple(Column(name, {**heads, **of_units}[name]) for name in columns),
            tuple(Row(row) for row in rows),
            phone="stack",
        )
        for part, (columns, rows) in parts.items()
        if rows
    )


def _file(each: FileState, words: Words) -> tuple[str, ...]:
    state = words.label(f"status.file.{each.state}")
    return each.file, _ledgers(each.ledgers, words), str(each.rows) if each.state == "taken" else DASH, state


def _unit(
    each: UnitState, ledgers: Sequence[str], problems: Sequence[ProblemCounts] | None, words: Words
) -> tuple[str, ...]:
    of_unit = next((found for found in problems or () if found.unit == each.code), None)
    counts = (DASH, DASH)
    if problems is not None:
        counts = (str(of_unit.open), str(of_unit.overdue)) if of_unit else ("0", "0")
    return (each.name, *(_handed_in(each, ledger, words) for ledger in ledgers), *counts)


def _handed_in(each: UnitState, ledger: str, words: Words) -> str:
    """Return how many rows a unit has in a ledger, and whether it reported zero or nothing in the round's period."""
    told = [str(each.rows[ledger])] if ledger in each.rows else []
    told += [words.label("status.nil")] if ledger in each.nil else []
    told += [words.label("status.missing")] if ledger in each.missing else []
    return words.clauses(told or ["0"]).plain


def _stage(each: StageState, words: Words) -> tuple[str, ...]:
    name = (
        words("status.edition", folder=each.edition).plain
        if each.edition
        else words.label(f"status.stage.{each.name}")
    )
    if each.draft:
        name = words.noted(name, words.label("status.draft")).plain
    why = [
        words(
            "status.because", why=words.label(f"status.why.{cause.kind}"), what=words.list(cause.what)
        ).plain
        if cause.what
        else words.label(f"status.why.{cause.kind}")
        for cause in each.why
    ]
    return name, words.label(f"status.stand.{each.state}"), words.series(why).plain or DASH


def _ledgers(names: Sequence[str], words: Words) -> str:
    return words.list(words.label(f"ledger.{name}") for name in names).plain or DASH
