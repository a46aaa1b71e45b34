"""Sentences, labels and the way numbers are written, per language. Knows no other room."""

from analysis.words.text import Figure, Part, Strong, Text
from analysis.words.wording import LANGUAGES, Words, words

__all__ = ["LANGUAGES", "Figure", "Part", "Strong", "Text", "Words", "words"]
