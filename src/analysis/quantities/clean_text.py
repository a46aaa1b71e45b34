"""The one place at which text is made plain: whatever comes in, from cells, headers, names or settings, passes here.

Signs nobody sees go, spaces that look like spaces become spaces, and every way to end a line becomes one. What can be
seen stays as it was written, private signs of a font too: those are told where they cannot be printed.
"""

from __future__ import annotations

import re
from typing import Final

#: characters that spreadsheets and web pages leave behind and nobody sees: byte order marks, zero-width signs, marks of
#: direction, soft hyphens, control characters, halves of characters, places that hold none
_UNSEEN: Final = (
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufe00-\ufe0f\ufeff\ufff0-\ufffc\ufffe\uffff\ud800-\udfff\U000e0000-\U000e01ef"
)
_SPACES: Final = "\xa0\u2000-\u200a\u202f\u205f\u2800\u3164"
_LINE_ENDS: Final = "\r\x0b\x0c\x85\u2028\u2029"
_ODD: Final = re.compile(f"[{_UNSEEN}{_SPACES}{_LINE_ENDS}]")
#: how a workbook writes a control character inside its XML; programs that do not know it leave it in the text
_ESCAPED: Final = re.compile(r"_x00([01][0-9A-Fa-f])_")
_LINE_END: Final = re.compile(f"\r\n|[{_LINE_ENDS}]")
_SPACE: Final = re.compile(f"[{_SPACES}]")
_HIDDEN: Final = re.compile(f"[{_UNSEEN}]")


def clean(text: str) -> str:
    """Return text without signs nobody sees, with plain spaces, and with one sign for every end of a line."""
    if _ODD.search(text) is None:
        return text
    return _HIDDEN.sub("", _SPACE.sub(" ", _LINE_END.sub("\n", text)))


def clean_cell(text: str) -> str:
    """Return the text of a cell as `clean` does, `_x000D_` and its like taken for the characters they stand for."""
    if "_x00" in text:
        text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    return clean(text)
