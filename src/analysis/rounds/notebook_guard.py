"""What a notebook holds its parameters and its place to before anything is computed, however it was started.

`assess run` gives right parameters. papermill injects whatever it was told, warns of names the notebook does not know
and goes on with the defaults; so the set-up call looks at what was injected. It looks at nothing else: in JupyterLab a
person may set what variables he likes.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from analysis.rounds.faults import FaultsFoundError
from analysis.rounds.refusals import QuestionError
from analysis.rounds.rounds import ProjectNotFoundError, find_project, load_round
from analysis.rounds.settings_files import suggestion
from analysis.words import LANGUAGES, Words, words

#: how the cell begins that papermill injects
_INJECTED: Final = "# Parameters\n"
#: what may be given for a parameter of a type; papermill makes numbers of what looks like one, a year or a code
_ACCEPTED: Final[dict[str, tuple[type, ...]]] = {
    "str": (str, int),
    "int": (int,),
    "float": (float, int),
    "bool": (bool,),
}


class NotebookRefusedError(QuestionError):
    """A notebook that cannot be run as it was started."""


class Parameter(NamedTuple):
    """A parameter as a cell assigns it: its type, empty where none is written, and its value."""

    kind: str
    value: Any


def check(project: Path | None = None) -> None:
    """Hold the notebook of this kernel to its parameters, and find its project; outside a kernel nothing is asked.

    Args:
        project: the project folder where it was named.

    Raises:
        NotebookRefusedError: papermill injected a parameter the notebook does not have, or one of another type; or no
            project stands around the working directory.
    """
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is None:
        return
    inputs: Sequence[str] = shell.user_ns.get("In", ())
    check_injected(inputs, project)
    if project is None:
        try:
            find_project()
        except ProjectNotFoundError as missing:
            said = words(_language(_given(inputs), None))
            raise NotebookRefusedError(
                said("notebook.no_project", start=str(missing.start)).plain
            ) from missing


def check_injected(inputs: Sequence[str], project: Path | None = None) -> None:
    """Hold what papermill injected against the cell of the parameters, which was executed just before.

    Args:
        inputs: the sources executed in this kernel, in their order.
        project: the project folder; left out, the one around the working directory.

    Raises:
        NotebookRefusedError: a name that cell does not have, or a value of another type.
    """
    declared, injected = _cells(inputs)
    if not declared:
        return
    said = words(_language({**declared, **injected}, project))
    for name, given in injected.items():
        if name not in declared:
            meant = suggestion(name, [*declared])
            hint = said("notebook.meant", name=meant).plain if meant else ""
            known = said.label("punctuation.list").join(declared)
            raise NotebookRefusedError(said("notebook.unknown", name=name, meant=hint, known=known).plain)
        accepted = _ACCEPTED.get(declared[name].kind)
        # True counts as a number in Python only
        wrong = accepted and (
            not isinstance(given.value, accepted) or (bool not in accepted and given.value is True)
        )
        if wrong:
            kind = said.label(f"notebook.kind.{declared[name].kind}")
            raise NotebookRefusedError(
                said("notebook.wrong_type", name=name, kind=kind, value=repr(given.value)).plain
            )


def assigned(source: str) -> dict[str, Parameter]:
    """Return the parameters a cell assigns; none where it does anything else."""
    try:
        statements = ast.parse(source).body
    except SyntaxError:
        return {}
    found: dict[str, Parameter] = {}
    for statement in statements:
        if isinstance(statement, ast.AnnAssign):
            target: ast.expr = statement.target
            value, kind = statement.value, ast.unparse(statement.annotation)
        elif isinstance(statement, ast.Assign):
            target, value, kind = statement.targets[-1], statement.value, ""
        else:
            return {}
        if not isinstance(target, ast.Name) or value is None:
            return {}
        try:
            found[target.id] = Parameter(kind, ast.literal_eval(value))
        except ValueError:
            return {}
    return found


def _cells(inputs: Sequence[str]) -> tuple[dict[str, Parameter], dict[str, Parameter]]:
    """Return what the cell of the parameters assigns and what papermill injected behind it."""
    for place in range(len(inputs) - 1, 0, -1):
        if inputs[place].startswith(_INJECTED):
            return assigned(inputs[place - 1]), assigned(inputs[place])
    return {}, {}


def _given(inputs: Sequence[str]) -> dict[str, Parameter]:
    declared, injected = _cells(inputs)
    return {**declared, **injected}


def _language(given: Mapping[str, Parameter], project: Path | None) -> str:
    """Return the language to answer in: as given, else the round's, else Chinese."""
    asked = given.get("language")
    if asked and asked.value in LANGUAGES:
        return str(asked.value)
    round_id = given.get("round_id")
    if round_id is None:
        return LANGUAGES[0]
    try:
        return load_round(project or find_project(), round_id.value).settings.language
    except (FaultsFoundError, ProjectNotFoundError):
        return LANGUAGES[0]


def said_in(notebook_sources: Sequence[str]) -> Words:
    """Return the words in which to speak of a notebook that has not told its language: by its parameters."""
    given: dict[str, Parameter] = {}
    for source in notebook_sources:
        given |= assigned(source)
    return words(_language(given, None))
