"""The command `assess`: thin, one function per command. Nothing heavy is imported before it is needed."""

from __future__ import annotations

import io
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, NoReturn

import typer

from analysis.faults import Fault
from analysis.words import LANGUAGES, words

if TYPE_CHECKING:
    from analysis.stages import Assessment

FORMATS: Final = ("html", "pdf", "xlsx", "figures")

DATA_BLOCK: Final = 1
WRONG_USAGE: Final = 2
INTERRUPTED: Final = 130

#: one cause can raise the same warning in a thousand rows
ALIKE_SHOWN: Final = 20

WORDS: Final = words("zh")


def _help(name: str) -> str:
    return WORDS.label(f"cli.help.{name}")


app = typer.Typer(
    help=WORDS.label("cli.about"),
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

ProjectOption = Annotated[Path | None, typer.Option("--project", help=_help("project"), show_default=False)]
RoundArgument = Annotated[str, typer.Argument(metavar="ROUND", help=_help("round"), show_default=False)]


def main() -> None:
    """Run the command line; the entry point of `assess` and of `python -m analysis`."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # a GBK or ASCII console lacks some signs: print a question mark, never crash
            stream.reconfigure(errors="replace")
    app()


@app.command(help=_help("run"))
def run(  # noqa: PLR0917 — options, given by name
    round_id: RoundArgument,
    project: ProjectOption = None,
    formats: Annotated[str, typer.Option("--formats", help=_help("formats"))] = ",".join(FORMATS),
    units: Annotated[str, typer.Option("--units", help=_help("units"), show_default=False)] = "",
    lang: Annotated[str, typer.Option("--lang", help=_help("lang"))] = "zh",
    jobs: Annotated[int, typer.Option("--jobs", help=_help("jobs"))] = 2,
    out: Annotated[Path | None, typer.Option("--out", help=_help("out"), show_default=False)] = None,
) -> None:
    """Compute a round and publish its report."""
    _check_language(lang)
    _check_formats(parts(formats))
    if jobs < 1:
        _wrong_usage("jobs")
    folder = _project_folder(project)
    _check_round(folder, round_id)
    try:
        from rich.console import Console  # noqa: PLC0415

        from analysis import pipeline  # noqa: PLC0415

        order = pipeline.Order(folder, round_id, parts(formats), parts(units), lang, jobs, out)
        status = pipeline.run(order, Console(markup=False, highlight=False, emoji=False))
    except KeyboardInterrupt:
        _say("interrupted")
        status = INTERRUPTED
    raise typer.Exit(status)


@app.command(help=_help("check"))
def check(round_id: RoundArgument, project: ProjectOption = None) -> None:
    """List everything wrong with the settings, the rulebook and the files of a round."""
    folder = _project_folder(project)
    _check_round(folder, round_id)
    from analysis import stages  # noqa: PLC0415

    checked = stages.check(folder, round_id)
    _list_faults(checked.faults)
    if checked.faults:
        kinds = Counter(fault.severity for fault in checked.faults)
        counts = {kind: str(kinds[kind]) for kind in ("blocks", "warns", "notes")}
        _say("faults.checked", round=round_id, **counts)
    else:
        _say("faults.clean", round=round_id)
    raise typer.Exit(DATA_BLOCK if checked.blocked else 0)


@app.command(help=_help("rulebook"))
def rulebook(  # noqa: PLR0917 — options, given by name
    round_id: RoundArgument,
    project: ProjectOption = None,
    only_check: Annotated[bool, typer.Option("--check", help=_help("rulebook_check"))] = False,
    xlsx: Annotated[Path | None, typer.Option("--xlsx", help=_help("xlsx"), show_default=False)] = None,
    from_xlsx: Annotated[
        Path | None, typer.Option("--from-xlsx", help=_help("from_xlsx"), show_default=False)
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=_help("dry_run"))] = False,
) -> None:
    """Print the rule set as the familiar table, check it, write it as a workbook or read one back."""
    path = _rulebook_path(_project_folder(project), round_id)
    if from_xlsx is not None:
        raise typer.Exit(_read_back(from_xlsx, path, dry_run=dry_run))
    from analysis import measures  # noqa: PLC0415
    from analysis import rulebook as rulebooks  # noqa: PLC0415

    rules, faults = rulebooks.load(path, known=measures.is_known, measures=sorted(measures.known_measures()))
    if only_check or rules is None:
        _list_faults(faults)
        blocks = sum(fault.severity == "blocks" for fault in faults)
        _say("rulebook.faulty" if faults else "rulebook.clean", file=path.name, count=str(len(faults)))
        raise typer.Exit(DATA_BLOCK if blocks or rules is None else 0)
    from analysis import ruletable, show  # noqa: PLC0415
    from analysis.rulefile import RuleFile  # noqa: PLC0415

    file = RuleFile.read(path)
    table = ruletable.table_of(rules, file, WORDS)
    if xlsx is None:
        show.rule_table(show.console(), table, WORDS)
        return
    try:
        ruletable.write(table, ruletable.parameters_of(file, WORDS), xlsx, WORDS)
    except OSError as refused:
        _wrong_usage("unwritable", file=str(xlsx), reason=refused.strerror or "")
    _say("rulebook.written", file=str(xlsx), round=round_id)


@app.command(help=_help("explain"))
def explain(
    round_id: RoundArgument,
    unit: Annotated[str, typer.Argument(metavar="UNIT", help=_help("unit"), show_default=False)],
    indicator: Annotated[
        str, typer.Argument(metavar="[INDICATOR]", help=_help("indicator"), show_default=False)
    ] = "",
    project: ProjectOption = None,
) -> None:
    """Say where a score comes from: rule, arithmetic, values, cells."""
    from analysis import explain as explaining  # noqa: PLC0415
    from analysis import show  # noqa: PLC0415

    assessment = _assessment(_project_folder(project), round_id)
    rules = assessment.settings.rulebook
    if rules is None:
        _wrong_usage("no_rulebook", round=round_id)
    try:
        code = explaining.unit_called(unit, assessment.roll).code
        if not indicator:
            show.unit(show.console(), explaining.unit(assessment, code), WORDS)
            return
        asked = explaining.item_called(indicator, rules, WORDS)
    except explaining.UnknownNameError as unknown:
        _unknown(unknown.kind, unknown.text, unknown.meant, unknown.known)
    show.item(show.console(), explaining.item(assessment, code, asked), WORDS)


@app.command("what-if", help=_help("what_if"))
def what_if(  # noqa: PLR0917 — options, given by name
    round_id: RoundArgument,
    project: ProjectOption = None,
    values: Annotated[list[str] | None, typer.Option("--set", help=_help("set"), show_default=False)] = None,
    rules: Annotated[list[str] | None, typer.Option("--rule", help=_help("rule"), show_default=False)] = None,
    whole: Annotated[str, typer.Option("--rulebook", help=_help("whole"), show_default=False)] = "",
    reach: Annotated[bool, typer.Option("--reach", help=_help("reach"))] = False,
) -> None:
    """Show scores, ranks and grades with a value, a rule or the whole rule set changed."""
    from analysis import supposing  # noqa: PLC0415

    assessment = _assessment(_project_folder(project), round_id)
    question = supposing.Question(tuple(values or ()), tuple(rules or ()), whole, reach)
    try:
        faults = supposing.answer(assessment, question, WORDS)
    except supposing.WrongQuestionError as wrong:
        typer.echo(wrong.text, err=True)
        raise typer.Exit(WRONG_USAGE) from wrong
    if faults:
        _list_faults(faults)
        raise typer.Exit(DATA_BLOCK)


@app.command(help=_help("new"))
def new(
    new_round: Annotated[str, typer.Argument(metavar="NEW", help=_help("new_round"), show_default=False)],
    old: Annotated[str, typer.Option("--from", metavar="OLD", help=_help("from_round"), show_default=False)],
    project: ProjectOption = None,
) -> None:
    """Make the folder of the next round from the settings of an earlier one."""
    folder = _project_folder(project)
    _check_round(folder, old)
    from analysis import newround  # noqa: PLC0415

    try:
        made = newround.make(folder, new_round, old, WORDS)
    except newround.NewRoundError as refused:
        typer.echo(WORDS(f"cli.new.{refused.reason}", **refused.places).plain, err=True)
        raise typer.Exit(WRONG_USAGE) from refused
    _say("new.made", round=new_round, place=made.folder.relative_to(folder).as_posix())
    _say("new.decided")
    for decision in made.decisions:
        _say("new.place", file=decision.file, key=decision.key, what=decision.what)
    if made.awaited:
        _say("new.files")
    for file, ledgers in made.awaited:
        _say("new.file", file=file, ledgers=_listed(ledgers))
    _say("new.next", round=new_round)


def _read_back(workbook: Path, path: Path, *, dry_run: bool) -> int:
    """List what an edited workbook changes and, if the whole is sound, change the rulebook; return the status."""
    from analysis import measures, ruletable, show  # noqa: PLC0415
    from analysis.intake import fault_line  # noqa: PLC0415

    if not workbook.is_file():
        _wrong_usage("no_file", file=str(workbook))
    back = ruletable.read_back(
        workbook, path, WORDS, known=measures.is_known, measures=sorted(measures.known_measures())
    )
    out = show.console()
    show.changes(out, back.changes, WORDS)
    for number, fault in enumerate(back.faults):
        line = fault_line(fault, WORDS)
        if number in back.cells:
            sheet, cell = back.cells[number]
            line = WORDS(
                "ruletable.from_cell", workbook=workbook.name, sheet=sheet, cell=cell, line=line
            ).plain
        show.say(out, line)
    if back.file is None or any(fault.severity == "blocks" for fault in back.faults):
        _say("rulebook.refused", count=str(len(back.faults)), file=path.name)
        return DATA_BLOCK
    if not back.changes:
        _say("rulebook.nothing", file=path.name)
    elif dry_run:
        _say("rulebook.would", count=str(len(back.changes)), file=path.name)
    else:
        ruletable.save(back.file, path)
        _say("rulebook.changed", count=str(len(back.changes)), file=path.name)
    return 0


def _rulebook_path(folder: Path, round_id: str) -> Path:
    _check_round(folder, round_id)
    path = folder / "data" / "raw" / round_id / "rulebook.yaml"
    if not path.is_file():
        _wrong_usage("no_rulebook", round=round_id)
    return path


def _assessment(folder: Path, round_id: str) -> Assessment:
    """Return a round computed as far as its scores; where its data do not allow it the command ends."""
    _check_round(folder, round_id)
    from analysis import stages  # noqa: PLC0415
    from analysis.faults import FaultsFoundError  # noqa: PLC0415

    try:
        return stages.open_assessment(round_id, "indicators", project=folder)
    except FaultsFoundError as found:
        _list_faults(found.faults)
        raise typer.Exit(DATA_BLOCK) from found


def _unknown(kind: str, text: str, meant: str, known: Sequence[str]) -> NoReturn:
    """Say that there is no unit or indicator of a name, what was probably meant, and what there is."""
    hint = WORDS("cli.usage.meant", meant=meant).plain if meant else ""
    places = {kind: text, "known": _listed(known)}
    typer.echo(hint + WORDS(f"cli.usage.unknown_{kind}", **places).plain, err=True)
    raise typer.Exit(WRONG_USAGE)


def parts(text: str) -> tuple[str, ...]:
    """Return the parts of a list written with commas, Chinese ones too, without repetition."""
    written = text.replace("，", ",").replace("、", ",").split(",")
    return tuple(dict.fromkeys(part.strip() for part in written if part.strip()))


def _list_faults(faults: Sequence[Fault]) -> None:
    """Print what blocks, all of it, then the rest; of warnings alike in one file the first few and their number."""
    from analysis.intake import fault_line  # noqa: PLC0415

    alike: Counter[tuple[str, str]] = Counter()
    for fault in sorted(faults, key=lambda fault: fault.severity != "blocks"):
        kind = (fault.check, fault.file)
        alike[kind] += fault.severity != "blocks"
        if alike[kind] <= ALIKE_SHOWN:
            typer.echo(fault_line(fault, WORDS))
    for (_, file), count in alike.items():
        if count > ALIKE_SHOWN:
            _say("faults.alike", file=file, count=str(count - ALIKE_SHOWN))


def _check_language(language: str) -> None:
    if language not in LANGUAGES:
        _wrong_usage("unknown_language", language=language, known=_listed(LANGUAGES))
    if language != "zh":
        _wrong_usage("no_english")


def _check_formats(formats: Sequence[str]) -> None:
    if not formats:
        _wrong_usage("no_format", known=_listed(FORMATS))
    for form in formats:
        if form not in FORMATS:
            _wrong_usage("unknown_format", format=form, known=_listed(FORMATS))


def _check_round(project: Path, round_id: str) -> None:
    from analysis.rounds import list_rounds  # noqa: PLC0415

    raw = project / "data" / "raw"
    known = list_rounds(project)
    # a folder without settings is a round with a fault, which the check reports
    if round_id in known or round_id in {folder.name for folder in raw.iterdir() if folder.is_dir()}:
        return
    if known:
        _wrong_usage("unknown_round", round=round_id, known=_listed(known))
    _wrong_usage("no_rounds", round=round_id)


def _project_folder(given: Path | None) -> Path:
    """Return the project folder; where there is none the command ends."""
    from analysis.rounds import ProjectNotFoundError, find_project  # noqa: PLC0415

    if given is not None:
        if not (given / "data" / "raw").is_dir():
            _wrong_usage("no_data_raw", folder=str(given))
        return given.resolve()
    try:
        return find_project()
    except ProjectNotFoundError as missing:
        _wrong_usage("no_project", start=str(missing.start))


def _wrong_usage(key: str, /, **places: str) -> NoReturn:
    """Say what was wrong with the command and end it."""
    typer.echo(WORDS(f"cli.usage.{key}", **places).plain, err=True)
    raise typer.Exit(WRONG_USAGE)


def _say(key: str, /, **places: str) -> None:
    typer.echo(WORDS(f"cli.{key}", **places).plain)


def _listed(items: Sequence[str]) -> str:
    return WORDS.label("cli.list").join(items)
