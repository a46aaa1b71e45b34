"""The yearly rule set: its model, scoring shapes and grade rules, and the sentences they stand for."""

# the register of shapes is filled before any rule set is read
import analysis.rulebook.shapes  # noqa: F401
from analysis.rulebook.derivation import Derivation, Reading
from analysis.rulebook.grades import grade_sentences
from analysis.rulebook.indicator import Indicator
from analysis.rulebook.load import load
from analysis.rulebook.model import Bonus, Dimension, ProblemGroup, Rulebook, Veto
from analysis.rulebook.rule import Step
from analysis.rulebook.sentences import (
    bonus_sentence,
    general_sentence,
    name_of,
    rule_sentence,
    veto_sentence,
)

__all__ = [
    "Bonus",
    "Derivation",
    "Dimension",
    "Indicator",
    "ProblemGroup",
    "Reading",
    "Rulebook",
    "Step",
    "Veto",
    "bonus_sentence",
    "general_sentence",
    "grade_sentences",
    "load",
    "name_of",
    "rule_sentence",
    "veto_sentence",
]
