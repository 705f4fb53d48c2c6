"""The compiled kernels and the numpy paths give the same, whatever the instruction set."""

import numpy as np
import pytest
import skimage.data

from jnd.vision import free_energy, total_variation
from jnd.vision.native_kernel import native_kernel

kernel = pytest.importorskip(
    "jnd.vision._vision_native",
    reason="the native kernel was not built (no C compiler)",
    exc_type=ImportError,
)


@pytest.fixture
def all_instruction_sets():
    before = kernel.instruction_set()
    yield [name for name in ("portable", "avx2", "avx512") if kernel.instruction_set(name) == name]
    kernel.instruction_set(before)


def crop(height, width):
    return np.ascontiguousarray(skimage.data.camera()[80 : 80 + height, 160 : 160 + width])


SIZES = [(1, 1), (1, 9), (9, 1), (2, 3), (17, 31), (64, 61), (101, 40)]


@pytest.mark.parametrize("size", SIZES)
def test_total_variation_has_the_same_bits(size, all_instruction_sets, monkeypatch):
    levels = crop(*size)
    numbers = (27, 2.0, 1 / 16, 1.6)
    results = []
    for name in [*all_instruction_sets, None]:
        picture = levels.astype(np.float32)
        planes = [picture.copy(), np.zeros_like(picture), np.zeros_like(picture)]
        if name is None:
            total_variation._iterate(picture, *planes, *numbers)
        else:
            kernel.instruction_set(name)
            kernel.total_variation(picture, *planes, *size, *numbers)
        results.append(planes)
    for planes in results[1:]:
        for ours, first in zip(planes, results[0], strict=True):
            np.testing.assert_array_equal(ours, first)


@pytest.mark.parametrize("size", SIZES)
def test_free_energy_of_all_instruction_sets_has_the_same_bits(size, all_instruction_sets):
    padded = free_energy.mirrored(crop(*size).astype(np.float32), 13)
    sharpness = np.random.default_rng(1).uniform(-1e-2, -1e-4, size).astype(np.float32)
    results = []
    for name in all_instruction_sets:
        kernel.instruction_set(name)
        out = np.empty(size, dtype=np.float32)
        kernel.free_energy(padded, sharpness, *size, out)
        results.append(out)
    for out in results[1:]:
        np.testing.assert_array_equal(out, results[0])


def test_free_energy_without_the_kernel(monkeypatch):
    monkeypatch.setenv("JND_KERNEL", "numpy")
    plane = crop(70, 60)
    numpy_path = free_energy.prediction(plane, "reflect")
    assert numpy_path.dtype == np.float32
    monkeypatch.setenv("JND_KERNEL", "native")
    difference = np.abs(free_energy.prediction(plane, "reflect") - numpy_path)
    # One level where the prediction is half way between two (half a per cent of pixels; see the module).
    assert difference.max() <= 1
    assert np.mean(difference > 0) < 0.01


def test_structure_without_the_kernel(monkeypatch):
    monkeypatch.setenv("JND_KERNEL", "numpy")
    levels = crop(70, 60)
    numpy_path = total_variation.structure(levels, iterations=40)
    monkeypatch.setenv("JND_KERNEL", "native")
    np.testing.assert_array_equal(total_variation.structure(levels, iterations=40), numpy_path)


@pytest.mark.parametrize(
    "shapes",
    [((26, 27), (1, 1), 1, 1, (1, 1)), ((27, 27), (1, 2), 1, 1, (1, 1)), ((27, 27), (1, 1), 0, 1, (1, 1))],
)
def test_wrong_buffers_are_refused(shapes):
    padded, sharpness, height, width, out = shapes
    with pytest.raises(ValueError, match=r"bytes|not a picture"):
        kernel.free_energy(
            np.zeros(padded, np.float32),
            np.zeros(sharpness, np.float32),
            height,
            width,
            np.zeros(out, np.float32),
        )


def test_a_kernel_that_was_not_built_is_an_error_only_where_it_is_asked_for(monkeypatch):
    monkeypatch.delenv("JND_KERNEL", raising=False)
    assert native_kernel("jnd.vision._not_built") is None
    monkeypatch.setenv("JND_KERNEL", "native")
    with pytest.raises(ImportError, match="_not_built"):
        native_kernel("jnd.vision._not_built")
    monkeypatch.setenv("JND_KERNEL", "fast")
    with pytest.raises(ValueError, match='must be "native" or "numpy", got "fast"'):
        native_kernel("jnd.vision._vision_native")
