"""What every metric of the registry keeps, and the values of the implementations that it names."""

import csv
import math
import runpy
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from skimage import data

from jnd.errors import UnknownNameError
from jnd.metrics import METRICS, score
from jnd.metrics.gmsd import gmsd, gmsd_map
from jnd.models import jnd_map

GOLDEN = Path(__file__).parents[1] / "golden"
PAIRS = runpy.run_path(str(GOLDEN / "score_pairs.py"))["pairs"]()
ROWS = list(csv.DictReader((GOLDEN / "similarity.csv").read_text("utf-8").splitlines()))

PHOTOGRAPH = np.ascontiguousarray(data.astronaut()[:200, 100:312])
"""Higher than 161 pixels, so that every metric takes it."""
RANDOM = np.random.default_rng(0)
FULL = [name for name, entry in METRICS.items() if entry.full_reference]
TOLERANCE = {"iw-ssim": 2e-6, "ssim": 1e-6}
"""SSIM is worked out in 32 bits. IW-SSIM: its information jumps where the variance of a flat place is above or below a rounding error."""


def of(name, reference, changed):
    """The metric, with a JND map where it needs one."""
    threshold = None
    if METRICS[name].needs_jnd_map:
        grey = reference if reference.ndim == 2 else reference @ np.array([0.299, 0.587, 0.114])
        threshold = jnd_map(np.asarray(grey, dtype=np.float32))
    return score(name, reference, changed, threshold=threshold)


def noisy(strength, picture=PHOTOGRAPH):
    noise = np.random.default_rng(1).normal(0, strength, picture.shape)
    return np.clip(picture + noise, 0, 255).round().astype(np.uint8)


def worse(name, one, other):
    """Whether ``other`` is worse."""
    return other < one if METRICS[name].better == "higher" else other > one


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['metric']} {row['pair']}")
def test_values_are_those_of_the_named_implementation(row):
    value = score(row["metric"], *PAIRS[row["pair"]])
    tolerance = TOLERANCE.get(row["metric"], 5e-7) * max(1.0, abs(float(row["value"])))
    assert value == pytest.approx(float(row["value"]), abs=tolerance)


@pytest.mark.parametrize("name", FULL)
@pytest.mark.parametrize("colour", [True, False], ids=["colour", "grey"])
def test_equal_pictures_have_the_ideal_value(name, colour):
    picture = PHOTOGRAPH if colour else np.ascontiguousarray(PHOTOGRAPH[..., 1])
    assert of(name, picture, picture) == pytest.approx(METRICS[name].identical, abs=1e-6)


@pytest.mark.parametrize("name", FULL)
def test_more_noise_is_worse_and_inside_the_range(name):
    values = [of(name, PHOTOGRAPH, noisy(strength)) for strength in (0, 3, 9, 27)]
    assert all(worse(name, one, other) for one, other in pairwise(values))
    low, high = METRICS[name].range
    assert all(low - 1e-9 <= value <= high + 1e-9 for value in values)


@pytest.mark.parametrize("name", [name for name in FULL if METRICS[name].symmetric])
def test_the_order_says_nothing_where_the_entry_says_so(name):
    changed = noisy(6)
    assert of(name, PHOTOGRAPH, changed) == pytest.approx(of(name, changed, PHOTOGRAPH), rel=2e-5)


@pytest.mark.parametrize("name", [name for name in FULL if METRICS[name].grey_as_colour])
def test_grey_is_three_equal_channels(name):
    grey, changed = PHOTOGRAPH[..., 1], noisy(6, PHOTOGRAPH[..., 1])
    wide = [np.repeat(plane[..., np.newaxis], 3, axis=2) for plane in (grey, changed)]
    assert of(name, *wide) == pytest.approx(of(name, grey, changed), rel=1e-4)


@pytest.mark.parametrize("name", [name for name in FULL if name != "colorvideovdp"])
def test_depths_agree(name):
    changed = noisy(6)
    eight = of(name, PHOTOGRAPH, changed)
    if not METRICS[name].needs_jnd_map:
        sixteen = of(name, PHOTOGRAPH.astype(np.uint16) * 257, changed.astype(np.uint16) * 257)
        assert sixteen == pytest.approx(eight, rel=1e-4)
        assert of(name, PHOTOGRAPH / 255, changed / 255) == pytest.approx(eight, rel=1e-4)


@pytest.mark.parametrize("name", FULL)
@pytest.mark.parametrize("value", [0, 128, 255])
def test_uniform_pictures_give_a_number(name, value):
    flat = np.full((176, 180, 3), value, np.uint8)
    other = np.full_like(flat, abs(value - 60))
    assert of(name, flat, flat) == pytest.approx(METRICS[name].identical, abs=1e-6)
    if name == "iw-ssim":  # has nothing to weigh by
        return
    assert not math.isnan(of(name, flat, other))


@pytest.mark.parametrize("name", FULL)
def test_inputs_stay_and_runs_agree(name):
    before, changed = PHOTOGRAPH.copy(), noisy(5)
    first = of(name, PHOTOGRAPH, changed)
    assert of(name, PHOTOGRAPH, changed) == first
    np.testing.assert_array_equal(before, PHOTOGRAPH)


@pytest.mark.parametrize("name", FULL)
def test_what_cannot_be_compared_is_refused(name):
    with pytest.raises(ValueError, match=r"\d"):
        of(name, PHOTOGRAPH, PHOTOGRAPH[:180])
    side = METRICS[name].smallest_side
    if side > 1 and not METRICS[name].needs_jnd_map:
        small = PHOTOGRAPH[: side - 1]
        with pytest.raises(ValueError, match=str(side)):
            of(name, small, small)
    if name != "colorvideovdp" and not METRICS[name].needs_jnd_map:
        with pytest.raises(ValueError, match=r"from 0 to 1|finite"):
            of(name, np.full(PHOTOGRAPH.shape, np.nan), PHOTOGRAPH / 255)


@pytest.mark.parametrize("name", [name for name in METRICS if METRICS[name].map_home])
def test_maps_are_of_the_picture_and_flat_where_nothing_changed(name):
    function = METRICS[name].map_function
    assert function is not None
    assert np.ptp(np.asarray(function(PHOTOGRAPH, PHOTOGRAPH))) == pytest.approx(0, abs=1e-6)
    changed = PHOTOGRAPH.copy()
    changed[100:130, 50:80] = 255 - changed[100:130, 50:80]
    map_ = np.asarray(function(PHOTOGRAPH, changed))
    assert map_.ndim == 2 and np.ptp(map_) > 0
    height = map_.shape[0]
    assert np.ptp(map_[: height // 4]) < 0.05 * np.ptp(map_)


@pytest.mark.parametrize("shape", [(40, 50, 3), (41, 50, 3), (41, 51, 3), (40, 51), (2, 2, 3), (3, 2)])
def test_both_paths_of_gmsd_agree(shape, monkeypatch):
    pytest.importorskip("jnd.metrics._scores_native", reason="built without a C compiler")
    one, other = (RANDOM.integers(0, 256, shape).astype(np.uint8) for _ in range(2))
    found = []
    for path in ("native", "numpy"):
        monkeypatch.setenv("JND_KERNEL", path)
        found.append((gmsd(one, other), gmsd_map(one, other)))
    assert found[0][0] == pytest.approx(found[1][0], abs=1e-6)
    np.testing.assert_allclose(found[0][1], found[1][1], atol=2e-6)


def test_names_are_looked_up_and_missing_pictures_named():
    with pytest.raises(UnknownNameError, match='did you mean "ssim"'):
        score("sim", PHOTOGRAPH, PHOTOGRAPH)
    with pytest.raises(ValueError, match="compares two pictures"):
        score("ssim", PHOTOGRAPH)
    with pytest.raises(ValueError, match="needs a JND map"):
        score("pspnr", PHOTOGRAPH, PHOTOGRAPH)


@pytest.mark.parametrize("name", METRICS)
def test_entries_are_complete(name):
    entry = METRICS[name]
    assert entry.title and entry.equal_to and entry.range[0] < entry.range[1]
    assert (entry.identical is None) == (not entry.full_reference)
    assert callable(entry.function)
