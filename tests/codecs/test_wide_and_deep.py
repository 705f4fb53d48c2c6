"""What each codec keeps of sources with wide colour spaces and 16 bits, as docs/reference/codecs.md says."""

import io
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from skimage import data
from typer.testing import CliRunner

sys.path.insert(0, str(Path(__file__).parents[1] / "picture"))
from files import DISPLAY_P3_PRIMARIES, cmyk_profile, png, profile_with_primaries, saved

from jnd.cli import app
from jnd.codecs import CODECS
from jnd.codecs.lossless import LOSSLESS
from jnd.picture import Picture, read_picture, seen

ADOBE_RGB_PRIMARIES = (  # Adobe RGB (1998) Color Image Encoding, annex A: the table of its ICC profile
    (0.60974, 0.31111, 0.01947),
    (0.20528, 0.62567, 0.06087),
    (0.14919, 0.06322, 0.74457),
)
PROFILES = {
    "Display P3": profile_with_primaries(DISPLAY_P3_PRIMARIES),
    "Adobe RGB": profile_with_primaries(ADOBE_RGB_PRIMARIES),  # with sRGB's curve
}
PHOTOGRAPH = np.ascontiguousarray(data.astronaut()[20:116, 130:258])
DEEP = PHOTOGRAPH.astype(np.uint16) * 257 + 100
INSTALLED = [name for name, codec in CODECS.items() if codec.installed]


def record_of(tmp_path: Path, name: str, content: bytes, *options: str) -> dict[str, Any]:
    (tmp_path / name).write_bytes(content)
    arguments = ["encode", str(tmp_path / name), "-o", str(tmp_path / "out"), "--json", *options]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    record: dict[str, Any] = json.loads(result.stdout)
    return record


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("name", INSTALLED)
def test_every_codec_keeps_code_values_and_profile_of_a_wide_space(name: str, profile: str) -> None:
    codec = CODECS[name]
    decoded = codec.decode(codec.encode(Picture(PHOTOGRAPH, icc_profile=PROFILES[profile]), 0))
    assert decoded.icc_profile == PROFILES[profile]
    assert np.abs(decoded.pixels.astype(float) - PHOTOGRAPH).mean() < 4


@pytest.mark.parametrize("profile", PROFILES)
def test_a_wide_source_is_still_wide_in_the_output(profile: str, tmp_path: Path) -> None:
    content = saved(PHOTOGRAPH, "PNG", icc_profile=PROFILES[profile])
    record = record_of(tmp_path, "a.png", content, "--format", "webp")
    output = read_picture(record["output"])
    assert output.icc_profile == PROFILES[profile]
    shown, original = (seen(picture).astype(float) for picture in (output, read_picture(content)))
    assert np.abs(shown - original).mean() < 4
    assert np.abs(shown - PHOTOGRAPH).mean() > np.abs(shown - original).mean(), "the profile matters"


@pytest.mark.parametrize("name", INSTALLED)
def test_sixteen_bits_are_kept_where_the_codec_has_them_and_rounded_elsewhere(name: str) -> None:
    codec = CODECS[name]
    decoded = codec.decode(codec.encode(Picture(DEEP), 0)).pixels
    keeps = 16 in codec.limits.bit_depths
    assert keeps == (name == "jpegxl"), "as documented"
    assert decoded.dtype == (np.uint16 if keeps else np.uint8)


def test_a_16_bit_png_becomes_8_bits_unless_nothing_may_be_lost(tmp_path: Path) -> None:
    lossy = record_of(tmp_path, "a.png", png(DEEP, 2), "--format", "jpeg")
    assert read_picture(lossy["output"]).pixels.dtype == np.uint8
    (tmp_path / "b").mkdir()
    kept = record_of(tmp_path / "b", "a.png", png(DEEP, 2), "--format", "png", "--target", "lossless")
    assert np.array_equal(read_picture(kept["output"]).pixels, DEEP)
    assert "png" in LOSSLESS


@pytest.mark.parametrize("with_profile", [True, False])
def test_a_cmyk_jpeg_becomes_srgb_without_its_profile(with_profile: bool, tmp_path: Path) -> None:
    inks = np.zeros((64, 96, 4), np.uint8)
    inks[..., 0] = np.linspace(0, 255, 96).astype(np.uint8)
    buffer = io.BytesIO()
    extra = {"icc_profile": cmyk_profile()} if with_profile else {}
    Image.fromarray(inks, "CMYK").save(buffer, "JPEG", quality=95, **extra)
    record = record_of(tmp_path, "a.jpg", buffer.getvalue(), "--format", "webp")
    output = read_picture(record["output"])
    assert output.icc_profile is None
    original = read_picture(buffer.getvalue()).pixels
    assert np.abs(output.pixels.astype(float) - original).mean() < 4
