"""Sentences, labels and the way numbers are written, per language. Knows no other room."""

from analysis.words.catalogue import LANGUAGES, Words, words
from analysis.words.text import Figure, Part, Strong, Text

__all__ = ["LANGUAGES", "Figure", "Part", "Strong", "Text", "Words", "words"]
