"""The office's settings: YAML files read into pydantic models, every error at once and with its line.

A file is first composed into nodes, which know their lines and the text as written, and only then checked by a
model. So `130302` without quotes is still the code `"130302"`, `1.10` is not shortened to `1.1`, and a wrong key
is reported with its line and the key that was probably meant. A file of an older version is read as if it had been
written in the present one (`versions`).
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from operator import ne
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeVar, get_args, get_origin

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError
from yaml import CollectionNode, MappingNode, MarkedYAMLError, Node, ScalarNode, SequenceNode, YAMLError

from analysis.quantities import clean
from analysis.rounds import slips
from analysis.rounds.faults import LIST_SIGN, Fault
from analysis.rounds.periods import is_period
from analysis.rounds.versions import CURRENT, FORMAT, migrated

M = TypeVar("M", bound=BaseModel)
Location = tuple[str | int, ...]

_TAG: Final = "tag:yaml.org,2002:"
#: signs in the text of an office that older YAML takes for the end of a line
_NO_ENDS: Final = dict.fromkeys(map(ord, "\x85\u2028\u2029"), " ")
#: how the parser begins to say what it stumbled over → the term that says it (`fault_term.problem`)
_PROBLEMS: Final = {
    "mapping values are not allowed": "colon",
    "could not find expected ':'": "no_colon",
    "found character '\\t'": "tab",
    "found character": "sign",
    "expected <block end>": "indent",
    "did not find expected": "indent",
    "expected ',' or": "bracket",
    "found unexpected end of stream": "quote",
    "found unexpected document": "quote",
    "sequence entries are not allowed": "dash",
    "block sequence entries": "dash",
    "found undefined": "anchor",
    "expected alphabetic or numeric": "anchor",
    "found unknown escape": "escape",
    "expected chomping": "block",
}
#: how many files are remembered as parsed: the settings of a few rounds
_KEPT: Final = 32
#: how deep a settings file may nest, and how many values it may have, written out
_DEEPEST: Final = 100
_LARGEST: Final = 200_000
#: how many signs it may have
_LONGEST: Final = 4_000_000
#: what begins and ends a part in brackets; so many lists within one another on one line
_NESTING: Final = re.compile(rf"[\[\]{{}}]|(?:[-?][ \t]+){{{_DEEPEST}}}")


class _WrittenInt(int):
    """A whole number that remembers how it was written."""

    text: str


class _WrittenFloat(float):
    """A number with a point that remembers how it was written."""

    text: str

    # pydantic makes decimals from this text, so that 0.10 keeps its places
    def __str__(self) -> str:
        return self.text


def bad_value(kind: str, **places: str) -> PydanticCustomError:
    """Return the error a validator of a settings model raises.

    Args:
        kind: the key of the reason in the catalogue (`fault_term.kind.<kind>`).
        places: parts of the reason.
    """
    # pydantic's stubs ask for literal strings, which only guard against messages built from data
    return PydanticCustomError(kind, kind, dict(places))


def _code(value: object) -> object:
    if isinstance(value, _WrittenInt | _WrittenFloat):
        return value.text
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value.isoformat() if isinstance(value, dt.date) else value


def _day(value: object) -> object:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    if isinstance(value, str):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            raise bad_value("not_a_day") from None
    raise bad_value("not_a_day")


def _period_text(value: object) -> object:
    text = _code(value)
    if not isinstance(text, str):
        raise bad_value("not_a_period")
    if not is_period(text):
        raise bad_value("not_a_period")
    return text


#: a code or a number used as a name: text from end to end, also where YAML sees a number
Code = Annotated[str, BeforeValidator(_code)]
#: a calendar day; a number is never taken for one
Day = Annotated[dt.date, BeforeValidator(_day)]
#: the text of a period (`analysis.rounds.periods`)
PeriodText = Annotated[str, BeforeValidator(_period_text)]


class Settings(BaseModel):
    """Base of every settings model: unknown keys are errors, values do not change."""

    # what holds data against a model is made when the first data come: no command needs all of the models
    model_config = ConfigDict(
        extra="forbid", frozen=True, str_strip_whitespace=True, validate_default=False, defer_build=True
    )

    @classmethod
    def variants(cls) -> tuple[type[Settings], ...]:
        """Return the models that can stand where this one is asked for: itself, or the members of an open family."""
        return (cls,)


# each parsed file is one document, known by being itself
@dataclass(frozen=True, eq=False)
class Document:
    """A settings file as it stands: its data, and the line of every key.

    Attributes:
        shown: name of the file as the office knows it.
        data: mappings, lists and scalars in their present form, without the version of the file.
        root: the composed node, which knows the lines.
    """

    shown: str
    data: Any
    root: Node = field(repr=False)

    def line(self, *location: str | int) -> int:
        """Return the line (from 1) of the key or item at `location`; of the nearest one above it if it is absent."""
        return self._nearest(location)[0]

    def written(self, *location: str | int) -> str:
        """Return the scalar at `location` as written; empty for a mapping, a list or an absent key."""
        node = self._nearest(location)[1]
        return node.value if isinstance(node, ScalarNode) else ""

    def fault(
        self,
        check: str,
        *location: str | int,
        severity: Literal["blocks", "warns", "notes"] = "blocks",
        **details: str,
    ) -> Fault:
        """Return a fault at `location`, with the key as `key` and the value as `found`."""
        return Fault(
            check,
            file=self.shown,
            line=self.line(*location),
            found=self.written(*location),
            severity=severity,
            details={"key": ".".join(map(_shown_part, location)), **details},
        )

    def _nearest(self, location: Location) -> tuple[int, Node]:
        line, node = self.root.start_mark.line + 1, self.root
        for part in location:
            step = _step(node, part)
            # a location of pydantic also names the branch of a union, which is no key of the file
            if step is not None:
                line, node = step
        return line, node


def read_settings(path: Path, model: type[M], shown: str) -> tuple[M | None, list[Fault]]:
    """Read a settings file into its model.

    Args:
        path: the YAML file.
        model: the pydantic model it must fit.
        shown: name of the file as the office knows it, for the faults.

    Returns:
        The settings, or None if anything is wrong; and every fault (checks `settings_missing_file`,
        `settings_not_yaml`, `settings_endless`, `settings_wrong_sign`, `settings_gbk`, `settings_too_new`,
        `settings_duplicate_key`, `settings_unknown_key`, `settings_missing_key`, `settings_wrong_type`,
        `settings_bad_value`), each with its line.
    """
    document, faults = read_document(path, shown)
    if document is None:
        return None, faults
    settings, wrong = validate(document, model)
    faults = sorted([*faults, *wrong], key=lambda fault: fault.line)
    return (None if faults else settings), faults


def read_document(path: Path, shown: str, file: str = "") -> tuple[Document | None, list[Fault]]:
    """Read a YAML file without a model: its data with lines, and the faults of the writing itself.

    Args:
        path: the YAML file.
        shown: name of the file as the office knows it, for the faults.
        file: which settings file it is, where it may have another name.

    Returns:
        The document (None if the file is absent, no YAML mapping or newer than this program) and the faults;
        duplicate keys are faults of a document that is returned, so that its other errors are found too.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        return None, [_unreadable(error, shown)]
    document, faults = _parsed(content, shown, file or shown)
    return document, list(faults)


@lru_cache(maxsize=_KEPT)
def _parsed(content: bytes, shown: str, file: str) -> tuple[Document | None, tuple[Fault, ...]]:
    """Return what `read_document` does, parsed once per content: a file that was changed is another content."""
    try:
        text, written = _decoded(content, shown)
    except UnicodeDecodeError as error:
        return None, (_unreadable(error, shown),)
    try:
        root = _composed(clean(text.translate(_NO_ENDS)))
        broken: YAMLError | None = None
    except YAMLError as error:
        root, broken = None, error
    if broken is not None or slips.reads_wrongly([*_keys(root)]):
        wrong = [
            Fault(
                "settings_wrong_sign",
                file=shown,
                line=slip.line,
                found=slip.found,
                details={"sign": slip.sign, "mended": slip.mended},
            )
            for slip in slips.slips(text)
        ]
        written += wrong
        try:
            # what else is wrong is told as well, from the lines as they should read
            root = _composed(clean(slips.mended(text).translate(_NO_ENDS))) if wrong else root
            broken = None if wrong else broken
        except YAMLError as error:
            broken = error
    if broken is not None:
        return None, (*written, _unreadable(broken, shown))
    if not isinstance(root, MappingNode):
        return None, (*written, not_yaml(shown, 1, "mapping"))
    document = Document(shown, _plain(root), root)
    version = document.data.pop(FORMAT, 0)
    if isinstance(version, bool) or not isinstance(version, int) or version < 0:
        known = LIST_SIGN.join(map(str, range(CURRENT + 1)))
        return None, (document.fault("settings_bad_value", FORMAT, kind="literal_error", allowed=known),)
    if version > CURRENT:
        return None, (document.fault("settings_too_new", FORMAT, known_version=str(CURRENT)),)
    faults = (
        Fault(
            "settings_duplicate_key",
            file=shown,
            line=key.start_mark.line + 1,
            found=str(key.value),
            details={"key": str(key.value), "first": str(first)},
        )
        for key, first in _duplicates(root)
    )
    return replace(document, data=migrated(document.data, file, version)), (*written, *faults)


def _decoded(content: bytes, shown: str) -> tuple[str, list[Fault]]:
    """Return the text of a file, and the fault that it is written in the encoding of Chinese Windows, if it is.

    Raises:
        UnicodeDecodeError: it is in neither.
    """
    try:
        return content.decode("utf-8"), []
    except UnicodeDecodeError as error:
        try:
            text = content.decode("gb18030")
        except UnicodeDecodeError:
            raise error from None
        line = content[: error.start].count(b"\n")
        found = text.split("\n")[line].strip()
        return text, [Fault("settings_gbk", file=shown, line=line + 1, found=found)]


class _EndlessError(YAMLError):  # type: ignore[misc]
    """Written out, a file would not end or be far too large."""

    def __init__(self, line: int) -> None:
        self.line = line


def _nested(text: str) -> int | None:
    """Return the line where a file nests deeper than libyaml could follow, which brings the process down, or None."""
    if len(text) > _LONGEST:
        return 1
    depth = 0
    for found in _NESTING.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(found[0], _DEEPEST + 1)
        if depth > _DEEPEST:
            return text.count("\n", 0, found.start()) + 1
    return None


def _endless(root: Node | None) -> int | None:
    """Return the line where a file written out would not end or be far too large, or None.

    An anchor may stand for what it is part of, or for many times what many others stand for.
    """
    met, above = 0, set[int]()
    left: list[tuple[Node, bool]] = [] if root is None else [(root, False)]
    while left:
        node, done = left.pop()
        if done:
            above.discard(id(node))
            continue
        met += 1
        if id(node) in above or len(above) > _DEEPEST or met > _LARGEST:
            return int(node.start_mark.line) + 1
        if isinstance(node, CollectionNode):
            above.add(id(node))
            left.append((node, True))
            parts = (
                part for pair in node.value for part in (pair if isinstance(node, MappingNode) else (pair,))
            )
            left.extend((part, False) for part in parts)
    return None


def _keys(node: Node | None) -> Iterator[str]:
    """Yield every key of a file."""
    if isinstance(node, MappingNode):
        for key, value in node.value:
            yield str(key.value)
            yield from _keys(value)
    elif isinstance(node, SequenceNode):
        for item in node.value:
            yield from _keys(item)


class _Quick(getattr(yaml, "CBaseLoader", yaml.BaseLoader)):  # type: ignore[misc]
    """Reads YAML by libyaml, where it is there, in a twentieth of the time."""


class _Slow(yaml.BaseLoader):  # type: ignore[misc]
    """Reads YAML by itself, and says of what is none what was expected where."""


# what is a number or a day: `yes`, `12:30` and 1_000 with a sign of the older YAML in them stay the texts they are
for _loader in (_Quick, _Slow):
    for _kind, _written, _first in (
        ("bool", "true|True|TRUE|false|False|FALSE", "tTfF"),
        ("null", "~|null|Null|NULL|", ["~", "n", "N", ""]),
        ("timestamp", "[0-9]{4}-[0-9]{2}-[0-9]{2}", "0123456789"),
        (
            "float",
            r"[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[-+]?[0-9][0-9_]*[eE][-+]?[0-9]+"
            r"|[-+]?\.[0-9_]+(?:[eE][-+][0-9]+)?",
            "-+.0123456789",
        ),
        ("int", "[-+]?[0-9_]+", "-+0123456789"),
    ):
        _loader.add_implicit_resolver(_TAG + _kind, re.compile(f"(?:{_written})\\Z"), list(_first))


def _composed(text: str) -> Node | None:
    """Return the nodes of a YAML file.

    Raises:
        YAMLError: it is none.
    """
    text = text.translate(_NO_ENDS)
    if (line := _nested(text)) is not None:
        raise _EndlessError(line)
    try:
        try:
            # libyaml takes a tab for a blank; who edits the file later does not
            root = yaml.compose(text, Loader=_Slow if "\t" in text else _Quick)
        except YAMLError:
            root = yaml.compose(text, Loader=_Slow)
    except RecursionError:
        raise _EndlessError(1) from None
    if (line := _endless(root)) is not None:
        raise _EndlessError(line)
    return root


def _unreadable(error: OSError | UnicodeDecodeError | YAMLError, shown: str) -> Fault:
    if isinstance(error, FileNotFoundError):
        return Fault("settings_missing_file", file=shown, found=shown)
    if isinstance(error, OSError):
        return Fault("file_unreadable", file=shown, found=shown, details={"reason": error.strerror or ""})
    if isinstance(error, _EndlessError):
        return Fault("settings_endless", file=shown, line=error.line)
    if isinstance(error, UnicodeDecodeError):
        return not_yaml(shown, error.object[: error.start].count(b"\n") + 1, "encoding")
    mark = (error.problem_mark or error.context_mark) if isinstance(error, MarkedYAMLError) else None
    return not_yaml(shown, mark.line + 1 if mark else 0, _problem(error))


def not_yaml(shown: str, line: int, problem: str) -> Fault:
    """Return the fault of a file that cannot be read, with what is wrong there (`fault_term.problem`)."""
    return Fault("settings_not_yaml", file=shown, line=line, details={"problem": problem})


def _problem(error: YAMLError) -> str:
    """Return what the parser stumbled over, as a term; it says so in English."""
    said = str((error.problem if isinstance(error, MarkedYAMLError) else None) or error)
    return next((term for start, term in _PROBLEMS.items() if said.startswith(start)), "other")


def validate(document: Document, model: type[M]) -> tuple[M | None, list[Fault]]:
    """Hold a document against its model; return the settings (None if they do not fit) and every fault."""
    try:
        return model.model_validate(document.data), []
    except ValidationError as error:
        faults = [_fault(document, model, detail) for detail in error.errors(include_url=False)]
        return None, sorted(faults, key=lambda fault: fault.line)


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return the known word that was probably meant, or an empty text where none is close.

    Close is what differs by a slip in up to a third of its signs, or says the same shorter. In a code of digits every
    other code is one slip away, so only digits exchanged, left out or typed twice are taken for a slip there.
    """
    close = [near for near in difflib.get_close_matches(word, [*known], n=8) if _is_slip(word, near)]
    return "" if not close or (_is_number(close[0]) and len(close) > 1) else close[0]


def _is_number(code: str) -> bool:
    return code.replace(".", "").isdigit()


def _is_slip(word: str, known: str) -> bool:
    if _is_number(known):
        longer, shorter = sorted((word, known), key=len, reverse=True)
        left_out = (longer[:place] + longer[place + 1 :] for place in range(len(longer)))
        exchanged = sorted(word) == sorted(known) and sum(map(ne, word, known)) == 2
        return exchanged or shorter in left_out
    shared = sum(
        block.size for block in difflib.SequenceMatcher(None, word, known, False).get_matching_blocks()
    )
    longest = max(len(word), len(known))
    return word in known or known in word or longest - shared <= max(1, longest // 3)


def _fault(document: Document, model: type[BaseModel], detail: ErrorDetails) -> Fault:
    kind, location = detail["type"], detail["loc"]
    if kind == "extra_forbidden":
        name = str(location[-1])
        known = sorted([*([FORMAT] if len(location) == 1 else []), *_known_keys(model, location[:-1])])
        return Fault(
            "settings_unknown_key",
            file=document.shown,
            line=document.line(*location),
            found=name,
            details={
                "key": _dotted(document, location),
                "suggestion": suggestion(name, known),
                "known": "、".join(known),
            },
        )
    places = {name: str(value) for name, value in detail.get("ctx", {}).items()}
    if kind in ("missing", "union_tag_not_found"):
        # for the branch of a union: the key that names the branch is missing
        above = location[:-1] if kind == "missing" else location
        missing = str(location[-1]) if kind == "missing" else places["discriminator"].strip("'")
        return Fault(
            "settings_missing_key",
            file=document.shown,
            line=document.line(*above),
            details={"key": ".".join([*_parts(document, above), missing])},
        )
    check = (
        "settings_wrong_type" if kind.endswith(("_type", "_parsing", "_from_float")) else "settings_bad_value"
    )
    wanted = kind.removesuffix("_type").removesuffix("_parsing").removesuffix("_from_float")
    found = places.get("tag") or places.get("found") or document.written(*location) or _short(detail["input"])
    allowed = places.get("expected_tags", places.get("expected", ""))
    allowed = allowed.replace("'", "").replace(" or ", "、").replace(", ", "、")
    return Fault(
        check,
        file=document.shown,
        line=document.line(*location),
        found=found,
        details={
            **places,
            "key": _dotted(document, location),
            "kind": wanted,
            "allowed": allowed,
            "reason": detail["msg"],
        },
    )


def _short(value: object) -> str:
    if isinstance(value, list) and not any(isinstance(item, Mapping | list) for item in value):
        value = LIST_SIGN.join(map(str, value))
    text = "" if value is None or isinstance(value, Mapping | list) else str(value)
    return text if len(text) <= 60 else text[:59] + "…"


def _shown_part(part: str | int) -> str:
    """Return a part of a location as people count: the items of a list from 1."""
    return str(part + 1) if isinstance(part, int) else part


def _dotted(document: Document, location: Location) -> str:
    return ".".join(_parts(document, location))


def _parts(document: Document, location: Location) -> list[str]:
    """Return the parts of a location that are keys or items of the file (a union's branch is not)."""
    parts, node = [], document.root
    for part in location:
        step = _step(node, part)
        if step is not None:
            node = step[1]
            parts.append(_shown_part(part))
    return parts


def _step(node: Node, part: str | int) -> tuple[int, Node] | None:
    """Return line and node of a key of a mapping or an item of a list; None if there is no such."""
    if isinstance(node, MappingNode):
        for key, value in node.value:
            if str(key.value) == str(part):
                return key.start_mark.line + 1, value
    elif isinstance(node, SequenceNode) and isinstance(part, int) and part < len(node.value):
        item = node.value[part]
        return item.start_mark.line + 1, item
    return None


def _duplicates(node: Node) -> Iterator[tuple[Node, int]]:
    """Yield every key that stands twice in its mapping, with the line of the first."""
    if isinstance(node, MappingNode):
        first: dict[str, int] = {}
        for key, value in node.value:
            name = str(key.value)
            if name in first:
                yield key, first[name]
            else:
                first[name] = key.start_mark.line + 1
            yield from _duplicates(value)
    elif isinstance(node, SequenceNode):
        for item in node.value:
            yield from _duplicates(item)


def _plain(node: Node) -> Any:
    """Return a node as mappings, lists and scalars; keys are text, numbers remember how they were written."""
    if isinstance(node, MappingNode):
        data: dict[str, Any] = {}
        for key, value in node.value:
            # of a key that stands twice the first counts, as it does for its line
            if str(key.value) not in data:
                data[str(key.value)] = _plain(value)
        return data
    if isinstance(node, SequenceNode):
        return [_plain(item) for item in node.value]
    return _scalar(str(node.tag).removeprefix(_TAG), str(node.value))


def _scalar(kind: str, text: str) -> object:
    if kind == "null":
        return None
    try:
        return _READERS[kind](text) if kind in _READERS else text
    except ValueError:
        # 0x1F, .inf or a time of day: no form of these settings, so the model sees the text and refuses it
        return text


def _whole(text: str) -> _WrittenInt:
    number = _WrittenInt(text.replace("_", ""), 10)
    number.text = text
    return number


def _number(text: str) -> _WrittenFloat:
    number = _WrittenFloat(text.replace("_", ""))
    number.text = text
    return number


_READERS: Final[dict[str, Callable[[str], object]]] = {
    "bool": lambda text: text.lower() == "true",
    "int": _whole,
    "float": _number,
    "timestamp": dt.date.fromisoformat,
}


def _known_keys(model: type[BaseModel], location: Location) -> list[str]:
    """Return the keys allowed at a location, from the fields of the models that can stand there."""
    models = [model]
    for part in location:
        if isinstance(part, int):
            continue
        fields = [candidate.model_fields[part] for candidate in models if part in candidate.model_fields]
        if fields:
            models = [found for item in fields for found in _models(item.annotation)]
        else:
            tagged = [candidate for candidate in models if part in (candidate.__name__, *_tags(candidate))]
            models = tagged or models
    return sorted({name for candidate in models for name in candidate.model_fields})


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and not get_origin(annotation) and issubclass(annotation, BaseModel):
        return [*annotation.variants()] if issubclass(annotation, Settings) else [annotation]
    return [found for part in get_args(annotation) for found in _models(part)]


def _tags(model: type[BaseModel]) -> list[str]:
    """Return the values of a model's literal fields: the names under which it is a branch of a union."""
    return [
        str(value)
        for item in model.model_fields.values()
        if get_origin(item.annotation) is Literal
        for value in get_args(item.annotation)
    ]
