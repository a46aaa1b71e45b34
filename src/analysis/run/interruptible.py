"""What is done while Ctrl-C stays heard: not all of it is Python, which looks for signals between two steps.

A paper is set and fonts are packed by compiled libraries; a signal would wait until they are done.
"""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from typing import Final, TypeVar

T = TypeVar("T")

#: a wait without an end would not see Ctrl-C on Windows
_LOOK_UP: Final = 0.2


def interruptibly(make: Callable[[], T]) -> T:
    """Return what `make` returns or raise what it raises, while this thread does nothing but listen for signals.

    What it does goes on by itself where a signal is raised meanwhile, and ends with the process.
    """
    made: Future[T] = Future()

    def work() -> None:
        try:
            made.set_result(make())
        except BaseException as error:  # handed to the thread that waits for it
            made.set_exception(error)

    # the program does not wait for it when it ends
    threading.Thread(target=contextvars.copy_context().run, args=(work,), daemon=True).start()
    while not wait([made], timeout=_LOOK_UP).done:
        pass
    return made.result()
