"""Two folders that change places at once, where the system has a call for it."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from pathlib import Path
from typing import Final

_HERE: Final = -100
_EXCHANGE: Final = 2
#: the system or its file system has no such call
_UNKNOWN: Final = frozenset({errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP, errno.ENOTSUP})


def exchanged(one: Path, other: Path) -> bool:
    """Exchange two folders that both exist; return whether the system can.

    Raises:
        OSError: it can, and does not allow it.
    """
    if sys.platform != "linux":
        return False
    # told as `os.rename` tells what it is about to do
    sys.audit("os.rename", str(one), str(other), -1, -1)
    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if call is None:
        return False
    if call(_HERE, os.fsencode(one), _HERE, os.fsencode(other), ctypes.c_uint(_EXCHANGE)) == 0:
        return True
    failed = ctypes.get_errno()
    if failed in _UNKNOWN:
        return False
    raise OSError(failed, os.strerror(failed), str(one), None, str(other))
