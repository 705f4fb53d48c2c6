"""SSIMULACRA2 and FLIP: other people's values, both paths, and what is refused."""

import csv
import runpy
from pathlib import Path

import numpy as np
import pytest
from skimage import data

from jnd.metrics import ssimulacra2 as ssimulacra2_file
from jnd.metrics.flip import flip, flip_map
from jnd.metrics.ssimulacra2 import ssimulacra2

GOLDEN = Path(__file__).parents[1] / "golden"
PAIRS = runpy.run_path(str(GOLDEN / "score_pairs.py"))["pairs"]()
with (GOLDEN / "ssimulacra2_flip.csv").open(encoding="utf-8") as file:
    ROWS = list(csv.DictReader(file))


@pytest.fixture(params=["native", "numpy"])
def path(request, monkeypatch):
    if request.param == "native":
        pytest.importorskip("jnd.metrics._scores_native", reason="built without a C compiler")
    monkeypatch.setenv("JND_KERNEL", request.param)
    return request.param


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["pair"])
def test_ssimulacra2_is_the_packages_to_the_eight_decimals_that_it_prints(row, path):
    assert f"{ssimulacra2(*PAIRS[row['pair']]):.8f}" == row["ssimulacra2"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["pair"])
def test_flip_is_the_evaluators(row, path):
    errors = flip_map(*PAIRS[row["pair"]])
    assert errors.mean(dtype=np.float64) == pytest.approx(float(row["flip_mean_of_map"]), abs=1e-6)
    assert errors.max() == pytest.approx(float(row["flip_largest"]), abs=2e-5)
    assert flip(*PAIRS[row["pair"]]) == errors.mean(dtype=np.float64)


@pytest.mark.parametrize("wanted", ["portable", "avx2", "avx512"])
def test_the_instruction_set_does_not_change_the_answer(wanted):
    kernel = pytest.importorskip("jnd.metrics._scores_native", reason="built without a C compiler")
    best = kernel.instruction_set()
    pair = PAIRS["cat 101x75 redder"]
    expected = ssimulacra2(*pair), flip_map(*pair)
    try:
        if kernel.instruction_set(wanted) != wanted:
            pytest.skip(f"this machine has no {wanted}")
        assert ssimulacra2(*pair) == expected[0]
        np.testing.assert_array_equal(flip_map(*pair), expected[1])
    finally:
        kernel.instruction_set(best)


def test_a_picture_is_equal_to_itself_and_larger_changes_score_worse():
    cat = data.chelsea()[:96, :128]
    noise = np.random.default_rng(0).normal(size=cat.shape)
    versions = [np.clip(cat + spread * noise, 0, 255).astype(np.uint8) for spread in (0, 4, 12, 36)]
    qualities = [ssimulacra2(cat, version) for version in versions]
    errors = [flip(cat, version) for version in versions]
    assert qualities[0] == 100
    assert errors[0] == 0
    assert qualities == sorted(qualities, reverse=True)
    assert errors == sorted(errors)


@pytest.mark.parametrize("metric", [ssimulacra2, flip])
def test_the_type_of_the_numbers_does_not_matter(metric):
    one, two = PAIRS["cat 101x75 redder"]
    expected = metric(one, two)
    assert metric(one.astype(np.uint16) * 257, two) == pytest.approx(expected, abs=1e-6)
    assert metric(one / 255, (two / 255).astype(np.float32)) == pytest.approx(expected, abs=1e-4)


def test_flip_sees_less_from_afar_and_is_symmetric():
    one, two = PAIRS["cat 25x31 noise 40"]
    near, far = (flip(one, two, pixels_per_degree=density) for density in (20, 120))
    assert near > far
    assert flip(two, one) == pytest.approx(flip(one, two), abs=1e-6)


@pytest.mark.parametrize("metric", [ssimulacra2, flip])
@pytest.mark.parametrize(
    ("one", "two", "message"),
    [
        (
            np.zeros((16, 16, 3), np.uint8),
            np.zeros((16, 17, 3), np.uint8),
            "16x16 pixels, the changed picture 17x16",
        ),
        (np.zeros((16, 16, 4), np.uint8), np.zeros((16, 16, 4), np.uint8), "must be .H, W, 3."),
        (np.zeros((0, 16, 3), np.uint8), np.zeros((0, 16, 3), np.uint8), "or more on a side"),
        (np.zeros((16, 16, 3), int), np.zeros((16, 16, 3), int), "must be uint8, uint16 or floating"),
        (np.full((16, 16, 3), 2.0), np.zeros((16, 16, 3)), "not from 0 to 1"),
        (np.full((16, 16, 3), np.nan), np.zeros((16, 16, 3)), "not from 0 to 1"),
    ],
)
def test_what_is_no_pair_of_pictures_is_refused(metric, one, two, message):
    with pytest.raises(ValueError, match=message):
        metric(one, two)


def test_limits():
    small = np.zeros((7, 40, 3), np.uint8)
    with pytest.raises(ValueError, match="needs 8 or more"):
        ssimulacra2(small, small)
    assert flip(small[:1, :1], small[:1, :1]) == 0
    for wrong in (0, -1, np.nan, np.inf):
        with pytest.raises(ValueError, match="pixels per degree"):
            flip(small, small, pixels_per_degree=wrong)


def test_the_weights_are_the_published_108():
    assert ssimulacra2_file._WEIGHTS.size == 108
