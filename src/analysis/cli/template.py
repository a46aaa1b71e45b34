"""`assess template`: the workbooks the districts fill in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

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
    parts,
    say,
    wrong_usage,
)


def template(
    round_id: RoundArgument,
    project: ProjectOption = None,
    out: Annotated[
        Path | None, typer.Option("--out", help=help_of("template_out"), show_default=False)
    ] = None,
    blank: Annotated[bool, typer.Option("--blank", help=help_of("blank"))] = False,
    ledgers: Annotated[str, typer.Option("--ledgers", help=help_of("ledgers"), show_default=False)] = "",
    lang: LanguageOption = None,
) -> None:
    """Write the workbooks the districts fill in."""
    folder, said = opened(project, round_id, lang)
    from analysis.intake.template_workbooks import template_books
    from analysis.run import checking
    from analysis.run.needed_templates import order_of

    for name in template_books.unknown(parts(ledgers)):
        wrong_usage(said, "unknown_ledger", name=name, known=listed(said, template_books.known()))
    checked = checking.check(folder, round_id)
    if checked.declared is None or checked.roll is None:
        list_faults(said, checked.faults)
        say(said, "template.no_roll")
        raise typer.Exit(DATA_BLOCK)
    place = out or checked.declared.round.processed / "templates"
    order = order_of(checked.declared, checked.roll, said, parts(ledgers), blank=blank)
    try:
        made = template_books.write(order, place, said)
    except OSError as refused:
        wrong_usage(said, "unwritable", file=str(place), reason=refused.strerror or "")
    say(said, "template.made", count=str(len(made)), place=str(place))
