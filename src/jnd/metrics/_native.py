"""The native kernels of this room, where they were built."""

import os
from functools import cache
from types import ModuleType


@cache
def scores_kernel() -> ModuleType | None:
    """The module of SSIMULACRA2, FLIP and GMSD; None where numpy and OpenCV have to do.

    ``JND_KERNEL=numpy`` forces None, ``JND_KERNEL=native`` makes a missing kernel an ImportError.
    """
    wanted = os.environ.get("JND_KERNEL", "")
    if wanted == "numpy":
        return None
    try:
        from jnd.metrics import _scores_native
    except ImportError:
        if wanted == "native":
            raise
        return None
    return _scores_native
