"""Whatever a file is, reading it gives a picture or one line, soon, and without filling the memory."""

import io
import sys
import time
import zlib

import pytest
from PIL import Image

from jnd.errors import UnreadablePictureError
from jnd.picture import read_picture
from jnd.picture.limits import MAX_METADATA_BYTES
from jnd.picture.metadata import policy_named

from .crafted import bomb, chunk, crafted, damaged, png_of, whole_files
from .files import SRGB_PROFILE

CRAFTED = dict(crafted())
FILES = whole_files()
LONG = ("jpeg: within the limit, no pixels", "tiff: honest bomb")
"""Hundreds of megapixels that are really decoded."""


NAMED = [f"{reader}: huge" for reader in ("png", "jpeg", "bmp", "pnm", "tiff")] + ["webp: huge canvas"]
ROWS = (b"\0" + bytes(12)) * 4
XMP_HEAD = b"XML:com.adobe.xmp\0\x01\0\0\0"


def peak_kib() -> int:
    """Of this process so far; 0 where the system does not say it in KiB."""
    if sys.platform != "linux":
        return 0
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def outcome(data: bytes) -> str:
    """What is said of ``data``; nothing for a picture, whose metadata are gone through as well."""
    try:
        picture = read_picture(data)
    except UnreadablePictureError as error:
        return str(error)
    for policy in ("default", "none"):
        policy_named(policy)(picture)
    return ""


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] if name in LONG else []) for name in CRAFTED]
)
def test_a_crafted_file_is_one_line_or_a_picture(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    begin = time.monotonic()
    said = outcome(CRAFTED[name]())
    assert time.monotonic() - begin < 20
    assert "\n" not in said and len(said) < 1000
    if "huge" in name:
        assert said
    if name in NAMED:
        assert "pixels, more than 300000000; allow more with max_pixels (--max-pixels" in said
    if "animated" in name or "pages" in name:
        assert said, "one of several pictures is not all"
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("name", FILES)
def test_a_few_damaged_copies(name: str) -> None:
    said = [outcome(damaged(FILES, name, number)) for number in range(24)]
    assert not [line for line in said if "\n" in line]


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
def test_many_damaged_copies(name: str) -> None:
    said = [outcome(damaged(FILES, name, number)) for number in range(24, 600)]
    assert not [line for line in said if "\n" in line]
    assert 0 < said.count("") < len(said)


@pytest.mark.parametrize("kind", [b"zTXt", b"iCCP", b"iTXt"])
def test_packed_metadata_beyond_the_limit_are_refused_before_they_fill_the_memory(kind: bytes) -> None:
    head = XMP_HEAD if kind == b"iTXt" else b"x\0\0"
    data = png_of(4, 4, ROWS, chunk(kind, head + bomb(200_000_000)))
    before = peak_kib()
    said = outcome(data)
    assert str(MAX_METADATA_BYTES) in said
    assert peak_kib() - before < 100_000


def test_packed_metadata_within_the_limit_are_kept() -> None:
    xmp = b"<x>" + b" " * 2_000_000 + b"</x>"
    assert read_picture(png_of(4, 4, ROWS, chunk(b"iTXt", XMP_HEAD + zlib.compress(xmp)))).xmp == xmp


def test_exif_and_xmp_beyond_the_limit_are_dropped() -> None:
    exif = b"II*\0" + bytes(MAX_METADATA_BYTES)
    picture = read_picture(png_of(4, 4, ROWS, chunk(b"eXIf", exif)))
    assert picture.exif is None
    assert read_picture(png_of(4, 4, ROWS, chunk(b"eXIf", exif[:-4]))).exif is not None


def test_a_profile_beyond_the_limit_is_refused() -> None:
    buffer = io.BytesIO()
    profile = SRGB_PROFILE + bytes(MAX_METADATA_BYTES)
    Image.new("RGB", (4, 4)).save(buffer, "TIFF", icc_profile=profile)
    assert "ICC profile" in outcome(buffer.getvalue())
