"""Scores without a reference: features against an independent program, laws, bad input."""

import cv2
import numpy as np
import pytest
from skimage import data

from jnd.metrics.brisque_observer import brisque_features, brisque_observer
from jnd.metrics.natural_scene_statistics import generalised_gaussian, normalised, statistics
from jnd.metrics.niqe import niqe

PHOTO = data.astronaut()
SCORES = {"niqe": niqe, "brisque_observer": lambda picture: -brisque_observer(picture)}
"""Both so that higher is worse."""

PIQ = [
    2.158,
    0.214166,
    0.649,
    0.0404154,
    0.0415471,
    0.0725728,
    0.65,
    0.0387175,
    0.043936,
    0.0741903,
    0.695,
    -0.0173732,
    0.0607285,
    0.0479498,
    0.698,
    -0.0170314,
    0.0596625,
    0.0472562,
]
"""piq 0.8.0: its Gaussian window and its fits of distributions (``piq.brisque._ggd_parameters`` and ``_aggd_parameters``,
float64) on skimage.data.camera()[100:300, 100:300], without the outermost three pixels and without wrapping around."""


def test_features_are_those_of_an_independent_program():
    mscn = normalised(data.camera()[100:300, 100:300].astype(np.float32))[0]
    assert statistics(mscn[3:-3, 3:-3]) == pytest.approx(PIQ, rel=1e-3, abs=1e-4)


@pytest.mark.parametrize("shape", [0.5, 1.0, 2.0, 4.0])
def test_the_shape_of_a_generalised_gaussian_is_recovered(shape):
    random = np.random.default_rng(2)
    size = random.gamma(1 / shape, 1, 200_000) ** (1 / shape)
    found, variance = generalised_gaussian(size * random.choice([-1, 1], size.shape))
    assert found == pytest.approx(shape, rel=0.03)
    assert variance == pytest.approx(np.mean(size**2))


def test_there_are_36_features_and_all_are_finite():
    for picture in (PHOTO, np.full((64, 64), 9, np.uint8), np.eye(64, dtype=np.uint8) * 255):
        features = brisque_features(picture)
        assert features.shape == (36,)
        assert np.isfinite(features).all()


@pytest.mark.parametrize("name", SCORES)
class TestEveryScore:
    @pytest.mark.parametrize("sigma", [1.5, 3])
    def test_blur_is_worse(self, name, sigma):
        assert SCORES[name](cv2.GaussianBlur(PHOTO, (0, 0), sigma)) > SCORES[name](PHOTO)

    def test_noise_is_worse(self, name):
        noisy = np.clip(PHOTO + np.random.default_rng(0).normal(0, 20, PHOTO.shape), 0, 255).astype(np.uint8)
        assert SCORES[name](noisy) > SCORES[name](PHOTO)

    def test_strong_compression_is_worse(self, name):
        _, data_ = cv2.imencode(".jpg", PHOTO[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 10])
        assert SCORES[name](cv2.imdecode(data_, cv2.IMREAD_COLOR)[..., ::-1]) > SCORES[name](PHOTO)

    def test_is_the_same_twice_and_leaves_its_input_alone(self, name):
        picture = PHOTO[:128, :128].copy()
        assert SCORES[name](picture) == SCORES[name](picture)
        assert np.array_equal(picture, PHOTO[:128, :128])

    @pytest.mark.parametrize("picture", [np.zeros((96, 96), np.uint8), np.full((200, 100, 3), 255, np.uint8)])
    def test_pictures_without_detail_have_a_number(self, name, picture):
        assert np.isfinite(SCORES[name](picture))

    def test_grey_is_its_own_luma(self, name):
        grey = data.camera()[:256, :256]
        assert SCORES[name](grey) == pytest.approx(
            SCORES[name](np.repeat(grey[..., np.newaxis], 3, 2)), rel=1e-3
        )

    @pytest.mark.parametrize(
        ("wrong", "error"),
        [
            (PHOTO.astype(np.float32), TypeError),
            (PHOTO.astype(np.uint16), TypeError),
            ([[1, 2]], TypeError),
            (PHOTO[:20, :20], ValueError),
            (np.zeros((64, 64, 4), np.uint8), ValueError),
            (np.zeros((0, 0), np.uint8), ValueError),
        ],
    )
    def test_bad_input_is_named(self, name, wrong, error):
        with pytest.raises(error, match=r"picture|sides"):
            SCORES[name](wrong)
