"""`assess archive`: a round packed into one file that opens years later, and such a file checked."""

from __future__ import annotations

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
    say,
    words_of,
    wrong_usage,
)
from analysis.rounds.faults import FaultsFoundError

if TYPE_CHECKING:
    from analysis.words import Words

#: folders of a project that are shared, or deleted and made again
_NOT_IN: Final = ("reports", "data")
#: so many names are told of the files that are not as they were
_SHOWN: Final = 20


def archive(
    round_id: Annotated[
        str | None, typer.Argument(metavar="ROUND", help=help_of("round"), show_default=False)
    ] = None,
    path: Annotated[
        Path | None, typer.Argument(metavar="PATH", help=help_of("archive_path"), show_default=False)
    ] = None,
    check: Annotated[
        Path | None,
        typer.Option("--check", metavar="PATH", help=help_of("archive_check"), show_default=False),
    ] = None,
    project: ProjectOption = None,
    lang: LanguageOption = None,
) -> None:
    """Pack a round into one file, or check such a file."""
    if check is not None:
        raise typer.Exit(_check(check, words_of(lang)))
    if round_id is None or path is None:
        wrong_usage(words_of(lang), "archive_needs_path")
    folder, said = opened(project, round_id, lang)
    from analysis.publish import round_archive

    target = path / said("archive.file", round=round_id).plain if path.is_dir() else path
    inside = target.resolve()
    for name in _NOT_IN:
        if inside.is_relative_to((folder / name).resolve()):
            wrong_usage(said, "archive_inside", place=str(target), folder=name)
    if target.exists():
        wrong_usage(said, "archive_exists", place=str(target))
    try:
        packed = round_archive.pack(folder, round_id, target)
    except FaultsFoundError as found:
        list_faults(said, found.faults)
        raise typer.Exit(DATA_BLOCK) from found
    except OSError as refused:
        file = str(refused.filename or target)
        wrong_usage(said, "unwritable", file=file, reason=refused.strerror or "")
    say(said, "archive.made", place=str(target), count=str(packed.files))
    say(said, "archive.finals" if packed.finals else "archive.no_finals", names=listed(said, packed.finals))
    say(said, "archive.persons")


def _check(path: Path, said: Words) -> int:
    """Say whether an archive is as it was packed; return the status."""
    from analysis.publish.round_archive import NoArchiveError
    from analysis.publish.round_archive import check as checked

    if not path.is_file():
        wrong_usage(said, "no_file", file=str(path))
    try:
        found = checked(path)
    except NoArchiveError:
        say(said, "archive.none", file=path.name)
        return DATA_BLOCK
    for kind, names in (("changed", found.changed), ("missing", found.missing), ("unlisted", found.unlisted)):
        if names:
            say(said, f"archive.{kind}", count=str(len(names)), names=listed(said, names[:_SHOWN]))
    say(said, "archive.sound" if found.is_sound else "archive.unsound", count=str(found.sound))
    return 0 if found.is_sound else DATA_BLOCK
