"""What a file is, by its first bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jnd.picture.identify import HEAD_BYTES, SUPPORTED, describe, identify


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"\xff\xd8\xff\xe1", "jpeg"),
        (b"\x89PNG\r\n\x1a\n", "png"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "webp"),
        (b"\0\0\0\x1cftypavif\0\0\0\0mif1", "avif"),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avif", "avif"),
        (b"II*\0\x08\0\0\0\0\0", "tiff"),
        (b"MM\0*\0\0\0\x08", "tiff"),
        (b"P6\n1 1", "pnm"),
        (b"P1#", "pnm"),
        (b"BM" + bytes(12) + b"\x28\0\0\0", "bmp"),
        (b"P7\n", None),
        (b"BMW drivers of the world", None),
        (b"RIFF\x10\0\0\0WAVE", None),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1", "heic"),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1heic", "heic"),
        (b"\0\0\0\x18ftyphevc\0\0\0\0mif1", None),
        (b"\xff\x0a\xfa", "jpegxl"),
        (b"\0\0\0\x0cJXL \r\n\x87\n", "jpegxl"),
        (b"II*\0\x10\0\0\0CR\x02\0", None),
        (b"", None),
    ],
)
def test_by_content(head: bytes, name: str | None) -> None:
    assert identify(head) == name


@given(st.binary(max_size=HEAD_BYTES))
def test_any_bytes_are_something(head: bytes) -> None:
    assert identify(head) in (*SUPPORTED, None)
    assert describe(head).isprintable()
