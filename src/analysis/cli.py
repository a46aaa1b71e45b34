"""The command `assess`: thin, one function per command. Nothing heavy is imported before it is needed."""

from __future__ import annotations

import io
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final, NoReturn

import typer

from analysis.faults import Fault
from analysis.words import LANGUAGES, words

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
