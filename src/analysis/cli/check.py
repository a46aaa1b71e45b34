"""`assess check`: everything wrong with the settings, the rulebook and the files of a round."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from analysis.cli.shared import (
    ALIKE_SHOWN,
    DATA_BLOCK,
    WRONG_USAGE,
    LanguageOption,
    ProjectOption,
    RoundArgument,
    help_of,
    opened,
    say,
    wrong_usage,
)
from analysis.rounds.faults import Fault
from analysis.words import Words

if TYPE_CHECKING:
    from analysis.intake.fault_lists.issue_lists import Marked
    from analysis.run.checking import Checked


def check(
    round_id: RoundArgument,
    project: ProjectOption = None,
    lang: LanguageOption = None,
    per_unit: Annotated[
        Path | None, typer.Option("--per-unit", help=help_of("per_unit"), show_default=False)
    ] = None,
    mark: Annotated[Path | None, typer.Option("--mark", help=help_of("mark"), show_default=False)] = None,
) -> None:
    """List everything wrong with the settings, the rulebook and the files of a round."""
    folder, said = opened(project, round_id, lang)
    from analysis.run import checking

    checked = checking.check(folder, round_id)
    place = _write_lists(said, checked, per_unit, mark)
    _reconcile(said, checked)
    _list_first(said, checked.faults, place)
    if checked.faults:
        kinds = Counter(fault.severity for fault in checked.faults)
        counts = {kind: str(kinds[kind]) for kind in ("blocks", "warns", "notes")}
        say(said, "faults.checked", round=round_id, **counts)
    else:
        say(said, "faults.clean", round=round_id)
    raise typer.Exit(DATA_BLOCK if checked.blocked else 0)


def _list_first(said: Words, faults: Sequence[Fault], place: str) -> None:
    """Print the first faults, what blocks before the rest, then how many others each check found.

    Those of which the same is to be said are one line. Where no list could be written, everything that blocks is
    printed.
    """
    from analysis.intake import check_name, fault_line
    from analysis.rounds.faults import ALIKE, together

    ordered = together(sorted(faults, key=lambda fault: fault.severity != "blocks"), across_units=True)
    blocking = sum(fault.severity == "blocks" for fault in ordered)
    first = ALIKE_SHOWN if place else max(blocking, ALIKE_SHOWN)
    for fault in ordered[:first]:
        typer.echo(fault_line(fault, said))
    more: Counter[str] = Counter()
    for fault in ordered[first:]:
        more[fault.check] += int(fault.details.get(ALIKE, 1))
    if more:
        typer.echo(said("issues.say.rest").plain)
    for name, count in more.items():
        typer.echo(said("issues.say.rest_of", check=check_name(name, said), count=str(count)).plain)
    if place:
        typer.echo(said("issues.say.list", place=place).plain)


def _reconcile(said: Words, checked: Checked) -> None:
    """Print what became of the rows of every source: all that were read, as a sum."""
    if checked.arrived is None:
        return
    from analysis.intake.fault_lists.reconciling import FATES

    counted = checked.arrived.reconciliation.groupby(["ledger", "source"], sort=False)[["rows", *FATES]].sum()
    for place, numbers in zip(counted.index, counted.to_dict("records"), strict=True):
        shown = [fate for fate in FATES if fate == "used" or numbers[fate]]
        fates = " + ".join(f"{said.label(f'report.annex.fates.{fate}')} {numbers[fate]:,}" for fate in shown)
        ledger, source = said.label(f"ledger.{place[0]}"), str(place[1])
        say(said, "faults.rows", ledger=ledger, source=source, rows=f"{numbers['rows']:,}", fates=fates)


def _write_lists(said: Words, checked: Checked, per_unit: Path | None, mark: Path | None) -> str:
    """Write the list of the round and what is to be sent back; return where the list is, empty if there is none."""
    if checked.round is None:
        return ""
    from analysis.intake.fault_lists import issue_lists
    from analysis.run import checking

    office = issue_lists.Office(checked.round, checked.roll, said, checked.files_of_city)
    try:
        for folder in filter(None, (per_unit, mark)):
            issue_lists.check_folder(folder, checked.round.project)
        listed = checking.write_issues(checked.round, checked.data, checked.roll, said.language)
        checking.write_reconciliation(checked, said.language)
        if per_unit is not None:
            written = issue_lists.write_per_unit(checked.data, office, per_unit)
            for path, count in written:
                _issued(said, "per_unit", place=str(path), count=str(count))
            if not written:
                _issued(said, "no_issues")
        if mark is not None:
            _say_marked(said, issue_lists.write_marked(checked.data, office, mark))
    except issue_lists.ForbiddenFolderError as forbidden:
        typer.echo(
            said("issues.say.forbidden", folder=str(forbidden.folder), inside=forbidden.inside).plain,
            err=True,
        )
        raise typer.Exit(WRONG_USAGE) from forbidden
    except OSError as refused:
        wrong_usage(said, "unwritable", file=str(refused.filename or ""), reason=refused.strerror or "")
    project = checked.round.project
    return listed.relative_to(project).as_posix() if listed.is_relative_to(project) else str(listed)


def _say_marked(said: Words, marked: Marked) -> None:
    for path, cells in marked.copies:
        _issued(said, "marked", place=str(path), count=str(cells))
    if marked.beside is not None:
        _issued(said, "beside", place=str(marked.beside), count=str(marked.unmarked))
    if marked.copies:
        _issued(said, "personal")
    elif marked.beside is None:
        _issued(said, "no_issues")


def _issued(said: Words, key: str, /, **places: str) -> None:
    typer.echo(said(f"issues.say.{key}", **places).plain)
