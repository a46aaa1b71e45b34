"""`assess desk`: all that a person decides in a round as one workbook, and read back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from analysis.cli.shared import (
    DATA_BLOCK,
    LanguageOption,
    ProjectOption,
    RoundArgument,
    help_of,
    list_faults,
    listed,
    opened,
    wrong_usage,
)

if TYPE_CHECKING:
    from analysis.run.desk_book.desk_sheets import OnDesk
    from analysis.run.desk_book.deskback import DeskBack
    from analysis.run.desk_book.deskform import Edit
    from analysis.words import Words


def desk(
    round_id: RoundArgument,
    project: ProjectOption = None,
    out: Annotated[Path | None, typer.Option("--out", help=help_of("desk_out"), show_default=False)] = None,
    from_xlsx: Annotated[
        Path | None, typer.Option("--from-xlsx", help=help_of("desk_from_xlsx"), show_default=False)
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=help_of("dry_run"))] = False,
    lang: LanguageOption = None,
) -> None:
    """Write the desk of a round, or read a filled-in one back."""
    folder, said = opened(project, round_id, lang)
    if from_xlsx is not None:
        raise typer.Exit(_read_back(from_xlsx, folder, round_id, said, dry_run=dry_run))
    from analysis.run.desk_book import desk_workbook
    from analysis.run.desk_book.desk_sheets import OnDesk

    name = said("desk.file", round=round_id).plain
    path = out or folder / "data" / "processed" / round_id / name
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        desk_workbook.write(OnDesk(folder, round_id, said), path)
    except OSError as refused:
        wrong_usage(said, "unwritable", file=str(path), reason=refused.strerror or "")
    typer.echo(said("desk.written", file=str(path), round=round_id).plain)


def _read_back(workbook: Path, folder: Path, round_id: str, said: Words, *, dry_run: bool) -> int:
    """List what a filled-in desk changes and, if all of it is sound, change the settings; return the status."""
    from analysis.cli.console import open_console
    from analysis.cli.rule_display import print_changes
    from analysis.run.desk_book import deskback
    from analysis.run.desk_book.desk_sheets import OnDesk

    written_in = language_of(workbook, said)
    on_desk = OnDesk(folder, round_id, written_in)
    back = deskback.read_back(on_desk, workbook)
    print_edits(back.edits, said)
    print_changes(open_console(), back.rules, said)
    if back.sources:
        typer.echo(said("desk.sources", count=str(back.sources)).plain)
    return saved(on_desk, back, said, dry_run=dry_run)


def language_of(workbook: Path, said: Words) -> Words:
    """Return the words a filled-in workbook was written in; where it is none the command ends."""
    from analysis.rounds.faults import Fault
    from analysis.run.desk_book import deskform

    if not workbook.is_file():
        wrong_usage(said, "no_file", file=str(workbook))
    found = deskform.language_of(workbook)
    if found is None:
        list_faults(said, [Fault("desk_unreadable", workbook.name, found=workbook.name)])
        raise typer.Exit(DATA_BLOCK)
    return found


def print_edits(edits: Sequence[Edit], said: Words) -> None:
    """Print every new answer with its place."""
    for edit in edits:
        places = {"sheet": edit.sheet, "cell": edit.cell, "old": edit.old, "new": edit.new}
        typer.echo(said("desk.change", **places).plain)


def saved(on_desk: OnDesk, back: DeskBack, said: Words, *, dry_run: bool) -> int:
    """Write what a filled-in workbook changes if all of it is sound, and say so; return the status."""
    from analysis.run.desk_book import deskback

    list_faults(said, back.faults)
    count, files = str(len(back.edits) + len(back.rules)), listed(said, sorted(back.files))
    if not back.is_sound:
        typer.echo(said("desk.refused", count=str(len(back.faults))).plain)
        return DATA_BLOCK
    if not back.files:
        typer.echo(said("desk.unchanged").plain)
    elif dry_run:
        typer.echo(said("desk.would", count=count, files=files).plain)
    else:
        deskback.save(on_desk, back)
        typer.echo(said("desk.changed", count=count, files=files).plain)
    return 0
