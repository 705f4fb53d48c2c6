"""The guard for uniform shifts: laws, golden values, bad input."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage import color, data

from jnd.metrics.uniform_shift import THRESHOLD_DELTA_E, coarse_colour, shift_between, uniform_shift
from jnd.viewing import viewing_conditions

code_values = st.integers(0, 255)
colours = st.tuples(code_values, code_values, code_values)


def flat(colour, side=24, dtype=np.uint8):
    return np.full((side, side, 3), colour, dtype)


class TestLaws:
    @given(colour=colours)
    def test_nothing_changed_is_nothing(self, colour):
        assert uniform_shift(flat(colour), flat(colour)) == 0

    @given(one=colours, other=colours)
    def test_symmetric_and_not_negative(self, one, other):
        there = uniform_shift(flat(one), flat(other))
        assert there == pytest.approx(uniform_shift(flat(other), flat(one)))
        assert there >= 0

    @given(level=code_values, steps=st.lists(st.integers(0, 255), min_size=2, max_size=6))
    def test_a_larger_shift_of_grey_is_never_less_visible(self, level, steps):
        ways_up = sorted({min(255, level + step) for step in steps})
        shifts = [uniform_shift(flat(level), flat(other)) for other in ways_up]
        assert shifts == sorted(shifts)

    def test_arrangement_of_the_pixels_does_not_matter_inside_a_tile(self):
        rng = np.random.default_rng(3)
        picture = rng.integers(0, 256, (100, 100, 3), dtype=np.uint8)
        shuffled = rng.permutation(picture.reshape(-1, 3)).reshape(picture.shape)
        assert uniform_shift(picture, shuffled) == 0

    def test_a_shifted_quarter_is_found(self):
        picture = np.ascontiguousarray(data.astronaut())
        changed = picture.copy()
        corner = changed[:256, :256].astype(int) + 14
        changed[:256, :256] = np.clip(corner, 0, 255)
        whole = np.linalg.norm(
            coarse_colour(picture, viewing_conditions()).whole
            - coarse_colour(changed, viewing_conditions()).whole
        )
        assert whole < THRESHOLD_DELTA_E
        assert uniform_shift(picture, changed) > 1

    def test_8_and_16_bits_and_grey_are_the_same_light(self):
        picture = data.astronaut()[:200, :200, 0]
        viewing = viewing_conditions()
        expected = coarse_colour(np.repeat(picture[..., None], 3, axis=2), viewing)
        for same in (picture, picture.astype(np.uint16) * 257):
            assert np.allclose(coarse_colour(same, viewing).tiles, expected.tiles, atol=1e-3)

    def test_inputs_are_left_untouched(self):
        picture = data.astronaut()
        before = picture.copy()
        uniform_shift(picture, picture)
        assert np.array_equal(picture, before)

    @pytest.mark.parametrize("shape", [(1, 1), (1, 700), (700, 1), (159, 161), (160, 160), (163, 487)])
    def test_every_size(self, shape):
        picture = np.full((*shape, 3), 100, np.uint8)
        assert uniform_shift(picture, picture) == 0
        assert uniform_shift(picture, picture + 20) == pytest.approx(
            uniform_shift(flat(100), flat(120)), rel=1e-6
        )

    @given(sides=st.tuples(st.integers(160, 400), st.integers(160, 400)))
    def test_tiles_cover_the_whole(self, sides):
        rng = np.random.default_rng(sides[0])
        picture = np.repeat(np.arange(sides[0], dtype=np.uint16)[:, None, None] * 100, sides[1], axis=1)
        picture = np.repeat(picture, 3, axis=2) + rng.integers(0, 50, 3, dtype=np.uint16)
        tiles = coarse_colour(picture, viewing_conditions("standard_fhd", 20)).tiles
        assert all(abs(n - s / 80) < 0.7 for n, s in zip(tiles.shape[:2], sides, strict=True))
        assert (np.diff(tiles[..., 0], axis=0) > 0).all()


class TestGoldenValues:
    # Origin: max(0, 2 ΔE*ab / 2.5 - 1) with ΔE*ab of scikit-image's rgb2lab. It has no reflected light or black
    # level and rounds the matrix, so the display without both must agree to a hundredth.
    @pytest.mark.parametrize(
        ("one", "other"),
        [((128,) * 3, (136,) * 3), ((200, 40, 40), (208, 48, 48)), ((20, 90, 160), (25, 80, 160))],
    )
    def test_cielab(self, one, other):
        from dataclasses import replace

        viewing = viewing_conditions()
        dark_room = replace(viewing, display=replace(viewing.display, contrast=1e9, ambient_lux=0))
        labs = [color.rgb2lab(np.array([[c]], np.uint8)) for c in (one, other)]
        expected = max(0.0, 2 * float(np.linalg.norm(labs[0] - labs[1])) / 2.5 - 1)
        assert uniform_shift(flat(one), flat(other), dark_room) == pytest.approx(expected, abs=0.02)

    def test_what_is_visible(self):
        assert uniform_shift(flat(0), flat(255)) > 50
        assert uniform_shift(flat(128), flat(129)) == 0
        assert uniform_shift(flat(128), flat(132)) < 0.5
        assert uniform_shift(flat(128), flat(136)) > 1
        assert uniform_shift(flat(128), flat((136, 128, 128))) > 1
        assert uniform_shift(flat(128), flat((128, 128, 136))) > 1

    def test_a_photograph_lifted_by_eight_code_values(self):
        picture = data.coffee()
        lifted = np.clip(picture.astype(int) + 8, 0, 255).astype(np.uint8)
        assert uniform_shift(picture, lifted) > 1


def test_another_size_is_refused():
    with pytest.raises(ValueError, match=r"one size, got heights and widths \(24, 24\) and \(25, 25\)"):
        uniform_shift(flat(0), flat(0, side=25))


def test_shift_between_takes_kept_colour():
    viewing = viewing_conditions()
    kept = [coarse_colour(flat(c), viewing) for c in (100, 120)]
    assert shift_between(*kept) == uniform_shift(flat(100), flat(120))
