"""Sentences, labels and the way numbers are written, per language. Knows no other room."""

from analysis.words.languages import LANGUAGES, OFFICE, LanguageName, language_of
from analysis.words.text import Figure, Part, Strong, Text
from analysis.words.wording import Words, noting_sentences, sentence, words

__all__ = [
    "LANGUAGES",
    "OFFICE",
    "Figure",
    "LanguageName",
    "Part",
    "Strong",
    "Text",
    "Words",
    "language_of",
    "noting_sentences",
    "sentence",
    "words",
]
