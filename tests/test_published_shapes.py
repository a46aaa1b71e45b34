"""Shapes S1–S31 and clauses of published rules as their sources mean them, with points worked by hand."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from shape_examples import book_of, derived, item_of, row_of

FOLDER = Path(__file__).parent
SHAPES, CLAUSES = (
    YAML(typ="safe").load((FOLDER / name).read_text(encoding="utf-8"))
    for name in ("published_shapes.yaml", "published_rules/clauses.yaml")
)
#: shapes and clauses are written alike
ENTRIES: Mapping[str, dict[str, Any]] = {**SHAPES, **CLAUSES}


def test_every_shape_stands_once_with_its_source_or_is_called_ours() -> None:
    assert list(SHAPES) == [f"S{number}" for number in range(1, 32)]
    assert [shape for shape, entry in SHAPES.items() if entry.get("ours")] == ["S21", "S22"]
    for shape, entry in SHAPES.items():
        assert entry["says"], shape
        assert ("source" in entry) + ("seen" in entry) + ("ours" in entry) == 1, shape
        assert entry.get("source", "http").startswith("http"), shape


def test_every_clause_has_its_address() -> None:
    for clause, entry in CLAUSES.items():
        # what was seen without an address says where it was seen
        assert ("source" in entry) + ("seen" in entry) == 1, clause
        assert entry.get("source", "http").startswith("http"), clause
        assert entry["says"] and entry["cases"], clause


@pytest.mark.parametrize("name", ENTRIES)
def test_points_are_those_worked_by_hand(name: str) -> None:
    entry = ENTRIES[name]
    if "item" in entry:
        item = item_of(entry["item"])
        assert list(item.faults()) == []
        asked = {"others": entry["others"]} if "others" in entry else {}
        for read, points in entry["cases"]:
            assert float(derived(item, {"read": read, **asked}).points) == points, read
        return
    for read, row, points in entry["cases"]:
        case = {"read": read, "row": row, "earlier": entry.get("earlier", {})}
        assert row_of(book_of(entry["set"], case), case)[0] == points, read
