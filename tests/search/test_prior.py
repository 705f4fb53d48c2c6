"""Laws of a prior: every codec has one, and it stays a distribution on any picture."""

import numpy as np
import pytest

from jnd.codecs import CODECS
from jnd.search.features import FEATURES, picture_features
from jnd.search.prior import BroadPrior, Prior, default_prior
from jnd.viewing import viewing_conditions

RANDOM = np.random.default_rng(7)

PICTURES = {
    "1x1": np.zeros((1, 1, 3), np.uint8),
    "one row": RANDOM.integers(0, 256, (1, 300, 3), dtype=np.uint8),
    "black": np.zeros((64, 64, 3), np.uint8),
    "noise": RANDOM.integers(0, 256, (150, 200, 3), dtype=np.uint8),
    "16 bit": RANDOM.integers(0, 65536, (40, 40, 3), dtype=np.uint16),
    "large": np.tile(np.arange(256, dtype=np.uint8)[None, :, None], (2000, 12, 3)),
}


@pytest.fixture(params=PICTURES)
def pixels(request: pytest.FixtureRequest) -> np.ndarray:
    return PICTURES[request.param]


@pytest.mark.parametrize("prior", [default_prior(), BroadPrior()], ids=["fitted", "broad"])
@pytest.mark.parametrize("codec", CODECS)
class TestEveryPrior:
    def test_is_a_normal_distribution(self, prior: Prior, codec: str, pixels: np.ndarray) -> None:
        belief = prior.belief(pixels, CODECS[codec], None, viewing_conditions())
        assert belief.mean.shape == (2 * len(CODECS[codec].levels),)
        assert np.all(np.isfinite(belief.mean))
        assert np.linalg.eigvalsh(belief.covariance).min() > 0

    def test_is_wider_or_equal_away_from_the_viewing_it_was_fitted_at(self, prior: Prior, codec: str) -> None:
        near, far = (
            prior.belief(PICTURES["noise"], CODECS[codec], None, viewing).covariance.diagonal()
            for viewing in (viewing_conditions(), viewing_conditions("standard_phone"))
        )
        assert np.all(far >= near)


WITHOUT_FIT = {"jpeg:mozjpeg", "jpegxl", "heic"}
"""Searched with the broad prior."""


def test_every_codec_has_a_fit_for_each_chroma_subsampling_that_is_searched() -> None:
    fits = default_prior().fits["fits"]
    for codec in CODECS.values():
        if codec.name in WITHOUT_FIT:
            assert all(default_prior().fit_of(codec, c) is None for c in codec.limits.chroma_subsampling)
            continue
        offered = codec.limits.chroma_subsampling
        for chroma in {offered[0], "4:4:4"} & set(offered) if offered else {None}:
            assert default_prior().fit_of(codec, chroma) is not None, (codec.name, chroma, list(fits))


def test_the_fit_says_where_it_comes_from() -> None:
    provenance = default_prior().fits["provenance"]
    assert "CID22" in provenance["data"] and provenance["script"] == "reproduce/fit_search_prior.py"
    assert default_prior().fits["features"] == list(FEATURES)


def test_features_are_finite_and_leave_the_picture_alone(pixels: np.ndarray) -> None:
    before = pixels.copy()
    features = picture_features(pixels)
    assert features.shape == (len(FEATURES),)
    assert np.all(np.isfinite(features))
    assert np.array_equal(pixels, before)


def test_features_do_not_depend_on_the_depth() -> None:
    deep = PICTURES["noise"].astype(np.uint16) * 257
    assert picture_features(deep) == pytest.approx(picture_features(PICTURES["noise"]), abs=1e-3)


def test_features_tell_noise_from_a_flat_picture() -> None:
    names = dict(
        zip(FEATURES, picture_features(PICTURES["noise"]) - picture_features(PICTURES["black"]), strict=True)
    )
    assert names["luma_gradient"] > 3 and names["block_activity_50"] > 3
