"""`rulebook.yaml` as its author wrote it: every parameter by a path, and edits in place that keep all the rest.

A path is what a person would say: the code of an item, then keys (`5.2.rule.full_at`, `B1.levels.1.points`); what
belongs to no item begins with its own key (`rounding.places`, `grades.A.all_of.1.places`). Places in a list are
counted from 1. Comments, quotes, order, line ends and a byte-order mark stay as they are.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from analysis.rounds.faults import Fault
from analysis.rounds.settings_files import Location, read_document, suggestion, validate
from analysis.rulebook import Rulebook, load

SHOWN: Final = "rulebook.yaml"
#: what a rule set begins with
_BEGUN: Final = "begun.yaml"
#: keys whose values are text, whatever they look like
TEXTS: Final = frozenset(
    {
        "name", "name_en", "note", "note_en", "definition", "definition_en", "department", "data_source", "basis",
        "title", "text", "reason", "reported_by", "evidence", "verified_by",
    }
)  # fmt: skip
#: keys whose values are codes: a number stands in quotes
_CODES: Final = frozenset(
    {"code", "not_for", "items", "unit", "units", "kinds", "grades", "one_of", "not_one_of"}
)
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
        self._located = {place.location: place for place in self._places.values()}

    @classmethod
    def read(cls, path: Path) -> RuleFile:
        """Read a file, its line ends kept.

        Raises:
            FileNotFoundError: there is none.
            UnicodeDecodeError: it is not UTF-8.
            YAMLError: it is no YAML mapping.
        """
        return cls(path.read_bytes().decode("utf-8"))

    @classmethod
    def begun(cls, title: str) -> RuleFile:
        """Return a rule set without items: its title, conventions and grades, to be filled from a workbook."""
        written = resources.files(__package__).joinpath(_BEGUN).read_text(encoding="utf-8")
        return cls(written.replace('"{title}"', json.dumps(title, ensure_ascii=False)))

    def leaves(self) -> tuple[Leaf, ...]:
        """Return every scalar in the order of the file."""
        return tuple(_leaf(place) for place in self._places.values() if isinstance(place.node, ScalarNode))

    def leaf(self, path: str) -> Leaf | None:
        """Return the scalar at a path, or None."""
        place = self._places.get(path)
        return _leaf(place) if place is not None and isinstance(place.node, ScalarNode) else None

    def edited(self, changes: Mapping[str, str], *, as_texts: bool = False) -> RuleFile:
        """Return the file with other values at some paths.

        A value replaces a scalar; one written as `{…}` or `[…]` replaces whatever stands there. A key that is left
        to its default is written down if what it belongs to is there.

        Args:
            changes: new value by path, as it would be written in the file.
            as_texts: every value is a text, whatever it looks like, and is written in quotes where it needs them.

        Raises:
            UnknownPathError: there is no such parameter, and no part of the set it could belong to.
            UnwritableError: with this value the file is no YAML any more.
        """
        edited = self
        for path, value in changes.items():
            try:
                edited = RuleFile(edited._with(path, value.strip(), as_texts))
            except YAMLError as broken:
                raise UnwritableError(path, value) from broken
        return edited

    def _with(self, path: str, value: str, as_texts: bool) -> str:
        place = self._places.get(path)
        if place is None:
            start, end, put = self._insertion(path, _quoted(value, as_texts) if as_texts else value)
        else:
            start, end, put = self._replacement(place, value, as_texts)
        return self.text[:start] + put + self.text[end:]

    def _replacement(self, place: _Place, value: str, as_texts: bool) -> tuple[int, int, str]:
        node = place.node
        start, end = node.start_mark.index, node.end_mark.index
        as_texts = as_texts or place.location[-1] in TEXTS
        if value[:1] in "{[" and value and not as_texts:
            return start, _end(node), value
        if not isinstance(node, ScalarNode):
            raise UnwritableError(place.path, value)
        old = self.text[start:end]
        if node.style is None:
            end = start + len(old.rstrip())
        elif node.style in "|>":
            end = start + len(old.rstrip("\r\n"))
        return start, end, _scalar(value, node, as_texts)

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
        # at the end of its part; of the whole file before its first key, which no part of another stands above
        first = node.value[0][0].start_mark
        if node is self._places[""].node:
            return first.index, first.index, f"{written}\n"
        end = self._line_end(self._ended(node))
        gap = "" if self.text[end - 1] == "\n" else "\n"
        return end, end, f"{gap}{' ' * first.column}{written}\n"

    def data(self, path: str) -> Any:
        """Return what stands at a path as mappings, lists and texts; None where nothing does."""
        place = self._places.get(path)
        return None if place is None else _data(place.node)

    def without(self, path: str) -> RuleFile:
        """Return the file without the key at a path; its line and the comment on it go with it.

        Raises:
            UnknownPathError: there is no such key.
        """
        place = self._places.get(path)
        above = None if place is None else self._at(place.location[:-1])
        if place is None or not isinstance(above, MappingNode):
            raise UnknownPathError(path, suggestion(path, list(self._places)))
        pairs = [(key, node) for key, node in above.value if node is not place.node]
        if above.flow_style:
            kept = [self.text[key.start_mark.index : _end(node)] for key, node in pairs]
            start, end = above.start_mark.index, above.end_mark.index
            return RuleFile(f"{self.text[:start]}{{{', '.join(kept)}}}{self.text[end:]}")
        key = next(key for key, node in above.value if node is place.node)
        start = self._line_start(key.start_mark.index)
        return RuleFile(self.text[:start] + self.text[self._line_end(self._ended(place.node)) :])

    def arranged(self, location: Location, items: Sequence[str]) -> RuleFile:
        """Return the file with other items in a list, each with the comments above it.

        Args:
            location: where the list stands; a list of its own at the root may not be there yet.
            items: what stands in the list from now on, as `chunk` returns it: text of lines without indentation. An
                empty list takes the key away.

        Raises:
            UnwritableError: the list stands in braces, on the line of what it belongs to.
        """
        node = self._at(location)
        if node is None:
            written = _indented(items, 2)
            gap = "" if self.text.endswith("\n") else "\n"
            return RuleFile(f"{self.text}{gap}\n{location[-1]}:\n{written}" if items else self.text)
        assert isinstance(node, SequenceNode)
        if not items:
            return self.without(self.path_of(location))
        if node.flow_style or not node.value:
            above = self._at(location[:-1])
            assert isinstance(above, MappingNode)
            if above.flow_style:
                # a list within braces has no lines of its own
                raise UnwritableError(self.path_of(location), str(location[-1]))
            column = above.value[0][0].start_mark.column
            start, end = node.start_mark.index, self._line_end(node.end_mark.index)
            # a comment after an empty list stays on the line of its key
            comment = self.text[node.end_mark.index : end].strip()
            head = self.text[:start].rstrip(" ") + (f" {comment}" if comment else "") + "\n"
            return RuleFile(head + _indented(items, column + 2) + self.text[end:])
        spans = [self._span(node, place) for place in range(len(node.value))]
        return RuleFile(self.text[: spans[0][0]] + _indented(items, spans[0][2]) + self.text[spans[-1][1] :])

    def chunk(self, location: Location) -> str:
        """Return an item of a list as it is written, its indentation taken away, comments above it included."""
        node = self._at(location[:-1])
        place = location[-1]
        assert isinstance(node, SequenceNode) and isinstance(place, int)
        if node.flow_style:
            item = node.value[place]
            return f"- {self.text[item.start_mark.index : item.end_mark.index]}\n"
        start, end, column = self._span(node, place)
        lines = self.text[start:end].splitlines(keepends=True)
        return "".join(line[min(column, len(line) - len(line.lstrip(" "))) :] for line in lines)

    def location(self, path: str) -> Location | None:
        """Return where something stands, by its path; None where nothing does."""
        place = self._places.get(path)
        return None if place is None else place.location

    def _span(self, node: SequenceNode, place: int) -> tuple[int, int, int]:
        """Return where an item of a list in lines begins and ends, and the column of its dash."""
        item = node.value[place]
        dash = self.text.rindex("-", 0, item.start_mark.index)
        column = dash - self._line_start(dash)
        if place:
            start = self._line_end(self._ended(node.value[place - 1]))
        else:
            start = self._line_start(dash)
            while start:
                above = self._line_start(start - 1)
                line = self.text[above:start]
                if not line.lstrip().startswith("#") or len(line) - len(line.lstrip(" ")) < column:
                    break
                start = above
        return start, self._line_end(self._ended(item)), column

    def _ended(self, node: Node) -> int:
        """Return where a node ends; a text of several lines is said to end on the line below it."""
        return len(self.text[: _end(node)].rstrip())

    def _line_start(self, at: int) -> int:
        return self.text.rfind("\n", 0, at) + 1

    def _line_end(self, at: int) -> int:
        end = self.text.find("\n", at)
        return len(self.text) if end < 0 else end + 1

    def _at(self, location: Location) -> Node | None:
        place = self._located.get(location)
        return None if place is None else place.node

    def path_of(self, location: Location) -> str:
        """Return the path of what stands at a location.

        Raises:
            UnknownPathError: nothing stands there.
        """
        place = self._located.get(location)
        if place is None:
            raise UnknownPathError(".".join(map(str, location)), "")
        return place.path

    def at(self, location: Location) -> Any:
        """Return what stands at a location as mappings, lists and texts; None where nothing does."""
        node = self._at(location)
        return None if node is None else _data(node)

    def in_braces(self, location: Location) -> bool:
        """Return whether what stands at a location is written in braces, on the line of what it belongs to."""
        return bool(getattr(self._at(location), "flow_style", False))

    def line_of(self, location: Location) -> int:
        """Return the line of what stands at a location, from 1; 0 where nothing does."""
        node = self._at(location)
        return 0 if node is None else int(node.start_mark.line) + 1

    def rest_of_line(self, location: Location) -> str:
        """Return what stands at a location as it is written, to the end of its last line, comment included."""
        node = self._at(location)
        assert node is not None
        return self.text[node.start_mark.index : self._line_end(self._ended(node))].rstrip("\r\n")

    def as_item(self, location: Location, key: str, name: str) -> str:
        """Return a mapping as the item of a list that says its own name, comments included, as `chunk` would."""
        node = self._at(location)
        assert isinstance(node, MappingNode)
        said = f"{key}: {written(key, name)}"
        if node.flow_style:
            return f"- {{{said}, {self.text[node.start_mark.index + 1 : node.end_mark.index]}\n"
        start = self._line_start(node.start_mark.index)
        while self.text[self._line_start(start - 1) : start].lstrip().startswith("#"):
            start = self._line_start(start - 1)
        head = self.text[self._line_start(start - 1) : start]
        comment = f"  #{head.partition('#')[2].rstrip()}" if "#" in head else ""
        column = node.start_mark.column
        lines = self.text[start : self._line_end(self._ended(node))].splitlines(keepends=True)
        below = "".join(f"  {line[min(column, len(line) - len(line.lstrip(' '))) :]}" for line in lines)
        return f"- {said}{comment}\n{below}"

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


def _data(node: Node) -> Any:
    if isinstance(node, MappingNode):
        return {str(key.value): _data(value) for key, value in node.value}
    if isinstance(node, SequenceNode):
        return [_data(item) for item in node.value]
    return str(node.value)


def _indented(items: Sequence[str], column: int) -> str:
    lines = (line for item in items for line in item.splitlines(keepends=True))
    written = "".join(f"{' ' * column}{line}" if line.strip() else line for line in lines)
    return written if written.endswith("\n") or not written else f"{written}\n"


def in_line(value: Any, key: str = "") -> str:
    """Return mappings, lists and texts as they are written in one line of the file, after a key if they have one."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{name}: {in_line(part, name)}' for name, part in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(in_line(part, key) for part in value)}]"
    return written(key, str(value))


def written(key: str, value: str) -> str:
    """Return a scalar as it is written after a key: in quotes where it would be read as something else."""
    return _quoted(value, key in TEXTS or key in _CODES)


def _leaf(place: _Place) -> Leaf:
    node = place.node
    return Leaf(place.path, place.location, place.owner, str(node.value), node.start_mark.line + 1)


def _end(node: Node) -> int:
    """Return where a node really ends: one in lines with its last scalar, comments after it left out."""
    if isinstance(node, MappingNode | SequenceNode) and not node.flow_style and node.value:
        last = node.value[-1][1] if isinstance(node, MappingNode) else node.value[-1]
        return _end(last)
    return int(node.end_mark.index)


def _quoted(value: str, as_text: bool) -> str:
    return value if _plain(value, text=as_text) else json.dumps(value, ensure_ascii=False)


def _scalar(value: str, node: ScalarNode, as_text: bool) -> str:
    """Return a value as it is written instead of a scalar: in the same quotes, or in quotes where it needs them."""
    if node.style == '"' or (node.style is not None and node.style in "|>"):
        return json.dumps(value, ensure_ascii=False)
    if node.style == "'":
        return "'" + value.replace("'", "''") + "'"
    return _quoted(value, as_text)


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
