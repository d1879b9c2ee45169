"""Keeps pictures and the token out of the file that the system may write when a program crashes.

``PR_SET_DUMPABLE`` is not set, although it would do the same: the user could no longer trace this process,
and desktop portals could no longer identify it.
"""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

FILTER = Path("/proc/self/coredump_filter")
"""Linux: which kinds of memory a core dump holds, as bits. A dump that is piped to another program ignores
the limit on its size, but not this."""


def forbid_core_dumps() -> None:
    """Keep the memory of this process and its children out of core dumps, on systems that write them."""
    if sys.platform == "win32":
        return
    import resource

    # The hard limit stays, so that somebody who looks for a fault can allow them again.
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, hard))
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            FILTER.write_text("0", encoding="ascii")
