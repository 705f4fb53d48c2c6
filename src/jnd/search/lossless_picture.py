"""The smallest file of one picture that loses nothing.

In goes a picture, out come events as from :func:`jnd.encode`.
"""

import os
from collections.abc import Callable, Iterator, Sequence

from jnd._lookup import lookup
from jnd.codecs.lossless import LOSSLESS
from jnd.picture import MAX_PIXELS, Picture, policy_named, read_picture
from jnd.places import place
from jnd.records import Found, NotFound, SearchEvent
from jnd.search.kept_source import kept_source
from jnd.search.lossless_search import LosslessSearch
from jnd.search.one_picture import AUTO, AUTO_ALL, smallest

LOSSLESS_FORMATS: dict[str, tuple[str, ...]] = {
    AUTO: tuple(name for name, entry in LOSSLESS.items() if entry.browsers),
    AUTO_ALL: tuple(name for name, entry in LOSSLESS.items() if entry.installed),
    **{name: (name,) for name in LOSSLESS},
}
"""What ``format`` may be where nothing may be lost."""


def encode_lossless(
    source: Picture | str | os.PathLike[str] | bytes,
    *,
    format: str = AUTO,
    keep_metadata: str = "default",
    max_pixels: int = MAX_PIXELS,
) -> Iterator[SearchEvent]:
    """The smallest file of ``source`` from which every pixel can be had back.

    Parameters
    ----------
    source : a picture, the path of a file, or its bytes. Of a JPEG file JPEG XL holds the data themselves, so that
        the very file can be had back with less bytes.
    format : "auto" (the smaller of WebP and PNG), "auto:all" (of all that are installed), "webp", "png" or "jpegxl".
    keep_metadata : as for :func:`encode`.
    max_pixels : larger sources are refused.

    Yields
    ------
    As :func:`encode`; every attempt has the setting ``{"mode": "lossless"}``.

    Raises
    ------
    UnknownNameError
        A format that does not exist or has no lossless mode.
    UnreadablePictureError, OSError
        The file is no picture that we can read.
    """
    names = lookup(LOSSLESS_FORMATS, format, kind="lossless format")
    policy = policy_named(keep_metadata)
    return _lossless_events(source, format, names, keep_metadata, policy, max_pixels)


def _lossless_events(
    source: Picture | str | os.PathLike[str] | bytes,
    format_name: str,
    names: Sequence[str],
    keep_metadata: str,
    policy: Callable[[Picture], Picture],
    max_pixels: int,
) -> Iterator[SearchEvent]:
    picture = source if isinstance(source, Picture) else read_picture(source, max_pixels=max_pixels)
    jpeg = None
    if picture.file_format == "jpeg" and not isinstance(source, Picture):
        jpeg, _ = kept_source(
            source if isinstance(source, bytes) else place(source).read_bytes(), picture, keep_metadata
        )
    outcomes: list[Found | NotFound] = []
    for name in names:
        search = LosslessSearch(policy(picture), jpeg, LOSSLESS[name])
        yield from search.attempts()
        outcomes.append(search.outcome())
        yield outcomes[-1]
    if len(outcomes) > 1:
        yield smallest(format_name, outcomes)
