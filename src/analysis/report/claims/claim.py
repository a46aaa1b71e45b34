"""What a sentence asserts, as a value, and the gate that keeps a product from asserting the opposite as well.

A claim answers questions: what the change of a unit's cases was between two periods, who has the largest loss, on which
side of the city's rate a unit stands. A product may answer a question once; another answer to it, from another section,
is refused with both sentences named.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise, product
from typing import Final, NamedTuple

#: kinds whose answer is who, of all units
OF_ALL: Final = frozenset({"most", "least", "holding_half", "nearest", "named", "veto", "silent"})
#: several steps one way, the last of them clear: what kind of claim is made of that last step
RUNS: Final = {"run": "change", "moved_run": "moved"}
#: which way a quantity went that has one of these verdicts
WAY: Final = {"clear_fall": "fall", "clear_rise": "rise"}


class Question(NamedTuple):
    """What a claim answers; two claims about one question must say the same."""

    kind: str
    unit: str
    measure: str
    periods: tuple[str, ...]


@dataclass(frozen=True)
class Claim:
    """What one sentence asserts of some units.

    Attributes:
        kind: what is asserted, one of `claim_checks.CHECKS`.
        says: the answer, in the words of the kind (`clear_fall`, `better`, …).
        units: codes of those it is asserted of.
        measures: what of them.
        periods: between which periods, or in which, in order of time.
        rows: ids of the rows it rests on.
    """

    kind: str
    says: str
    units: tuple[str, ...]
    measures: tuple[str, ...]
    periods: tuple[str, ...]
    rows: tuple[str, ...] = ()

    def answers(self) -> Iterator[tuple[Question, str]]:
        """Yield what it answers, and how.

        Several falls running are, of the last two periods, a clear fall, and a fall from each to the next; a clear fall
        is a fall, and so is a count that has halved.
        """
        if self.kind in OF_ALL:
            for measure in self.measures:
                yield Question(self.kind, self.says, measure, self.periods), " ".join(sorted(self.units))
            return
        for unit, measure in product(self.units, self.measures):
            steps = [self.periods]
            if self.kind in RUNS:
                steps = list(pairwise(self.periods))
                yield Question(RUNS[self.kind], unit, measure, steps[-1]), self.says
            else:
                yield Question(self.kind, unit, measure, self.periods), self.says
            way = self.says if self.kind == "halved" else WAY.get(self.says)
            if way:
                yield from ((Question("sign", unit, measure, step), way) for step in steps)


class ContradictionError(ValueError):
    """Two sentences of one product answer one question differently."""

    def __init__(self, question: Question, earlier: tuple[str, str], later: tuple[str, str]) -> None:
        """Name the question and, of both sentences, the key of its words and what it answers."""
        about = " ".join(part for part in (*question[:3], "→".join(question.periods)) if part)
        super().__init__(f"{about}: {earlier[0]} says {earlier[1]}, {later[0]} says {later[1]}")


class UnsupportedClaimError(ValueError):
    """A sentence asserts what the evidence does not carry."""

    def __init__(self, claim: Claim, sentence: str) -> None:
        """Name the sentence by the key of its words."""
        super().__init__(f"{sentence} asserts {claim}, which the evidence does not carry")


@dataclass
class Told:
    """The gate of one product: all that was claimed in it so far.

    Attributes:
        claims: every claim with the key of its sentence, in the order told.
    """

    claims: list[tuple[Claim, str]] = field(default_factory=list)
    _answered: dict[Question, tuple[str, str]] = field(default_factory=dict)

    def add(self, claim: Claim, sentence: str) -> None:
        """Take a claim in.

        Raises:
            ContradictionError: the product has answered one of its questions differently; nothing is taken in.
        """
        answers = list(claim.answers())
        for question, said in answers:
            earlier = self._answered.get(question)
            if earlier is not None and earlier[1] != said:
                raise ContradictionError(question, earlier, (sentence, said))
        self._answered.update({question: (sentence, said) for question, said in answers})
        self.claims.append((claim, sentence))
