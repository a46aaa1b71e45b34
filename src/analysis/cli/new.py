"""`assess new`: the folder of the next round."""

from __future__ import annotations

from typing import Annotated

import typer

from analysis.cli.shared import WRONG_USAGE, LanguageOption, ProjectOption, help_of, listed, opened, say


def new(
    new_round: Annotated[str, typer.Argument(metavar="NEW", help=help_of("new_round"), show_default=False)],
    old: Annotated[
        str, typer.Option("--from", metavar="OLD", help=help_of("from_round"), show_default=False)
    ],
    project: ProjectOption = None,
    lang: LanguageOption = None,
) -> None:
    """Make the folder of the next round from the settings of an earlier one."""
    folder, said = opened(project, old, lang)
    from analysis.intake import fault_line
    from analysis.rounds import new_round as newround

    try:
        made = newround.make(folder, new_round, old, said)
    except newround.NewRoundError as refused:
        typer.echo(said(f"cli.new.{refused.reason}", **refused.places).plain, err=True)
        for fault in refused.faults:
            typer.echo(f"  {fault_line(fault, said)}", err=True)
        raise typer.Exit(WRONG_USAGE) from refused
    say(said, "new.made", round=made.folder.name, place=made.folder.relative_to(folder).as_posix())
    say(said, "new.decided")
    for decision in made.decisions:
        say(said, "new.place", file=decision.file, key=decision.key, what=decision.what)
    if made.awaited:
        say(said, "new.files")
    for file, ledgers in made.awaited:
        say(said, "new.file", file=file, ledgers=listed(said, ledgers))
    say(said, "new.next", round=made.folder.name)
