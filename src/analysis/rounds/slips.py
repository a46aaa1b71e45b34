"""Slips of writing in a settings file: signs that look right to whoever typed them and mean nothing to YAML.

A Chinese keyboard gives `：`, `，`, `｛`, `【`; a word processor a space that does not part words; an editor a tab.
They are looked for outside quotes, comments and blocks of text, and only where structure stands: within the text of a
value they are the office's own. Every slip is told with the line as it should read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from analysis.quantities import clean

#: what stands for a quoted stretch while a line is looked at, so that signs inside it are let alone
_HELD: Final = "\ue000{}\ue001"
_HOLDER: Final = r"\ue000\d+\ue001"
_QUOTED: Final = re.compile(r'(?<![^\s:：,，\[{【｛［（-])("(?:\\.|[^"\\])*"|\'(?:\'\'|[^\'])*\')')
_COMMENT: Final = re.compile(r"(^|\s)#.*$")
#: a key: a word of letters, a number or code, or a quoted one
_KEY: Final = rf"(?:[A-Za-z_][A-Za-z0-9_]*|[0-9][0-9.]*|{_HOLDER})"
#: where a key may stand: at the beginning of a line, behind the dash of an item, in a mapping on one line
_BEFORE_KEY: Final = r"(?:^[ ]*(?:-[ ]+)*|[{,][ ]*)"
_NO_VALUE: Final = r"[ ]*(?=$|[,\]}])"
_BLOCK: Final = re.compile(r":[ ]*[|>][-+0-9]*[ ]*$")
#: what says that a comma parts two entries: a key behind it, or a value that is complete before it
_ENTRY: Final = rf"(?:{_KEY}[ ]*[:：]|{_HOLDER}|[-+]?[0-9][0-9.]*[%‰]?[ ]*(?=[,，\]］】}}｝]|$)|[{{｛\[［【])"

_ODD_SPACES: Final = re.compile("[\xa0\u2000-\u200a\u202f\u205f]")
_WIDE_SPACE: Final = "\u3000"
#: a wide space where structure stands: in the indentation, beside a sign of YAML, at the end
_WIDE_AT: Final = re.compile(r"(?:(?<=[:：,，\[{【｛［（ -])|(?<=^))\u3000+|\u3000+(?=[:：,，\]}】｝］）]|$)")
_BRACKETS: Final = str.maketrans("｛｝［］", "{}[]")


@dataclass(frozen=True)
class Slip:
    """A slip in a line.

    Attributes:
        line: the line, from 1.
        sign: what was typed: `colon`, `comma`, `bracket`, `tab`, `space` (one that does not part words), `wide_space`,
            or `no_space` (a colon without a space behind it).
        found: the line as written, without indentation and comment.
        mended: the same as it should read.
    """

    line: int
    sign: str
    found: str
    mended: str


def slips(text: str) -> Iterator[Slip]:
    """Yield every slip of a settings file; of a line with several, one for each kind."""
    for number, (line, signs, mended) in enumerate(_lines(text), 1):
        for sign in signs:
            yield Slip(number, sign, _bare(line), _bare(mended))


def _bare(line: str) -> str:
    """Return a line without indentation and comment."""
    hidden, held = _hidden(_QUOTED, line, [])
    return _shown(_COMMENT.sub("", hidden), held).strip()


def _hidden(what: re.Pattern[str], line: str, held: list[str]) -> tuple[str, list[str]]:
    """Return a line with some stretches of it held back, and these."""

    def hold(found: re.Match[str]) -> str:
        held.append(found[0])
        return _HELD.format(len(held) - 1)

    return what.sub(hold, line), held


def _shown(code: str, held: list[str]) -> str:
    return re.sub(r"\ue000(\d+)\ue001", lambda found: held[int(found[1])], code)


def mended(text: str) -> str:
    """Return the text with every slip mended."""
    return "\n".join(line for _, _, line in _lines(text))


@dataclass(frozen=True)
class _Level:
    """A line that another may stand under or beside.

    Attributes:
        written: its indentation as written.
        width: the same as it should be, in spaces.
        under: where what belongs to it begins: under a key two spaces further, under the dash of an item its keys.
    """

    written: str
    width: int
    under: int

    @classmethod
    def of(cls, written: str, line: str) -> _Level:
        code = _COMMENT.sub("", line).rstrip()
        width = len(code) - len(code.lstrip())
        dashes = re.match(r"(?:-[ ]+)*", code.lstrip())
        column = width + (len(dashes[0]) if dashes else 0)
        return cls(written, width, column + 2 if code.endswith(":") else column)


def _width(written: str, above: list[_Level]) -> int:
    """Return for how many spaces an indentation with tabs stands: as one written alike, else as fits the line above."""
    alike = (level.width for level in reversed(above) if level.written == written)
    under = above[-1].under if above else len(written.replace("\t", "  "))
    return next(alike, under)


def _lines(text: str) -> Iterator[tuple[str, list[str], str]]:
    """Yield every line, what is wrong with it, and how it should read."""
    depth, block = 0, -1
    above: list[_Level] = []
    for line in re.split("\r\n|[\r\n]", text):
        indent = len(line) - len(line.lstrip())
        if block >= 0 and (indent > block or not line.strip()):
            yield line, [], line
            continue
        block = -1
        tabbed = "\t" in line[:indent] and not depth
        straight = " " * _width(line[:indent], above) + line[indent:] if tabbed else line
        opened = depth
        signs, better, depth = _mended(straight, depth)
        signs = ["tab", *(sign for sign in signs if sign != "tab")] if tabbed and line.strip() else signs
        if not opened and better.strip():
            above = [level for level in above if level.width <= len(better) - len(better.lstrip())]
            above.append(_Level.of(line[:indent], better))
        if _BLOCK.search(better):
            block = indent
        yield line, signs, better


def _mended(line: str, depth: int) -> tuple[list[str], str, int]:
    """Return what is wrong with a line, how it should read, and how many brackets are open behind it."""
    hidden, held = _hidden(_QUOTED, line, [])
    comment = _COMMENT.search(hidden)
    code, rest = (hidden[: comment.start()], hidden[comment.start() :]) if comment else (hidden, "")
    signs: list[str] = []
    for sign, mend in _MENDERS:
        after = mend(code, depth)
        if after != code:
            signs.append(sign)
            code = after
    depth = max(0, depth + sum(map(code.count, "{[")) - sum(map(code.count, "}]")))
    return signs, _shown(code + rest, held), depth


def _tab(code: str, _depth: int) -> str:
    indent = len(code) - len(code.lstrip())
    return code[:indent].replace("\t", "  ") + code[indent:].replace("\t", " ")


def _space(code: str, _depth: int) -> str:
    return _ODD_SPACES.sub(" ", code)


def _wide_space(code: str, _depth: int) -> str:
    indent = len(code) - len(code.lstrip())
    return code[:indent].replace(_WIDE_SPACE, "  ") + _WIDE_AT.sub(" ", code[indent:])


def _bracket(code: str, _depth: int) -> str:
    code = code.translate(_BRACKETS)
    at_value = r"((?:[:：,，\[{]|^[ ]*(?:-[ ]+)*-)[ ]*)"
    code = re.sub(rf"{at_value}【([^】]*)】", r"\1[\2]", code)
    return re.sub(rf"{at_value}（(?={_KEY}[ ]*[:：])([^）]*)）", r"\1{\2}", code)


def _colon(code: str, _depth: int) -> str:
    return re.sub(rf"({_BEFORE_KEY}|，[ ]*)({_KEY})[ ]*：[ ]*(?=(\S)?)", _with_colon, code)


def _with_colon(found: re.Match[str]) -> str:
    return f"{found[1]}{found[2]}:{' ' if found[3] else ''}"


def _comma(code: str, depth: int) -> str:
    def mend(found: re.Match[str]) -> str:
        before = code[: found.start()]
        opened = depth + sum(map(before.count, "{[")) - sum(map(before.count, "}]"))
        return ", " if opened > 0 else found[0]

    return re.sub(rf"[，、][ ]*(?={_ENTRY})", mend, code)


def _no_space(code: str, _depth: int) -> str:
    return re.sub(rf"({_BEFORE_KEY}[A-Za-z_][A-Za-z0-9_]*):(?=[^\s:/\\])", r"\1: ", code)


#: in this order: a comma is known by the key behind it, a key by its colon
_MENDERS: Final = (
    ("tab", _tab),
    ("space", _space),
    ("wide_space", _wide_space),
    ("bracket", _bracket),
    ("colon", _colon),
    ("comma", _comma),
    ("no_space", _no_space),
)


def reads_wrongly(keys: list[str]) -> bool:
    """Return whether keys of a file that could be read hold a sign that parts them from their values."""
    return any(re.search(r"[：，｛｝［］\u3000]|^\w+:\S", clean(key)) for key in keys)
