"""Canny's method as Octave has it, and the weights that protect edges."""

import numpy as np
import pytest
import skimage.data

from jnd.vision.contrast_masking import largest_gradient
from jnd.vision.edges import canny, disc, edge_protection, square, strong_edge_protection


def canny_by_the_book(plane, threshold):
    """Slow and plain, pixel by pixel, for comparison."""
    taps = np.exp(-((np.arange(16) - 7.5) ** 2) / 4)
    taps /= taps.sum()
    height, width = plane.shape
    padded = np.pad(plane.astype(float), 8, mode="edge")
    across = sum(taps[k] * padded[:, 1 + k : 1 + k + width] for k in range(16))
    smooth = np.pad(sum(taps[k] * across[1 + k : 1 + k + height] for k in range(16)), 1, mode="edge")
    x = (smooth[1:-1, :-2] - smooth[1:-1, 2:]) / 2
    y = (smooth[:-2, 1:-1] - smooth[2:, 1:-1]) / 2
    strength = np.hypot(x, y)
    strength /= strength.max()
    orientation = np.degrees(np.pi - np.mod(np.arctan2(y, x) - np.pi, np.pi))
    kind = np.round(orientation / 45).astype(int) % 4
    partners = [(0, 1), (-1, 1), (-1, 0), (-1, -1)]
    following = [(1, 0), (1, 1), (0, 1), (-1, 1)]
    maxima = np.zeros_like(strength)
    for row in range(1, height - 1):
        for column in range(1, width - 1):
            down, right = partners[kind[row, column]]
            here = strength[row, column]
            if here > strength[row + down, column + right] and here > strength[row - down, column - right]:
                maxima[row, column] = here
    edges = np.zeros(plane.shape, dtype=bool)
    waiting = list(zip(*np.nonzero(maxima > threshold), strict=True))
    while waiting:
        row, column = waiting.pop()
        if not edges[row, column]:
            edges[row, column] = True
            down, right = following[kind[row, column]]
            for sign in (1, -1):
                ahead = (row + sign * down, column + sign * right)
                if maxima[ahead] > 0.4 * threshold:
                    waiting.append(ahead)
    return edges


class TestCanny:
    @pytest.mark.parametrize("threshold", [0.1, 0.3, 0.5, 0.8])
    def test_is_the_method_pixel_by_pixel(self, threshold):
        plane = skimage.data.camera()[60:220, 150:340]
        expected = canny_by_the_book(plane, threshold)
        assert expected.any()
        np.testing.assert_array_equal(canny(plane.astype(np.float64), threshold), expected)
        assert np.mean(canny(plane, threshold) != expected) < 1e-3

    def test_uniform_planes_have_no_edges(self):
        for grey in (0, 0.1, 100, 255):
            for dtype in (np.float32, np.float64):
                assert not canny(np.full((40, 50), grey, dtype=dtype), 0.5).any()

    def test_a_step_is_one_pixel_wide_and_as_long_as_the_picture_less_its_frame(self):
        plane = np.zeros((30, 40))
        plane[:, 20:] = 50
        edges = canny(plane, 0.5)
        np.testing.assert_array_equal(edges.sum(axis=1), [0, *[1] * 28, 0])

    def test_threshold_is_a_share_of_the_strongest_gradient(self):
        plane = skimage.data.camera()[60:220, 150:340].astype(np.float64)
        np.testing.assert_array_equal(canny(plane, 0.4), canny(plane / 4, 0.4))


class TestProtection:
    def test_weight_is_1_far_from_edges_and_less_on_them(self):
        plane = np.zeros((40, 60))
        plane[:, 30:] = 80
        weight = edge_protection(
            plane, threshold=0.5, dilation=disc(2), depth=0.8, length=5, sigma=0.8, border="reflect"
        )
        np.testing.assert_allclose(weight[:, :20], 1)
        assert weight[20, 29:31].min() == pytest.approx(0.2)

    def test_strong_edges_get_no_masking(self):
        plane = np.zeros((40, 60), dtype=np.uint8)
        plane[:, 30:] = 200
        weight = strong_edge_protection(plane, largest_gradient(plane, "reflect"), disc(3), "reflect")
        assert weight[20, 30] == 0
        assert weight[20, 5] == pytest.approx(1)

    def test_elements(self):
        assert disc(3).sum() == 29
        assert disc(6).sum() == 113
        assert square(3).shape == (5, 5)
        assert square(6).sum() == 121
