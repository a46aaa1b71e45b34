"""`assess rulebook`: the rule set as a table, checked, as a workbook and read back from one."""

from __future__ import annotations

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
    opened,
    say,
    wrong_usage,
)
from analysis.rounds.faults import Fault, FaultsFoundError
from analysis.rounds.rounds import RULEBOOK_FILE, load_round
from analysis.words import Words

if TYPE_CHECKING:
    from analysis.rounds.units import UnitRoll
    from analysis.rulebook import Rulebook
    from analysis.rulebook.edit.rulefiles import RuleFiles


def rulebook(
    round_id: RoundArgument,
    project: ProjectOption = None,
    only_check: Annotated[bool, typer.Option("--check", help=help_of("rulebook_check"))] = False,
    xlsx: Annotated[Path | None, typer.Option("--xlsx", help=help_of("xlsx"), show_default=False)] = None,
    from_xlsx: Annotated[
        Path | None, typer.Option("--from-xlsx", help=help_of("from_xlsx"), show_default=False)
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=help_of("dry_run"))] = False,
    lang: LanguageOption = None,
) -> None:
    """Print the rule set as the familiar table, check it, write it as a workbook or read one back."""
    folder, said = opened(project, round_id, lang)
    path = folder / "data" / "raw" / round_id / RULEBOOK_FILE
    if not path.is_file() and xlsx is None and from_xlsx is None:
        wrong_usage(said, "no_rulebook", round=round_id)
    # a rule set may read measures of the office's own
    own_faults = _declared(path.parent)
    if from_xlsx is not None:
        raise typer.Exit(
            _read_back(from_xlsx, _files_of(folder, round_id, said), path.parent, said, dry_run=dry_run)
        )
    from analysis import rulebook as rulebooks
    from analysis.indicators import catalogue
    from analysis.indicators.own_measures import causes

    if not path.is_file() and xlsx is not None:
        _write(None, _files_of(folder, round_id, said), xlsx, said)
        say(said, "rulebook.begun", file=str(xlsx), round=round_id)
        return
    roll, faults = _units(folder, round_id) if only_check else (None, [])
    rules, wrong = rulebooks.load(
        path, known=catalogue.is_known, measures=sorted(catalogue.known_measures()), roll=roll
    )
    faults = [*own_faults, *faults, *(causes(wrong, path.parent) if own_faults else wrong)]
    if only_check or rules is None:
        list_faults(said, faults)
        blocks = sum(fault.severity == "blocks" for fault in faults)
        say(said, "rulebook.faulty" if faults else "rulebook.clean", file=path.name, count=str(len(faults)))
        raise typer.Exit(DATA_BLOCK if blocks or rules is None else 0)
    from analysis.cli.console import open_console
    from analysis.cli.rule_display import print_rules
    from analysis.rulebook.edit import ruletable

    files = _files_of(folder, round_id, said, with_roll=xlsx is not None)
    if xlsx is None:
        print_rules(open_console(), ruletable.table_of(rules, files, said), said)
        return
    _write(rules, files, xlsx, said)
    say(said, "rulebook.written", file=str(xlsx), round=round_id)


def _files_of(folder: Path, round_id: str, said: Words, *, with_roll: bool = True) -> RuleFiles:
    """Return the files of a rule set as they are written, begun where there are none; exit where one is no YAML."""
    from analysis.intake import read_roll
    from analysis.rounds.settings_files import read_document
    from analysis.rulebook.edit.rulefiles import BESIDE, RuleFiles

    raw = folder / "data" / "raw" / round_id
    faults = [
        fault
        for name in (RULEBOOK_FILE, *BESIDE)
        if (raw / name).is_file()
        for document, found in [read_document(raw / name, name)]
        if document is None
        for fault in found
    ]
    if faults:
        list_faults(said, faults)
        raise typer.Exit(DATA_BLOCK)
    try:
        roll = read_roll(load_round(folder, round_id)) if with_roll else None
    except FaultsFoundError:
        # what is wrong with the settings of the round is told by `check`; a rule set is written without them
        roll = None
    return RuleFiles.read(raw, said("ruletable.begun", round=round_id).plain, roll)


def _write(rules: Rulebook | None, files: RuleFiles, xlsx: Path, said: Words) -> None:
    from analysis.rulebook.edit import rulesheets, ruletable

    table, parameters = ruletable.table_of(rules, files, said), ruletable.parameters_of(files, said)
    try:
        rulesheets.write(table, parameters, xlsx, ruletable.terms_of(files, said))
    except OSError as refused:
        wrong_usage(said, "unwritable", file=str(xlsx), reason=refused.strerror or "")


def _declared(folder: Path) -> list[Fault]:
    """Declare the measures that stand beside a rule set, and return what is wrong with them."""
    from analysis.indicators.own_measures import declare_beside
    from analysis.quantities import CURRENCIES

    # the currency changes the unit of an amount, not what a rule may read
    return declare_beside(folder, CURRENCIES["CNY"])[1]


def _read_back(workbook: Path, files: RuleFiles, raw: Path, said: Words, *, dry_run: bool) -> int:
    """List what an edited workbook changes and, if the whole is sound, change the files; return the status."""
    from analysis.cli.console import open_console, print_line
    from analysis.cli.rule_display import print_changes
    from analysis.intake import fault_line
    from analysis.rulebook.edit import ruleback

    if not workbook.is_file():
        wrong_usage(said, "no_file", file=str(workbook))
    back = ruleback.read_back(workbook, files, said)
    out = open_console()
    print_changes(out, back.changes, said)
    for number, fault in enumerate(back.faults):
        line = fault_line(fault, said)
        if number in back.cells:
            sheet, cell = back.cells[number]
            line = said(
                "ruletable.from_cell", workbook=workbook.name, sheet=sheet, cell=cell, line=line
            ).plain
        print_line(out, line)
    unlike = back.files.unlike(files) if back.files is not None else ()
    whole = said.list([*unlike] or [RULEBOOK_FILE]).plain
    if back.files is None or any(fault.severity == "blocks" for fault in back.faults):
        say(said, "rulebook.refused", count=str(len(back.faults)), file=whole)
        return DATA_BLOCK
    if not back.changes:
        say(said, "rulebook.nothing", file=whole)
    elif dry_run:
        say(said, "rulebook.would", count=str(len(back.changes)), file=whole)
    else:
        back.files.save(raw, files)
        say(said, "rulebook.changed", count=str(len(back.changes)), file=whole)
    return 0


def _units(folder: Path, round_id: str) -> tuple[UnitRoll | None, list[Fault]]:
    """Return the units assessed, for places and classes; None where the roll cannot be read, which `check` tells.

    What is wrong with the settings of the round is told, for without them no roll is found.
    """
    from analysis import intake

    try:
        arrived = intake.read_round(load_round(folder, round_id))
    except FaultsFoundError as found:
        return None, list(found.faults)
    return arrived.roll if len(arrived.roll) else None, []
