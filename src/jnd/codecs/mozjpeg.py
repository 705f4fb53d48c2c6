"""JPEG by MozJPEG, through its program ``cjpeg`` where that is on PATH: slow, and fewer bytes than libjpeg-turbo.

The ``cjpeg`` of libjpeg and libjpeg-turbo, which many systems have, is another program of the same name; what it says of
its version tells them apart.
"""

import shutil
import subprocess

from jnd.codecs.codec import Codec, CodecLimits, EncoderSettings, QualityAxis
from jnd.codecs.jpeg_segments import with_metadata
from jnd.codecs.libjpeg_turbo import MAX_SIDE, METADATA
from jnd.picture import Picture

_PROGRAM = "cjpeg"
_SAMPLING = {"4:2:0": "2x2", "4:2:2": "2x1", "4:4:4": "1x1"}
_VERSION_SECONDS = 10


def mozjpeg_version() -> str | None:
    """Version of the MozJPEG whose ``cjpeg`` is on PATH; None if there is none, or one of another library."""
    program = shutil.which(_PROGRAM)
    if program is None:
        return None
    try:
        done = subprocess.run(
            [program, "-version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=_VERSION_SECONDS,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    words = (done.stdout + done.stderr).decode("utf-8", "replace").split()
    return words[2] if words[:2] == ["mozjpeg", "version"] and len(words) > 2 else None


def _encode(picture: Picture, settings: EncoderSettings) -> bytes:
    height, width = picture.pixels.shape[:2]
    kind = b"P5" if picture.pixels.ndim == 2 else b"P6"
    sampling = (
        [] if settings.chroma_subsampling is None else ["-sample", _SAMPLING[settings.chroma_subsampling]]
    )
    done = subprocess.run(
        [_PROGRAM, "-quality", str(int(settings.value)), *sampling],
        input=b"%s %d %d 255\n" % (kind, width, height) + picture.pixels.tobytes(),
        capture_output=True,
        check=False,
    )
    if done.returncode != 0:
        said = " ".join(done.stderr.decode("utf-8", "replace").split())
        raise RuntimeError(said or f"{_PROGRAM} ended with status {done.returncode}")
    return with_metadata(done.stdout, picture)


_VERSION = mozjpeg_version()

MOZJPEG = Codec(
    name="jpeg:mozjpeg",
    file_format="jpeg",
    extension=".jpg",
    encoder=f"MozJPEG {_VERSION or '(not installed)'}",
    licence="IJG, BSD-3-Clause and Zlib",
    limits=CodecLimits(
        max_side=MAX_SIDE,
        alpha=False,
        bit_depths=(8,),
        grey=True,
        chroma_subsampling=tuple(_SAMPLING),
        metadata=METADATA,
    ),
    axis=QualityAxis("quality", tuple(range(100, 0, -1))),
    encode_function=_encode,
    missing=None
    if _VERSION
    else (
        "put the cjpeg of MozJPEG on PATH (brew install mozjpeg, or built from github.com/mozilla/mozjpeg; "
        "the cjpeg of libjpeg-turbo is another program)"
    ),
)
