"""EXIF's orientation is found, reset and taken out without touching anything else."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from jnd.picture.exif import (
    orientation,
    tiff_structure,
    upright,
    with_upright_orientation,
    without_orientation,
)

from .files import exif


@pytest.mark.parametrize("byte_order", ["<", ">"])
class TestBothByteOrders:
    @pytest.mark.parametrize("value", range(1, 9))
    def test_is_found_and_reset(self, byte_order: str, value: int) -> None:
        data = exif(value, byte_order=byte_order)
        assert orientation(data) == value
        assert with_upright_orientation(data) == exif(1, byte_order=byte_order)

    def test_can_be_taken_out(self, byte_order: str) -> None:
        data = without_orientation(exif(6, byte_order=byte_order))
        assert len(data) == len(exif(6, byte_order=byte_order))
        read = Image.Exif()
        read.load(data)
        assert dict(read) == {0x8298: "Anna\0\0\0"}

    @pytest.mark.parametrize("value", [0, 9, 65535])
    def test_nonsense_is_upright(self, byte_order: str, value: int) -> None:
        assert orientation(exif(value, byte_order=byte_order)) == 1


@pytest.mark.parametrize("data", [b"", b"II*\0", b"MM\0*\xff\xff\xff\xff", exif(6)[:20], b"nonsense"])
def test_damaged_exif_is_upright_and_left_alone(data: bytes) -> None:
    assert orientation(data) == 1
    assert with_upright_orientation(data) == data
    assert without_orientation(data) == data


def test_the_prefix_is_taken_off_as_often_as_it_is_there() -> None:
    assert tiff_structure(b"Exif\0\0Exif\0\0" + exif(3)) == exif(3)
    assert tiff_structure(b"Exif\0\0nonsense") == b""


@pytest.mark.parametrize("value", range(1, 9))
def test_upright_turns_as_pillow_does(value: int) -> None:
    stored = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3)
    image = Image.fromarray(stored)
    turn = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }
    expected = image.transpose(turn[value]) if value in turn else image
    assert np.array_equal(upright(stored, value), np.asarray(expected))


@given(st.binary(max_size=60), st.sampled_from([b"", b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08"]))
def test_any_bytes_are_survived(data: bytes, start: bytes) -> None:
    assert 1 <= orientation(start + data) <= 8
    assert orientation(with_upright_orientation(start + data)) == 1
    assert len(with_upright_orientation(start + data)) == len(start + data)
    without_orientation(start + data)
