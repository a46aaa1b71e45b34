"""What is said to a question that has no answer: one sentence in the language of the round, no traceback."""

from __future__ import annotations


class QuestionError(ValueError):
    """A question that cannot be answered; its message is the sentence to be read.

    IPython and Jupyter print the sentence alone; in plain Python it is an exception like any other.
    """

    def _render_traceback_(self) -> list[str]:
        """Return what IPython prints in place of a traceback."""
        return [str(self)]
