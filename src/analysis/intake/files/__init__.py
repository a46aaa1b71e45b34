"""The office's files as sheets of cells: what stands in which row and column, and nothing of what it means.

One module per format; all of them make the same `Sheet`. A file that is not what its name says is never guessed at.
"""

from analysis.intake.files.sheets import Book, Position, Range, Sheet, address, letters, position
from analysis.intake.files.shelf import READABLE, WORKBOOKS, Shelf, matches

__all__ = [
    "READABLE",
    "WORKBOOKS",
    "Book",
    "Position",
    "Range",
    "Sheet",
    "Shelf",
    "address",
    "letters",
    "matches",
    "position",
]
