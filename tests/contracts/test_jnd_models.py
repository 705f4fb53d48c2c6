"""The laws of every JND model. A model that breaks one by its definition says so in its entry, and that is tested."""

from pathlib import Path

import cv2
import numpy as np
import pytest
import skimage.data
from hypothesis import given, settings
from hypothesis import strategies as st

from jnd.errors import UnknownNameError
from jnd.models import JND_MODELS, PIXEL_MODELS, jnd_map

GREYS = (0, 20, 60, 127, 200, 255)
FLAT = "uniform grey gives luminance adaptation alone"
TEXTURED = "texture raises the threshold"

every_model = pytest.mark.parametrize("model", JND_MODELS)


@pytest.fixture(scope="module")
def photograph():
    return np.ascontiguousarray(skimage.data.camera()[100:260, 180:308])


def texture(side=128):
    """Grainy, mean 128, standard deviation 12: neighbours resemble each other, as they do in photographs."""
    grain = cv2.GaussianBlur(np.random.default_rng(3).standard_normal((side, side)), (5, 5), 0.8)
    return np.rint(128 + 12 * (grain - grain.mean()) / grain.std()).astype(np.uint8)


@every_model
class TestEveryJndModel:
    def test_threshold_is_finite_and_non_negative(self, model, photograph):
        for luma in (photograph, photograph.astype(np.float32), photograph.astype(np.float64), texture()):
            threshold = jnd_map(luma, model=model)
            assert threshold.shape == luma.shape
            assert threshold.dtype == (np.float64 if luma.dtype == np.float64 else np.float32)
            assert np.isfinite(threshold).all()
            assert (threshold >= 0).all()

    def test_black_and_white_and_their_edges_are_no_exception(self, model):
        luma = np.zeros((96, 96), dtype=np.uint8)
        luma[:, 48:] = 255
        for picture in (luma, 255 - luma, np.zeros_like(luma), np.full_like(luma, 255)):
            threshold = jnd_map(picture, model=model)
            assert np.isfinite(threshold).all()
            assert (threshold >= 0).all()

    def test_same_answer_twice(self, model, photograph):
        np.testing.assert_array_equal(jnd_map(photograph, model=model), jnd_map(photograph, model=model))

    def test_32_and_64_bits_agree(self, model, photograph):
        double = jnd_map(photograph.astype(np.float64), model=model)
        for luma in (photograph, photograph.astype(np.float32)):
            difference = np.abs(jnd_map(luma, model=model) - double)
            # Single pixels may fall on the other side of a rounding, an edge or a class, and 5x5 around them follow.
            assert np.mean(difference > 1e-3) < 0.1
            assert difference.mean() < 5e-3

    def test_uniform_grey_gives_luminance_adaptation_alone(self, model):
        entry = JND_MODELS[model]
        kept = True
        for grey in GREYS:
            threshold = jnd_map(np.full((96, 80), grey, dtype=np.float64), model=model)
            if entry.domain == "pixel":
                kept &= bool(np.allclose(threshold, entry.adaptation(np.array([float(grey)])), atol=1e-6))
            else:  # a transform spreads the adaptation of its coefficients; alone it is the same at every pixel
                kept &= bool(np.ptp(threshold) < 1e-6)
        assert kept != (FLAT in entry.exceptions), entry.exceptions.get(
            FLAT, "the entry declares no exception"
        )

    def test_texture_raises_the_threshold(self, model):
        entry = JND_MODELS[model]
        on_texture = jnd_map(texture(), model=model).mean()
        on_grey = jnd_map(np.full((128, 128), 128, dtype=np.uint8), model=model).mean()
        assert (on_texture > 1.02 * on_grey) != (TEXTURED in entry.exceptions)

    def test_input_is_left_untouched(self, model, photograph):
        for dtype in (np.uint8, np.float32, np.float64):
            luma = photograph.astype(dtype)
            before = luma.copy()
            luma.flags.writeable = False
            jnd_map(luma, model=model)
            np.testing.assert_array_equal(luma, before)

    def test_views_with_gaps_are_read_as_their_copies(self, model, photograph):
        gaps = np.repeat(np.repeat(photograph, 2, axis=0), 2, axis=1)[::2, ::2]
        np.testing.assert_array_equal(jnd_map(gaps, model=model), jnd_map(photograph, model=model))

    def test_borders_matter_near_the_edge_only(self, model, photograph):
        large = np.tile(photograph, (2, 2))
        mirrored = jnd_map(large, model=model, border="reflect")
        padded = jnd_map(large, model=model, border="zero")
        assert np.abs(mirrored - padded)[24:-24, 24:-24].max() < 1e-3

    def test_every_variant_answers(self, model, photograph):
        entry = JND_MODELS[model]
        assert entry.variants
        for variant in entry.variants:
            assert jnd_map(photograph, model=model, variant=variant).shape == photograph.shape

    def test_unknown_variant_is_refused_with_those_that_exist(self, model, photograph):
        with pytest.raises(UnknownNameError, match=JND_MODELS[model].variants[0]):
            jnd_map(photograph, model=model, variant="matlab")

    def test_smallest_size_is_enough_and_less_is_refused(self, model):
        height, width = JND_MODELS[model].smallest_size
        luma = np.random.default_rng(1).integers(0, 256, (height, width)).astype(np.uint8)
        assert np.isfinite(jnd_map(luma, model=model)).all()
        for small in (luma[1:], luma[:, 1:]):
            with pytest.raises(ValueError, match="at least"):
                jnd_map(small, model=model)

    def test_odd_sizes(self, model):
        height, width = (side + 1 + (side % 2) for side in JND_MODELS[model].smallest_size)
        for shape in ((height + 90, width + 13), (height + 3, width + 200)):
            luma = np.random.default_rng(2).integers(0, 256, shape).astype(np.uint8)
            threshold = jnd_map(luma, model=model)
            assert threshold.shape == shape
            assert np.isfinite(threshold).all()

    def test_16384_pixels_wide(self, model):
        height, _ = JND_MODELS[model].smallest_size
        luma = np.tile(texture(128)[: max(height, 8)], (1, 128))
        assert luma.shape[1] == 16384
        assert np.isfinite(jnd_map(luma, model=model)).all()

    @pytest.mark.parametrize("bad", [np.nan, np.inf, -1.0, 255.5])
    def test_values_outside_0_to_255_are_refused(self, model, bad):
        luma = np.full((96, 96), 100.0)
        luma[50, 50] = bad
        for dtype in (np.float32, np.float64):
            with pytest.raises(ValueError, match="0 to 255"):
                jnd_map(luma.astype(dtype), model=model)

    @pytest.mark.parametrize("shape", [(96,), (96, 96, 3), (1, 96, 96), (0, 0)])
    def test_other_shapes_are_refused(self, model, shape):
        with pytest.raises(ValueError, match=r"shape|at least"):
            jnd_map(np.full(shape, 100, dtype=np.uint8), model=model)

    @pytest.mark.parametrize("dtype", [np.int64, np.uint16, np.bool_, np.complex128, np.float16])
    def test_other_dtypes_are_refused(self, model, dtype):
        with pytest.raises(TypeError, match="uint8, float32 or float64"):
            jnd_map(np.full((96, 96), 1, dtype=dtype), model=model)

    def test_unknown_border_is_refused(self, model):
        with pytest.raises(ValueError, match="reflect"):
            jnd_map(np.full((96, 96), 1, dtype=np.uint8), model=model, border="wrap")

    def test_unknown_option_is_refused(self, model):
        with pytest.raises(TypeError, match="viewing_distanse"):
            jnd_map(np.full((96, 96), 1, dtype=np.uint8), model=model, viewing_distanse=3)

    def test_entry_says_where_the_model_comes_from(self, model):
        entry = JND_MODELS[model]
        assert 1990 < entry.year <= 2026
        assert entry.reference
        assert entry.summary


@every_model
@settings(deadline=None, max_examples=12)
@given(data=st.data())
def test_any_picture_has_a_finite_threshold(model, data):
    height, width = (
        side + data.draw(st.integers(0, 40), label="beyond the smallest")
        for side in JND_MODELS[model].smallest_size
    )
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32), label="seed"))
    levels = data.draw(st.sampled_from([(0, 2), (0, 256), (250, 256), (0, 3), (120, 136)]), label="levels")
    luma = rng.integers(*levels, (height, width)).astype(data.draw(st.sampled_from([np.uint8, np.float32])))
    for border in ("reflect", "zero"):
        threshold = jnd_map(luma, model=model, border=border)
        assert np.isfinite(threshold).all()
        assert (threshold >= 0).all()


def test_the_default_is_wu2017(photograph):
    np.testing.assert_array_equal(jnd_map(photograph), jnd_map(photograph, model="wu2017"))


def test_unknown_model_names_the_nearest():
    with pytest.raises(UnknownNameError, match='did you mean "wu2017"'):
        jnd_map(np.zeros((96, 96)), model="wu2071")


def test_pixel_models_are_among_all_models():
    assert set(PIXEL_MODELS) <= set(JND_MODELS)


ROOT = Path(__file__).parents[2]


@every_model
def test_model_is_in_the_docs_and_its_reference_in_the_bibliography(model):
    page = (ROOT / "docs" / "concepts" / "jnd-maps.md").read_text("utf-8")
    key = JND_MODELS[model].reference.removeprefix("own variant after ")
    bibliography = "".join(path.read_text("utf-8") for path in ROOT.glob("REFERENCES*.bib"))
    assert f"{{{key}," in bibliography
    if model in PIXEL_MODELS:
        assert f"| `{model}` |" in page
        for variant in JND_MODELS[model].variants:
            assert variant in page
