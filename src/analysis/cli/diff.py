"""`assess diff`: what changed between two editions of a round, or between two rounds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from analysis.cli.shared import (
    DATA_BLOCK,
    LanguageOption,
    ProjectOption,
    help_of,
    list_faults,
    listed,
    opened,
    project_folder,
    words_of,
    wrong_usage,
)
from analysis.rounds.faults import FaultsFoundError

if TYPE_CHECKING:
    from analysis.run.states import Named
    from analysis.words import Words

#: rows of a part that a console shows
SHOWN: Final = 40


def diff(
    old: Annotated[str, typer.Argument(metavar="OLD", help=help_of("state"), show_default=False)],
    new: Annotated[str, typer.Argument(metavar="NEW", help=help_of("state"), show_default=False)],
    project: ProjectOption = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", help=help_of("diff_json"), show_default=False)
    ] = None,
    html_file: Annotated[
        Path | None, typer.Option("--html", help=help_of("diff_html"), show_default=False)
    ] = None,
    lang: LanguageOption = None,
) -> None:
    """Say what changed between two editions of a round, or between two rounds, and what is behind it."""
    from analysis.cli.answer_display import print_table
    from analysis.cli.console import open_console, print_line
    from analysis.indicators import catalogue
    from analysis.questions.change_tables import Changes, as_json
    from analysis.rounds.rounds import list_rounds

    said = words_of(lang)
    folder = project_folder(project, said)
    rounds = [name for name in (new, old) if name in list_rounds(folder)]
    if rounds:
        _, said = opened(folder, rounds[0], lang)
    before, after = _state(folder, old, said), _state(folder, new, said)
    catalogue.declare({each.code: each for each in (*before.measures, *after.measures)}.values())
    changes = Changes(before.edition, after.edition, said, {**before.items, **after.items})
    out = open_console()
    for line in changes.lines():
        print_line(out, line)
    for table in changes.tables(SHOWN):
        print_table(out, table)
    try:
        if json_file is not None:
            told = json.dumps(as_json(changes), ensure_ascii=False, indent=1, allow_nan=False)
            json_file.write_text(told + "\n", encoding="utf-8", newline="\n")
        if html_file is not None:
            from analysis.publish import changes_page

            html_file.write_text(changes_page.page(changes), encoding="utf-8", newline="\n")
    except OSError as refused:
        wrong_usage(said, "unwritable", file=str(refused.filename or ""), reason=refused.strerror or "")


def _state(folder: Path, name: str, said: Words) -> Named:
    """Return the state of a name; where there is none, or it cannot be computed, the command ends."""
    from analysis.results.edition import NoEditionError
    from analysis.run.states import UnknownStateError, state_called

    try:
        return state_called(folder, name, said.language)
    except UnknownStateError as unknown:
        wrong_usage(said, "unknown_state", state=name, known=listed(said, unknown.known))
    except NoEditionError as none:
        wrong_usage(said, "no_edition", folder=str(none.folder), lacking=none.lacking)
    except FaultsFoundError as found:
        list_faults(said, found.faults)
        raise typer.Exit(DATA_BLOCK) from found
