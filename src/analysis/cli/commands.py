"""The command `assess`: thin, one function per command. Nothing heavy is imported before it is needed."""

from __future__ import annotations

import io
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, NoReturn

import typer

from analysis.rounds.faults import Fault
from analysis.rounds.levels import FORMATS, LEVELS
from analysis.words import LANGUAGES, OFFICE, Words, words

if TYPE_CHECKING:
    from analysis.intake.issue_lists import Marked
    from analysis.results.assessment import Assessment
    from analysis.run.stages import Checked

DATA_BLOCK: Final = 1
WRONG_USAGE: Final = 2
INTERRUPTED: Final = 130

#: one cause can raise the same warning in a thousand rows
ALIKE_SHOWN: Final = 20


def _both(key: str) -> str:
    """Return a label in all languages: help is printed before anybody could name one."""
    return " / ".join(words(language).label(key) for language in LANGUAGES)


def _help(name: str) -> str:
    return _both(f"cli.help.{name}")


app = typer.Typer(
    help=_both("cli.about"),
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    # the panels of rich lose letters where Chinese and Latin script meet at the end of a line
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

ProjectOption = Annotated[Path | None, typer.Option("--project", help=_help("project"), show_default=False)]
LanguageOption = Annotated[str | None, typer.Option("--lang", help=_help("answer_lang"), show_default=False)]
RoundArgument = Annotated[str, typer.Argument(metavar="ROUND", help=_help("round"), show_default=False)]


def main() -> None:
    """Run the command line; the entry point of `assess` and of `python -m analysis`."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # a GBK or ASCII console lacks some signs: print a question mark, never crash
            stream.reconfigure(errors="replace")
    app()


@app.command(help=_help("run"), short_help=_both("cli.brief.run"))
def run(  # noqa: PLR0917 — options, given by name
    round_id: RoundArgument,
    project: ProjectOption = None,
    formats: Annotated[str, typer.Option("--formats", help=_help("formats"))] = ",".join(FORMATS),
    units: Annotated[str, typer.Option("--units", help=_help("units"), show_default=False)] = "",
    lang: Annotated[str | None, typer.Option("--lang", help=_help("lang"), show_default=False)] = None,
    jobs: Annotated[int, typer.Option("--jobs", help=_help("jobs"))] = 2,
    out: Annotated[Path | None, typer.Option("--out", help=_help("out"), show_default=False)] = None,
    disclosure: Annotated[
        str | None, typer.Option("--disclosure", help=_help("disclosure"), show_default=False)
    ] = None,
) -> None:
    """Compute a round and publish an edition of it."""
    said = _words_of(lang)
    if disclosure is not None and disclosure not in LEVELS:
        _wrong_usage(said, "unknown_level", level=disclosure, known=_listed(said, LEVELS))
    _check_formats(said, parts(formats))
    if jobs < 1:
        _wrong_usage(said, "jobs")
    folder, said = _opened(project, round_id, lang)
    try:
        from rich.console import Console  # noqa: PLC0415

        from analysis.run import pipeline  # noqa: PLC0415

        order = pipeline.Order(folder, round_id, parts(formats), parts(units), lang, jobs, out, disclosure)
        status = pipeline.run(order, Console(markup=False, highlight=False, emoji=False))
    except KeyboardInterrupt:
        _say(said, "interrupted")
        status = INTERRUPTED
    raise typer.Exit(status)


@app.command(help=_help("check"), short_help=_both("cli.brief.check"))
def check(
    round_id: RoundArgument,
    project: ProjectOption = None,
    lang: LanguageOption = None,
    per_unit: Annotated[
        Path | None, typer.Option("--per-unit", help=_help("per_unit"), show_default=False)
    ] = None,
    mark: Annotated[Path | None, typer.Option("--mark", help=_help("mark"), show_default=False)] = None,
) -> None:
    """List everything wrong with the settings, the rulebook and the files of a round."""
    folder, said = _opened(project, round_id, lang)
    from analysis.run import stages  # noqa: PLC0415

    checked = stages.check(folder, round_id)
    place = _write_lists(said, checked, per_unit, mark)
    _list_first(said, checked.faults, place)
    if checked.faults:
        kinds = Counter(fault.severity for fault in checked.faults)
        counts = {kind: str(kinds[kind]) for kind in ("blocks", "warns", "notes")}
        _say(said, "faults.checked", round=round_id, **counts)
    else:
        _say(said, "faults.clean", round=round_id)
    raise typer.Exit(DATA_BLOCK if checked.blocked else 0)


@app.command(help=_help("rulebook"), short_help=_both("cli.brief.rulebook"))
def rulebook(  # noqa: PLR0917 — options, given by name
    round_id: RoundArgument,
    project: ProjectOption = None,
    only_check: Annotated[bool, typer.Option("--check", help=_help("rulebook_check"))] = False,
    xlsx: Annotated[Path | None, typer.Option("--xlsx", help=_help("xlsx"), show_default=False)] = None,
    from_xlsx: Annotated[
        Path | None, typer.Option("--from-xlsx", help=_help("from_xlsx"), show_default=False)
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=_help("dry_run"))] = False,
    lang: LanguageOption = None,
) -> None:
    """Print the rule set as the familiar table, check it, write it as a workbook or read one back."""
    folder, said = _opened(project, round_id, lang)
    path = _rulebook_path(folder, round_id, said)
    if from_xlsx is not None:
        raise typer.Exit(_read_back(from_xlsx, path, said, dry_run=dry_run))
    from analysis import rulebook as rulebooks  # noqa: PLC0415
    from analysis.indicators import catalogue  # noqa: PLC0415

    rules, faults = rulebooks.load(
        path, known=catalogue.is_known, measures=sorted(catalogue.known_measures())
    )
    if only_check or rules is None:
        _list_faults(said, faults)
        blocks = sum(fault.severity == "blocks" for fault in faults)
        _say(said, "rulebook.faulty" if faults else "rulebook.clean", file=path.name, count=str(len(faults)))
        raise typer.Exit(DATA_BLOCK if blocks or rules is None else 0)
    from analysis.cli import console as show  # noqa: PLC0415
    from analysis.rulebook.edit import ruletable  # noqa: PLC0415
    from analysis.rulebook.edit.rulefile import RuleFile  # noqa: PLC0415

    file = RuleFile.read(path)
    table = ruletable.table_of(rules, file, said)
    if xlsx is None:
        show.rule_table(show.console(), table, said)
        return
    try:
        ruletable.write(table, ruletable.parameters_of(file, said), xlsx, said)
    except OSError as refused:
        _wrong_usage(said, "unwritable", file=str(xlsx), reason=refused.strerror or "")
    _say(said, "rulebook.written", file=str(xlsx), round=round_id)


@app.command(help=_help("explain"), short_help=_both("cli.brief.explain"))
def explain(
    round_id: RoundArgument,
    unit: Annotated[str, typer.Argument(metavar="UNIT", help=_help("unit"), show_default=False)],
    indicator: Annotated[
        str, typer.Argument(metavar="[INDICATOR]", help=_help("indicator"), show_default=False)
    ] = "",
    project: ProjectOption = None,
    lang: LanguageOption = None,
) -> None:
    """Say where a score comes from: rule, arithmetic, values, cells."""
    from analysis.cli import console as show  # noqa: PLC0415
    from analysis.questions import explain as explaining  # noqa: PLC0415

    folder, said = _opened(project, round_id, lang)
    assessment = _assessment(folder, round_id, said)
    rules = assessment.settings.rulebook
    if rules is None:
        _wrong_usage(said, "no_rulebook", round=round_id)
    try:
        code = explaining.unit_called(unit, assessment.roll).code
        if not indicator:
            show.unit(show.console(), explaining.unit(assessment, code), said)
            return
        asked = explaining.item_called(indicator, rules, said)
    except explaining.UnknownNameError as unknown:
        _unknown(said, unknown.kind, unknown.text, unknown.meant, unknown.known)
    show.item(show.console(), explaining.item(assessment, code, asked), said)


@app.command("what-if", help=_help("what_if"), short_help=_both("cli.brief.what_if"))
def what_if(  # noqa: PLR0917 — options, given by name
    round_id: RoundArgument,
    project: ProjectOption = None,
    values: Annotated[list[str] | None, typer.Option("--set", help=_help("set"), show_default=False)] = None,
    rules: Annotated[list[str] | None, typer.Option("--rule", help=_help("rule"), show_default=False)] = None,
    whole: Annotated[str, typer.Option("--rulebook", help=_help("whole"), show_default=False)] = "",
    reach: Annotated[bool, typer.Option("--reach", help=_help("reach"))] = False,
    lang: LanguageOption = None,
) -> None:
    """Show scores, ranks and grades with a value, a rule or the whole rule set changed."""
    from analysis.cli import console as show  # noqa: PLC0415
    from analysis.questions import supposed  # noqa: PLC0415
    from analysis.rounds.faults import FaultsFoundError  # noqa: PLC0415
    from analysis.rounds.refusals import QuestionError  # noqa: PLC0415

    folder, said = _opened(project, round_id, lang)
    assessment = _assessment(folder, round_id, said)
    question = supposed.Question(tuple(values or ()), tuple(rules or ()), whole, reach)
    try:
        found = supposed.answer(assessment, question, said)
    except QuestionError as wrong:
        typer.echo(str(wrong), err=True)
        raise typer.Exit(WRONG_USAGE) from wrong
    except FaultsFoundError as faulty:
        _list_faults(said, faulty.faults)
        raise typer.Exit(DATA_BLOCK) from faulty
    show.supposed(show.console(), found, assessment.roll, said)


@app.command(help=_help("new"), short_help=_both("cli.brief.new"))
def new(
    new_round: Annotated[str, typer.Argument(metavar="NEW", help=_help("new_round"), show_default=False)],
    old: Annotated[str, typer.Option("--from", metavar="OLD", help=_help("from_round"), show_default=False)],
    project: ProjectOption = None,
    lang: LanguageOption = None,
) -> None:
    """Make the folder of the next round from the settings of an earlier one."""
    folder, said = _opened(project, old, lang)
    from analysis.rounds import new_round as newround  # noqa: PLC0415

    try:
        made = newround.make(folder, new_round, old, said)
    except newround.NewRoundError as refused:
        typer.echo(said(f"cli.new.{refused.reason}", **refused.places).plain, err=True)
        raise typer.Exit(WRONG_USAGE) from refused
    _say(said, "new.made", round=new_round, place=made.folder.relative_to(folder).as_posix())
    _say(said, "new.decided")
    for decision in made.decisions:
        _say(said, "new.place", file=decision.file, key=decision.key, what=decision.what)
    if made.awaited:
        _say(said, "new.files")
    for file, ledgers in made.awaited:
        _say(said, "new.file", file=file, ledgers=_listed(said, ledgers))
    _say(said, "new.next", round=new_round)


@app.command("map", help=_help("map"), short_help=_both("cli.brief.map"))
def propose_map(  # noqa: PLR0917 — options, given by name
    file: Annotated[Path, typer.Argument(metavar="FILE", help=_help("map_file"), show_default=False)],
    round_id: Annotated[str, typer.Option("--round", help=_help("map_round"), show_default=False)] = "",
    ledger: Annotated[str, typer.Option("--ledger", help=_help("map_ledger"), show_default=False)] = "",
    sheet: Annotated[str, typer.Option("--sheet", help=_help("map_sheet"), show_default=False)] = "",
    out: Annotated[Path | None, typer.Option("--out", help=_help("map_out"), show_default=False)] = None,
    project: ProjectOption = None,
    lang: LanguageOption = None,
) -> None:
    """Propose a map for a strange file."""
    folder, said = _opened(project, round_id, lang) if round_id else (None, _words_of(lang))
    from analysis.intake import LEDGERS, proposing  # noqa: PLC0415
    from analysis.rounds.faults import Fault  # noqa: PLC0415
    from analysis.run import stages  # noqa: PLC0415

    if not file.is_file():
        _wrong_usage(said, "no_file", file=str(file))
    if ledger and ledger not in LEDGERS:
        _wrong_usage(said, "unknown_ledger", name=ledger, known=_listed(said, list(LEDGERS)))
    checked = stages.check(folder, round_id) if folder else None
    sheets = proposing.sheets_of(file)
    if isinstance(sheets, Fault):
        _list_faults(said, [sheets])
        raise typer.Exit(DATA_BLOCK)
    chosen = [one for one in sheets if one.name == sheet] if sheet else sheets
    if len(chosen) != 1:
        typer.echo(said("mapping.sheets", known=_listed(said, [one.name for one in sheets])).plain, err=True)
        raise typer.Exit(WRONG_USAGE)
    maps = proposing.known_maps(checked.round.folder) if checked and checked.round else None
    proposal = proposing.propose(chosen[0], roll=checked.roll if checked else None, maps=maps, ledger=ledger)
    if proposal is None:
        typer.echo(said("mapping.none", file=file.name).plain, err=True)
        raise typer.Exit(DATA_BLOCK)
    text = proposing.written(proposal, said)
    if out is None:
        typer.echo(text, nl=False)
        return
    try:
        out.write_text(text, encoding="utf-8", newline="\n")
    except OSError as refused:
        _wrong_usage(said, "unwritable", file=str(out), reason=refused.strerror or "")
    typer.echo(said("mapping.made", place=str(out)).plain)


@app.command(help=_help("template"), short_help=_both("cli.brief.template"))
def template(  # noqa: PLR0917 — options, given by name
    round_id: RoundArgument,
    project: ProjectOption = None,
    out: Annotated[Path | None, typer.Option("--out", help=_help("template_out"), show_default=False)] = None,
    blank: Annotated[bool, typer.Option("--blank", help=_help("blank"))] = False,
    ledgers: Annotated[str, typer.Option("--ledgers", help=_help("ledgers"), show_default=False)] = "",
    lang: LanguageOption = None,
) -> None:
    """Write the workbooks the districts fill in."""
    folder, said = _opened(project, round_id, lang)
    from analysis.intake import template_books  # noqa: PLC0415
    from analysis.intake.filled_templates import OF_DISTRICTS  # noqa: PLC0415
    from analysis.run import stages  # noqa: PLC0415

    names = parts(ledgers) or OF_DISTRICTS
    for name in template_books.unknown(names):
        _wrong_usage(said, "unknown_ledger", name=name, known=_listed(said, template_books.known()))
    checked = stages.check(folder, round_id)
    if checked.round is None or checked.roll is None:
        _list_faults(said, checked.faults)
        _say(said, "template.no_roll")
        raise typer.Exit(DATA_BLOCK)
    place = out or checked.round.processed / "templates"
    order = template_books.Order(checked.round.settings, checked.roll, names, blank)
    try:
        made = template_books.write(order, place, said)
    except OSError as refused:
        _wrong_usage(said, "unwritable", file=str(place), reason=refused.strerror or "")
    _say(said, "template.made", count=str(len(made)), place=str(place))


def _read_back(workbook: Path, path: Path, said: Words, *, dry_run: bool) -> int:
    """List what an edited workbook changes and, if the whole is sound, change the rulebook; return the status."""
    from analysis.cli import console as show  # noqa: PLC0415
    from analysis.indicators import catalogue  # noqa: PLC0415
    from analysis.intake import fault_line  # noqa: PLC0415
    from analysis.rulebook.edit import ruletable  # noqa: PLC0415

    if not workbook.is_file():
        _wrong_usage(said, "no_file", file=str(workbook))
    back = ruletable.read_back(
        workbook, path, said, known=catalogue.is_known, measures=sorted(catalogue.known_measures())
    )
    out = show.console()
    show.changes(out, back.changes, said)
    for number, fault in enumerate(back.faults):
        line = fault_line(fault, said)
        if number in back.cells:
            sheet, cell = back.cells[number]
            line = said(
                "ruletable.from_cell", workbook=workbook.name, sheet=sheet, cell=cell, line=line
            ).plain
        show.say(out, line)
    if back.file is None or any(fault.severity == "blocks" for fault in back.faults):
        _say(said, "rulebook.refused", count=str(len(back.faults)), file=path.name)
        return DATA_BLOCK
    if not back.changes:
        _say(said, "rulebook.nothing", file=path.name)
    elif dry_run:
        _say(said, "rulebook.would", count=str(len(back.changes)), file=path.name)
    else:
        ruletable.save(back.file, path)
        _say(said, "rulebook.changed", count=str(len(back.changes)), file=path.name)
    return 0


def _rulebook_path(folder: Path, round_id: str, said: Words) -> Path:
    path = folder / "data" / "raw" / round_id / "rulebook.yaml"
    if not path.is_file():
        _wrong_usage(said, "no_rulebook", round=round_id)
    return path


def _assessment(folder: Path, round_id: str, said: Words) -> Assessment:
    """Return a round computed as far as its scores; where its data do not allow it the command ends."""
    from analysis.rounds.faults import FaultsFoundError  # noqa: PLC0415
    from analysis.run import stages  # noqa: PLC0415

    try:
        return stages.open_assessment(round_id, "indicators", said.language, folder)
    except FaultsFoundError as found:
        _list_faults(said, found.faults)
        raise typer.Exit(DATA_BLOCK) from found


def _unknown(said: Words, kind: str, text: str, meant: str, known: Sequence[str]) -> NoReturn:
    """Say that there is no unit or indicator of a name, what was probably meant, and what there is."""
    hint = said("cli.usage.meant", meant=meant).plain if meant else ""
    places = {kind: text, "known": _listed(said, known)}
    typer.echo(hint + said(f"cli.usage.unknown_{kind}", **places).plain, err=True)
    raise typer.Exit(WRONG_USAGE)


def parts(text: str) -> tuple[str, ...]:
    """Return the parts of a list written with commas, Chinese ones too, without repetition."""
    written = text.replace("，", ",").replace("、", ",").split(",")
    return tuple(dict.fromkeys(part.strip() for part in written if part.strip()))


def _list_faults(said: Words, faults: Sequence[Fault]) -> None:
    """Print what blocks, all of it, then the rest; of warnings alike in one file the first few and their number."""
    from analysis.intake import fault_line  # noqa: PLC0415

    alike: Counter[tuple[str, str]] = Counter()
    for fault in sorted(faults, key=lambda fault: fault.severity != "blocks"):
        kind = (fault.check, fault.file)
        alike[kind] += fault.severity != "blocks"
        if alike[kind] <= ALIKE_SHOWN:
            typer.echo(fault_line(fault, said))
    for (_, file), count in alike.items():
        if count > ALIKE_SHOWN:
            _say(said, "faults.alike", file=file, count=str(count - ALIKE_SHOWN))


def _list_first(said: Words, faults: Sequence[Fault], place: str) -> None:
    """Print the first faults, what blocks before the rest, then how many others each check found.

    Where no list could be written, everything that blocks is printed.
    """
    from analysis.intake import check_name, fault_line  # noqa: PLC0415

    ordered = sorted(faults, key=lambda fault: fault.severity != "blocks")
    blocking = sum(fault.severity == "blocks" for fault in faults)
    first = ALIKE_SHOWN if place else max(blocking, ALIKE_SHOWN)
    for fault in ordered[:first]:
        typer.echo(fault_line(fault, said))
    more = Counter(fault.check for fault in ordered[first:])
    if more:
        typer.echo(said("issues.say.rest").plain)
    for name, count in more.items():
        typer.echo(said("issues.say.rest_of", check=check_name(name, said), count=str(count)).plain)
    if place:
        typer.echo(said("issues.say.list", place=place).plain)


def _write_lists(said: Words, checked: Checked, per_unit: Path | None, mark: Path | None) -> str:
    """Write the list of the round and what is to be sent back; return where the list is, empty if there is none."""
    if checked.round is None:
        return ""
    from analysis.intake import issue_lists  # noqa: PLC0415
    from analysis.run import stages  # noqa: PLC0415

    office = issue_lists.Office(checked.round, checked.roll, said)
    try:
        for folder in filter(None, (per_unit, mark)):
            issue_lists.check_folder(folder, checked.round.project)
        listed = stages.write_issues(checked.round, checked.data, checked.roll, said.language)
        if per_unit is not None:
            written = issue_lists.write_per_unit(checked.data, office, per_unit)
            for path, count in written:
                _issued(said, "per_unit", place=str(path), count=str(count))
            if not written:
                _issued(said, "no_issues")
        if mark is not None:
            _say_marked(said, issue_lists.write_marked(checked.data, office, mark))
    except issue_lists.ForbiddenFolderError as forbidden:
        typer.echo(
            said("issues.say.forbidden", folder=str(forbidden.folder), inside=forbidden.inside).plain,
            err=True,
        )
        raise typer.Exit(WRONG_USAGE) from forbidden
    except OSError as refused:
        _wrong_usage(said, "unwritable", file=str(refused.filename or ""), reason=refused.strerror or "")
    project = checked.round.project
    return listed.relative_to(project).as_posix() if listed.is_relative_to(project) else str(listed)


def _say_marked(said: Words, marked: Marked) -> None:
    for path, cells in marked.copies:
        _issued(said, "marked", place=str(path), count=str(cells))
    if marked.beside is not None:
        _issued(said, "beside", place=str(marked.beside), count=str(marked.unmarked))
    if marked.copies:
        _issued(said, "personal")
    elif marked.beside is None:
        _issued(said, "no_issues")


def _issued(said: Words, key: str, /, **places: str) -> None:
    typer.echo(said(f"issues.say.{key}", **places).plain)


def _words_of(language: str | None) -> Words:
    """Return the words of a language; where there is none of that name the command ends."""
    if language is not None and language not in LANGUAGES:
        said = words(OFFICE)
        _wrong_usage(said, "unknown_language", language=language, known=_listed(said, LANGUAGES))
    return words(language or OFFICE)


def _opened(project: Path | None, round_id: str, language: str | None) -> tuple[Path, Words]:
    """Return the project folder and the words in which to answer about a round: as asked for, else the round's own."""
    said = _words_of(language)
    folder = _project_folder(project, said)
    _check_round(folder, round_id, said)
    if language is not None:
        return folder, said
    from analysis.rounds.faults import FaultsFoundError  # noqa: PLC0415
    from analysis.rounds.rounds import load_round  # noqa: PLC0415

    try:
        return folder, words(load_round(folder, round_id).settings.language)
    except FaultsFoundError:
        # what is wrong with the settings is what the command is about to say
        return folder, said


def _check_formats(said: Words, formats: Sequence[str]) -> None:
    if not formats:
        _wrong_usage(said, "no_format", known=_listed(said, FORMATS))
    for form in formats:
        if form not in FORMATS:
            _wrong_usage(said, "unknown_format", format=form, known=_listed(said, FORMATS))


def _check_round(project: Path, round_id: str, said: Words) -> None:
    from analysis.rounds.rounds import list_rounds  # noqa: PLC0415

    raw = project / "data" / "raw"
    known = list_rounds(project)
    # a folder without settings is a round with a fault, which the check reports
    if round_id in known or round_id in {folder.name for folder in raw.iterdir() if folder.is_dir()}:
        return
    if known:
        _wrong_usage(said, "unknown_round", round=round_id, known=_listed(said, known))
    _wrong_usage(said, "no_rounds", round=round_id)


def _project_folder(given: Path | None, said: Words) -> Path:
    """Return the project folder; where there is none the command ends."""
    from analysis.rounds.rounds import ProjectNotFoundError, find_project  # noqa: PLC0415

    if given is not None:
        if not (given / "data" / "raw").is_dir():
            _wrong_usage(said, "no_data_raw", folder=str(given))
        return given.resolve()
    try:
        return find_project()
    except ProjectNotFoundError as missing:
        _wrong_usage(said, "no_project", start=str(missing.start))


def _wrong_usage(said: Words, key: str, /, **places: str) -> NoReturn:
    """Say what was wrong with the command and end it."""
    typer.echo(said(f"cli.usage.{key}", **places).plain, err=True)
    raise typer.Exit(WRONG_USAGE)


def _say(said: Words, key: str, /, **places: str) -> None:
    typer.echo(said(f"cli.{key}", **places).plain)


def _listed(said: Words, items: Sequence[str]) -> str:
    return said.label("cli.list").join(items)
