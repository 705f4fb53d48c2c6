"""Tables and maps of the sub-band models against published or independently computed numbers."""

import numpy as np
import pytest
from skimage import data

from jnd.errors import UnknownNameError
from jnd.models.chou1995 import jnd_chou1995
from jnd.models.subband.ahumada1992 import ahumada1992_table, parabola
from jnd.models.subband.chou1995_bands import BAND_WEIGHTS, subband_chou1995
from jnd.models.subband.jia2006 import retinal_speed, subband_jia2006
from jnd.models.subband.thresholds import pixel_map
from jnd.models.subband.watson1993 import perceptual_error, subband_watson1993
from jnd.models.subband.watson1997 import AMPLITUDES, watson1997_table
from jnd.models.subband.wei2009 import luminance_elevation, subband_wei2009, temporal_elevation, wei2009_table
from jnd.models.subband.zhang2005 import subband_zhang2005
from jnd.vision.wavelet97 import synthesis_matrices

# The program of Zhang et al. as spread with OpenJND (commit eb08fff, JND_dct), its table before masking: 0.0298
# degrees per pixel, 65 of 130 cd/m2. To four decimals.
ZHANG_BASE = [
    [5.0717, 5.0717, 2.0087, 2.0106, 2.5651, 3.5600, 5.0919, 7.3407],
    [5.0717, 3.2496, 1.8348, 1.7106, 2.0659, 2.7699, 3.8738, 5.4998],
    [2.0087, 1.8348, 2.3110, 2.4621, 2.8288, 3.5613, 4.7354, 6.4726],
    [2.0106, 1.7106, 2.4621, 3.2575, 3.9872, 4.9173, 6.2699, 8.2220],
    [2.5651, 2.0659, 2.8288, 3.9872, 5.2987, 6.7364, 8.5061, 10.8614],
    [3.5600, 2.7699, 3.5613, 4.9173, 6.7364, 8.8789, 11.3738, 14.4324],
    [5.0919, 3.8738, 4.7354, 6.2699, 8.5061, 11.3738, 14.8132, 18.9133],
    [7.3407, 5.4998, 6.4726, 8.2220, 10.8614, 14.4324, 18.9133, 24.3241],
]

# The equations of Wei & Ngan (2009), computed apart from this code: three picture heights, 768 rows.
WEI_BASE = [
    [1.5038, 1.3839, 1.8562, 2.5445, 3.5461, 5.0064, 7.1424, 10.2776],
    [1.3839, 1.8362, 1.8972, 2.2159, 2.8686, 3.8958, 5.4318, 7.7015],
    [1.8562, 1.8972, 2.8371, 3.3314, 3.9605, 5.0074, 6.6340, 9.0708],
    [2.5445, 2.2159, 3.3314, 4.5389, 5.6071, 6.9025, 8.7769, 11.5484],
    [3.5461, 2.8686, 3.9605, 5.6071, 7.4434, 9.4352, 11.9169, 15.3342],
    [5.0064, 3.8958, 5.0074, 6.9025, 9.4352, 12.4333, 16.0062, 20.5756],
    [7.1424, 5.4318, 6.6340, 8.7769, 11.9169, 16.0062, 21.0667, 27.4027],
    [10.2776, 7.7015, 9.0708, 11.5484, 15.3342, 20.5756, 27.4027, 36.1036],
]

# Watson et al. (1997), quantisation steps Q at 32 pixels per degree: LL, HL = LH, HH per level from the finest.
WATSON_Q = {
    "Y": [
        [14.0534, 23.0389, 58.8293],
        [11.1078, 14.6886, 28.4332],
        [11.3644, 12.7082, 19.5512],
        [14.5018, 14.1583, 17.8716],
        [22.7022, 19.6170, 20.5979],
    ],
    "Cb": [[55.3550, 86.9661, 216.3026], [46.6336, 60.5903, 117.6688], [48.5100, 54.6462, 86.8751]],
    "Cr": [[25.0597, 60.0351, 184.4245], [19.2951, 34.3487, 77.5076], [19.6769, 27.2877, 47.4190]],
}

# Statistics of the same program's output, run in Octave 7.3 on two pictures: thresholds (times 0.3) of the coefficients
# in their places. Mean, standard deviation, least, largest, then samples at (row, column).
ZHANG_MAPS = {
    "camera": (
        (2.953268, 2.297284, 0.51318, 25.699503),
        {
            (0, 0): 1.9013227281191045,
            (10, 10): 0.8673368727031965,
            (100, 200): 2.460088602836968,
            (200, 300): 5.311275977034726,
            (350, 450): 2.6518825020331205,
            (399, 399): 9.570610571366101,
        },
    ),
    "astronaut": (
        (2.969615, 2.609937, 0.51318, 26.535669),
        {
            (0, 0): 1.745361903727992,
            (10, 10): 1.0145677981645511,
            (100, 200): 1.0508213623439964,
            (200, 300): 1.1105206789587045,
            (350, 450): 4.260789973424479,
            (399, 399): 21.89170669523446,
        },
    ),
}


def grey(name):
    """The pictures as MATLAB's rgb2gray has them."""
    picture = getattr(data, name)()
    if picture.ndim == 3:
        picture = np.floor(
            picture @ np.array([0.298936021293775, 0.587043074451121, 0.114020904255103]) + 0.5
        )
    return picture.astype(np.float64)


def test_base_thresholds_of_ahumada_and_peterson_to_the_printed_digits():
    assert np.array_equal(ahumada1992_table().round(4), ZHANG_BASE)
    assert np.allclose(parabola(65.0), (0.686378, 5.132676, 2.805156), atol=5e-7)


def test_dim_displays_follow_the_power_law():
    assert parabola(13.45)[0] == pytest.approx(13.45 / 94.7, rel=1e-3)
    assert parabola(400.0)[1:] == (6.78, 3.125)


@pytest.mark.parametrize("bad", [0.0, -1.0, np.nan, np.inf])
def test_impossible_displays_are_refused(bad):
    for field in ("degrees_per_pixel", "mean_cd_m2", "luminance_range_cd_m2"):
        with pytest.raises(ValueError, match=field):
            ahumada1992_table(**{field: bad})


def test_base_thresholds_of_wei_and_ngan_to_four_decimals():
    assert np.array_equal(wei2009_table().round(4), WEI_BASE)


@pytest.mark.parametrize("channel", WATSON_Q)
def test_wavelet_quantisation_steps_to_the_printed_digits(channel):
    steps = 2 * watson1997_table(channel, 32.0, levels=6)
    expected = np.array(WATSON_Q[channel])
    assert np.array_equal(steps[: len(expected)].round(4), expected)


def test_published_amplitudes_are_those_of_the_transform():
    for (low, high), published in zip(synthesis_matrices(32 * 2**6, 6), AMPLITUDES, strict=True):
        middle = low.shape[1] // 2
        peaks = np.abs(low[:, middle]).max(), np.abs(high[:, middle]).max()
        computed = peaks[0] ** 2, peaks[0] * peaks[1], peaks[1] ** 2
        unit = [10.0 ** (np.floor(np.log10(value)) - 4) for value in published]  # of the fifth digit printed
        assert (np.abs(np.subtract(computed, published)) < unit).all()


def test_unknown_channels_levels_and_distances_are_refused():
    with pytest.raises(UnknownNameError):
        watson1997_table("U")
    with pytest.raises(ValueError, match="levels"):
        watson1997_table(levels=7)
    with pytest.raises(ValueError, match="pixels per degree"):
        watson1997_table(pixels_per_degree=0)


@pytest.mark.parametrize("name", ZHANG_MAPS)
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-6), (np.float32, 1e-3)])
def test_zhang2005_is_the_authors_program(name, dtype, tolerance):
    statistics, samples = ZHANG_MAPS[name]
    found = subband_zhang2005(grey(name).astype(dtype), border="zero").in_place().astype(np.float64)
    assert (found.mean(), found.std(), found.min(), found.max()) == pytest.approx(statistics, abs=tolerance)
    assert [found[place] for place in samples] == pytest.approx(list(samples.values()), abs=tolerance)


@pytest.mark.parametrize(("name", "decibels"), [("camera", 36.6697), ("astronaut", 36.1911)])
def test_noise_by_the_pixel_map_has_the_energy_of_noise_in_the_coefficients(name, decibels):
    """PSNR of noise of one threshold per coefficient, unclipped, from the same run of the authors' program."""
    energy = np.mean(pixel_map(subband_zhang2005(grey(name), border="zero")) ** 2)
    assert 10 * np.log10(255**2 / energy) == pytest.approx(decibels, abs=1e-4)


def test_zhang2005_of_the_paper_is_larger_by_the_programs_factor_on_plain_ground():
    plain = np.full((16, 16), 90.0)
    paper = subband_zhang2005(plain, variant="paper").thresholds
    code = subband_zhang2005(plain, variant="code").thresholds
    assert np.allclose(code, 0.3 * paper)


def test_watson1993_is_the_base_table_on_mid_grey_and_masks_each_coefficient_by_itself():
    assert np.allclose(subband_watson1993(np.full((8, 8), 128.0)).thresholds[0, 0], ahumada1992_table())
    column = np.cos((2 * np.arange(8) + 1) * 3 * np.pi / 16) * 40  # one horizontal frequency: 3
    masked = subband_watson1993(np.tile(128 + column, (8, 1))).thresholds[0, 0]
    raised = np.argwhere(masked > ahumada1992_table() * 1.0001)
    coefficient = 40 * np.sqrt(8 * 4)  # sqrt(8) for the constant rows, sqrt(4) for the cosine
    base = ahumada1992_table()[0, 3]
    assert raised.tolist() == [[0, 3]]
    assert masked[0, 3] == pytest.approx(coefficient**0.7 * base**0.3, rel=1e-6)


def test_perceptual_error_of_one_threshold_is_one():
    thresholds = subband_watson1993(np.full((8, 8), 128.0)).thresholds
    change = np.zeros_like(thresholds)
    change[0, 0, 2, 5] = -thresholds[0, 0, 2, 5]
    assert perceptual_error(change, thresholds) == pytest.approx(1)
    assert perceptual_error(thresholds, thresholds) == pytest.approx(64**0.25)


def test_wei2009_brightness_and_motion():
    assert luminance_elevation(np.array([0.0, 30.0, 100.0, 255.0])).tolist() == [1.4, 1.2, 1.0, 1.2]
    # 10 degrees per second to the right leave 0.05 on the retina; frequency 7 is 17.6 cycles per degree.
    motion = np.array([[[10.0, 0.0]]])
    factor = temporal_elevation(motion, 25.0, 0.04)
    assert factor[0, 0, 0, 0] == 1
    frequency = 7 / (16 * 0.04)
    assert factor[0, 0, 0, 7] == pytest.approx(1.07 ** (frequency * abs(10 - (0.98 * 10 + 0.15))))


def test_wei2009_masks_texture_more_than_edges():
    random = np.random.default_rng(0).integers(0, 256, (64, 64)).astype(np.float64)
    edge = np.full((64, 64), 60.0)
    edge[:, 36:] = 180
    high = np.s_[..., 5:, 5:]
    ratio = subband_wei2009(random).thresholds[high].mean() / subband_wei2009(edge).thresholds[high].mean()
    assert ratio > 1.5


def test_jia2006_at_rest():
    """Computed apart from this code from the program's equations at 0.15 degrees per second, block of grey 128."""
    table = subband_jia2006(np.full((8, 8), 128.0)).thresholds[0, 0] / 0.4
    frequency = np.sqrt(2) / (16 * 0.0342)
    speed = 0.15 * 1.7
    gain = 6.1 + 7.3 * abs(np.log10(speed / 3)) ** 3
    peak_frequency = 45.9 / (speed + 2)
    seen = 3.677 * gain * 1.14 * speed * (2 * np.pi * frequency * 0.67) ** 2
    seen *= np.exp(-4 * np.pi * 0.67 * frequency / (1.186 * peak_frequency))
    best = gain * 1.14 * speed * peak_frequency**2 * np.exp(-2)
    assert table[1, 1] == pytest.approx(256 / 130 / 0.25 * best / seen / 0.6)
    assert table[0, 0] == table[0, 1] == table[1, 0]


def test_eyes_that_follow_never_hold_a_picture_quite_still():
    assert retinal_speed(np.linspace(0, 300, 999)).min() == 0.15


def test_band_weights_of_chou_and_li_share_out_everything():
    assert BAND_WEIGHTS.sum() == pytest.approx(1, abs=2e-4)
    picture = grey("camera")[:64, :64]
    bands = subband_chou1995(picture)
    assert np.mean(pixel_map(bands) ** 2) == pytest.approx(
        np.mean(jnd_chou1995(picture) ** 2) * BAND_WEIGHTS.sum(), rel=1e-9
    )
    assert np.allclose(bands.thresholds[3, 3] ** 2 / bands.thresholds[0, 0] ** 2, 0.1865 / 0.0211)
