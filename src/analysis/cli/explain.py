"""`assess explain`: where a score comes from."""

from __future__ import annotations

from typing import Annotated

import typer

from analysis.cli.shared import (
    LanguageOption,
    ProjectOption,
    RoundArgument,
    computed,
    help_of,
    opened,
    unknown_name,
    wrong_usage,
)


def explain(
    round_id: RoundArgument,
    unit: Annotated[str, typer.Argument(metavar="UNIT", help=help_of("unit"), show_default=False)],
    indicator: Annotated[
        str, typer.Argument(metavar="[INDICATOR]", help=help_of("indicator"), show_default=False)
    ] = "",
    project: ProjectOption = None,
    lang: LanguageOption = None,
) -> None:
    """Say where a score comes from: rule, arithmetic, values, cells."""
    from analysis.cli.answer_display import print_item, print_unit
    from analysis.cli.console import open_console
    from analysis.questions import explain as explaining

    folder, said = opened(project, round_id, lang)
    assessment = computed(folder, round_id, said)
    rules = assessment.settings.rulebook
    if rules is None:
        wrong_usage(said, "no_rulebook", round=round_id)
    try:
        code = explaining.unit_called(unit, assessment.roll).code
        if not indicator:
            print_unit(open_console(), explaining.unit(assessment, code), assessment.words)
            return
        asked = explaining.item_called(indicator, rules, said)
    except explaining.UnknownNameError as unknown:
        unknown_name(said, unknown.kind, unknown.text, unknown.meant, unknown.known)
    print_item(open_console(), explaining.item(assessment, code, asked), assessment.words)
