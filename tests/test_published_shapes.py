"""Every shape S1–S31 as its source means it, with points worked by hand; what was not found is said to be ours."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from shape_examples import book_of, derived, item_of, row_of

SHAPES: Mapping[str, dict[str, Any]] = YAML(typ="safe").load(
    (Path(__file__).parent / "published_shapes.yaml").read_text(encoding="utf-8")
)


def test_every_shape_stands_once_with_its_source_or_is_called_ours() -> None:
    assert list(SHAPES) == [f"S{number}" for number in range(1, 32)]
    assert [shape for shape, entry in SHAPES.items() if entry.get("ours")] == ["S21", "S22"]
    for shape, entry in SHAPES.items():
        assert entry["says"], shape
        assert ("source" in entry) + ("seen" in entry) + ("ours" in entry) == 1, shape
        assert entry.get("source", "http").startswith("http"), shape


@pytest.mark.parametrize("shape", SHAPES)
def test_points_are_those_worked_by_hand(shape: str) -> None:
    entry = SHAPES[shape]
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
