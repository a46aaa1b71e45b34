"""What the commands share: their common options, how project and round are opened, and how things are said.

Nothing heavy is imported before it is needed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, NoReturn

import typer

from analysis.rounds.faults import Fault, FaultsFoundError
from analysis.rounds.levels import LEVELS
from analysis.words import LANGUAGES, OFFICE, Words, words

if TYPE_CHECKING:
    from analysis.results.assessment import Assessment


DONE: Final = 0
DATA_BLOCK: Final = 1
WRONG_USAGE: Final = 2
FAILED: Final = 3
INTERRUPTED: Final = 130

#: one cause can raise the same warning in a thousand rows
ALIKE_SHOWN: Final = 20


def both(key: str) -> str:
    """Return a label in all languages: help is printed before anybody could name one."""
    return " / ".join(words(language).label(key) for language in LANGUAGES)


def help_of(name: str) -> str:
    """Return the help of a command or an option."""
    return both(f"cli.help.{name}")


ProjectOption = Annotated[Path | None, typer.Option("--project", help=help_of("project"), show_default=False)]
LanguageOption = Annotated[
    str | None, typer.Option("--lang", help=help_of("answer_lang"), show_default=False)
]


def _levels_in(said: Words) -> str:
    """Return the help on the disclosure levels: every one with what it is called."""
    levels = said.list(said.noted(level, said.label(f"report.disclosure.{level}")) for level in LEVELS)
    return said("cli.help.disclosure", levels=levels).plain


_LEVELS_HELP: Final = " / ".join(_levels_in(words(language)) for language in LANGUAGES)
#: which edition is meant: how much it discloses, its language, where it stands
LevelOption = Annotated[str | None, typer.Option("--disclosure", help=_LEVELS_HELP, show_default=False)]
EditionLanguageOption = Annotated[
    str | None, typer.Option("--lang", help=help_of("lang"), show_default=False)
]
OutOption = Annotated[Path | None, typer.Option("--out", help=help_of("out"), show_default=False)]
RoundArgument = Annotated[str, typer.Argument(metavar="ROUND", help=help_of("round"), show_default=False)]


def words_of(language: str | None) -> Words:
    """Return the words of a language; where there is none of that name the command ends."""
    if language is not None and language not in LANGUAGES:
        said = words(OFFICE)
        wrong_usage(said, "unknown_language", language=language, known=listed(said, LANGUAGES))
    return words(language or OFFICE)


def opened(project: Path | None, round_id: str, language: str | None) -> tuple[Path, Words]:
    """Return the project folder and the words in which to answer about a round: as asked for, else the round's own."""
    said = words_of(language)
    folder = project_folder(project, said)
    _check_round(folder, round_id, said)
    if language is not None:
        return folder, said
    from analysis.rounds.rounds import load_round

    try:
        return folder, words(load_round(folder, round_id).settings.language)
    except FaultsFoundError:
        # what is wrong with the settings is what the command is about to say
        return folder, said


def words_for(project: Path | None, round_id: str | None, language: str | None) -> Words:
    """Return the words in which to say of a round what came in the way of a command: the round's where it says."""
    from analysis.rounds.rounds import ProjectNotFoundError, find_project, load_round

    if language in LANGUAGES or round_id is None:
        return words(language or OFFICE)
    try:
        return words(load_round(project or find_project(), round_id).settings.language)
    except (FaultsFoundError, ProjectNotFoundError, OSError):
        return words(OFFICE)


def project_folder(given: Path | None, said: Words) -> Path:
    """Return the project folder; where there is none the command ends."""
    from analysis.rounds.rounds import ProjectNotFoundError, find_project

    if given is not None:
        if not (given / "data" / "raw").is_dir():
            wrong_usage(said, "no_data_raw", folder=str(given))
        return given.resolve()
    try:
        return find_project()
    except ProjectNotFoundError as missing:
        wrong_usage(said, "no_project", start=str(missing.start))


def _check_round(project: Path, round_id: str, said: Words) -> None:
    from analysis.rounds.rounds import list_rounds

    raw = project / "data" / "raw"
    known = list_rounds(project)
    # a folder without settings is a round with a fault, which the check reports
    if round_id in known or round_id in {folder.name for folder in raw.iterdir() if folder.is_dir()}:
        return
    if known:
        wrong_usage(said, "unknown_round", round=round_id, known=listed(said, known))
    wrong_usage(said, "no_rounds", round=round_id)


def checked_level(said: Words, disclosure: str | None) -> None:
    """End the command where there is no such disclosure level."""
    if disclosure is not None and disclosure not in LEVELS:
        wrong_usage(said, "unknown_level", level=disclosure, known=listed(said, LEVELS))


def computed(folder: Path, round_id: str, said: Words) -> Assessment:
    """Return a round computed as far as its scores; where its data do not allow it the command ends."""
    from analysis.run import stages

    try:
        return stages.open_assessment(round_id, "indicators", said.language, folder)
    except FaultsFoundError as found:
        list_faults(said, found.faults)
        raise typer.Exit(DATA_BLOCK) from found


def list_faults(said: Words, faults: Sequence[Fault]) -> None:
    """Print what blocks, all of it, then the rest; of warnings alike in one file the first few and their number.

    Those of which the same is to be said are one line.
    """
    from analysis.intake import fault_line
    from analysis.rounds.faults import together

    alike: Counter[tuple[str, str]] = Counter()
    for fault in together(sorted(faults, key=lambda fault: fault.severity != "blocks"), across_units=True):
        kind = (fault.check, fault.file)
        alike[kind] += fault.severity != "blocks"
        if alike[kind] <= ALIKE_SHOWN:
            typer.echo(fault_line(fault, said))
    for (_, file), count in alike.items():
        if count > ALIKE_SHOWN:
            say(said, "faults.alike", file=file, count=str(count - ALIKE_SHOWN))


def unknown_name(said: Words, kind: str, text: str, meant: str, known: Sequence[str]) -> NoReturn:
    """Say that there is no unit or indicator of a name, what was probably meant, and what there is."""
    hint = said("cli.usage.meant", meant=meant).plain if meant else ""
    places = {kind: text, "known": listed(said, known)}
    typer.echo(hint + said(f"cli.usage.unknown_{kind}", **places).plain, err=True)
    raise typer.Exit(WRONG_USAGE)


def wrong_usage(said: Words, key: str, /, **places: str) -> NoReturn:
    """Say what was wrong with the command and end it."""
    typer.echo(said(f"cli.usage.{key}", **places).plain, err=True)
    raise typer.Exit(WRONG_USAGE)


def say(said: Words, key: str, /, **places: str) -> None:
    """Print one sentence of the command line (`cli.<key>`)."""
    typer.echo(said(f"cli.{key}", **places).plain)


def listed(said: Words, items: Sequence[str]) -> str:
    """Return names in a row, with the sign of the language between them."""
    return said.label("cli.list").join(items)


def parts(text: str) -> tuple[str, ...]:
    """Return the parts of a list written with commas, Chinese ones too, without repetition."""
    written = text.replace("，", ",").replace("、", ",").split(",")
    return tuple(dict.fromkeys(part.strip() for part in written if part.strip()))
