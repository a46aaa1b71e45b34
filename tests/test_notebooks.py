"""The notebooks stay thin: parameters, one set-up cell, then headings and one expression each."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

from analysis.report.sections import CARD, PRODUCTS, Product
from analysis.run.pages import PAGES
from analysis.words import LANGUAGES, words

FOLDER = Path(__file__).parents[1] / "notebooks"
ROAD = [pytest.param(product, id=product.notebook) for product in PRODUCTS.values()]
#: the analyst's own; what else stands in the folder is an analyst's, too, and nobody else's business
EXPLORE = "explore"
#: how far a round is; free of the rules for the road, too
DESK = "0_desk"
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
    rest = notebook.cells[[cell.id for cell in notebook.cells].index("setup") + 1 :]
    return list(zip(rest[::2], rest[1::2], strict=True))


def cell(notebook: Any, ident: str) -> Any:
    return next(each for each in notebook.cells if each.id == ident)


@pytest.mark.parametrize("name", [*(product.notebook for product in PRODUCTS.values()), EXPLORE, DESK])
def test_a_notebook_is_valid_and_committed_clean(name: str) -> None:
    notebook = read(name)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata.kernelspec.name == "python3"
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    for each in notebook.cells:
        if each.cell_type == "code":
            assert each.outputs == []
            assert each.execution_count is None
    written = (FOLDER / f"{name}.ipynb").read_text(encoding="utf-8")
    assert json.loads(written) == json.loads(nbformat.writes(notebook)), (
        "ids or metadata are missing in the file"
    )


@pytest.mark.parametrize("product", ROAD)
def test_cells_are_short_and_hold_no_logic(product: Product) -> None:
    for each in read(product.notebook).cells:
        assert len(each.source.splitlines()) <= 5, each.id
        if each.cell_type == "code":
            found = [
                type(node).__name__ for node in ast.walk(ast.parse(each.source)) if isinstance(node, CONTROL)
            ]
            assert not found, f"{each.id}: {found}"


@pytest.mark.parametrize("product", ROAD)
def test_the_parameters_are_typed_texts(product: Product) -> None:
    notebook = read(product.notebook)
    parameters = cell(notebook, "parameters")
    assert tags(parameters) == ["parameters"]
    assert [each.id for each in notebook.cells if each.cell_type == "code"][:2] == ["parameters", "setup"]
    declared = [node for node in ast.parse(parameters.source).body if isinstance(node, ast.AnnAssign)]
    assert len(declared) == len(parameters.source.splitlines())
    names = [ast.unparse(node.target) for node in declared]
    # the last parameter of what is shared outside, too, is the level
    outside = ["disclosure"] if len(product.levels) > 1 else []
    assert names == ["round_id", *(["unit"] if product.name == CARD else []), "language", *outside]
    assert all(ast.unparse(node.annotation) == "str" for node in declared)
    assert all(isinstance(ast.literal_eval(node.value), str) for node in declared if node.value)


@pytest.mark.parametrize("product", ROAD)
def test_the_set_up_opens_the_page_with_all_parameters(product: Product) -> None:
    notebook = read(product.notebook)
    setup = cell(notebook, "setup")
    assert tags(setup) == ["setup"]
    imported, opened, shown = ast.parse(setup.source).body
    assert ast.unparse(imported) == "from analysis import open_round"
    assert isinstance(opened, ast.Assign)
    called = re.fullmatch(r"open_round\(round_id, language\)\.page\('(\w+)'(.*)\)", ast.unparse(opened.value))
    assert called is not None, setup.source
    assert called[1] == product.name
    declared = {line.split(":")[0] for line in cell(notebook, "parameters").source.splitlines()}
    assert {"round_id", "language", *re.findall(r"\w+", called[2])} == declared
    assert ast.unparse(shown) == "page"


@pytest.mark.parametrize("product", ROAD)
def test_every_section_is_a_heading_and_one_expression(product: Product) -> None:
    for heading, code in sections(read(product.notebook)):
        assert heading.cell_type == "markdown"
        assert code.cell_type == "code"
        (statement,) = ast.parse(code.source).body
        assert isinstance(statement, ast.Expr)
        assert code.source == f"page.{heading.id.replace('-', '_')}()"
        assert code.id == f"{heading.id}-cell"


@pytest.mark.parametrize("product", ROAD)
def test_the_sections_are_those_of_the_list(product: Product) -> None:
    assert [heading.id for heading, _ in sections(read(product.notebook))] == [
        section.id for section in product.sections
    ]
    for section in product.sections:
        assert callable(getattr(PAGES[product.name], section.method))
        for language in LANGUAGES:
            assert product.heading(section.id, words(language))


@pytest.mark.parametrize("product", ROAD)
def test_working_notebooks_say_how_to_read_them_and_pages_say_it_themselves(product: Product) -> None:
    notebook = read(product.notebook)
    explained = product.kind == "working"
    titles = [each.source for each in notebook.cells if each.source.startswith("# ")]
    assert len(titles) == explained
    for heading, _ in sections(notebook):
        head, *rest = heading.source.split("\n\n")
        assert re.fullmatch(r"## .*[\u4e00-\u9fff].*", head), heading.source
        # what goes outside is written by the page alone
        assert len(rest) == explained, heading.source
        for text in rest:
            assert 2 <= len(re.findall(r"[。？]", text)) <= 4, text
            assert "？" in text, f"{heading.id}: what is asked"


@pytest.mark.parametrize("product", ROAD)
def test_years_and_units_stand_in_the_parameters_only(product: Product) -> None:
    for each in read(product.notebook).cells:
        if each.id != "parameters":
            assert not re.search(r"\d", each.source), f"{each.id}: {each.source}"
