"""Laws of every detector, and what each is for."""

import io

import cv2
import numpy as np
import pytest
from PIL import Image
from skimage import data

from jnd.artifacts import ARTIFACTS
from jnd.artifacts.inspection import inspect
from jnd.artifacts.subject import Subject
from jnd.errors import UnknownNameError
from jnd.picture import Picture

PHOTO = np.ascontiguousarray(data.astronaut()[:320, 60:380])
RANDOM = np.random.default_rng(5)
NOISE = RANDOM.normal(0, 1, PHOTO.shape[:2])[..., np.newaxis]


def decoded(pixels, quality, subsampling=2):
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=quality, subsampling=subsampling)
    return np.asarray(Image.open(buffer))


def noisy(sigma):
    return np.clip(np.rint(PHOTO + sigma * NOISE), 0, 255).astype(np.uint8)


def blurred(sigma):
    return cv2.GaussianBlur(PHOTO, (0, 0), sigma)


def enlarged(factor):
    return cv2.resize(PHOTO[:240, :240], None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)


def banded(step):
    ramp = np.tile(np.linspace(40, 200, 512), (256, 1)) + np.linspace(0, 20, 256)[:, np.newaxis]
    return (np.rint(ramp) // step * step).astype(np.uint8)


def brighter(gain):
    return np.clip(np.rint(PHOTO * float(gain)), 0, 255).astype(np.uint8)


def ringing(amount):
    """Vertical bars on grey with damped ripples beside their edges."""
    column = np.arange(384) % 96
    distance = np.minimum(np.abs(column - 24), np.abs(column - 72)).astype(float)
    ripple = amount * np.cos(distance * 2 * np.pi / 4) * np.exp(-distance / 5)
    row = np.where((column >= 24) & (column < 72), 180.0, 70.0) + ripple
    return np.rint(np.tile(row, (256, 1)) + RANDOM.normal(0, 0.4, (256, 384))).astype(np.uint8)


LADDERS = {
    "jpeg_history": (lambda level: decoded(PHOTO, level), (95, 80, 55, 30)),
    "blockiness": (lambda level: decoded(PHOTO, level), (95, 75, 45, 20)),
    "ringing": (ringing, (0, 10, 25)),
    "blur": (blurred, (0.8, 1.2, 2.0, 3.0)),
    "noise": (noisy, (1, 4, 10, 25)),
    "banding": (banded, (2, 4, 8)),
    "clipping": (brighter, (1, 1.3, 1.8)),
    "chroma_subsampling": (lambda level: decoded(PHOTO, 85, level), (0, 1, 2)),
}


@pytest.mark.parametrize("name", LADDERS)
def test_strength_rises_with_the_artifact(name):
    made, levels = LADDERS[name]
    strengths = [ARTIFACTS[name].detect(Subject(made(level))).strength for level in levels]
    assert all(np.diff(strengths) > 0), strengths
    assert ARTIFACTS[name].detect(Subject(made(levels[-1]))).found


SYNTHETIC = {
    "flat": np.full((160, 160, 3), 128, np.uint8),
    "black": np.zeros((160, 160), np.uint8),
    "white noise": RANDOM.integers(20, 236, (160, 160, 3), dtype=np.uint8),
    "steps of nine pixels": np.kron(RANDOM.integers(0, 2, (20, 20)), np.ones((9, 9))).astype(np.uint8) * 200,
}


@pytest.mark.parametrize("picture", SYNTHETIC, ids=str)
@pytest.mark.parametrize("name", ["jpeg_history", "blockiness", "banding", "resampling"])
def test_nothing_is_found_where_nothing_was_done(name, picture):
    if (name, picture) == ("resampling", "steps of nine pixels"):
        pytest.skip("such steps are what enlarging nine times makes")
    assert not ARTIFACTS[name].detect(Subject(SYNTHETIC[picture])).found


@pytest.mark.parametrize("name", ["jpeg_history", "blockiness", "blur", "banding", "chroma_subsampling"])
def test_an_untouched_photograph_has_none(name):
    assert not ARTIFACTS[name].detect(Subject(PHOTO)).found


@pytest.mark.parametrize("name", ARTIFACTS)
class TestEveryDetector:
    def test_is_finite_and_never_negative(self, name):
        for picture in (*SYNTHETIC.values(), PHOTO):
            finding = ARTIFACTS[name].detect(Subject(picture))
            assert np.isfinite(finding.strength)
            assert finding.strength >= 0
            assert finding.words
            if finding.map is not None:
                assert finding.map.shape == picture.shape[:2]
                assert np.isfinite(finding.map).all()

    def test_leaves_its_input_alone(self, name):
        picture = decoded(PHOTO, 60).copy()
        before = picture.copy()
        ARTIFACTS[name].detect(Subject(picture))
        assert np.array_equal(picture, before)

    def test_says_the_same_twice(self, name):
        one, other = (ARTIFACTS[name].detect(Subject(PHOTO)) for _ in range(2))
        assert (one.strength, one.words, dict(one.details)) == (
            other.strength,
            other.words,
            dict(other.details),
        )

    def test_works_at_its_smallest_size_and_on_strips(self, name):
        side = ARTIFACTS[name].smallest_side
        for height, width in ((side, side), (side, 400), (400, side), (side + 3, side + 5)):
            picture = (
                PHOTO[:height, :width]
                if max(height, width) <= 320
                else np.tile(PHOTO, (2, 2, 1))[:height, :width]
            )
            assert np.isfinite(ARTIFACTS[name].detect(Subject(np.ascontiguousarray(picture))).strength)


@pytest.mark.parametrize(("x", "y"), [(0, 0), (1, 5), (4, 4), (7, 2)])
def test_blocks_are_placed_on_their_grid(x, y):
    cut = np.ascontiguousarray(decoded(PHOTO, 25)[y:, x:])
    finding = ARTIFACTS["blockiness"].detect(Subject(cut))
    assert finding.details["offset"] == [-x % 8, -y % 8]


def test_doubling_a_picture_makes_no_blocks():
    assert (
        not ARTIFACTS["blockiness"].detect(Subject(np.kron(PHOTO[..., 0], np.ones((2, 2), np.uint8)))).found
    )


@pytest.mark.parametrize("sigma", [5, 10, 20])
def test_the_level_of_noise_is_right(sigma):
    flat = np.full((256, 256), 128.0) + np.linspace(0, 40, 256)
    found = ARTIFACTS["noise"].detect(
        Subject(
            np.rint(flat + np.random.default_rng(1).normal(0, sigma, flat.shape))
            .clip(0, 255)
            .astype(np.uint8)
        )
    )
    assert found.strength == pytest.approx(sigma, rel=0.05)


@pytest.mark.parametrize("sigma", [1.0, 1.5, 2.5])
def test_the_width_of_an_ideal_edge_is_right(sigma):
    step = np.where(np.arange(200) < 100, 40.0, 200.0)
    edge = cv2.GaussianBlur(np.tile(step, (100, 1)), (0, 0), sigma)
    found = ARTIFACTS["blur"].detect(Subject(np.rint(edge).astype(np.uint8)))
    assert found.strength == pytest.approx(sigma, rel=0.12)


@pytest.mark.parametrize("factor", [1.2, 1.5, 2.0, 2.5])
def test_the_factor_of_an_enlargement_is_right(factor):
    found = ARTIFACTS["resampling"].detect(Subject(enlarged(factor)))
    assert found.found
    assert found.details["factor"] == pytest.approx(factor, rel=0.03)


def test_clipping_names_the_channel_and_the_end():
    picture = np.full((40, 50, 3), 100, np.uint8)
    picture[:20, :, 0] = 255
    picture[30:, :, 2] = 0
    details = ARTIFACTS["clipping"].detect(Subject(picture)).details
    assert details["highlights_red"] == 0.5
    assert details["shadows_blue"] == 0.25
    assert details["highlights_green"] == details["shadows_red"] == 0


def test_single_pixels_at_the_end_are_no_clipping():
    picture = np.full((40, 40), 100, np.uint8)
    picture[::4, ::4] = 255
    assert ARTIFACTS["clipping"].detect(Subject(picture)).strength == 0


@pytest.mark.parametrize("name", [name for name in LADDERS if ARTIFACTS[name].imitated is not None])
def test_an_effect_is_a_look_of_the_observer(name):
    made, levels = LADDERS[name]
    effect = inspect(Picture(made(levels[-1])), artifacts=[name], scores=False).effects[name]
    assert effect.method == ARTIFACTS[name].effect_method
    assert 0 <= effect.notice <= 1
    assert effect.jod <= 10
    assert effect.words


@pytest.mark.parametrize("name", ["jpeg_history", "noise", "blur"])
def test_a_stronger_artifact_has_a_larger_effect(name):
    made, levels = LADDERS[name]
    effects = [inspect(Picture(made(level)), artifacts=[name], scores=False).effects for level in levels[1:]]
    jnd = [effect[name].jnd for effect in effects if name in effect]
    assert len(jnd) >= 2
    assert all(np.diff(jnd) > 0)


class TestInspect:
    @pytest.mark.parametrize("size", [(1, 1), (2, 7), (8, 8), (33, 20), (47, 300)])
    def test_small_pictures_are_told_what_they_are_too_small_for(self, size):
        found = inspect(Picture(np.ascontiguousarray(PHOTO[: size[0], : size[1]])))
        assert (found.height, found.width) == size
        assert set(found.findings) == {n for n, a in ARTIFACTS.items() if min(size) >= a.smallest_side}
        assert len(found.notes) == len(ARTIFACTS) - len(found.findings)

    def test_grey_alpha_and_16_bits(self):
        grey = inspect(Picture(PHOTO[..., 0]), effects=False)
        alpha = inspect(Picture(PHOTO, alpha=np.full(PHOTO.shape[:2], 9, np.uint8)), effects=False)
        deep = inspect(Picture(PHOTO.astype(np.uint16) * 257), effects=False)
        plain = inspect(Picture(PHOTO), effects=False)
        assert grey.findings["chroma_subsampling"].words == "no colour"
        for other in (alpha, deep):
            assert [f.strength for f in other.findings.values()] == [
                f.strength for f in plain.findings.values()
            ]

    def test_an_unknown_artifact_is_named(self):
        with pytest.raises(UnknownNameError, match="blur"):
            inspect(Picture(PHOTO), artifacts=["blurr"])

    def test_a_rotated_photograph_is_not_taken_for_two_compressions(self, tmp_path):
        exif = Image.Exif()
        exif[0x0112] = 6
        Image.fromarray(PHOTO[:200]).save(tmp_path / "turned.jpg", quality=70, exif=exif)
        found = inspect(
            tmp_path / "turned.jpg", artifacts=["jpeg_history", "chroma_subsampling"], effects=False
        )
        assert found.findings["jpeg_history"].details["quality"] == 70
        assert found.findings["jpeg_history"].details["first_quality"] is None
        assert (found.width, found.height) == (200, 320)

    def test_large_pictures_are_judged_by_their_middle(self):
        large = np.tile(PHOTO, (4, 4, 1))[:1100, :1200]
        found = inspect(Picture(np.ascontiguousarray(large)), artifacts=["clipping"])
        assert any("middle" in note for note in found.notes)
