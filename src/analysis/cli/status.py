"""`assess status`: how far a round is, and what is to be done next."""

from __future__ import annotations

from typing import Annotated

import typer

from analysis.cli.shared import (
    LanguageOption,
    ProjectOption,
    help_of,
    opened,
    project_folder,
    words_of,
    wrong_usage,
)


def status(
    round_id: Annotated[
        str | None, typer.Argument(metavar="[ROUND]", help=help_of("status_round"), show_default=False)
    ] = None,
    project: ProjectOption = None,
    lang: LanguageOption = None,
) -> None:
    """Say what arrived, what is to be decided, what is out of date and what is next."""
    from analysis.cli.answer_display import print_table
    from analysis.cli.console import open_console, print_line
    from analysis.questions.round_status import lines, tables
    from analysis.rounds.rounds import list_rounds
    from analysis.run.status import round_status

    if round_id is None:
        said = words_of(lang)
        known = list_rounds(project_folder(project, said))
        if not known:
            wrong_usage(said, "no_round_yet")
        round_id = known[-1]
    folder, said = opened(project, round_id, lang)
    found = round_status(folder, round_id)
    out = open_console()
    for table in tables(found, said):
        print_table(out, table)
    for line in lines(found, said):
        print_line(out, line)
