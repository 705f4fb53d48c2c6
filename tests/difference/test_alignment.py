"""A picture that was moved, scaled or turned is told from one that was changed."""

import cv2
import numpy as np
import pytest
from PIL import Image
from skimage import data

from jnd.difference import compare
from jnd.difference.alignment import find_misregistration
from jnd.errors import DifferentSizesError

COFFEE = np.ascontiguousarray(data.coffee())


def moved(x=0.0, y=0.0, scale=1.0, degrees=0.0, picture=COFFEE):
    """Turned clockwise and scaled about the centre, then moved right and down."""
    height, width = picture.shape[:2]
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), -degrees, scale)
    matrix[:, 2] += x, y
    return cv2.warpAffine(
        picture, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT
    )


MOTIONS = [
    {"x": 3, "y": -2},
    {"x": 0.5},
    {"x": -0.25, "y": 0.25},
    {"scale": 1.01},
    {"scale": 0.95},
    {"degrees": 1},
    {"degrees": -5},
    {"x": 5, "y": 3, "scale": 1.03, "degrees": 2},
]


@pytest.mark.parametrize("motion", MOTIONS, ids=str)
def test_motion_is_found_to_a_fraction_of_a_pixel(motion):
    alignment = find_misregistration(COFFEE, moved(**motion))
    assert alignment is not None
    found = alignment.found
    assert found.shift_x == pytest.approx(motion.get("x", 0), abs=0.05)
    assert found.shift_y == pytest.approx(motion.get("y", 0), abs=0.12)
    assert found.scale == pytest.approx(motion.get("scale", 1), abs=0.0005)
    assert found.rotation_degrees == pytest.approx(motion.get("degrees", 0), abs=0.02)


@pytest.mark.parametrize("motion", MOTIONS, ids=str)
def test_alignment_removes_most_of_the_difference(motion):
    changed = moved(**motion)
    before, after = compare(COFFEE, changed), compare(COFFEE, changed, align=True)
    assert before.misregistration == after.misregistration
    assert not before.aligned and after.aligned
    assert after.worst_window_jnd < 0.2 * before.worst_window_jnd


def test_whole_pixels_come_back_exactly():
    page = np.tile(data.page()[..., np.newaxis], (1, 1, 3))
    found = compare(page, np.roll(page, (4, -7), (0, 1)), align=True)
    assert found.verdict == "identical"
    assert (round(found.misregistration.shift_x), round(found.misregistration.shift_y)) == (-7, 4)
    assert found.ignored_pixels == 4 * 384 + 7 * 191 - 28


def letters(pixels):
    changed = pixels.copy()
    changed[60:70, 60:68] = 255 - changed[60:70, 60:68]
    return changed


def part_moved(pixels):
    changed = pixels.copy()
    changed[100:150, 100:200] = pixels[100:150, 101:201]
    return changed


CHANGES = {
    "a spot": letters,
    "a part moved": part_moved,
    "noise": lambda p: np.clip(p + np.random.default_rng(1).normal(0, 8, p.shape), 0, 255).astype(np.uint8),
    "blur": lambda p: cv2.GaussianBlur(p, (0, 0), 1.2),
    "brighter": lambda p: np.clip(p.astype(int) + 10, 0, 255).astype(np.uint8),
    "jpeg": lambda p: cv2.imdecode(
        cv2.imencode(".jpg", p, [cv2.IMWRITE_JPEG_QUALITY, 30])[1], cv2.IMREAD_COLOR
    ),
    "another picture": lambda p: np.ascontiguousarray(p[::-1, ::-1]),
    "flat": lambda p: np.full_like(p, 99),
}


@pytest.mark.parametrize("change", CHANGES)
def test_other_changes_are_no_misregistration(change):
    assert find_misregistration(COFFEE, CHANGES[change](COFFEE)) is None


def test_tiny_and_flat_pictures_say_nothing():
    tiny = COFFEE[:20, :20]
    assert find_misregistration(tiny, np.roll(tiny, 1, 1)) is None
    flat = np.full((64, 64, 3), 7, np.uint8)
    assert find_misregistration(flat, flat + 1) is None


class TestSizes:
    def test_the_same_shape_scaled(self):
        small = np.asarray(Image.fromarray(COFFEE).resize((300, 200), Image.Resampling.LANCZOS))
        with pytest.raises(
            DifferentSizesError, match=r"600 × 400, CHANGED 300 × 200: the same shape, scaled by 0\.5"
        ):
            compare(COFFEE, small)
        found = compare(COFFEE, small, align=True)
        assert found.aligned
        assert "scaled to REFERENCE's 600 × 400" in found.notes[0]

    def test_a_part(self):
        with pytest.raises(
            DifferentSizesError, match="CHANGED is the part of REFERENCE that begins at 20, 10"
        ):
            compare(COFFEE, COFFEE[10:200, 20:300])
        with pytest.raises(
            DifferentSizesError, match="REFERENCE is the part of CHANGED that begins at 20, 10"
        ):
            compare(COFFEE[10:200, 20:300], COFFEE)

    def test_turned_and_others(self):
        turned = np.ascontiguousarray(np.rot90(COFFEE))
        with pytest.raises(DifferentSizesError, match="width and height are swapped"):
            compare(COFFEE, turned)
        with pytest.raises(DifferentSizesError, match="both must have one size"):
            compare(COFFEE, np.zeros((410, 333, 3), np.uint8), align=True)
