"""The page of worked examples: its lines give what they say, and its sentences hold only figures from its lines."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[1] / "docs" / "statistics.md"
CODE = re.compile(r"^```python\n(.*?)^```\n", re.MULTILINE | re.DOTALL)
NUMBER = re.compile(r"\d[\d,_]*(?:\.\d+)?")
#: what belongs to the language of a section rather than to its figures
FIXED = re.compile(
    r"95% 置信区间|GB/T 8170|1\.96 standard errors|\(Wilson 1927\)|√\(p\(1−p\)/n\)|n − 1|p = |0 = |1 = "
)


def sections() -> list[tuple[str, str]]:
    """Return title and text of every numbered section."""
    parts = re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return [(part.splitlines()[0], part) for part in parts if re.match(r"\d+\. ", part)]


def numbers(text: str) -> set[str]:
    # a half-open 5.0 in the prose may be computed as 5
    return {number.replace(",", "").replace("_", "").removesuffix(".0") for number in NUMBER.findall(text)}


def test_lines_give_what_they_say() -> None:
    text = PAGE.read_text(encoding="utf-8")
    test = doctest.DocTestParser().get_doctest("\n".join(CODE.findall(text)), {}, PAGE.name, str(PAGE), 0)
    told: list[str] = []
    result = doctest.DocTestRunner(verbose=False).run(test, out=told.append)
    assert result.attempted > 40
    assert not result.failed, "".join(told)


@pytest.mark.parametrize("title,text", sections(), ids=[title for title, _ in sections()])
def test_sentences_hold_only_figures_of_their_lines(title: str, text: str) -> None:
    code = "\n".join(CODE.findall(text))
    prose = FIXED.sub("", CODE.sub("", text.split("\n", 1)[1]))
    assert code and prose.strip()
    assert numbers(prose) - numbers(code) == set()


def test_a_wrong_figure_would_be_noticed() -> None:
    assert numbers("a rise of 13.5 points, 48,000 workers, 5.0") - numbers("[13.4, 1.5] 48_000 5") == {"13.5"}
