"""How often Python looks for garbage while a round is made, in files or in the memory."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

#: new objects after which it looks among the young ones, and how many such looks before it looks farther
_SELDOM: Final = (50_000, 20, 100)


@contextmanager
def looked_for_seldom() -> Iterator[None]:
    """Let Python look for garbage seldom for a while, and never among what is there already.

    Modules, frames and notebooks stay to the end of a run; to go through them again and again took a tenth of it.
    """
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(*_SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
