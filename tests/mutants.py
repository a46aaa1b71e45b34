"""One operator, comparison, number or truth value of the program is changed: do the tests of its module notice?

Each mutant is drawn from a seed and tried in a process of its own, in which the one module is compiled from the changed
tree; no file is touched. `python tests/mutants.py 20 statistics` tries twenty more of a room and keeps in
`mutants.json` what came of every one. A mutant that nothing noticed is looked at: either a test is added that does
(`--again` then tries it anew), or the file says in `why` for what reason no test can.
"""

from __future__ import annotations

import ast
import importlib.machinery
import json
import os
import random
import resource
import signal
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import hypothesis
import numpy  # noqa: F401  what all tests load is loaded once, before the processes part
import pandas  # noqa: F401
import pydantic  # noqa: F401
import pytest
import scipy.stats  # noqa: F401

ROOT: Final = Path(__file__).parents[1]
TALLY: Final = Path(__file__).with_suffix(".json")
#: seconds of the processor for the tests of one mutant, and how many are tried at a time
LONGEST: Final = 60
AT_A_TIME: Final = 2
SHAPES: Final = ("test_shapes", "test_plain_scoring", "test_scoring")
GRADES: Final = ("test_plain_scoring", "test_grading", "test_open_facts")
STATISTICS: Final = ("test_statistics", "test_statistics_situations", "test_statistics_reference")
#: the modules that compute, and the tests that are asked about each
TESTS: Final[dict[str, tuple[str, ...]]] = {
    "rulebook.shapes.continuous": SHAPES,
    "rulebook.shapes.counted": SHAPES,
    "rulebook.shapes.cuts": SHAPES,
    "rulebook.shapes.ranked": SHAPES,
    "rulebook.shapes.several": SHAPES,
    "rulebook.shapes.sums": SHAPES,
    "rulebook.shapes.switch": SHAPES,
    "rulebook.derivation": SHAPES,
    "rulebook.predicates": SHAPES,
    "rulebook.readings": (*SHAPES, "test_open_facts"),
    "rulebook.unitscore": ("test_plain_scoring", "test_shapes", "test_composition"),
    "rulebook.bench": GRADES,
    "rulebook.open_facts": GRADES,
    "scoring.scoring": ("test_plain_scoring", "test_scoring", "test_composition"),
    "scoring.grading": GRADES,
    "scoring.distances": ("test_open_facts", "test_distances"),
    "scoring.core_ledgers": ("test_core_ledgers", "test_missing"),
    "scoring.problems": ("test_problem_list",),
    "scoring.problem_list": ("test_problem_list",),
    "indicators.conditions": ("test_conditions", "test_plain_counting"),
    "indicators.fillings": ("test_plain_counting", "test_missing"),
    "indicators.tallies": ("test_plain_counting", "test_own_measures"),
    "indicators.changes": ("test_changes", "test_verdicts"),
    "indicators.cohorts": ("test_plain_counting", "test_windows"),
    "indicators.filters": ("test_filters",),
    "indicators.summaries": ("test_summary",),
    "indicators.unanswered": ("test_missing",),
    "indicators.values": ("test_plain_counting", "test_catalogue"),
    "statistics.control": STATISTICS,
    "statistics.counts": STATISTICS,
    "statistics.composite": STATISTICS,
    "statistics.decomposition": STATISTICS,
    "statistics.dispersion": STATISTICS,
    "statistics.funnel": STATISTICS,
    "statistics.multiplicity": STATISTICS,
    "statistics.proportion": STATISTICS,
    "statistics.rounding": STATISTICS,
    "statistics.shrinkage": STATISTICS,
    "statistics.spread": STATISTICS,
    "statistics.survival": STATISTICS,
    "statistics.trend": ("test_statistics_trend", *STATISTICS),
    "statistics.verification": STATISTICS,
}
_PAIRS: Final[tuple[tuple[type[ast.AST], type[ast.AST]], ...]] = (
    (ast.Lt, ast.LtE), (ast.Gt, ast.GtE), (ast.Eq, ast.NotEq), (ast.Is, ast.IsNot), (ast.In, ast.NotIn),
    (ast.Add, ast.Sub), (ast.Mult, ast.Div), (ast.BitAnd, ast.BitOr), (ast.And, ast.Or),
)  # fmt: skip
SWAPPED: Final = {one: other for pair in _PAIRS for one, other in (pair, pair[::-1])}
#: what these say is no computation: that lengths agree, how much is kept in the memory
_NO_COMPUTATION: Final = frozenset({"strict", "maxsize", "copy", "validate"})


@dataclass(frozen=True)
class Mutant:
    """One change of one module: which of its points, where that is, and how it reads before and after."""

    module: str
    point: int
    line: int
    was: str
    became: str

    @property
    def name(self) -> str:
        """Module and point."""
        return f"{self.module}:{self.point}"


def source(module: str) -> str:
    """Return the text of a module."""
    return (ROOT / "src" / "analysis" / f"{module.replace('.', '/')}.py").read_text("utf-8")


def computing(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the parts of a tree in which something is computed: no annotations, decorators or imports."""
    yield node
    for name, part in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list"):
            continue
        for each in part if isinstance(part, list) else [part]:
            told = isinstance(each, ast.keyword) and each.arg in _NO_COMPUTATION
            if isinstance(each, ast.AST) and not told:
                yield from computing(each)


def points(tree: ast.AST) -> Iterator[tuple[Any, Any, Any, Any]]:
    """Yield what can be changed in a tree: the part, where in it (its list or itself, and the place), and to what."""
    for node in computing(tree):
        if isinstance(node, ast.Compare):
            for place, op in enumerate(node.ops):
                yield node, node.ops, place, SWAPPED[type(op)]()
        elif isinstance(node, ast.BinOp | ast.BoolOp) and type(node.op) in SWAPPED:
            yield node, node, "op", SWAPPED[type(node.op)]()
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            yield node, node, "operand", ast.UnaryOp(ast.Not(), node.operand)
        elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
            yield node, node, "value", not node.value
        elif isinstance(node, ast.Constant) and isinstance(node.value, int | float):
            yield node, node, "value", node.value + 1


def _put(holder: Any, place: Any, value: Any) -> Any:
    """Put something in its place and return what was there."""
    if isinstance(holder, list):
        was, holder[place] = holder[place], value
    else:
        was = getattr(holder, place)
        setattr(holder, place, value)
    return was


def mutants(module: str) -> list[Mutant]:
    """Return every mutant of a module."""
    found = []
    for point, (node, holder, place, new) in enumerate(list(points(ast.parse(source(module))))):
        as_written = ast.unparse(node)
        was = _put(holder, place, new)
        found.append(Mutant(module, point, node.lineno, as_written, ast.unparse(node)))
        _put(holder, place, was)
    return found


def changed(mutant: Mutant) -> ast.AST:
    """Return the tree of a module with the one change."""
    tree = ast.parse(source(mutant.module))
    _, *change = list(points(tree))[mutant.point]
    _put(*change)
    return ast.fix_missing_locations(tree)


def _tried(mutant: Mutant) -> int:
    """Run the tests of a module in this process, compiled from the changed tree; return how that ends."""
    code = compile(changed(mutant), mutant.module, "exec")
    as_written = importlib.machinery.SourceFileLoader.get_code

    def get_code(loader: Any, name: str) -> Any:
        return code if name == f"analysis.{mutant.module}" else as_written(loader, name)

    importlib.machinery.SourceFileLoader.get_code = get_code  # type: ignore[method-assign, assignment]
    # one counterexample is enough: nobody needs the smallest
    shown = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
    hypothesis.settings.register_profile("mutants", derandomize=True, phases=shown)
    tests = [f"tests/{name}.py" for name in TESTS[mutant.module]]
    return pytest.main(["-x", "-q", "-p", "no:cacheprovider", "--hypothesis-profile=mutants", *tests])


def _begun(mutant: Mutant) -> int:
    """Begin to try a mutant in a process of its own; return its number."""
    child = os.fork()
    if child:
        return child
    resource.setrlimit(resource.RLIMIT_CPU, (LONGEST, LONGEST))
    quiet = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(quiet, stream)
    try:
        os._exit(int(_tried(mutant)))
    finally:
        os._exit(70)


def outcomes(drawn: list[Mutant]) -> Iterator[tuple[Mutant, str]]:
    """Yield mutants with what came of them: noticed, survived, or no answer in time."""
    waiting, running = list(reversed(drawn)), dict[int, Mutant]()
    while waiting or running:
        while waiting and len(running) < AT_A_TIME:
            mutant = waiting.pop()
            running[_begun(mutant)] = mutant
        child, status = os.wait()
        ended = os.waitstatus_to_exitcode(status)
        found = {0: "survived", 1: "noticed", 2: "noticed", -signal.SIGKILL: "no answer in time"}[ended]
        yield running.pop(child), found


def drawn(room: str, kept: dict[str, Any], wanted: int) -> list[Mutant]:
    """Return mutants of a room that were not tried yet, in the order of their seed."""
    everything = [each for module in TESTS if module.startswith(f"{room}.") for each in mutants(module)]
    random.Random(room).shuffle(everything)
    return [each for each in everything if each.name not in kept][:wanted]


def tally() -> dict[str, dict[str, Any]]:
    """Return what came of every mutant that was tried, by its name."""
    found: dict[str, dict[str, Any]] = json.loads(TALLY.read_text("utf-8")) if TALLY.exists() else {}
    return found


def main(arguments: list[str]) -> None:
    """Try so many more mutants of a room, or, `--again`, those that nothing noticed and that have no `why`."""
    os.nice(10)
    os.chdir(ROOT)
    kept = tally()
    if arguments == ["--again"]:
        asked = [
            each
            for name, one in kept.items()
            if one["outcome"] != "noticed" and not one.get("why")
            for each in mutants(name.split(":")[0])
            if (each.name, each.was, each.became) == (name, one["was"], one["became"])
        ]
    else:
        asked = drawn(arguments[1], kept, int(arguments[0]))
    for mutant, found in outcomes(asked):
        first = kept.get(mutant.name, {}).get("first", found)
        kept[mutant.name] = {**asdict(mutant), "first": first, "outcome": found}
        TALLY.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        print(f"{found}: {mutant.name} line {mutant.line}: {mutant.was} -> {mutant.became}", flush=True)
    print(Counter(one["outcome"] for one in kept.values()))


if __name__ == "__main__":
    main(sys.argv[1:])
