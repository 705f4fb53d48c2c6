"""Profile and metadata are put into JPEG files as the standards say, and the pictures stay untouched."""

import io

import numpy as np
import pytest
from PIL import Image

from jnd.codecs.jpeg_segments import MAX_SEGMENT_BYTES, with_metadata
from jnd.picture import Picture

PIXELS = np.full((8, 8, 3), 100, np.uint8)
EXIF = b"II*\0\x08\0\0\0\0\0\0\0\0\0"


def jfif() -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(PIXELS).save(buffer, "JPEG")
    return buffer.getvalue()


def segments(jpeg: bytes) -> list[tuple[int, bytes]]:
    """Markers and contents up to the start of the scan."""
    found, at = [], 2
    while jpeg[at + 1] != 0xDA:
        length = int.from_bytes(jpeg[at + 2 : at + 4], "big")
        found.append((jpeg[at + 1], jpeg[at + 4 : at + 2 + length]))
        at += 2 + length
    return found


def test_segments_stand_behind_jfif_in_the_usual_order() -> None:
    file = with_metadata(jfif(), Picture(PIXELS, None, b"profile", EXIF, b"<x/>"))
    assert [marker for marker, _ in segments(file)[:4]] == [0xE0, 0xE1, 0xE1, 0xE2]
    contents = [content for _, content in segments(file)[1:4]]
    assert contents[0] == b"Exif\0\0" + EXIF
    assert contents[1] == b"http://ns.adobe.com/xap/1.0/\0<x/>"
    assert contents[2] == b"ICC_PROFILE\0\x01\x01profile"


def test_without_jfif_they_come_first() -> None:
    plain = jfif()
    app0 = 2 + int.from_bytes(plain[4:6], "big")
    bare = plain[:2] + plain[2 + app0 :]
    file = with_metadata(bare, Picture(PIXELS, exif=EXIF))
    assert segments(file)[0] == (0xE1, b"Exif\0\0" + EXIF)


def test_without_metadata_nothing_changes() -> None:
    assert with_metadata(jfif(), Picture(PIXELS)) == jfif()


@pytest.mark.parametrize("length", [1, 65519, 65520, 200_000, 255 * 65519])
def test_a_long_profile_is_split_and_comes_back_whole(length: int) -> None:
    profile = np.random.default_rng(0).bytes(length)
    file = with_metadata(jfif(), Picture(PIXELS, icc_profile=profile))
    assert Image.open(io.BytesIO(file)).info["icc_profile"] == profile


def test_a_profile_of_too_many_parts_is_an_error() -> None:
    with pytest.raises(ValueError, match="does not fit in a JPEG; convert to sRGB"):
        with_metadata(jfif(), Picture(PIXELS, icc_profile=bytes(255 * 65519 + 1)))


@pytest.mark.parametrize(("extra", "kept"), [(0, True), (1, False)])
def test_metadata_that_fit_in_no_segment_are_left_out(extra: int, kept: bool) -> None:
    exif = EXIF.ljust(MAX_SEGMENT_BYTES - len(b"Exif\0\0") + extra, b"\0")
    file = with_metadata(jfif(), Picture(PIXELS, exif=exif))
    assert (len(file) > len(jfif())) == kept
    assert np.array_equal(
        np.asarray(Image.open(io.BytesIO(file))), np.asarray(Image.open(io.BytesIO(jfif())))
    )


def test_what_is_no_jpeg_is_an_error() -> None:
    with pytest.raises(ValueError, match="begins with ff d8"):
        with_metadata(b"\x89PNG", Picture(PIXELS))
