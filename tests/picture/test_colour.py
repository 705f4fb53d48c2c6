"""What is seen: profiles, grey and opacity."""

import numpy as np
import pytest

from jnd.picture import BACKGROUNDS, Picture, seen
from jnd.picture.colour import in_8_bits, profile_space

from .files import (
    DISPLAY_P3_PRIMARIES,
    SRGB_PRIMARIES,
    SRGB_PROFILE,
    noise,
    profile_with_primaries,
    profile_with_swapped_primaries,
    smooth,
)

DTYPES = [np.uint8, np.uint16]


def top(dtype: type) -> int:
    return int(np.iinfo(dtype).max)


@pytest.mark.parametrize("dtype", DTYPES)
class TestEveryDepth:
    def test_srgb_is_seen_as_it_is(self, dtype: type) -> None:
        pixels = noise(3, 4, 3, dtype=dtype)
        assert np.array_equal(seen(Picture(pixels)), pixels)
        assert seen(Picture(pixels)).dtype == dtype

    def test_grey_has_three_equal_channels(self, dtype: type) -> None:
        pixels = noise(3, 4, dtype=dtype)
        assert np.array_equal(seen(Picture(pixels)), np.dstack([pixels] * 3))

    @pytest.mark.parametrize("background", [*BACKGROUNDS, 77])
    def test_opacity_mixes_code_values(self, dtype: type, background: int) -> None:
        pixels, alpha = noise(300, 4, 3, dtype=dtype), noise(300, 4, dtype=dtype, seed=1)
        share = alpha[..., np.newaxis] / top(dtype)
        expected = share * pixels + (1 - share) * background * (top(dtype) / 255)
        assert np.abs(seen(Picture(pixels, alpha), background) - expected).max() <= 0.5 + 1e-6

    def test_opacity_of_grey(self, dtype: type) -> None:
        pixels, alpha = np.full((1, 2), 100, dtype), np.array([[0, top(dtype)]], dtype)
        assert seen(Picture(pixels, alpha), 255).tolist() == [[[top(dtype)] * 3, [100] * 3]]

    def test_complete_opacity_changes_nothing(self, dtype: type) -> None:
        pixels = noise(3, 4, 3, dtype=dtype)
        opaque = Picture(pixels, np.full((3, 4), top(dtype), dtype))
        for background in BACKGROUNDS:
            assert np.array_equal(seen(opaque, background), pixels)


class TestProfiles:
    def test_srgb_profile_changes_at_most_one_code_value(self) -> None:
        pixels = smooth()
        found = seen(Picture(pixels, icc_profile=SRGB_PROFILE))
        assert np.abs(found.astype(int) - pixels).max() <= 1

    def test_another_profile_is_converted(self) -> None:
        """With the primaries of red and blue swapped, red pixels look blue."""
        red = np.full((2, 2, 3), (255, 0, 0), np.uint8)
        found = seen(Picture(red, icc_profile=profile_with_swapped_primaries()))
        assert np.abs(found.astype(int) - (0, 0, 255)).max() <= 2

    def test_display_p3_is_converted_as_its_primaries_say(self) -> None:
        """Beside the same calculation with matrices, for colours that sRGB has too."""
        colours = np.array([[[128, 128, 128], [180, 100, 100], [100, 160, 110], [90, 100, 170]]], np.uint8)
        found = seen(Picture(colours, icc_profile=profile_with_primaries(DISPLAY_P3_PRIMARIES)))
        encoded = colours / 255
        light = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
        light = light @ np.array(DISPLAY_P3_PRIMARIES) @ np.linalg.inv(SRGB_PRIMARIES)
        expected = 255 * np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
        assert np.abs(expected - colours).max() > 5
        assert np.abs(found - expected).max() <= 1.5

    def test_grey_pixels_with_an_rgb_profile(self) -> None:
        grey = noise(3, 4)
        found = seen(Picture(grey, icc_profile=SRGB_PROFILE))
        assert np.abs(found.astype(int) - grey[..., np.newaxis]).max() <= 1

    def test_16_bits_are_converted_in_8(self) -> None:
        found = seen(Picture(noise(3, 4, 3, dtype=np.uint16), icc_profile=SRGB_PROFILE))
        assert found.dtype == np.uint8

    def test_opacity_is_applied_after_the_profile(self) -> None:
        red, half = np.full((1, 1, 3), (255, 0, 0), np.uint8), np.full((1, 1), 128, np.uint8)
        found = seen(Picture(red, half, profile_with_swapped_primaries()), 255)
        assert np.abs(found.astype(int) - (127, 127, 255)).max() <= 2

    def test_a_profile_of_other_pixels_is_an_error(self) -> None:
        cmyk = bytearray(SRGB_PROFILE)
        cmyk[16:20] = b"CMYK"
        with pytest.raises(ValueError, match="an ICC profile for CMYK cannot describe"):
            seen(Picture(smooth(), icc_profile=bytes(cmyk)))

    def test_spaces(self) -> None:
        assert profile_space(SRGB_PROFILE) == "RGB"
        assert profile_space(b"") is None
        assert profile_space(SRGB_PROFILE[:150]) is None


@pytest.mark.parametrize("background", [-1, 256])
def test_backgrounds_are_8_bit_grey(background: int) -> None:
    with pytest.raises(ValueError, match=f"0..255, got {background}"):
        seen(Picture(smooth()), background)


def test_in_8_bits_is_the_nearest_value_for_all_65536() -> None:
    values = np.arange(65536, dtype=np.uint16)
    assert np.array_equal(in_8_bits(values), np.round(values * (255 / 65535)).astype(np.uint8))
