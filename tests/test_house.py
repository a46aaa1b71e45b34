"""The rooms of the package: where modules stand, what they are called, and what none of them does.

The direction of the imports is held by import-linter (`make lint`; the contracts stand in `pyproject.toml`).
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "src" / "analysis"
MODULES = sorted(PACKAGE.rglob("*.py"))
#: modules that run other programs
SHELLS = frozenset({"subprocess", "pexpect", "pty", "commands"})


def imports(module: Path) -> Iterator[str]:
    """Yield the dotted names a module imports, wherever in it the import stands."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: imports are written in full"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_the_root_holds_the_face_of_the_package_and_nothing_else() -> None:
    assert {path.name for path in PACKAGE.glob("*.py")} == {"__init__.py", "__main__.py"}


def test_every_room_says_what_it_is_for() -> None:
    for face in PACKAGE.rglob("__init__.py"):
        assert ast.get_docstring(ast.parse(face.read_text(encoding="utf-8"))), face


def test_no_two_modules_share_a_name() -> None:
    """A command of `cli` may be called as the question it asks."""
    names = Counter(path.stem for path in MODULES if "cli" not in path.parts and path.stem[:2] != "__")
    assert [name for name, count in names.items() if count > 1] == []


def test_colours_stand_in_the_palette_and_nowhere_else() -> None:
    """Not in the style sheet, the preamble or a workbook either; the example keeps its office's own look."""
    looks = [path for path in PACKAGE.rglob("*") if path.suffix in (".py", ".css", ".typ", ".j2", ".js")]
    spelled = {
        path.name for path in looks if re.search(r"#[0-9a-fA-F]{6}\b", path.read_text(encoding="utf-8"))
    }
    assert spelled == {"palette.py"}


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_nothing_calls_a_shell(module: Path) -> None:
    assert not {name.split(".")[0] for name in imports(module)} & SHELLS
    calls = {
        ast.unparse(node.func)
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
    }
    assert not calls & {"os.system", "os.popen", "get_ipython().system"}
