"""The command `assess`, put together from its commands."""

from __future__ import annotations

import atexit
import functools
import gc
import io
import os
import sys
from collections.abc import Callable
from typing import Any, Final, NoReturn

import typer

from analysis.cli import (
    archive,
    check,
    desk,
    diff,
    explain,
    ledger,
    map,
    new,
    rulebook,
    run,
    start,
    status,
    template,
    verify,
    what_if,
)
from analysis.cli.shared import FAILED, INTERRUPTED, both, help_of, words_for


def _told(command: Callable[..., None]) -> Callable[..., None]:
    """Return a command that tells in a sentence what the machine refuses, and ends with the status of a failure."""

    @functools.wraps(command)
    def telling(*args: Any, **given: Any) -> None:
        try:
            command(*args, **given)
        except BrokenPipeError:
            # whoever reads has read enough
            raise
        except (OSError, MemoryError) as refused:
            from analysis.run.machine import trouble_of

            trouble = trouble_of(refused)
            if trouble is None:
                raise
            said = words_for(given.get("project"), given.get("round_id"), given.get("lang"))
            typer.echo(said("cli.machine.told", what=trouble.sentence(said)).plain, err=True)
            raise typer.Exit(FAILED) from refused

    return telling


#: in the order of the help
COMMANDS: Final[dict[str, Callable[..., None]]] = {
    "start": start.start,
    "run": run.run,
    "check": check.check,
    "status": status.status,
    "desk": desk.desk,
    "ledger": ledger.ledger,
    "verify": verify.verify,
    "rulebook": rulebook.rulebook,
    "explain": explain.explain,
    "what-if": what_if.what_if,
    "diff": diff.diff,
    "archive": archive.archive,
    "new": new.new,
    "map": map.propose_map,
    "template": template.template,
}

app = typer.Typer(
    help=both("cli.about"),
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    # the panels of rich lose letters where Chinese and Latin script meet at the end of a line
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _name, _command in COMMANDS.items():
    _key = _name.replace("-", "_")
    app.command(_name, help=help_of(_key), short_help=both(f"cli.brief.{_key}"))(_told(_command))


def main() -> None:
    """Run the command line; the entry point of `assess` and of `python -m analysis`."""
    # what is read and computed lives to the end: to look for garbage after every 700 new objects costs a tenth of a run
    gc.set_threshold(100_000, 20, 50)
    # where JupyterLab is installed jsonschema has it build grammars of web addresses, which nothing here asks for: a
    # second at every start
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # a GBK or ASCII console lacks some signs: print a question mark, never crash
            stream.reconfigure(errors="replace")
    # what is left when the command is done goes with the process; looked through for garbage it would take its time
    atexit.register(gc.freeze)
    try:
        app()
    except SystemExit as end:
        if end.code == INTERRUPTED:
            _end_now()
        raise


def _end_now() -> NoReturn:
    """End the process without waiting for what compiled libraries still do in its threads."""
    from multiprocessing import active_children

    for process in active_children():
        process.kill()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(INTERRUPTED)
