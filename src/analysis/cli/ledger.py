"""`assess ledger`: each unit's list of open problems to fill in, and what comes back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from analysis.cli.desk import language_of, print_edits, saved
from analysis.cli.shared import (
    DATA_BLOCK,
    LanguageOption,
    ProjectOption,
    RoundArgument,
    help_of,
    list_faults,
    listed,
    opened,
    say,
    wrong_usage,
)
from analysis.rounds.faults import FaultsFoundError


def ledger(
    round_id: RoundArgument,
    project: ProjectOption = None,
    out: Annotated[Path | None, typer.Option("--out", help=help_of("ledger_out"), show_default=False)] = None,
    from_xlsx: Annotated[
        list[Path] | None, typer.Option("--from-xlsx", help=help_of("ledger_from_xlsx"), show_default=False)
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=help_of("dry_run"))] = False,
    lang: LanguageOption = None,
) -> None:
    """Write each unit's list of open problems, or read filled-in ones back."""
    folder, said = opened(project, round_id, lang)
    from analysis.run.desk_book import problem_books
    from analysis.run.desk_book.desk_sheets import OnDesk

    workbooks = [
        book
        for path in from_xlsx or ()
        for book in (sorted(path.glob("*.xlsx")) if path.is_dir() else [path])
    ]
    if from_xlsx and not workbooks:
        wrong_usage(said, "no_file", file=listed(said, [str(path) for path in from_xlsx]))
    languages = {language_of(workbook, said).language: language_of(workbook, said) for workbook in workbooks}
    if len(languages) > 1:
        wrong_usage(said, "ledger_languages")
    desk = OnDesk(folder, round_id, next(iter(languages.values()), said))
    try:
        if desk.roll is None:
            list_faults(said, desk.checked.faults)
            say(said, "template.no_roll")
            raise typer.Exit(DATA_BLOCK)
        if not workbooks:
            place = out or folder / "data" / "processed" / round_id / "problems"
            made = problem_books.write(desk, place)
            say(said, "ledger.made" if made else "ledger.none", count=str(len(made)), place=str(place))
            return
        back = problem_books.read_back(desk, workbooks)
    except OSError as no:
        wrong_usage(said, "unwritable", file=str(no.filename or ""), reason=no.strerror or "")
    except FaultsFoundError as found:
        list_faults(said, found.faults)
        raise typer.Exit(DATA_BLOCK) from found
    print_edits(back.edits, said)
    raise typer.Exit(saved(desk, back, said, dry_run=dry_run))
