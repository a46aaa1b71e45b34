"""`assess run`: compute a round and publish an edition of it."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from analysis.cli.shared import (
    DATA_BLOCK,
    DONE,
    FAILED,
    INTERRUPTED,
    EditionLanguageOption,
    LevelOption,
    OutOption,
    ProjectOption,
    RoundArgument,
    checked_level,
    help_of,
    listed,
    opened,
    parts,
    say,
    words_of,
    wrong_usage,
)
from analysis.rounds.levels import FORMATS, INTERNAL
from analysis.run.engines import ENGINES, IN_PROCESS
from analysis.words import Words

if TYPE_CHECKING:
    from analysis.run.orders import Order


def run(
    round_id: RoundArgument,
    project: ProjectOption = None,
    formats: Annotated[str, typer.Option("--formats", help=help_of("formats"))] = ",".join(FORMATS),
    units: Annotated[str, typer.Option("--units", help=help_of("units"), show_default=False)] = "",
    lang: EditionLanguageOption = None,
    jobs: Annotated[int, typer.Option("--jobs", help=help_of("jobs"))] = 2,
    out: OutOption = None,
    disclosure: LevelOption = None,
    engine: Annotated[str, typer.Option("--engine", help=help_of("engine"))] = IN_PROCESS,
    force: Annotated[bool, typer.Option("--force", help=help_of("force"))] = False,
    final: Annotated[bool, typer.Option("--final", help=help_of("final"))] = False,
) -> None:
    """Compute a round and publish an edition of it; with `--final`, file it."""
    said = words_of(lang)
    if final and (units or lang or out or disclosure or parts(formats) != FORMATS):
        wrong_usage(said, "final_alone")
    checked_level(said, disclosure)
    _check_formats(said, parts(formats))
    if jobs < 1:
        wrong_usage(said, "jobs")
    if engine not in ENGINES:
        wrong_usage(said, "unknown_engine", engine=engine, known=listed(said, ENGINES))
    folder, said = opened(project, round_id, lang)
    if final:
        disclosure = INTERNAL
        _refuse_undecided(said, folder / "data" / "raw" / round_id)
    # whoever ends the command ends it as Ctrl-C does: what runs is stopped, what is half made goes
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        from rich.console import Console
        from rich.text import Text

        from analysis.run import unchanged
        from analysis.run.orders import Order

        order = Order(
            folder, round_id, parts(formats), parts(units), lang, jobs, out, disclosure, engine, force
        )
        if final:
            # a run would put what it makes in the place of what somebody has edited
            _refuse_touched(said, order)
        console = Console(markup=False, highlight=False, emoji=False)
        before = unchanged.told(order)
        if before is not None:
            say(said, "unchanged")
            console.print(Text.from_ansi(before), soft_wrap=True)
            status = DONE
        else:
            from analysis.run import pipeline

            status = pipeline.run(order, console)
        if final and status == DONE:
            status = _filed(said, order)
    except KeyboardInterrupt:
        say(said, "interrupted")
        status = INTERRUPTED
    raise typer.Exit(status)


def _refuse_undecided(said: Words, folder: Path) -> None:
    """End the command where something in the settings of a round is still marked to be decided."""
    from analysis.rounds.new_round import mark_of_decisions, open_decisions

    if left := open_decisions(folder):
        typer.echo(said("cli.final.open", count=str(len(left))).plain, err=True)
        for each in left:
            typer.echo(
                said("cli.final.place", file=each.file, line=str(each.line), what=each.what).plain, err=True
            )
        typer.echo(said("cli.final.settle", mark=mark_of_decisions()).plain, err=True)
        raise typer.Exit(DATA_BLOCK)


def _refuse_touched(said: Words, order: Order) -> None:
    """End the command where the edition that stands published was changed by hand."""
    from analysis.run.final_editions import TouchedError, refuse_touched

    try:
        refuse_touched(order)
    except TouchedError as by_hand:
        typer.echo(by_hand.sentence(said), err=True)
        raise typer.Exit(DATA_BLOCK) from by_hand


def _filed(said: Words, order: Order) -> int:
    """File what was published, say so, and return the exit status."""
    from analysis.run.final_editions import NotFiledError, file_final, lead_to
    from analysis.run.machine import trouble_of
    from analysis.run.report_folder import RoundBusyError

    told = ""
    try:
        filed = file_final(order)
        place = filed.folder.relative_to(order.project).as_posix()
        key = "corrected" if filed.replaces else "filed"
        told = said(f"cli.final.{key if filed.new else 'same'}", place=place, replaces=filed.replaces).plain
        lead_to(order)
    except NotFiledError as unfit:
        typer.echo(unfit.sentence(said), err=True)
        return DATA_BLOCK
    except RoundBusyError as busy:
        key, places = busy.told(order.round_id)
        wrong_usage(said, key, **places)
    except OSError as refused:
        trouble = trouble_of(refused)
        if trouble is None:
            raise
        what = trouble.sentence(said)
        failed = said("cli.final.not_filed", what=what, folder=f"reports/{order.round_id}").plain
        if told:
            typer.echo(told)
            # only the page does not lead to it yet
            failed = said("cli.machine.told", what=what).plain
        typer.echo(failed, err=True)
        return FAILED
    typer.echo(told)
    return DONE


def _check_formats(said: Words, formats: Sequence[str]) -> None:
    if not formats:
        wrong_usage(said, "no_format", known=listed(said, FORMATS))
    for form in formats:
        if form not in FORMATS:
            wrong_usage(said, "unknown_format", format=form, known=listed(said, FORMATS))
