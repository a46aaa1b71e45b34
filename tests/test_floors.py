"""A module imports only from floors below its own (the direction of the arrows in CONTRIBUTING)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "src" / "analysis"

#: from the ground up; a room may use itself and every floor below it, nothing beside or above it
FLOORS: tuple[frozenset[str], ...] = tuple(
    frozenset(floor.split())
    for floor in (
        "faults periods quantities statistics units values words",
        "settings withholding",
        "rounds",
        "store",
        "bulletin intake published rulebook",
        "cohorts issues rulefile templating",
        "changes lineage ruletable",
        "summaries",
        "measures",
        "findings grading peers scoring series tracing",
        "comparison firmness presets trends whatif",
        "stages",
        "explain messages",
        "answers charts",
        "publish",
        "building engine newround show teller",
        "pipeline supposing",
        "cli",
        "__main__",
    )
)
#: what the generator of the example may know: the office's input, never how it is computed
EXAMPLE_MAY_USE = frozenset(
    {"faults", "periods", "quantities", "rounds", "settings", "store", "units", "values", "words"}
)
#: modules that run other programs
SHELLS = frozenset({"subprocess", "pexpect", "pty", "commands"})


def floor_of(room: str) -> int:
    return next(number for number, floor in enumerate(FLOORS) if room in floor)


def modules() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


def room_of(module: Path) -> str:
    return module.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(module: Path) -> Iterator[str]:
    """Yield the dotted names a module imports, wherever in it the import stands."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: imports are written in full"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def rooms_used(module: Path) -> set[str]:
    used = {name.split(".")[1] for name in imports(module) if name.startswith("analysis.")}
    return used - {"__version__"}


def test_every_room_has_a_floor() -> None:
    rooms = {room_of(module) for module in modules()}
    assert rooms - {"example"} <= set().union(*FLOORS), "a new module needs a place in FLOORS"


@pytest.mark.parametrize("module", modules(), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_arrows_point_down(module: Path) -> None:
    room, used = room_of(module), rooms_used(module)
    if room == "example":
        assert used <= {"example", *EXAMPLE_MAY_USE}
        return
    wrong = {other for other in used - {room} if floor_of(other) >= floor_of(room)}
    assert not wrong, f"{room} imports {', '.join(sorted(wrong))}, which is not below it"


def test_an_arrow_that_points_up_is_seen(tmp_path: Path) -> None:
    module = tmp_path / "words.py"
    module.write_text("def late():\n    from analysis.publish import html\n", encoding="utf-8")
    assert rooms_used(module) == {"publish"}
    assert floor_of("publish") > floor_of("words")


@pytest.mark.parametrize("module", modules(), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_nothing_calls_a_shell(module: Path) -> None:
    assert not {name.split(".")[0] for name in imports(module)} & SHELLS
    calls = {
        ast.unparse(node.func)
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
    }
    assert not calls & {"os.system", "os.popen", "get_ipython().system"}
