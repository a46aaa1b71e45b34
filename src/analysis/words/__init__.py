"""Sentences, labels and the way numbers are written, per language. Knows no other room."""

from analysis.words.languages import LANGUAGES, OFFICE, LanguageName, language_of
from analysis.words.text import Figure, Part, Strong, Text
from analysis.words.wording import (
    EVERY_SENTENCE,
    Words,
    digest_of_sentence,
    note_sentences,
    noting_sentences,
    words,
)

__all__ = [
    "EVERY_SENTENCE",
    "LANGUAGES",
    "OFFICE",
    "Figure",
    "LanguageName",
    "Part",
    "Strong",
    "Text",
    "Words",
    "digest_of_sentence",
    "language_of",
    "note_sentences",
    "noting_sentences",
    "words",
]
