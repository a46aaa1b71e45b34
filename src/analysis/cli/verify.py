"""`assess verify`: whether a published edition comes out again, and if not, why."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Annotated, Final

import typer

from analysis.cli.shared import (
    DATA_BLOCK,
    FAILED,
    INTERRUPTED,
    EditionLanguageOption,
    LevelOption,
    OutOption,
    ProjectOption,
    RoundArgument,
    checked_level,
    help_of,
    list_faults,
    listed,
    opened,
    say,
    words_of,
    wrong_usage,
)
from analysis.rounds.faults import FaultsFoundError
from analysis.words import Words

if TYPE_CHECKING:
    from analysis.run.verifying import Verdict

#: of many files, so many are named
_NAMED: Final = 6
DIFFERS: Final = 4


def verify(
    round_id: RoundArgument,
    project: ProjectOption = None,
    lang: EditionLanguageOption = None,
    disclosure: LevelOption = None,
    out: OutOption = None,
    jobs: Annotated[int, typer.Option("--jobs", min=1, help=help_of("jobs"))] = 2,
) -> None:
    """Make a published edition anew in a folder of its own and compare every file."""
    checked_level(words_of(lang), disclosure)
    folder, said = opened(project, round_id, lang)
    # as Ctrl-C: what was begun goes
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        from analysis.run import verifying
        from analysis.run.orders import Order
        from analysis.run.report_folder import RoundBusyError

        say(said, "verify.begun")
        order = Order(folder, round_id, language=lang, jobs=jobs, out=out, disclosure=disclosure)
        found = verifying.verify(order)
    except FaultsFoundError as faulty:
        list_faults(said, faulty.faults)
        raise typer.Exit(DATA_BLOCK) from faulty
    except RoundBusyError as busy:
        key, places = busy.told(round_id)
        wrong_usage(said, key, **places)
    except KeyboardInterrupt:
        say(said, "verify.interrupted")
        raise typer.Exit(INTERRUPTED) from None
    if found is None:
        wrong_usage(said, "not_published", round=round_id)
    raise typer.Exit(_told(said, found))


def _told(said: Words, found: Verdict) -> int:
    """Say what came of it and return the exit status."""
    if not (found.differing or found.refused):
        say(said, "verify.identical", count=str(found.files))
        return 0
    if found.refused:
        say(said, "verify.refused")
        typer.echo(found.refused)
    else:
        count = str(len(found.differing))
        say(said, "verify.differs", count=count, files=_some(said, found.differing))
    if found.figure is not None:
        nothing = said.label("verify.nothing")
        shown = {"published": found.figure.published or nothing, "now": found.figure.now or nothing}
        say(said, "verify.figure", file=found.figure.file, row=found.figure.row, **shown)
    elif not found.refused:
        say(said, "verify.no_figure")
    for cause in found.causes:
        named = said("cli.verify.named", what=_some(said, cause.what)).plain if cause.what else ""
        say(said, f"verify.because.{cause.kind}", named=named)
    if not found.causes:
        say(said, "verify.unexplained")
    if found.status == FAILED:
        # a machine that refuses the work says nothing of the edition
        say(said, "verify.stands")
        return FAILED
    return DIFFERS


def _some(said: Words, names: tuple[str, ...]) -> str:
    """Return the first of many names, and how many there are."""
    told = listed(said, names[:_NAMED])
    if len(names) <= _NAMED:
        return told
    return said("cli.faults.and_more", names=told, count=str(len(names))).plain
