"""Files without loss: asked for, or where they are the smallest that anybody can have."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import jnd
from jnd.codecs.lossless import LOSSLESS
from jnd.errors import CodecError, UnknownNameError
from jnd.picture import Picture, read_picture
from jnd.records import Found, NotFound
from jnd.search import encode_lossless
from jnd.search.lossless_search import looks_drawn

from .pictures import colour_confetti, photograph, transparent

PICTURES = {
    "colour": Picture(photograph()),
    "grey": Picture(photograph()[..., 1].copy()),
    "deep": Picture(photograph().astype(np.uint16) * 257 + 3),
    "transparent": transparent(),
    "one pixel": Picture(np.zeros((1, 1, 3), np.uint8)),
}
INSTALLED = [name for name, entry in LOSSLESS.items() if entry.installed]


def drawing() -> np.ndarray:
    """A diagram: a line and a box on white."""
    pixels = np.full((128, 192, 3), 255, np.uint8)
    pixels[30:90, 40:41] = pixels[30:31, 40:150] = (200, 30, 30)
    pixels[60:100, 80:130] = (20, 60, 160)
    return pixels


@pytest.mark.parametrize("picture", PICTURES.values(), ids=PICTURES)
@pytest.mark.parametrize("name", INSTALLED)
def test_every_pixel_comes_back_or_the_format_says_why(name: str, picture: Picture) -> None:
    *_, last = encode_lossless(picture, format=name)
    if isinstance(last, NotFound):
        assert name == "webp" and "16 bits" in last.reason
        return
    again = read_picture(last.result.data)
    pixels = again.pixels if again.pixels.ndim == picture.pixels.ndim else again.pixels[..., 0]
    np.testing.assert_array_equal(pixels, picture.pixels)
    assert (again.alpha is None) == (picture.alpha is None)
    if again.alpha is not None:
        np.testing.assert_array_equal(again.alpha, picture.alpha)
    assert again.file_format == last.result.file_format
    assert last.result.attempt.setting == {"mode": "lossless"} and last.result.attempt.jod == 10.0


def test_the_smallest_format_wins() -> None:
    *events, last = encode_lossless(Picture(photograph()), format="auto:all")
    assert isinstance(last, Found)
    sizes = [event.result.attempt.size_bytes for event in events if isinstance(event, Found)]
    assert len(sizes) == len(INSTALLED) and len(last.result.data) == min(sizes)


@pytest.mark.skipif("jpegxl" not in INSTALLED, reason="needs the extra jxl")
@pytest.mark.parametrize("orientation", [1, 6])
def test_a_jpeg_goes_into_jpeg_xl_as_it_is(orientation: int) -> None:
    pyjpegxl = pytest.importorskip("pyjpegxl")
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x8298] = "(c) somebody"
    file = io.BytesIO()
    Image.fromarray(photograph()).save(file, "JPEG", quality=90, exif=exif)
    *_, last = encode_lossless(file.getvalue(), format="jpegxl", keep_metadata="all")
    assert isinstance(last, Found)
    assert read_picture(last.result.data).pixels.shape == read_picture(file.getvalue()).pixels.shape
    if orientation == 1:
        assert pyjpegxl.jxl_to_jpeg(last.result.data) == file.getvalue()
        assert len(last.result.data) < len(file.getvalue())


def test_jpeg_has_no_lossless_mode_and_says_what_has() -> None:
    with pytest.raises(UnknownNameError, match="webp"):
        encode_lossless(Picture(photograph()), format="jpeg")


def test_a_format_that_is_not_installed_says_how_to_get_it() -> None:
    from dataclasses import replace

    with pytest.raises(CodecError, match="to get it: ask"):
        replace(LOSSLESS["png"], missing="ask").encode(Picture(photograph()))


def test_photographs_are_not_drawn_and_drawings_are() -> None:
    assert not looks_drawn(photograph()) and not looks_drawn(photograph()[..., 0])
    assert (
        looks_drawn(drawing()) and looks_drawn(drawing()[..., 0]) and looks_drawn(np.zeros((5, 1), np.uint8))
    )


@pytest.mark.parametrize("format_name", ["auto", "webp"])
def test_a_drawing_is_stored_without_loss_where_that_is_smaller(format_name: str) -> None:
    *_, last = jnd.encode(Picture(drawing()), format=format_name)
    assert isinstance(last, Found)
    assert last.result.attempt.setting == {"mode": "lossless"} and "stored without loss" in last.result.notes
    np.testing.assert_array_equal(read_picture(last.result.data).pixels, drawing())
    lossy = [a.size_bytes for a in last.result.attempts if a.meets_target and a.distortion_level is not None]
    assert len(last.result.data) < min(lossy, default=10**9)


def test_what_no_lossy_setting_holds_is_stored_without_loss() -> None:
    *_, last = jnd.encode(Picture(colour_confetti()), format="webp", satisfied=0.95)
    assert isinstance(last, Found) and last.result.attempt.setting == {"mode": "lossless"}
    assert not any(a.meets_target for a in last.result.attempts[:-1])


def test_a_photograph_costs_no_lossless_trial(tmp_path: Path) -> None:
    *_, last = jnd.encode(Picture(photograph()), format="webp")
    assert isinstance(last, Found)
    assert all(attempt.distortion_level is not None for attempt in last.result.attempts)
