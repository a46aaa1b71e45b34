"""What was looked for in the cells of a lineage row: data, worded at the end in the reader's language.

In the column `filter` of lineage.csv a filter is written as `key=value` pairs with semicolons between them, a `%`, `;`
or line end in a value as in an address (`%3B`):

    item=5.5;side=current;role=count;of=confirmed;period=2020;as_of=2022-02-28

    part, item, side   what the value was read for, outermost first: a part of a composed value, an item of the
                       rulebook (`total`, `grade` too), `current` or `previous` of a comparison
    role               what the cells are to the value, one of `Role`
    of                 the conditions that hold in their rows, one pair each
    ledger             the ledger reported as nil, or the one that states the number instead of another
    unit, group        of the problems counted
    period             of the rows; `before`: rows before that period
    as_of              the cut-off
    line, note         of a statement of the office: line of the file, what it rests on
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, Literal, get_args
from urllib.parse import unquote

Role = Literal[
    "count", "sum", "numerator", "denominator",  # of the rows that meet the condition
    "none",  # rows looked at, none of which meets it
    "nil_return",  # a ledger reported as nil
    "problems",  # open problems, those stated twice merged
    "problem_states", "statement", "published_facts",
]  # fmt: skip
#: what a value may be read for
Reader = Literal["part", "item", "side"]
_ROLES: Final[dict[str, Role]] = {role: role for role in get_args(Role)}
_READERS: Final[dict[str, Reader]] = {reader: reader for reader in get_args(Reader)}
_TEXTS: Final = ("ledger", "unit", "group", "period", "before", "as_of", "line", "note")
_ESCAPED: Final = str.maketrans({sign: f"%{ord(sign):02X}" for sign in "%;\r\n"})


@dataclass(frozen=True)
class Filter:
    """What was looked for; the attributes are the keys of the written form, an empty one does not stand there.

    Attributes:
        read_for: (key, code) of what the value was read for, outermost first.
    """

    role: Role
    of: tuple[str, ...] = ()
    ledger: str = ""
    unit: str = ""
    group: str = ""
    period: str = ""
    before: str = ""
    as_of: str = ""
    line: str = ""
    note: str = ""
    read_for: tuple[tuple[Reader, str], ...] = ()

    def __str__(self) -> str:
        """Return the written form."""
        pairs = [*self.read_for, ("role", self.role), *(("of", code) for code in self.of)]
        pairs += [(key, value) for key in _TEXTS if (value := getattr(self, key))]
        return ";".join(f"{key}={value.translate(_ESCAPED)}" for key, value in pairs)


@lru_cache(maxsize=4096)
def parse_filter(text: str) -> Filter:
    """Return the filter of a written form.

    Raises:
        ValueError: it is none.
    """
    read_for: list[tuple[Reader, str]] = []
    of: list[str] = []
    texts: dict[str, str] = {}
    for pair in text.split(";"):
        key, sign, value = pair.partition("=")
        value = unquote(value)
        if key in _READERS and "role" not in texts:
            read_for.append((_READERS[key], value))
        elif key == "of":
            of.append(value)
        elif sign and key in ("role", *_TEXTS) and key not in texts:
            texts[key] = value
        else:
            raise ValueError(f"not the filter of a lineage row: {text}")
    role = _ROLES.get(texts.pop("role", ""))
    if role is None:
        raise ValueError(f"not the filter of a lineage row: {text}")
    return Filter(role, of=tuple(of), read_for=tuple(read_for), **texts)


@lru_cache(maxsize=4096)
def read_for(reader: Reader, code: str, text: str) -> str:
    """Return the written form of a filter for a value that was itself read for something."""
    inner = parse_filter(text)
    return str(replace(inner, read_for=((reader, code), *inner.read_for)))
