"""Warm kernels: a kernel starts and imports once, then runs one notebook after another.

It is certainly *this* interpreter, whatever kernels the user has registered, and stays for the next notebook with an
empty namespace.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import tempfile
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import ensure_async, run_sync
from papermill.clientwrap import PapermillNotebookClient

KERNEL: Final = "python3"

#: what goes wrong is raised; a second message on the console would only confuse
_LOG: Final = logging.getLogger(__name__)
_LOG.addHandler(logging.NullHandler())

_EMPTY_NAMESPACE: Final = "get_ipython().reset(new_session=True)"
#: without it every kernel warns about listening on TCP
_QUIET: Final = ["--IPKernelApp.log_level=40"]
_START_TIMEOUT: Final = 120
#: seconds to wait for the outputs of a cell that has ended: on a busy machine nbclient's four are too few
_OUTPUT_TIMEOUT: Final = 60
_RESET_TIMEOUT: Final = 60
#: seconds between two looks whether a kernel asked for something is still there
_LOOK_UP: Final = 0.2


class _ThisInterpreter(KernelSpecManager):
    """Knows one kernel: ipykernel under the interpreter that is running now."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Return the kernel of this interpreter under any name."""
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=command, display_name=kernel_name, language="python")


class WarmKernel:
    """A kernel kept for several notebooks; use it in the thread that made it (`kill` excepted).

    Args:
        folder: working directory of the kernel, the project folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._manager: AsyncKernelManager | None = None
        self._client: Any = None
        self._scratch: tempfile.TemporaryDirectory[str] | None = None
        self._killed = threading.Event()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.shutdown()

    def execute(self, nb_man: Any, *, timeout: int | None = None) -> None:
        """Run all cells of a papermill execution manager's notebook, stopping at the first that raises.

        Raises:
            RuntimeError: the kernel died, was killed or did not start.
        """
        warm = self._client is not None
        if not warm:
            self._prepare()
        client = PapermillNotebookClient(
            nb_man,
            km=self._manager,
            kernel_name=KERNEL,
            timeout=timeout,
            startup_timeout=_START_TIMEOUT,
            iopub_timeout=_OUTPUT_TIMEOUT,
            extra_arguments=list(_QUIET),
            record_timing=False,
            on_notebook_start=self._refuse_if_killed,
            log=_LOG,
        )
        client.kc = self._client
        if warm:
            self._empty_namespace()
        self._refuse_if_killed()
        try:
            client.execute(cleanup_kc=False, cwd=str(self._folder), env=self._environment())
        finally:
            self._client = client.kc

    def _refuse_if_killed(self, **_notebook: object) -> None:
        """Stop where `kill` came before there was a process to end."""
        if self._killed.is_set():
            raise RuntimeError("the kernel was killed")

    def kill(self) -> None:
        """End the kernel's process at once, from any thread; a notebook running in it fails."""
        self._killed.set()
        provisioner = getattr(self._manager, "provisioner", None)
        process = getattr(provisioner, "process", None)
        if process is not None:
            process.kill()

    def shutdown(self) -> None:
        """Stop the kernel and remove its files; nothing happens where none runs."""
        if self._client is not None:
            self._client.stop_channels()
            self._client = None
        if self._manager is not None:
            run_sync(self._manager.shutdown_kernel)(now=True)
            self._manager = None
        if self._scratch is not None:
            self._scratch.cleanup()
            self._scratch = None

    def _prepare(self) -> None:
        """Make a manager whose connection file and IPython profile lie in a folder of their own."""
        self._scratch = tempfile.TemporaryDirectory(prefix="assess-", ignore_cleanup_errors=True)
        self._manager = AsyncKernelManager(
            kernel_name=KERNEL,
            kernel_spec_manager=_ThisInterpreter(),
            connection_file=str(Path(self._scratch.name) / "kernel.json"),
        )

    def _environment(self) -> dict[str, str]:
        """Return the environment of the kernel: this package importable, no profile of the user."""
        package = str(Path(__file__).resolve().parents[2])
        given = [
            str(Path(part).resolve()) for part in os.environ.get("PYTHONPATH", "").split(os.pathsep) if part
        ]
        scratch = self._scratch.name if self._scratch else ""
        return {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(dict.fromkeys([package, *given])),
            "IPYTHONDIR": scratch,
        }

    def _empty_namespace(self) -> None:
        """Empty the namespace between two notebooks; a kernel that is gone meanwhile is not waited for."""

        async def reset() -> None:
            manager = self._manager
            asked = self._client.execute(
                _EMPTY_NAMESPACE, silent=True, store_history=False, reply=True, timeout=_RESET_TIMEOUT
            )
            answer = asyncio.ensure_future(ensure_async(asked))
            while not (await asyncio.wait({answer}, timeout=_LOOK_UP))[0]:
                if self._killed.is_set() or not (manager and await ensure_async(manager.is_alive())):
                    answer.cancel()
                    raise RuntimeError("the kernel is gone")
            await answer

        run_sync(reset)()
