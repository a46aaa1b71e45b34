"""What a notebook may change in the process it runs in, and how all of it is put back.

A kernel of its own would take such changes with it when it ends; several notebooks in one process must not see each
other's.
"""

from __future__ import annotations

import builtins
import contextvars
import decimal
import locale
import logging
import os
import random
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, Final, TypeVar

import matplotlib as mpl
import numpy as np
import pandas as pd

T = TypeVar("T")

_PACKAGE: Final = Path(__file__).resolve().parents[1]
_OF_SYS: Final = (
    "argv", "displayhook", "excepthook", "path", "ps1", "ps2", "ps3", "stderr", "stdin", "stdout",
)  # fmt: skip
_ABSENT: Final = object()


def in_isolation(run: Callable[[], T], folder: Path) -> T:
    """Run something in a folder and put back afterwards what it changed in this process, however it ends.

    Put back are: working directory, environment, search path and streams, built-in names, modules that were replaced
    or come from the folder, warning filters, logging, locale, random states, decimals, options of pandas, matplotlib's
    parameters, colour maps and open figures, and every context variable (numpy's print options).

    Args:
        run: what is run.
        folder: the working directory it runs in.
    """
    with ExitStack() as kept:
        for keep in (_streams_and_paths, _modules, _names, _randomness, _pandas, _matplotlib, _logging):
            kept.enter_context(keep(folder))
        kept.enter_context(warnings.catch_warnings())
        # a copied context holds the same object, which changes in place
        kept.enter_context(decimal.localcontext())
        os.chdir(folder)
        # modules beside the notebook, as in a kernel
        sys.path.insert(0, "")
        return contextvars.copy_context().run(run)


@contextmanager
def _streams_and_paths(_folder: Path) -> Iterator[None]:
    here, environment, place = Path.cwd(), dict(os.environ), locale.setlocale(locale.LC_ALL)
    kept = {name: getattr(sys, name, _ABSENT) for name in _OF_SYS}
    lists = {name: list(value) for name, value in kept.items() if isinstance(value, list)}
    try:
        yield
    finally:
        for name, value in kept.items():
            if value is _ABSENT:
                vars(sys).pop(name, None)
            else:
                setattr(sys, name, value)
        for name, items in lists.items():
            getattr(sys, name)[:] = items
        _restore(os.environ, environment)
        locale.setlocale(locale.LC_ALL, place)
        os.chdir(here)


@contextmanager
def _modules(folder: Path) -> Iterator[None]:
    """Put back modules that were replaced or removed; forget new ones that are the folder's or no file's.

    Libraries imported for the first time stay: not importing them again is what one process is for.
    """
    kept = dict(sys.modules)
    try:
        yield
    finally:
        for name, module in list(sys.modules.items()):
            if name not in kept and _is_notebooks_own(module, folder):
                del sys.modules[name]
        sys.modules.update(kept)


def _is_notebooks_own(module: ModuleType, folder: Path) -> bool:
    if getattr(module, "__spec__", None) is None:
        return True
    file = getattr(module, "__file__", None)
    if file is None:
        return False
    path = Path(file).resolve()
    libraries = (_PACKAGE, Path(sys.prefix).resolve(), Path(sys.base_prefix).resolve())
    return path.is_relative_to(folder.resolve()) and not any(path.is_relative_to(each) for each in libraries)


@contextmanager
def _names(_folder: Path) -> Iterator[None]:
    kept = dict(vars(builtins))
    try:
        yield
    finally:
        _restore(vars(builtins), kept)


@contextmanager
def _randomness(_folder: Path) -> Iterator[None]:
    plain, of_numpy = random.getstate(), np.random.get_state()
    try:
        yield
    finally:
        random.setstate(plain)
        np.random.set_state(of_numpy)


@contextmanager
def _pandas(_folder: Path) -> Iterator[None]:
    kept = dict(_options(vars(pd.options)["d"]))
    try:
        yield
    finally:
        for name, value in _options(vars(pd.options)["d"]):
            if value is not kept.get(name, value):
                pd.set_option(name, kept[name])


def _options(tree: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in list(tree.items()):
        if isinstance(value, dict):
            yield from _options(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value


@contextmanager
def _matplotlib(_folder: Path) -> Iterator[None]:
    parameters, maps, figures = dict(mpl.rcParams.copy()), set(mpl.colormaps), _open_figures()
    try:
        yield
    finally:
        pyplot = sys.modules.get("matplotlib.pyplot")
        for number in _open_figures() - figures:
            pyplot.close(number)  # type: ignore[union-attr]
        for name in set(mpl.colormaps) - maps:
            mpl.colormaps.unregister(name)
        # as they stand: reading or checking them again could choose a backend
        dict.update(mpl.rcParams, parameters)


def _open_figures() -> set[int]:
    pyplot = sys.modules.get("matplotlib.pyplot")
    return set(pyplot.get_fignums()) if pyplot else set()


@contextmanager
def _logging(_folder: Path) -> Iterator[None]:
    handlers, level, off = logging.root.handlers[:], logging.root.level, logging.root.manager.disable
    try:
        yield
    finally:
        logging.root.handlers[:] = handlers
        logging.root.setLevel(level)
        logging.disable(off)


def _restore(now: Any, kept: Mapping[str, Any]) -> None:
    for name in set(now) - set(kept):
        del now[name]
    for name, value in kept.items():
        if now.get(name) is not value:
            now[name] = value
