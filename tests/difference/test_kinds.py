"""The classifier of changes: what it names, what it leaves alone, bad input."""

import json

import numpy as np
import pytest
from skimage import data

from jnd.difference.kinds import CHANGE_CLASSES, describe_change
from jnd.difference.kinds.features import change_features
from jnd.difference.kinds.network import fitted_network
from jnd.distortions import DISTORTIONS, distort, distort_sequence, level_of_jnd
from jnd.observer import Observer

PHOTOS = [np.ascontiguousarray(picture) for picture in (data.coffee()[:320, :448], data.chelsea()[:, :448])]


@pytest.fixture(scope="module")
def observers():
    return [Observer(photo) for photo in PHOTOS]


def test_every_kind_stands_for_distortions_that_there_are():
    members = [name for entry in CHANGE_CLASSES.values() for name in entry.distortions]
    assert len(members) == len(set(members))
    # The colour of "noise_coloured" is drawn, so it belongs to three kinds.
    assert set(DISTORTIONS) - set(members) == {"noise_coloured"}
    assert len(CHANGE_CLASSES) >= 14


@pytest.mark.parametrize("entry", CHANGE_CLASSES.values(), ids=CHANGE_CLASSES)
def test_distortions_of_one_kind_share_its_level_axis(entry):
    assert len({DISTORTIONS[name].axis for name in entry.distortions}) == 1


def test_the_fitted_network_is_for_these_features_and_kinds():
    fitted = fitted_network()
    assert fitted.kinds == tuple(CHANGE_CLASSES)
    assert fitted.features == tuple(change_features(PHOTOS[0], PHOTOS[0]))
    assert fitted.provenance["script"] == "reproduce/fit_change_kinds.py"
    assert "kodak" not in json.dumps(fitted.provenance).lower()


def test_most_single_changes_of_2_jnd_are_named(observers):
    right = []
    for number, (name, entry) in enumerate(CHANGE_CLASSES.items()):
        photo, observer = PHOTOS[number % 2], observers[number % 2]
        found = level_of_jnd(lambda level: distort(photo, entry.representative, level, 1), observer, 2.0)  # noqa: B023
        kinds = describe_change(photo, found.pixels, observer, severity=False)
        right.append(bool(kinds) and kinds[0].name == name)
    assert np.mean(right) >= 0.8, dict(zip(CHANGE_CLASSES, right, strict=True))


def test_a_sequence_is_two_kinds(observers):
    changed = distort_sequence(PHOTOS[0], [("saturation", 0.2), ("noise_gaussian", 0.25)], seed=2)
    assert {kind.name for kind in describe_change(PHOTOS[0], changed, observers[0])} == {
        "saturation",
        "noise_white",
    }


def test_severity_is_the_observers_word_on_the_kind_alone(observers):
    changed = distort(PHOTOS[0], "noise_gaussian", 0.25, seed=2)
    kind, *_ = describe_change(PHOTOS[0], changed, observers[0])
    assert kind.name == "noise_white"
    alone = distort(PHOTOS[0], "noise_gaussian", kind.level)
    assert kind.severity_jnd == observers[0].look(alone).jnd
    assert kind.level == pytest.approx(0.25, abs=0.06)
    assert 0 < kind.probability <= 1
    assert "standard deviation, code values" in kind.note


@pytest.mark.parametrize("number", [0, 1])
def test_what_saving_again_can_do_has_no_kind(number, observers):
    photo = PHOTOS[number]
    rounding = np.random.default_rng(1).uniform(-0.5, 0.5, photo.shape)
    again = np.clip(np.rint(photo + 1.99 * rounding), 0, 255).astype(np.uint8)
    assert np.abs(again.astype(int) - photo).max() == 1
    assert describe_change(photo, photo.copy(), observers[number]) == ()
    assert describe_change(photo, again, observers[number]) == ()


def test_grey_and_16_bit_pictures_are_read_as_the_same_picture_in_8(observers):
    changed = distort(PHOTOS[0], "gaussian_blur", 0.4)
    eight = describe_change(PHOTOS[0], changed, observers[0], severity=False)
    deep = describe_change(PHOTOS[0], changed.astype(np.uint16) * 257, observers[0], severity=False)
    assert eight == deep
    assert eight[0].name == "blur"
    grey, blurred = PHOTOS[0][:, :, 1], changed[:, :, 1]
    assert describe_change(grey, blurred, Observer(grey))[0].title == "blur"


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 40, 3), (9, 5, 3), (64, 64, 3)])
def test_small_pictures_have_features_too(shape):
    random = np.random.default_rng(3)
    first, second = random.integers(0, 256, (2, *shape)).astype(np.uint8)
    assert np.isfinite(list(change_features(first, second).values())).all()
    describe_change(first, second, Observer(first))


def test_flat_pictures_have_features_too():
    flat = np.full((80, 80, 3), 100, np.uint8)
    assert np.isfinite(list(change_features(flat, flat + np.uint8(9)).values())).all()
    assert np.isfinite(list(change_features(flat, flat).values())).all()


@pytest.mark.parametrize(
    ("changed", "error", "says"),
    [
        (PHOTOS[0][:-1], ValueError, "one size"),
        (PHOTOS[0].astype(float), TypeError, "uint8 or uint16"),
        (PHOTOS[0][:, :, :2], ValueError, "shape"),
        ("photo.png", TypeError, "numpy array"),
    ],
)
def test_what_is_no_pair_is_refused(changed, error, says, observers):
    with pytest.raises(error, match=says):
        describe_change(PHOTOS[0], changed, observers[0])
