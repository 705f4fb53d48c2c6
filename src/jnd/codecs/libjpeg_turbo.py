"""JPEG by libjpeg-turbo, through Pillow: the encoder that most programs have, with all chroma subsamplings.

Progressive and with Huffman tables of its own: the same pixels as baseline in 2 % fewer bytes where few people can
see a change (benchmarks/results/codec_effort.txt).
"""

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image, ImageFile, features

from jnd.codecs.codec import Codec, CodecLimits, EncoderSettings, QualityAxis
from jnd.codecs.jpeg_segments import with_metadata
from jnd.picture import Picture

MAX_SIDE = 65500
"""JPEG itself has 65535; this is the limit of libjpeg, and so of the programs that open JPEG files."""

METADATA = frozenset({"icc", "exif", "xmp"})


_MAX_BYTES_PER_PIXEL = 6  # noise of pure colours at quality 100 in 4:4:4 needs 3.4
_MAX_HEADER_BYTES = 2**16

_pillow_lock = threading.Lock()


@contextmanager
def _room_for(size: int) -> Iterator[None]:
    """Optimised files are written in one go, and Pillow's guess of their size is too small for noisy pictures."""
    with _pillow_lock:
        before, ImageFile.MAXBLOCK = ImageFile.MAXBLOCK, size
        try:
            yield
        finally:
            ImageFile.MAXBLOCK = before


def _encode(picture: Picture, settings: EncoderSettings) -> bytes:
    height, width = picture.pixels.shape[:2]
    buffer = io.BytesIO()
    subsampling = {} if settings.chroma_subsampling is None else {"subsampling": settings.chroma_subsampling}
    with _room_for(_MAX_BYTES_PER_PIXEL * width * height + _MAX_HEADER_BYTES):
        Image.fromarray(picture.pixels).save(
            buffer, "JPEG", quality=int(settings.value), progressive=True, optimize=True, **subsampling
        )
    return with_metadata(buffer.getvalue(), picture)


LIBJPEG_TURBO = Codec(
    name="jpeg:turbo",
    file_format="jpeg",
    extension=".jpg",
    encoder=f"libjpeg-turbo {features.version('libjpeg_turbo')}",
    licence="IJG and BSD-3-Clause",
    limits=CodecLimits(
        max_side=MAX_SIDE,
        alpha=False,
        bit_depths=(8,),
        grey=True,
        chroma_subsampling=("4:2:0", "4:2:2", "4:4:4"),
        metadata=METADATA,
    ),
    axis=QualityAxis("quality", tuple(range(100, 0, -1))),
    encode_function=_encode,
)
