"""Keeps C libraries from writing to standard error: libtiff and libpng complain there of damaged files.

That a file is damaged is known from the decoder's result; the user gets one line, from us.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def silent() -> Iterator[None]:
    """Standard error of the whole process points nowhere; what other threads write in this time is lost."""
    try:
        kept = os.dup(2)
    except OSError:  # there is no standard error
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(nowhere)
        os.close(kept)
