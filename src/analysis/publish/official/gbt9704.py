"""The measures of an official document, after GB/T 9704-2012: millimetres, points and counts, no unit conversions.

The text block of 156 × 225 mm holds 22 lines of 28 characters. All else hangs on these two counts.
"""

from __future__ import annotations

from typing import Final

#: millimetres: the sheet, its margins, the text block they leave
PAGE: Final = (210.0, 297.0)
TOP: Final = 37.0
BOTTOM: Final = 35.0
LEFT: Final = 28.0
RIGHT: Final = 26.0
BLOCK: Final = (PAGE[0] - LEFT - RIGHT, PAGE[1] - TOP - BOTTOM)
LINES: Final = 22
CHARACTERS: Final = 28

#: points: 2号 the title, 3号 the text, 4号 the closing block and the page number
SIZE_2: Final = 22.0
SIZE_3: Final = 16.0
SIZE_4: Final = 14.0
#: points: the sign of example data in the foot
SIZE_SIGN: Final = 10.5

#: the issuer's mark: millimetres from the block's top to its ink, at most this many points, at least this width of type
MARK_TOP: Final = 35.0
MARK_SIZE: Final = 48.0
MARK_NARROWEST: Final = 0.65
#: red that keeps a contrast of 4.5 to 1 on white
MARK_RED: Final = "E60012"
#: vermilion of the sign of example data, yellow behind a gap
SIGN_RED: Final = "C8452D"
GAP_YELLOW: Final = "FFF2A8"
#: millimetres from the document's number to the red rule, thickness of that rule in points
RULE_BELOW_NUMBER: Final = 4.0
RED_RULE: Final = 1.5
#: points: the lines of the title are never closer than this
TITLE_LINE: Final = 30.0
#: characters between the date and the right edge
DATE_FROM_EDGE: Final = 4
#: millimetres: the outer and the inner rules of the closing block
OUTER_RULE: Final = 0.35
INNER_RULE: Final = 0.25
#: the closing block's lines may be squeezed to this share of their width before they turn
SQUEEZED: Final = 0.9
#: millimetres from the text block to the page number's dash
FOLIO_BELOW: Final = 7.0
