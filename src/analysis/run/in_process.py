"""A notebook's cells executed in this process, its outputs taken as a kernel would have sent them.

The shell is the one a kernel has (`ZMQInteractiveShell`). What it would send over a socket is collected as messages,
and these go where a kernel's go: into nbclient, which makes the outputs of them.
"""

from __future__ import annotations

import atexit
import builtins
import codecs
import getpass
import io
import logging
import os
import signal
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType, SimpleNamespace
from typing import Any, Final

import matplotlib as mpl
from ipykernel.compiler import XCachingCompiler
from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core.error import StdinNotImplementedError
from IPython.core.interactiveshell import InteractiveShell
from jupyter_client.session import Session
from matplotlib_inline.config import InlineBackend
from nbclient.client import NotebookClient
from nbclient.exceptions import CellTimeoutError
from nbclient.util import run_sync
from papermill.clientwrap import PapermillNotebookClient
from traitlets.config import Config

from analysis.run.isolation import in_isolation

_LOG: Final = logging.getLogger(__name__)
_LOG.addHandler(logging.NullHandler())

#: what a kernel answers when it is asked for its language
_LANGUAGE: Final = {
    "name": "python",
    "version": sys.version.split()[0],
    "mimetype": "text/x-python",
    "codemirror_mode": {"name": "ipython", "version": sys.version_info[0]},
    "pygments_lexer": f"ipython{sys.version_info[0]}",
    "nbconvert_exporter": "python",
    "file_extension": ".py",
}
_INTERRUPTS: Final = (signal.SIGINT, signal.SIGTERM)
_INLINE: Final = "matplotlib_inline.backend_inline"


def execute(nb_man: Any, folder: Path, *, timeout: int | None = None) -> None:
    """Run all cells of a papermill execution manager's notebook, stopping at the first that raises.

    Args:
        nb_man: the manager; outputs go into its notebook.
        folder: the working directory of the cells.
        timeout: seconds a cell may take; only the main thread of a process can be held to it.

    Raises:
        CellTimeoutError: a cell took longer.
        KeyboardInterrupt: Ctrl-C, whatever the cell makes of it.
    """
    client = _InProcessClient(nb_man, timeout=timeout, record_timing=False, log=_LOG)
    in_isolation(client.run, folder)


class _Collected(Session):
    """What a shell sends, in order; nothing leaves the process."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.messages: deque[dict[str, Any]] = deque()

    def send(
        self,
        stream: Any,
        msg_or_type: Any,
        content: Any = None,
        parent: Any = None,
        *_given: Any,
        **_named: Any,
    ) -> None:
        """Keep a message."""
        is_message = isinstance(msg_or_type, dict)
        self.messages.append(msg_or_type if is_message else self.msg(msg_or_type, content))


class _Stream(io.TextIOBase):
    """Standard output or error: a text is sent when it is flushed, as a kernel does it before every other output.

    What other programs and libraries write to the descriptor of the stream goes into a file meanwhile; whenever the
    cell itself writes, and when the stream is flushed, it is taken from there, so that both stand in their order.
    """

    encoding = "UTF-8"

    def __init__(self, name: str, session: _Collected, beside: Path) -> None:
        self.name = name
        self._session = session
        self._written: list[str] = []
        self._beside = beside
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        self._take()
        self._written.append(text)
        return len(text)

    def flush(self) -> None:
        self._take()
        text, self._written = "".join(self._written), []
        if text:
            self._session.send(None, "stream", {"name": self.name, "text": text})

    def _take(self) -> None:
        if written := self._read.read():
            self._written.append(self._decoder.decode(written))

    @contextmanager
    def in_place_of(self, descriptor: int) -> Iterator[None]:
        """Take what is written to a descriptor, for a while; nothing that was written before."""
        shown: io.TextIOBase | None = getattr(sys, f"__{self.name}__")
        if shown is not None and not shown.closed:
            shown.flush()
        with self._beside.open("ab", buffering=0) as file, self._beside.open("rb", buffering=0) as self._read:
            try:
                kept = os.dup(descriptor)
            except OSError:
                # a program without a console may have none
                kept = -1
            os.dup2(file.fileno(), descriptor)
            try:
                yield
            finally:
                if kept < 0:
                    os.close(descriptor)
                else:
                    os.dup2(kept, descriptor)
                    os.close(kept)


class _InProcessClient(PapermillNotebookClient):  # type: ignore[misc]
    """nbclient with a shell of this process in the place of a kernel."""

    _shell: ZMQInteractiveShell
    _watch: _Watch
    _session: _Collected

    def run(self) -> None:
        """Execute the notebook."""
        self.reset_execution_trackers()
        self._session = _Collected()
        with _shell(self._session) as self._shell:
            show = self._shell.showtraceback

            def unless_interrupted(*given: Any, **named: Any) -> None:
                # nobody is shown where Ctrl-C fell, and to colour that takes longer than to end
                if not (self._watch.timed_out or self._watch.interrupted):
                    show(*given, **named)

            self._shell.showtraceback = unless_interrupted  # type: ignore[method-assign]
            self.papermill_execute_cells()
        self.nb.metadata["language_info"] = _LANGUAGE
        self.set_widgets_metadata()

    def execute_cell(self, cell: Any, cell_index: int, *_given: Any, **_named: Any) -> Any:
        """Execute one cell as `NotebookClient.async_execute_cell` does with a kernel."""
        if cell.cell_type != "code" or not cell.source.strip():
            return cell
        if self.skip_cells_with_tag in cell.metadata.get("tags", []):
            return cell
        cell.outputs = []
        self.clear_before_next_output = False
        self.code_cells_executed += 1
        number = self._shell.execution_count
        cell["execution_count"] = number
        timeout = self._get_timeout(cell)
        with _watched(timeout) as watch:
            self._watch = watch
            try:
                ran = self._shell.run_cell(cell.source, store_history=True)  # type: ignore[no-untyped-call]
            except KeyboardInterrupt:
                # between the cell and what is done around it
                ran = None
        sys.stdout.flush()
        sys.stderr.flush()
        interrupted = watch.timed_out or watch.interrupted or ran is None
        while self._session.messages:
            message = self._session.messages.popleft()
            if not (interrupted and message["msg_type"] == "error"):
                self.process_message(message, cell, cell_index)
        if watch.timed_out:
            raise CellTimeoutError.error_from_timeout_and_cell("Cell execution timed out", timeout, cell)
        if ran is None or watch.interrupted:
            raise KeyboardInterrupt
        _raise_for(self, cell, cell_index, self._reply(ran))
        return cell

    def _reply(self, ran: Any) -> dict[str, Any]:
        """Return what a kernel answers when a cell has ended."""
        if ran.success and not self._shell._last_traceback_during_displayhook:
            return {"content": {"status": "ok"}}
        error = ran.error_before_exec or ran.error_in_exec
        traceback = self._shell._last_traceback or []
        return {
            "content": {
                "status": "error",
                "ename": type(error).__name__,
                "evalue": str(error),
                "traceback": traceback,
            }
        }


_raise_for: Final[Callable[..., None]] = run_sync(NotebookClient._check_raise_for_error)


@contextmanager
def _shell(session: _Collected) -> Iterator[ZMQInteractiveShell]:
    """Make a shell with an empty namespace the running one, with its streams and its pictures, for a while.

    It leaves no file behind, and puts back the shell that was running before.
    """
    before = {kind: vars(kind)["_instance"] for kind in _singletons() if "_instance" in vars(kind)}
    for kind in before:
        kind._instance = None
    settings = Config()
    settings.HistoryManager.enabled = False
    with (
        tempfile.TemporaryDirectory(prefix="assess-", ignore_cleanup_errors=True) as scratch,
        ExitStack() as taken,
    ):
        for number, name in enumerate(("stdout", "stderr"), 1):
            stream = _Stream(name, session, Path(scratch) / f"{name}.txt")
            setattr(sys, name, stream)
            taken.enter_context(stream.in_place_of(number))
        shell = ZMQInteractiveShell.instance(
            config=settings,
            ipython_dir=scratch,
            kernel=SimpleNamespace(eventloop=None),
            compiler_class=XCachingCompiler,
        )
        try:
            shell.displayhook.session = session  # type: ignore[attr-defined]
            shell.display_pub.session = session  # type: ignore[attr-defined]
            # a window's loop of events is a kernel's
            shell.enable_gui = lambda gui=None: None  # type: ignore[method-assign]
            _refuse_questions()
            with _pictures():
                yield shell
        finally:
            # it would keep every shell until the process ends, and tidy them then
            atexit.unregister(shell.atexit_operations)
            ZMQInteractiveShell.clear_instance()
            for kind, instance in before.items():
                kind._instance = instance


def _singletons() -> list[type[Any]]:
    """Return the classes that may hold the running shell: of this process's own kernel, if it has one, too."""
    running = InteractiveShell._instance
    kinds = {*ZMQInteractiveShell.__mro__, *(type(running).__mro__ if running is not None else ())}
    return [kind for kind in kinds if issubclass(kind, InteractiveShell)]


def _refuse_questions() -> None:
    """Refuse `input()` as a kernel does that nobody sits at."""

    def refuse(*_given: object, **_named: object) -> str:
        raise StdinNotImplementedError(
            "raw_input was called, but this frontend does not support input requests."
        )

    builtins.input = refuse
    getpass.getpass = refuse


@contextmanager
def _pictures() -> Iterator[None]:
    """Let pyplot choose its backend anew, as in a kernel: the one whose pictures are outputs of the cell."""
    pyplot: Any = sys.modules.get("matplotlib.pyplot")
    chosen = pyplot._backend_mod if pyplot else None
    # it takes hold of the running shell when it is imported
    sys.modules.pop(_INLINE, None)
    os.environ["MPLBACKEND"] = f"module://{_INLINE}"
    dict.__setitem__(mpl.rcParams, "backend", f"module://{_INLINE}")
    if pyplot:
        pyplot._backend_mod = None
    try:
        yield
    finally:
        pyplot = sys.modules.get("matplotlib.pyplot")
        if pyplot:
            pyplot.close("all")
            pyplot._backend_mod = chosen
        InlineBackend.clear_instance()


class _Watch:
    """What came from outside while a cell ran."""

    def __init__(self) -> None:
        self.timed_out = False
        self.interrupted = False
        self.over = False


@contextmanager
def _watched(timeout: int | None) -> Iterator[_Watch]:
    """Notice Ctrl-C, and interrupt the main thread when its time is over."""
    watch = _Watch()
    if threading.current_thread() is not threading.main_thread():
        if timeout:
            raise RuntimeError("only the main thread can be held to a time")
        yield watch
        return

    def interrupt(number: int, frame: FrameType | None) -> None:
        if watch.over:
            return
        watch.interrupted = not watch.timed_out
        raise KeyboardInterrupt

    def end() -> None:
        if watch.over:
            return
        watch.timed_out = True
        if sys.platform == "win32":
            signal.raise_signal(signal.SIGINT)
        else:
            # sent to that thread, it ends its waiting
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    # who asks to be told of SIGTERM means the same by it
    asked = [number for number in _INTERRUPTS if callable(signal.getsignal(number))]
    before = {number: signal.signal(number, interrupt) for number in asked}
    clock = threading.Timer(timeout, end) if timeout else None
    try:
        if clock:
            clock.start()
        yield watch
    finally:
        watch.over = True
        if clock:
            clock.cancel()
        for number, handler in before.items():
            signal.signal(number, handler)
