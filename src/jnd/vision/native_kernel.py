"""The kernels in C where they were built, and the choice between them and numpy (docs/decisions/0001)."""

import os
from importlib import import_module
from types import ModuleType


def native_kernel(module: str) -> ModuleType | None:
    """The compiled module of this name; None where numpy and OpenCV have to do.

    ``JND_KERNEL=numpy`` forces None, ``JND_KERNEL=native`` makes a missing kernel an ImportError instead of a slow run.

    Raises
    ------
    ValueError
        ``JND_KERNEL`` says something else.
    """
    wanted = os.environ.get("JND_KERNEL", "")
    if wanted not in {"", "native", "numpy"}:
        raise ValueError(f'JND_KERNEL must be "native" or "numpy", got "{wanted}"')
    if wanted == "numpy":
        return None
    try:
        return import_module(module)
    except ImportError:
        if wanted == "native":
            raise
        return None
