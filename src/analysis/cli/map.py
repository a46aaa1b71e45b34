"""`assess map`: a map proposed for a strange file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from analysis.cli.shared import (
    DATA_BLOCK,
    WRONG_USAGE,
    LanguageOption,
    ProjectOption,
    help_of,
    list_faults,
    listed,
    opened,
    words_of,
    wrong_usage,
)
from analysis.rounds.faults import Fault


def propose_map(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=help_of("map_file"), show_default=False)],
    round_id: Annotated[str, typer.Option("--round", help=help_of("map_round"), show_default=False)] = "",
    ledger: Annotated[str, typer.Option("--ledger", help=help_of("map_ledger"), show_default=False)] = "",
    sheet: Annotated[str, typer.Option("--sheet", help=help_of("map_sheet"), show_default=False)] = "",
    out: Annotated[Path | None, typer.Option("--out", help=help_of("map_out"), show_default=False)] = None,
    project: ProjectOption = None,
    lang: LanguageOption = None,
) -> None:
    """Propose a map for a strange file."""
    folder, said = opened(project, round_id, lang) if round_id else (None, words_of(lang))
    from analysis.intake import LEDGERS
    from analysis.intake.proposals import proposal_text, proposing
    from analysis.run import checking

    if not file.is_file():
        wrong_usage(said, "no_file", file=str(file))
    if ledger and ledger not in LEDGERS:
        wrong_usage(said, "unknown_ledger", name=ledger, known=listed(said, list(LEDGERS)))
    checked = checking.check(folder, round_id) if folder else None
    sheets = proposing.sheets_of(file)
    if isinstance(sheets, Fault):
        list_faults(said, [sheets])
        raise typer.Exit(DATA_BLOCK)
    chosen = [one for one in sheets if one.name == sheet] if sheet else sheets
    if len(chosen) != 1:
        typer.echo(said("mapping.sheets", known=listed(said, [one.name for one in sheets])).plain, err=True)
        raise typer.Exit(WRONG_USAGE)
    maps = proposing.known_maps(checked.round.folder) if checked and checked.round else None
    proposal = proposing.propose(chosen[0], roll=checked.roll if checked else None, maps=maps, ledger=ledger)
    if proposal is None:
        typer.echo(said("mapping.none", file=file.name).plain, err=True)
        raise typer.Exit(DATA_BLOCK)
    text = proposal_text.written(proposal, said)
    if out is None:
        typer.echo(text, nl=False)
        return
    try:
        out.write_text(text, encoding="utf-8", newline="\n")
    except OSError as refused:
        wrong_usage(said, "unwritable", file=str(out), reason=refused.strerror or "")
    typer.echo(said("mapping.made", place=str(out)).plain)
