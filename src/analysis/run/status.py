"""How far a round is, from its files and settings as they are and from what was made of them; nothing is computed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from analysis.publish import manifest
from analysis.questions.round_status import (
    FileState,
    Next,
    ProblemCounts,
    RoundStatus,
    StageState,
    UnitState,
    Why,
)
from analysis.results.assessment import STAGES
from analysis.results.edition import finals
from analysis.results.store import Store, raw_files
from analysis.rounds.faults import FaultsFoundError
from analysis.rounds.new_round import OpenDecision, open_decisions
from analysis.rounds.rounds import Round
from analysis.run import checking, resting, stages, unchanged
from analysis.run.orders import Edition, Order
from analysis.run.published_files import hashes, touched
from analysis.run.report_folder import EDITIONS

_OPEN: Final = ("open", "overdue")
_TABLES: Final = "tables/"
#: settings and notes of a round's folder, which are no files of the office
_OURS: Final = frozenset({".yaml", ".md"})


def round_status(project: Path, round_id: str, checked: checking.Checked | None = None) -> RoundStatus:
    """Return how far a round is. Its files are read and checked; nothing is computed or written.

    Args:
        project: the project folder.
        round_id: a round of it, whose settings may have faults.
        checked: the round as it was checked just before, if it was.
    """
    checked = checked or checking.check(project, round_id)
    decisions = tuple(open_decisions(project / "data" / "raw" / round_id))
    faults = Counter(str(fault.severity) for fault in checked.faults)
    filed = finals(project, round_id)
    made = () if checked.round is None else (*_stages(checked.round), *_editions(checked.round))
    step = _next(checked.blocked or checked.round is None, decisions, made, checked.round, filed)
    return RoundStatus(
        round=round_id,
        faults=dict(faults),
        files=tuple(_files(checked)),
        units=tuple(_units(checked)),
        decisions=decisions,
        problems=_problems(checked.round, made),
        stages=made,
        finals=tuple(filed[number].name for number in sorted(filed)),
        next=step,
        command=_COMMANDS[step].format(round=round_id),
    )


_COMMANDS: Final[Mapping[Next, str]] = {
    "check": "assess check {round}",
    "decide": "assess check {round}",
    "run": "assess run {round}",
    "draft": "assess check {round}",
    "final": "assess run {round} --final",
    "done": "assess verify {round}",
}


def _files(checked: checking.Checked) -> Iterator[FileState]:
    if checked.arrived is None or checked.round is None:
        return
    read = set()
    for file, rows in checked.arrived.files.groupby("file", sort=False):
        read.add(str(file))
        yield FileState(str(file), tuple(dict.fromkeys(rows["ledger"])), int(rows["rows"].sum()), "taken")
    folder = checked.round.folder
    for path in raw_files(folder):
        name = path.relative_to(folder).as_posix()
        if name not in read and path.suffix not in _OURS:
            yield FileState(name, (), 0, "unused")
    for name in dict.fromkeys(fault.file for fault in checked.faults if fault.check == "file_missing"):
        yield FileState(name, (), 0, "missing")


def _units(checked: checking.Checked) -> Iterator[UnitState]:
    if checked.arrived is None or checked.round is None or checked.roll is None:
        return
    own = {"", *map(str, checked.round.period.years())}
    silent = [
        (fault.found, fault.details["ledger"])
        for fault in checked.faults
        if fault.check == "unit_not_reported" and fault.details["year"] in own
    ]
    settled = checked.arrived.settled(checked.round)
    ledgers = {
        name: rows for name, rows in checked.arrived.ledgers.items() if name != "units" and "unit" in rows
    }
    for unit in checked.roll:
        mine = {name: rows[rows["unit"] == unit.code] for name, rows in ledgers.items()}
        yield UnitState(
            unit.code,
            unit.short,
            {name: len(rows) for name, rows in mine.items() if len(rows)},
            tuple(dict.fromkeys(str(file) for rows in mine.values() for file in rows["file"].unique())),
            tuple(dict.fromkeys(nil.ledger for nil in settled.settings.nil_returns if nil.unit == unit.code)),
            tuple(dict.fromkeys(ledger for name, ledger in silent if name == unit.name)),
        )


def _stages(of: Round) -> Iterator[StageState]:
    language = of.settings.language
    try:
        fresh = stages.freshness(of, language)
    except FaultsFoundError:
        # the last final edition of the round before cannot be read: the check tells it
        return
    store = Store(of.processed_in(language))
    begun, whole = bool(store.written()), store.intact()
    for name in STAGES:
        # what was changed by hand is nobody's result
        if fresh[name] and whole:
            yield StageState(name, "done")
        else:
            yield StageState(name, "out_of_date" if begun else "missing", (Why("input"),) if begun else ())


def _editions(of: Round) -> Iterator[StageState]:
    """Yield the published editions of a round, the internal one in the round's language first."""
    inner = [of.reports / name for name in EDITIONS]
    folders = [of.reports, *inner, *(folder / name for folder in inner for name in EDITIONS)]
    now: dict[str, str] = {}
    for folder in folders:
        told = manifest.read(folder)
        if told is None:
            continue
        if not now:
            order = Order(of.project, of.id)
            now = resting.made_by(of, unchanged.rests_on(order, Edition.of(order)))
        by_hand = tuple(touched(folder, told))
        causes = [Why("touched", by_hand)] if by_hand else []
        causes += [Why(cause.kind, cause.what) for cause in resting.causes(told, of, now)]
        yield StageState(
            str(told["level"]),
            "out_of_date" if causes else "done",
            tuple(causes),
            edition=folder.relative_to(of.reports.parent).as_posix(),
            draft=told["status"] == "draft",
        )
    if not now:
        yield StageState("report", "missing")


def _problems(of: Round | None, made: tuple[StageState, ...]) -> tuple[ProblemCounts, ...] | None:
    computed = any(each.name == "indicators" and each.state == "done" for each in made)
    if of is None or not computed:
        return None
    store = Store(of.processed_in(of.settings.language))
    problems = store.read("problems")
    left = problems[problems["status"].isin(_OPEN)]
    counts = left.groupby(["unit", "status"]).size()
    return tuple(
        ProblemCounts(str(unit), int(counts.get((unit, "open"), 0)), int(counts.get((unit, "overdue"), 0)))
        for unit in left["unit"].unique()
    )


def _next(
    blocked: bool,
    decisions: tuple[OpenDecision, ...],
    made: tuple[StageState, ...],
    of: Round | None,
    filed: Mapping[int, Path],
) -> Next:
    if blocked or of is None:
        return "check"
    if decisions:
        return "decide"
    whole = next((each for each in made if each.edition == of.id), None)
    if whole is None or whole.state != "done":
        return "run"
    if whole.draft:
        return "draft"
    if not filed or _filed_outputs(filed[max(filed)]) != hashes(manifest.read(of.reports)["outputs"]):  # type: ignore[index]  # it is there
        return "final"
    return "done"


def _filed_outputs(folder: Path) -> dict[str, str]:
    told: dict[str, Any] = manifest.read(folder) or {"outputs": []}
    return {path: sha for path, sha in hashes(told["outputs"]).items() if not path.startswith(_TABLES)}
