"""What may execute the notebooks of a run, by the names the command line knows; imports nothing."""

from __future__ import annotations

from typing import Final

#: in the process of the run and others like it
IN_PROCESS: Final = "process"
#: in kernels: slower, and apart from the program
KERNEL: Final = "kernel"
ENGINES: Final = (IN_PROCESS, KERNEL)
