"""The notebooks of the project executed in this process, without a kernel, for tests that read what they export."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_output

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"


def execute(name: str, **parameters: str) -> nbformat.NotebookNode:
    """Return a notebook with its outputs; every code cell ends with the expression it shows.

    The working directory must lie in the project.
    """
    notebook: Any = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)  # type: ignore[no-untyped-call]
    known: dict[str, Any] = {}
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        if "parameters" in cell.metadata.get("tags", ()):
            exec(cell.source, known)
            known |= parameters
            continue
        tree = ast.parse(cell.source)
        shown = tree.body.pop()
        assert isinstance(shown, ast.Expr), cell.source
        exec(compile(tree, name, "exec"), known)
        display = eval(compile(ast.Expression(shown.value), name, "eval"), known)
        cell.outputs = [new_output("execute_result", display._repr_mimebundle_())]
    return notebook
