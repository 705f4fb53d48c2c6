"""Profile and metadata are put into JPEG files as the standards say, and the pictures stay untouched."""

import contextlib
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from jnd.codecs.jpeg_segments import MAX_SEGMENT_BYTES, with_metadata, with_other_metadata
from jnd.picture import Picture, read_picture

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


def segment(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + (len(content) + 2).to_bytes(2, "big") + content


def camera_file(*, progressive: bool = False) -> bytes:
    """With all that a telephone writes: maker's and Photoshop's segments, a comment, a preview behind the end."""
    buffer = io.BytesIO()
    noise = np.random.default_rng(0).integers(0, 256, (40, 56, 3), dtype=np.uint8)
    Image.fromarray(noise).save(buffer, "JPEG", progressive=progressive, restart_marker_blocks=3)
    plain = with_metadata(buffer.getvalue(), Picture(PIXELS, None, b"p" * 70000, EXIF, b"<x/>"))
    extra = [
        segment(0xE0, b"JFXX\0\x10 thumbnail"),
        segment(0xE2, b"MPF\0 index of the previews"),
        segment(0xED, b"Photoshop 3.0\0 where it was taken"),
        segment(0xEE, b"Adobe\0\x64\0\0\0\0\x01"),
        segment(0xFE, b"serial number 7"),
    ]
    return plain[:20] + b"".join(extra) + plain[20:] + jfif()


class TestOtherMetadata:
    @pytest.mark.parametrize("progressive", [False, True])
    def test_only_what_is_asked_for_and_the_colours_stay(self, progressive: bool) -> None:
        file = camera_file(progressive=progressive)
        bare = with_other_metadata(file, lambda exif: None, lambda xmp: None)
        for secret in (b"thumbnail", b"MPF", b"taken", b"serial", b"Exif", b"<x/>"):
            assert secret in file
            assert secret not in bare
        kept = [marker for marker, _ in segments(bare)]
        assert [marker for marker in kept if 0xE0 <= marker <= 0xEF] == [0xE0, 0xEE, 0xE2, 0xE2]
        assert bare.endswith(b"\xff\xd9")
        assert len(bare) < len(file) - len(jfif()), "the appended picture is gone"
        assert np.array_equal(read_picture(bare).pixels, read_picture(file).pixels)

    def test_exif_and_xmp_are_passed_through_the_functions(self) -> None:
        changed = with_other_metadata(camera_file(), lambda exif: exif + b"more", lambda xmp: xmp.upper())
        assert (0xE1, b"Exif\0\0" + EXIF + b"more") in segments(changed)
        assert (0xE1, b"http://ns.adobe.com/xap/1.0/\0<X/>") in segments(changed)

    def test_a_file_with_nothing_to_drop_keeps_its_bytes(self) -> None:
        assert with_other_metadata(jfif(), lambda exif: None, lambda xmp: None) == jfif()

    def test_what_does_not_fit_is_an_error(self) -> None:
        with pytest.raises(ValueError, match="do not fit"):
            with_other_metadata(camera_file(), lambda exif: bytes(70000), lambda xmp: None)

    @given(st.integers(0, 3000), st.binary(max_size=40))
    def test_damaged_files_give_an_error_or_a_file(self, place: int, damage: bytes) -> None:
        file = jfif()
        place %= len(file)
        damaged = file[:place] + damage + file[place + len(damage) :]
        with contextlib.suppress(ValueError):
            assert len(with_other_metadata(damaged, lambda exif: exif, lambda xmp: xmp)) <= len(damaged)
