"""`assess what-if`: scores, ranks and grades with a value, a rule or the whole rule set changed."""

from __future__ import annotations

from typing import Annotated

import typer

from analysis.cli.shared import (
    DATA_BLOCK,
    WRONG_USAGE,
    LanguageOption,
    ProjectOption,
    RoundArgument,
    computed,
    help_of,
    list_faults,
    opened,
)
from analysis.rounds.faults import FaultsFoundError
from analysis.rounds.refusals import QuestionError


def what_if(
    round_id: RoundArgument,
    project: ProjectOption = None,
    values: Annotated[
        list[str] | None, typer.Option("--set", help=help_of("set"), show_default=False)
    ] = None,
    rules: Annotated[
        list[str] | None, typer.Option("--rule", help=help_of("rule"), show_default=False)
    ] = None,
    whole: Annotated[str, typer.Option("--rulebook", help=help_of("whole"), show_default=False)] = "",
    reach: Annotated[bool, typer.Option("--reach", help=help_of("reach"))] = False,
    lang: LanguageOption = None,
) -> None:
    """Show scores, ranks and grades with a value, a rule or the whole rule set changed."""
    from analysis.cli.answer_display import print_supposed
    from analysis.cli.console import open_console
    from analysis.questions import supposed

    folder, said = opened(project, round_id, lang)
    assessment = computed(folder, round_id, said)
    question = supposed.Question(tuple(values or ()), tuple(rules or ()), whole, reach)
    try:
        found = supposed.answer(assessment, question, assessment.words)
    except QuestionError as wrong:
        typer.echo(str(wrong), err=True)
        raise typer.Exit(WRONG_USAGE) from wrong
    except FaultsFoundError as faulty:
        list_faults(said, faulty.faults)
        raise typer.Exit(DATA_BLOCK) from faulty
    print_supposed(open_console(), found, assessment.roll, assessment.words)
