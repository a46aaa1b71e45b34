"""`rulebook.yaml` as its author wrote it: every parameter by a path, and edits in place that keep all the rest.

A path is what a person would say: the code of an item, then keys (`5.2.rule.full_at`, `B1.levels.1.points`); what
belongs to no item begins with its own key (`rounding.places`, `grades.A.all_of.1.places`). Places in a list are
counted from 1. Comments, quotes, order, line ends and a byte-order mark stay as they are.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from analysis.rounds.faults import Fault
from analysis.rounds.settings_files import Location, read_document, suggestion, validate
from analysis.rulebook import Rulebook, load

SHOWN: Final = "rulebook.yaml"
#: keys whose values are text, whatever they look like
TEXTS: Final = frozenset({"name", "name_en", "note", "note_en", "definition", "department", "data_source"})
#: faults of points that do not add up; a question "what if" may be asked all the same
_SUMS: Final = "rulebook_points_of_"
_STRING: Final = "tag:yaml.org,2002:str"


class UnknownPathError(LookupError):
    """No parameter stands at a path."""

    def __init__(self, path: str, meant: str) -> None:
        self.path, self.meant = path, meant
        super().__init__(path)


class UnwritableError(ValueError):
    """A value cannot be written at its place, since the file would no longer be YAML."""

    def __init__(self, path: str, written: str) -> None:
        self.path, self.written = path, written
        super().__init__(f"{path}={written}")


@dataclass(frozen=True)
class Leaf:
    """One scalar of the file.

    Attributes:
        path: as a person says it.
        location: keys and places from the root, as the settings know it.
        owner: code of the item it belongs to; empty outside the items.
        text: its value as written, without quotes.
        line: where it stands, from 1.
    """

    path: str
    location: Location
    owner: str
    text: str
    line: int

    @property
    def key(self) -> str:
        """The last key: what the scalar is."""
        return next(str(part) for part in reversed(self.location) if isinstance(part, str))


@dataclass(frozen=True)
class _Place:
    """A node with its path, location and owner."""

    node: Node
    path: str
    location: Location
    owner: str


class RuleFile:
    """The text of a rule set with its parameters."""

    def __init__(self, text: str) -> None:
        """Read a text.

        Raises:
            YAMLError: it is no YAML mapping.
        """
        self.text = text
        root = YAML(typ="rt", pure=True).compose(text)
        if not isinstance(root, MappingNode):
            raise YAMLError("no mapping")
        self._places: dict[str, _Place] = {}
        for place in _walk(_Place(root, "", (), "")):
            # of an item that stands twice the first is meant; the check of the whole set names the other
            self._places.setdefault(place.path, place)

    @classmethod
    def read(cls, path: Path) -> RuleFile:
        """Read a file, its line ends kept.

        Raises:
            FileNotFoundError: there is none.
            UnicodeDecodeError: it is not UTF-8.
            YAMLError: it is no YAML mapping.
        """
        return cls(path.read_bytes().decode("utf-8"))

    def leaves(self) -> tuple[Leaf, ...]:
        """Return every scalar in the order of the file."""
        return tuple(_leaf(place) for place in self._places.values() if isinstance(place.node, ScalarNode))

    def leaf(self, path: str) -> Leaf | None:
        """Return the scalar at a path, or None."""
        place = self._places.get(path)
        return _leaf(place) if place is not None and isinstance(place.node, ScalarNode) else None

    def edited(self, changes: Mapping[str, str]) -> RuleFile:
        """Return the file with other values at some paths.

        A value replaces a scalar; one written as `{…}` or `[…]` replaces whatever stands there. A key that is left
        to its default is written down if what it belongs to is there.

        Args:
            changes: new value by path, as it would be written in the file.

        Raises:
            UnknownPathError: there is no such parameter, and no part of the set it could belong to.
            UnwritableError: with this value the file is no YAML any more.
        """
        edited = self
        for path, value in changes.items():
            try:
                edited = RuleFile(edited._with(path, value.strip()))
            except YAMLError as broken:
                raise UnwritableError(path, value) from broken
        return edited

    def _with(self, path: str, value: str) -> str:
        place = self._places.get(path)
        if place is None:
            start, end, written = self._insertion(path, value)
        else:
            start, end, written = self._replacement(place, value)
        return self.text[:start] + written + self.text[end:]

    def _replacement(self, place: _Place, value: str) -> tuple[int, int, str]:
        node = place.node
        start, end = node.start_mark.index, node.end_mark.index
        if value[:1] in "{[" and value and place.location[-1] not in TEXTS:
            return start, _end(node), value
        if not isinstance(node, ScalarNode):
            raise UnwritableError(place.path, value)
        old = self.text[start:end]
        if node.style is None:
            end = start + len(old.rstrip())
        elif node.style in "|>":
            end = start + len(old.rstrip("\r\n"))
        return start, end, _scalar(value, node, str(place.location[-1]))

    def _insertion(self, path: str, value: str) -> tuple[int, int, str]:
        """Return the edit that writes a key which is not there, below the nearest part that is."""
        parts = path.split(".")
        for cut in range(len(parts) - 1, 0, -1):
            above, below = self._places.get(".".join(parts[:cut])), parts[cut:]
            if above is not None:
                break
        else:
            above, below = self._places[""], parts
        node = above.node
        # what is new may stand two keys below something known (exceptions.missing), not in the middle of nowhere
        if not isinstance(node, MappingNode) or len(below) > 1 + bool(above.path):
            raise UnknownPathError(path, suggestion(path, list(self._places)))
        for key in reversed(below[1:]):
            value = f"{{{key}: {value}}}"
        written = f"{below[0]}: {value}"
        if node.flow_style:
            at = node.start_mark.index + 1
            return at, at, f"{written}, " if node.value else written
        first = node.value[0][0].start_mark
        return first.index, first.index, f"{written}\n{' ' * first.column}"

    def loaded(
        self, known: Callable[[str], bool] | None = None, measures: Iterable[str] = ()
    ) -> tuple[Rulebook | None, list[Fault]]:
        """Return the rule set the text stands for and everything wrong with it (`rulebook.load`)."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / SHOWN
            path.write_bytes(self.text.encode("utf-8"))
            return load(path, known=known, measures=measures)

    def supposed(self, known: Callable[[str], bool] | None = None) -> tuple[Rulebook | None, list[Fault]]:
        """Return the rule set for a question "what if": points that do not add up are told and hinder nothing.

        Returns:
            The rule set, or None if anything else is wrong; and every fault that blocks.
        """
        rulebook, found = self.loaded(known)
        faults = [fault for fault in found if fault.severity == "blocks"]
        if rulebook is not None or any(not fault.check.startswith(_SUMS) for fault in faults):
            return rulebook, faults
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / SHOWN
            path.write_bytes(self.text.encode("utf-8"))
            document, _ = read_document(path, SHOWN)
        if document is None:
            return None, faults
        return validate(document, Rulebook)[0], faults


def _walk(at: _Place) -> Iterator[_Place]:
    """Yield a place and everything below it; an item of a list that has a code begins a path of its own."""
    yield at
    node = at.node
    if isinstance(node, MappingNode):
        for key, value in node.value:
            name = str(key.value)
            yield from _walk(_Place(value, _joined(at.path, name), (*at.location, name), at.owner))
    elif isinstance(node, SequenceNode):
        for place, item in enumerate(node.value):
            code = _code(item)
            path = code or _joined(at.path, str(place + 1))
            yield from _walk(_Place(item, path, (*at.location, place), code or at.owner))


def _joined(above: str, name: str) -> str:
    return f"{above}.{name}" if above else name


def _code(node: Node) -> str:
    """Return the code of an item, empty for what has none."""
    if isinstance(node, MappingNode):
        for key, value in node.value:
            if str(key.value) == "code" and isinstance(value, ScalarNode):
                return str(value.value).strip()
    return ""


def _leaf(place: _Place) -> Leaf:
    node = place.node
    return Leaf(place.path, place.location, place.owner, str(node.value), node.start_mark.line + 1)


def _end(node: Node) -> int:
    """Return where a node really ends: one in lines with its last scalar, comments after it left out."""
    if isinstance(node, MappingNode | SequenceNode) and not node.flow_style and node.value:
        last = node.value[-1][1] if isinstance(node, MappingNode) else node.value[-1]
        return _end(last)
    return int(node.end_mark.index)


def _scalar(value: str, node: ScalarNode, key: str) -> str:
    """Return a value as it is written instead of a scalar: in the same quotes, or in quotes where it needs them."""
    if node.style == '"' or (node.style is not None and node.style in "|>"):
        return json.dumps(value, ensure_ascii=False)
    if node.style == "'":
        return "'" + value.replace("'", "''") + "'"
    return value if _plain(value, text=key in TEXTS) else json.dumps(value, ensure_ascii=False)


def _plain(value: str, *, text: bool) -> bool:
    """Return whether a value may stand without quotes, in a mapping in braces too."""
    try:
        root = YAML(typ="rt", pure=True).compose(f"{{key: {value}}}\n")
    except YAMLError:
        return False
    if not isinstance(root, MappingNode) or len(root.value) != 1:
        return False
    node = root.value[0][1]
    return isinstance(node, ScalarNode) and node.value == value and (not text or str(node.tag) == _STRING)
