"""A scoring shape of one's own: one class and its sentences, and the whole road knows it.

The recipe: a class in a module of `rulebook/shapes/` with the mark `@scoring_shape`, its sentences in words/zh and
words/en. Here the class stands in the test, and is entered into the register for the length of a test only.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import floor
from pathlib import Path
from typing import Literal

import pytest
from rule_examples import RULEBOOK_2020, indicator, roll, round_2020, rules_2020, share, table, whole_unit

from analysis import rulebook
from analysis.intake.fault_lists.lines import fault_line
from analysis.rulebook import Indicator, Rulebook, Step, rule_sentence
from analysis.rulebook.derivation import derive
from analysis.rulebook.edit.rulefile import RuleFile
from analysis.rulebook.edit.rulefiles import RuleFiles
from analysis.rulebook.edit.ruletable import table_of
from analysis.rulebook.indicator import Declared, Scoring
from analysis.rulebook.rule import (
    SHAPES,
    Curve,
    Finding,
    PositivePoints,
    PositiveQuantity,
    Terms,
    Threshold,
    full_never,
    given,
)
from analysis.rulebook.sentences import plain, threshold
from analysis.rulebook.telling import Telling, indicator_sentence
from analysis.scoring import scoring
from analysis.words import Text, Words


class Stairs(Curve):
    """Points for every whole step that was climbed.

    Attributes:
        every: height of a step.
        each: points for one.
    """

    direction = "up"

    shape: Literal["stairs"]
    every: PositiveQuantity
    each: PositivePoints

    def _climbed(self, x: Fraction) -> int:
        return floor(x / Fraction(self.every))

    def award(self, x: Fraction, points: Fraction, terms: Terms) -> Step:
        """Return the points of the steps climbed."""
        steps = self._climbed(x)
        return Step("stairs", steps * Fraction(self.each), {"steps": Fraction(steps)})

    def thresholds(self) -> Iterator[Threshold]:
        """Yield the height of a step, which needs its sign where a share is read."""
        yield from given(every=self.every)

    def faults(self, item: Scoring) -> Iterator[Finding]:
        """Yield stairs that end below the full points."""
        if item.most_readable is not None:
            top = self._climbed(item.most_readable) * Fraction(self.each)
            if top < item.bounds[0]:
                yield full_never("each", top, item.bounds[0])

    def sentence(self, item: Scoring, declared: Declared, words: Words) -> Text:
        """Return what one step gives."""
        every = threshold(item, self.every, words)
        return words("rule.stairs", every=every, each=plain(self.each), points=plain(item.points))

    def tell(self, step: Step, telling: Telling) -> Text:
        """Return how many steps were climbed."""
        return telling.plainly(step)


#: what the recipe writes into words/zh and words/en
SENTENCES = {
    "zh": {
        "rule.stairs": "每满 {every} 得 {each} 分，满分 {points} 分。",
        "derivation.stairs": "登上 {steps} 级",
        "ruletable.key.every": "每级高度",
        "ruletable.shape.stairs": "登阶",
    },
    "en": {
        "rule.stairs": "{each} points for every full {every}, {points} points in all.",
        "derivation.stairs": "{steps} steps climbed",
        "ruletable.key.every": "height of a step",
        "ruletable.shape.stairs": "stairs",
    },
}


class Taught(Words):
    """The catalogue with the sentences of the new shape."""

    def label(self, key: str) -> str:
        """Return the text of a key."""
        return SENTENCES[self.language].get(key) or super().label(key)

    def __contains__(self, key: str) -> bool:
        """Return whether there is such a key."""
        return key in SENTENCES[self.language] or super().__contains__(key)


ZH, EN = Taught("zh"), Taught("en")
STAIRS = {"shape": "stairs", "every": "10%", "each": 1}


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Enter the shape, as `@scoring_shape` would."""
    monkeypatch.setitem(SHAPES, "stairs", Stairs)


def told(item: Indicator, above: int, catalogue: Words = ZH) -> tuple[float, str]:
    """Return points and sentence for `above` of 100."""
    result = derive("990001", item, rules_2020().declared(item), share(above, 100))
    return float(result.points), indicator_sentence(result, item, catalogue, 2).plain


@pytest.mark.usefixtures("known")
def test_it_scores_between_floor_and_cap_and_says_why() -> None:
    item = indicator(STAIRS)
    assert told(item, 95) == (9, "核处化解率 95.00%（95/100），登上 9 级，得 9.00 分")
    assert told(item, 95, EN)[1].endswith("9 steps climbed, scores 9.00 points")
    assert told(indicator(STAIRS, floor="2"), 5)[0] == 2, "what holds for every item holds for it too"
    steep = indicator({**STAIRS, "each": 3})
    assert told(steep, 95) == (10, "核处化解率 95.00%（95/100），登上 9 级，最高 10 分，得满分 10.00 分")


@pytest.mark.usefixtures("known")
def test_it_reads_as_an_official_sentence() -> None:
    assert rule_sentence(indicator(STAIRS), rules_2020(), ZH).plain == "每满 10% 得 1 分，满分 10 分。"
    cases = {"shape": "first", "cases": [{"when": {"below": "50%"}, "points": 0}], "otherwise": STAIRS}
    item = indicator(cases)
    assert told(item, 70)[0] == 7, "a curve may stand in a case"
    assert rule_sentence(item, rules_2020(), ZH).plain.endswith("其余的，每满 10% 得 1 分，满分 10 分。")


def rule_set(tmp_path: Path, rule: str) -> Path:
    """Return the rule set of 2020 with another rule for the rate resolved."""
    file = RuleFile.read(RULEBOOK_2020).edited({"5.2.rule": rule})
    path = tmp_path / "rulebook.yaml"
    path.write_text(file.text, encoding="utf-8")
    return path


def faults(path: Path) -> list[str]:
    """Return what is wrong with a rule set, in Chinese."""
    return [fault_line(fault, ZH) for fault in rulebook.load(path)[1]]


@pytest.mark.usefixtures("known")
def test_its_faults_are_told_with_their_lines(tmp_path: Path) -> None:
    low, unsigned, misspelt = (
        faults(rule_set(tmp_path, rule))
        for rule in (
            "{shape: stairs, every: 20%, each: 1}",
            "{shape: stairs, every: 10, each: 1}",
            "{shape: stairs, evry: 10%, each: 1}",
        )
    )
    assert len(low) == 1, "seven points cannot be had from five steps"
    assert "5" in low[0]
    assert "7" in low[0]
    assert len(unsigned) == 1, "ten could mean 10% or ten"
    assert "%" in unsigned[0]
    assert any("是否应为“every”" in line for line in misspelt), misspelt


@pytest.mark.usefixtures("known")
def test_a_round_is_scored_by_it_and_its_table_printed(tmp_path: Path) -> None:
    path = rule_set(tmp_path, "{shape: stairs, every: 10%, each: 0.7}")
    book, wrong = rulebook.load(path)
    assert isinstance(book, Rulebook)
    assert wrong == []
    scores = scoring.score(
        table(whole_unit("990001")), book, roll("990001"), round_2020().settings, catalogue=ZH
    )
    row = scores.set_index("id").loc["score.990001.5.2"]
    assert float(row["points"]) == pytest.approx(6.3), "nine of ten"
    assert "登上 9 级" in row["derivation"]
    file = RuleFile.read(path)
    line = next(line for line in table_of(book, RuleFiles(file), ZH).lines if line.code == "5.2")
    assert line.rule == "每满 10% 得 0.7 分，满分 7 分。"
    assert (line.shape, line.cell) == ("登阶", "每级高度 10%；每差 0.7"), (
        "it is edited in the workbook like all others"
    )


def test_without_it_the_shape_is_unknown(tmp_path: Path) -> None:
    line = faults(rule_set(tmp_path, "{shape: stairs, every: 10%, each: 1}"))[0]
    assert "stairs" in line
    assert "proportional、shortfall" in line, "what there is, is listed"
