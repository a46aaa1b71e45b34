"""The notebooks stay thin: parameters, one set-up cell, then headings and one expression each."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

from analysis.report.card import UnitCard
from analysis.run.opening import PAGES
from analysis.run.pipeline import AT_EVERY_LEVEL, CARD, NOTEBOOKS

FOLDER = Path(__file__).parents[1] / "notebooks"
NAMES = (*NOTEBOOKS, CARD)
SECTIONS = {
    "5_report": [
        "summary", "organisation", "results", "firmness", "declines", "progress", "gaps", "achievements", "problems",
        "rectification", "requirements", "annex-indicators", "annex-scores", "annex-quality", "annex-corrections",
        "annex-compare", "annex-provenance",
    ],
    "6_bulletin": ["opening", "stages", "grading", "situation", "next-steps", "closing"],
    "unit": ["summary", "past", "changes", "losses", "place", "problems"],
}  # fmt: skip
#: the last parameter of what is shared outside, too
LEVEL = {name: ["disclosure"] for name in AT_EVERY_LEVEL}
CONTROL = (
    ast.If, ast.For, ast.While, ast.Try, ast.With, ast.Match, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef,
    ast.Lambda, ast.IfExp, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp,
)  # fmt: skip


def read(name: str) -> Any:
    return nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)


def tags(cell: Any) -> list[str]:
    return list(cell.metadata.get("tags", []))


def sections(notebook: Any) -> list[tuple[Any, Any]]:
    """Return the cells after parameters and set-up, two by two: heading and expression."""
    rest = notebook.cells[2:]
    return list(zip(rest[::2], rest[1::2], strict=True))


def test_the_folder_holds_the_road_and_nothing_else() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.ipynb")) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_is_valid_and_committed_clean(name: str) -> None:
    notebook = read(name)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata.kernelspec.name == "python3"
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None
    written = (FOLDER / f"{name}.ipynb").read_text(encoding="utf-8")
    assert json.loads(written) == json.loads(nbformat.writes(notebook)), (
        "ids or metadata are missing in the file"
    )


@pytest.mark.parametrize("name", NAMES)
def test_cells_are_short_and_hold_no_logic(name: str) -> None:
    for cell in read(name).cells:
        assert len(cell.source.splitlines()) <= 5, cell.id
        if cell.cell_type == "code":
            found = [
                type(node).__name__ for node in ast.walk(ast.parse(cell.source)) if isinstance(node, CONTROL)
            ]
            assert not found, f"{cell.id}: {found}"


@pytest.mark.parametrize("name", NAMES)
def test_the_first_cell_declares_typed_text_parameters(name: str) -> None:
    cell = read(name).cells[0]
    assert (cell.id, tags(cell)) == ("parameters", ["parameters"])
    declared = [node for node in ast.parse(cell.source).body if isinstance(node, ast.AnnAssign)]
    assert len(declared) == len(cell.source.splitlines())
    names = [ast.unparse(node.target) for node in declared]
    assert names == ["round_id", *(["unit"] if name == CARD else []), "language", *LEVEL.get(name, [])]
    assert all(ast.unparse(node.annotation) == "str" for node in declared)
    assert all(isinstance(ast.literal_eval(node.value), str) for node in declared if node.value)


@pytest.mark.parametrize("name", NAMES)
def test_the_second_cell_opens_the_page_with_all_parameters(name: str) -> None:
    parameters, setup = read(name).cells[:2]
    assert (setup.id, tags(setup)) == ("setup", ["setup"])
    imported, opened, shown = ast.parse(setup.source).body
    assert ast.unparse(imported) == "from analysis import open_page"
    assert isinstance(opened, ast.Assign)
    assert isinstance(opened.value, ast.Call)
    page, *given = (ast.unparse(argument) for argument in opened.value.args)
    assert ast.literal_eval(page) in (*PAGES, "card")
    given += [ast.unparse(keyword.value) for keyword in opened.value.keywords]
    assert sorted(given) == sorted(line.split(":")[0] for line in parameters.source.splitlines())
    assert ast.unparse(shown) == "page"


@pytest.mark.parametrize("name", NAMES)
def test_every_section_is_a_heading_and_one_expression(name: str) -> None:
    for heading, code in sections(read(name)):
        assert heading.cell_type == "markdown"
        assert re.fullmatch(r"## .*[\u4e00-\u9fff].*", heading.source), heading.source
        assert code.cell_type == "code"
        (statement,) = ast.parse(code.source).body
        assert isinstance(statement, ast.Expr)
        assert code.source == f"page.{heading.id.replace('-', '_')}()"
        assert code.id == f"{heading.id}-cell"


@pytest.mark.parametrize("name", SECTIONS)
def test_section_ids_are_those_of_the_published_page(name: str) -> None:
    assert [heading.id for heading, _ in sections(read(name))] == SECTIONS[name]


@pytest.mark.parametrize("name", NAMES)
def test_years_and_units_stand_in_the_parameters_only(name: str) -> None:
    for cell in read(name).cells[1:]:
        assert not re.search(r"\d{4}", cell.source), f"{cell.id}: {cell.source}"


@pytest.mark.parametrize("name", NAMES)
def test_every_section_exists_on_its_page(name: str) -> None:
    notebook = read(name)
    called = re.search(r'open_page\("([a-z]+)"', notebook.cells[1].source)
    assert called is not None
    page = UnitCard if called[1] == "card" else PAGES[called[1]]
    for _, code in sections(notebook):
        assert callable(getattr(page, code.source.removeprefix("page.").removesuffix("()"), None)), (
            code.source
        )
