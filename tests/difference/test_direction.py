"""Which way a change went: nothing without a change, opposite when turned round, better and worse only with reason."""

import cv2
import numpy as np
import pytest
from skimage import data

from jnd.artifacts import ARTIFACTS
from jnd.difference.direction import DEAD_ZONES, artifact_direction, overall_direction

PHOTO = np.ascontiguousarray(data.astronaut()[:384, :384])
BLURRED = cv2.GaussianBlur(PHOTO, (0, 0), 1.6)
NOISY = np.clip(PHOTO + np.random.default_rng(0).normal(0, 12, PHOTO.shape), 0, 255).astype(np.uint8)


def directions(reference, changed):
    return {change.artifact: change.direction for change in artifact_direction(reference, changed)}


def test_every_artifact_has_a_dead_zone():
    assert set(DEAD_ZONES) == set(ARTIFACTS)


def test_a_picture_is_like_itself():
    assert set(directions(PHOTO, PHOTO).values()) == {"same"}
    assert overall_direction(PHOTO, PHOTO).direction == "not told"


def test_a_shift_by_a_few_pixels_changes_nothing():
    assert set(directions(PHOTO, np.ascontiguousarray(PHOTO[3:-5, 4:-4])).values()) == {"same"}


@pytest.mark.parametrize(
    ("changed", "artifact"), [(BLURRED, "blur"), (NOISY, "noise")], ids=["blur", "noise"]
)
def test_what_was_added_is_stronger_and_taken_away_is_weaker(changed, artifact):
    assert directions(PHOTO, changed)[artifact] == "stronger"
    assert directions(changed, PHOTO)[artifact] == "weaker"


@pytest.mark.parametrize("changed", [BLURRED, NOISY], ids=["blur", "noise"])
def test_overall_turns_round_with_the_pictures(changed):
    worse, better = overall_direction(PHOTO, changed), overall_direction(changed, PHOTO)
    assert (worse.direction, better.direction) == ("worse", "better")
    assert worse.niqe_change == pytest.approx(-better.niqe_change)
    assert worse.interval[0] > 0 > better.interval[1]


@pytest.mark.parametrize("side", [1, 20, 60])
def test_small_pictures_are_not_judged(side):
    small = np.ascontiguousarray(PHOTO[:side, :side])
    assert overall_direction(small, small).direction == "not told"
    assert artifact_direction(small, small) is not None
