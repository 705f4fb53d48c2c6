"""What single pixel-domain models promise beyond the laws of the family."""

import numpy as np
import pytest
import skimage.data

from jnd.models import (
    jnd_chou1995,
    jnd_jiang2022,
    jnd_liu2010,
    jnd_nlp_saliency,
    jnd_texture_order,
    jnd_wu2013,
    jnd_wu2017,
    jnd_yang2005,
)
from jnd.models.jiang2022 import critical_picture, critical_point
from jnd.models.yang2005 import halved, jnd_yang2005_chroma


@pytest.fixture(scope="module")
def photograph():
    return np.ascontiguousarray(skimage.data.camera()[60:220, 150:342])


class TestChou1995:
    def test_curve_of_the_paper(self):
        for grey, expected in ((0, 20.0), (127, 3.0), (255, 6.0)):
            assert jnd_chou1995(np.full((9, 9), grey, np.uint8))[4, 4] == pytest.approx(expected)

    def test_an_edge_masks_by_its_contrast(self):
        plane = np.full((20, 20), 40.0)
        plane[:, 10:] = 240.0
        # mg = 200 * 16 / 16; background next to the edge 140 or so.
        threshold = jnd_chou1995(plane)
        assert threshold[10, 9:11].max() > 20
        assert threshold[10, 0] == pytest.approx(17 * (1 - np.sqrt(40 / 127)) + 3)


class TestYang2005:
    def test_edges_are_protected(self, photograph):
        assert jnd_yang2005(photograph).mean() < jnd_yang2005(photograph, protect_edges=False).mean()

    def test_clipped_masking_never_lowers(self, photograph):
        difference = jnd_yang2005(photograph) - jnd_yang2005(photograph, clip_masking=False)
        assert difference.min() >= 0
        assert difference.max() > 0

    @pytest.mark.parametrize("channel", ["cb", "cr"])
    def test_chroma_of_grey_is_luminance_adaptation(self, channel):
        luma, chroma = np.full((32, 48), 127, np.uint8), np.full((16, 24), 128, np.uint8)
        np.testing.assert_allclose(jnd_yang2005_chroma(luma, chroma, channel=channel), 3, atol=1e-6)

    def test_chroma_texture_masks_more_in_cb_than_in_cr(self, photograph):
        chroma = np.random.default_rng(0).integers(100, 156, photograph.shape).astype(np.uint8)
        blue, red = (jnd_yang2005_chroma(photograph, chroma, channel=channel) for channel in ("cb", "cr"))
        assert blue.shape == photograph.shape
        assert blue.mean() > red.mean() > 3

    def test_chroma_of_half_size_rounds_up(self, photograph):
        luma = photograph[:81, :63]
        assert jnd_yang2005_chroma(luma, np.full((41, 32), 128, np.uint8), channel="cb").shape == (41, 32)
        np.testing.assert_allclose(halved(np.arange(6.0).reshape(2, 3)), [[2.0, 3.5]])

    def test_bad_chroma(self, photograph):
        with pytest.raises(ValueError, match="resample"):
            jnd_yang2005_chroma(photograph, photograph[:50, :50], channel="cb")
        with pytest.raises(ValueError, match='"cb" or "cr"'):
            jnd_yang2005_chroma(photograph, photograph, channel="y")


class TestLiu2010:
    def test_texture_masks_more_than_edges(self):
        stripes = np.tile(np.array([100, 100, 140, 140], dtype=np.uint8), (64, 16))
        step = np.full((64, 64), 100, dtype=np.uint8)
        step[:, 32:] = 140
        assert jnd_liu2010(stripes)[32, 32] > jnd_liu2010(step)[32, 32]

    @pytest.mark.parametrize("bad", [0.0, -1.0, np.nan])
    def test_bad_weight(self, bad):
        with pytest.raises(ValueError, match="structure_weight"):
            jnd_liu2010(np.zeros((9, 9), np.uint8), structure_weight=bad)


class TestWu2013:
    def test_what_repeats_is_predicted_and_masks_less_than_noise(self):
        noise = np.random.default_rng(1).integers(100, 156, (64, 64)).astype(np.uint8)
        tile = noise[:4, :4]
        repeated = np.tile(tile, (16, 16))
        assert jnd_wu2013(repeated).mean() < 0.8 * jnd_wu2013(noise).mean()

    def test_the_program_leaves_a_frame_without_threshold(self, photograph):
        threshold = jnd_wu2013(photograph, border="zero")
        assert not threshold[:2].any()
        assert not threshold[-3:].any()
        assert threshold[2:-3, 2:-3].min() > 0
        assert jnd_wu2013(photograph).min() > 0


class TestWu2017:
    def test_irregular_patterns_mask_more_than_regular_ones(self):
        rng = np.random.default_rng(2)
        irregular = rng.choice([110, 146], (64, 64)).astype(np.uint8)
        regular = np.tile(np.repeat(np.array([110, 146], dtype=np.uint8), 4), (64, 8))
        assert jnd_wu2017(irregular).mean() > jnd_wu2017(regular).mean()

    def test_dark_ground_is_lifted(self):
        assert jnd_wu2017(np.zeros((9, 9), np.uint8))[4, 4] == pytest.approx(
            0.7 * (17 * (1 - np.sqrt(32 / 127)) + 3)
        )


class TestJiang2022:
    def test_threshold_is_what_the_critical_picture_leaves_out(self, photograph):
        left = critical_picture(photograph).picture
        np.testing.assert_allclose(jnd_jiang2022(photograph, protect_edges=False), np.abs(photograph - left))

    def test_all_of_a_black_picture_is_kept(self):
        assert critical_point(np.zeros(64)) == 64

    def test_the_sooner_the_energy_is_there_the_fewer_components_are_kept(self):
        points = [critical_point(decay ** np.arange(64)) for decay in (0.5, 0.8, 0.95)]
        assert points == sorted(points)
        assert 1 <= points[0] < points[-1] <= 64

    def test_rows_beyond_whole_blocks(self, photograph):
        odd = photograph[:157, :187]
        assert not jnd_jiang2022(odd, border="zero", protect_edges=False)[152:].any()
        assert jnd_jiang2022(odd, protect_edges=False)[152:].any()


@pytest.mark.parametrize("model", [jnd_nlp_saliency, jnd_texture_order])
class TestOurVariants:
    def test_salient_places_lose_masking(self, model, photograph):
        with_saliency, without = model(photograph), model(photograph, saliency_weight=0.0)
        assert (with_saliency <= without + 1e-4).all()
        assert with_saliency.mean() < without.mean()

    @pytest.mark.parametrize("bad", [-0.1, 1.1, np.nan])
    def test_bad_weight(self, model, bad):
        with pytest.raises(ValueError, match="saliency_weight"):
            model(np.zeros((64, 64), np.uint8), saliency_weight=bad)
