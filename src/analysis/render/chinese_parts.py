"""The language of parts: names and texts the office wrote in Chinese, on a page in another language."""

from __future__ import annotations

import re
from typing import Final

#: Han characters and the punctuation that goes with them
_HAN: Final = "\u3001-\u3017\u3400-\u9fff\uff01-\uff60"
#: a stretch of Chinese: figures and letters between two Han characters belong to it, blanks do not
_STRETCH: Final = re.compile(f"[0-9]*[{_HAN}]+(?:[0-9A-Za-z.·%/-]*[{_HAN}]+)*")
#: what is no text of the page (a drawing is read by its alternative text), and the tags between which text stands
_NOT_TEXT: Final = re.compile(
    r"(<!--.*?-->|<(script|style|title|svg|option)\b.*?</\2>|<[^>]*>)", re.DOTALL | re.IGNORECASE
)


def mark_words(text: str) -> str:
    """Return words, escaped for HTML and without any tag, with every stretch of Chinese marked as such (`lang`)."""
    # an element no rule of the style sheet is about
    return _STRETCH.sub(lambda found: f'<bdi lang="zh-CN">{found.group()}</bdi>', text)


def mark_chinese(markup: str) -> str:
    """Return HTML made elsewhere with every stretch of Chinese in it marked as such.

    Tags, attributes, scripts and drawings stay as they are; so does the text itself.
    """
    done: list[str] = []
    at = 0
    for found in _NOT_TEXT.finditer(markup):
        done += [mark_words(markup[at : found.start()]), found.group()]
        at = found.end()
    return "".join([*done, mark_words(markup[at:])])
