"""`assess start`: what a double click on `start.bat` opens: a round and what to do with it, to choose from."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import typer

from analysis.cli.shared import LanguageOption, ProjectOption, project_folder, say, words_of, wrong_usage
from analysis.words import Words

#: what may be chosen, in the order of a round; each is a command with what follows the name of the round
STEPS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("status", ()),
    ("desk", ()),
    ("desk", ("--from-xlsx",)),
    ("check", ()),
    ("run", ()),
    ("run", ("--final",)),
)
_END: Final = "0"


def start(context: typer.Context, project: ProjectOption = None, lang: LanguageOption = None) -> None:
    """Ask for a round and for what to do with it, until there is no more to do."""
    from analysis.rounds.rounds import list_rounds

    said = words_of(lang)
    folder = project_folder(project, said)
    known = list_rounds(folder)
    if not known:
        wrong_usage(said, "no_round_yet")
    round_id = _chosen(
        said("cli.start.round", known=said.label("cli.list").join(known)).plain, known, known[-1]
    )
    numbers = [str(number) for number in range(1, len(STEPS) + 1)]
    while True:
        for number, (command, options) in zip(numbers, STEPS, strict=True):
            name = "_".join([command, *(option.strip("-").replace("-", "_") for option in options)])
            typer.echo(f"  {number}  {said.label(f'cli.start.step.{name}')}")
        typer.echo(f"  {_END}  {said.label('cli.start.step.end')}")
        answer = _chosen(said("cli.start.step.ask", round=round_id).plain, [*numbers, _END], _END)
        if answer == _END:
            return
        command, options = STEPS[int(answer) - 1]
        file = _file(folder, round_id, said) if options == ("--from-xlsx",) else ()
        # a final edition is in the language of the round
        language = ["--lang", lang] if lang and command != "run" else []
        _do(context, [command, round_id, *options, *file, "--project", str(folder), *language], said)


def _chosen(question: str, choices: list[str], default: str) -> str:
    """Return an answer that is one of some; another is asked for again."""
    while True:
        answer: str = typer.prompt(question, default=default).strip()
        if answer in choices:
            return answer


def _file(folder: Path, round_id: str, said: Words) -> tuple[str]:
    """Return the workbook to be read back: by default where the desk was written."""
    usual = folder / "data" / "processed" / round_id / said("desk.file", round=round_id).plain
    # whoever drags a file onto the window gets its path in quotes
    return (typer.prompt(said.label("cli.start.file"), default=str(usual)).strip().strip('"'),)


def _do(context: typer.Context, arguments: list[str], said: Words) -> None:
    """Run a command as if it had been typed; it says itself what is wrong."""
    status = context.find_root().command.main(arguments, standalone_mode=False) or 0
    say(said, "start.done" if status == 0 else "start.not_done", command=f"assess {' '.join(arguments[:2])}")
