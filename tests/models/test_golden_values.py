"""Maps of the authors' programs, reproduced: the means and samples of golden/jnd_pixel_models.csv."""

import csv
from pathlib import Path

import numpy as np
import pytest
import skimage.data

from jnd.models import jnd_chou1995, jnd_jiang2022, jnd_liu2010, jnd_wu2013, jnd_wu2017, jnd_yang2005
from jnd.models.jiang2022 import critical_picture
from jnd.models.wu2013 import contrast_masking, disorder_masking
from jnd.vision.contrast_masking import largest_gradient
from jnd.vision.free_energy import prediction
from jnd.vision.luma import luma_bt601
from jnd.vision.luminance_adaptation import background_luminance, lifted_luminance_adaptation
from jnd.vision.pattern_complexity import pattern_complexity

PRINTED = 5e-7
"""Half a unit of the last decimal of the references."""


def golden():
    table = {}
    with (Path(__file__).parent.parent / "golden" / "jnd_pixel_models.csv").open() as file:
        for row in csv.DictReader(line for line in file if not line.startswith("#")):
            at = (int(row["row"]), int(row["column"])) if row["row"] else "mean"
            table.setdefault((row["map"], row["picture"]), {})[at] = float(row["value"])
    return table


GOLDEN = golden()
EXACT = {
    "bg_zero_border": lambda luma: background_luminance(luma, "zero"),
    "mg_zero_border": lambda luma: largest_gradient(luma, "zero"),
    "chou1995_paper": lambda luma: jnd_chou1995(luma, border="zero"),
    "yang2005_paper_W=1_beta0.117": lambda luma: jnd_yang2005(
        luma, variant="paper", protect_edges=False, border="zero"
    ),
    "openjnd_yang[disc]": lambda luma: jnd_yang2005(luma, clip_masking=False, border="zero"),
    "openjnd_yang[sq]": lambda luma: jnd_yang2005(
        luma, clip_masking=False, square_dilation=True, border="zero"
    ),
    "wu2017_LA": lambda luma: 0.7 * lifted_luminance_adaptation(luma, "zero"),
    "klt_cpl": lambda luma: critical_picture(luma, border="zero").picture,
    "klt_jnd[disc]": lambda luma: jnd_jiang2022(luma, border="zero"),
    "klt_jnd[sq]": lambda luma: jnd_jiang2022(luma, square_dilation=True, border="zero"),
}
NEAR = {
    # A gradient of exactly 5: rounding errors of the program decide, here it counts (one pixel in a thousand).
    "wu2017_Pc": (lambda luma: pattern_complexity(luma, "zero"), 0.003),
    "wu2017_jnd[disc]": (lambda luma: jnd_wu2017(luma, border="zero"), 0.002),
    "wu2017_jnd[sq]": (lambda luma: jnd_wu2017(luma, square_dilation=True, border="zero"), 0.0021),
}
FREE_ENERGY = {
    "wu2013_pred": lambda luma: prediction(luma, "zero"),
    "wu2013_LA": lambda luma: lifted_luminance_adaptation(prediction(luma, "zero"), "zero"),
    "wu2013_CM": lambda luma: contrast_masking(prediction(luma, "zero"), "zero"),
    "wu2013_disorder": lambda luma: disorder_masking(luma, np.abs(luma - prediction(luma, "zero")), "zero"),
    "wu2013_jnd": lambda luma: jnd_wu2013(luma, border="zero"),
}
TOLERANCE = {np.float64: 1e-6, np.float32: 1e-3, np.uint8: 1e-3}


def picture(name):
    pixels = getattr(skimage.data, name)()
    return pixels if pixels.ndim == 2 else luma_bt601(pixels)


def off(threshold, expected):
    """Distance of the mean, and the largest distance of a sample."""
    mean = abs(threshold.mean(dtype=np.float64) - expected["mean"])
    return mean, max(abs(threshold[at] - value) for at, value in expected.items() if at != "mean")


@pytest.mark.parametrize("name", ["camera", "astronaut"])
class TestPrograms:
    @pytest.mark.parametrize("dtype", TOLERANCE)
    @pytest.mark.parametrize("key", EXACT)
    def test_map_is_the_programs(self, key, name, dtype):
        mean, sample = off(EXACT[key](picture(name).astype(dtype)), GOLDEN[key, name])
        assert mean <= TOLERANCE[dtype] + PRINTED
        assert sample <= TOLERANCE[dtype] + PRINTED

    @pytest.mark.parametrize("dtype", TOLERANCE)
    @pytest.mark.parametrize("key", NEAR)
    def test_map_is_the_programs_but_for_gradients_of_exactly_5(self, key, name, dtype):
        make, tolerance = NEAR[key]
        mean, sample = off(make(picture(name).astype(dtype)), GOLDEN[key, name])
        assert mean <= tolerance
        assert sample <= TOLERANCE[dtype] + PRINTED

    def test_critical_point(self, name):
        for dtype in TOLERANCE:
            expected = {"camera": 26, "astronaut": 25}[name]
            assert critical_picture(picture(name).astype(dtype), border="zero").critical_point == expected

    def test_liu2010_but_for_the_minimiser_not_being_unique(self, name):
        threshold = jnd_liu2010(picture(name), border="zero")
        assert off(threshold, GOLDEN["liu2010_jnd", name])[0] < 0.001
        threshold = jnd_liu2010(picture(name), variant="paper", border="zero")
        assert off(threshold, GOLDEN["liu2010_paper_We1_Wt3_beta0.117", name])[0] < 0.006

    @pytest.mark.parametrize("key", FREE_ENERGY)
    def test_wu2013_in_32_bits_but_for_halves(self, key, name):
        # A prediction exactly half way between two levels goes up; the program's rounding errors decide.
        mean, sample = off(FREE_ENERGY[key](picture(name)), GOLDEN[key, name])
        assert mean < (0.004 if key == "wu2013_pred" else 0.0006)
        assert sample < 1.01  # one level of prediction


@pytest.mark.parametrize("name", ["camera", "astronaut"])
def test_wu2013_in_64_bits(name):
    luma = picture(name).astype(np.float64)
    # At most one level in 0.01 % of pixels: the mean cannot be off by more.
    assert off(prediction(luma, "zero"), GOLDEN["wu2013_pred", name])[0] <= 1e-4
    mean, sample = off(jnd_wu2013(luma, border="zero"), GOLDEN["wu2013_jnd", name])
    assert mean < 5e-5
    assert sample < 1e-6
