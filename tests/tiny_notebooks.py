"""Notebooks of two lines, to try the road without the report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat


def tiny_notebook(path: Path, *cells: str, unit: bool = False, level: bool = False) -> Path:
    """Write a notebook: a parameters cell, then the cells given; those that begin with `#` are headings."""
    parameters = 'round_id: str = "1999"\nlanguage: str = "zh"' + ('\nunit: str = "1"' if unit else "")
    parameters += '\ndisclosure: str = "internal"' if level else ""
    tagged = {"tags": ["parameters"]}
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(parameters, id="parameters", metadata=tagged)],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    )
    for number, source in enumerate(cells):
        new = nbformat.v4.new_markdown_cell if source.startswith("#") else nbformat.v4.new_code_cell
        notebook.cells.append(new(source, id=f"cell-{number}"))
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
    return path


def result(path: Path, cell: int = -1) -> str:
    """Return what the last (or another) cell of an executed notebook displayed, as text."""
    return str(executed(path).cells[cell].outputs[0]["data"]["text/plain"])


def executed(path: Path) -> Any:
    """Return an executed notebook."""
    return nbformat.read(path, as_version=4)
