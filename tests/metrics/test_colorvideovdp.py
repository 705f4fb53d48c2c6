"""ColorVideoVDP against the package, against itself on other paths, and its laws."""

import csv
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from skimage import data

from jnd.metrics.colorvideovdp import Reference, _bands_numpy, colorvideovdp, heat_map
from jnd.metrics.colorvideovdp import reference as reference_module
from jnd.metrics.colorvideovdp.bands import NativePath
from jnd.metrics.colorvideovdp.pooling import WindowGrid
from jnd.viewing import viewing_conditions

GOLDEN = Path(__file__).parent.parent / "golden" / "colorvideovdp"
FHD = viewing_conditions("standard_fhd")


def golden_pairs() -> list[tuple[str, str, str, float, float]]:
    with (GOLDEN / "jod.csv").open() as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        return [
            (r["reference"], r["change"], r["display"], float(r["pixels_per_degree"]), float(r["jod"]))
            for r in rows
        ]


def golden(name: str) -> np.ndarray:
    return np.asarray(Image.open(GOLDEN / f"{name}.png"))


def noisy(reference: np.ndarray, sigma: float = 5, seed: int = 0) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(0, sigma, reference.shape)
    return np.clip(reference + noise, 0, 255).astype(np.uint8)


class TestAgainstThePackage:
    @pytest.mark.parametrize(("reference", "change", "display", "pixels_per_degree", "jod"), golden_pairs())
    def test_jod(
        self, reference: str, change: str, display: str, pixels_per_degree: float, jod: float
    ) -> None:
        ours = colorvideovdp(
            golden(reference), golden(f"{reference}-{change}"), viewing_conditions(display, pixels_per_degree)
        )
        assert ours == pytest.approx(jod, abs=5e-5)  # asked for: 0.001, and 0.005 under 64 pixels

    @pytest.mark.parametrize(
        ("reference", "change", "display", "pixels_per_degree"),
        [("coffee", "jpeg_turbo", "standard_fhd", 24.0), ("astronaut", "noise", "standard_phone", 75.0)],
    )
    def test_heat_map(self, reference: str, change: str, display: str, pixels_per_degree: float) -> None:
        theirs = np.load(GOLDEN / f"{reference}-{change}-heat-map.npz")["jod_lost"]
        ours = heat_map(
            golden(reference), golden(f"{reference}-{change}"), viewing_conditions(display, pixels_per_degree)
        )
        # Asked for: 0.02. The package keeps its map in float16, whose steps near 0.5 (5 JOD) are 0.005 JOD.
        assert np.quantile(np.abs(ours - theirs), 0.999) < 0.003
        assert theirs.max() > 0.25


@pytest.fixture
def native() -> NativePath:
    """The path through the C kernel; JND_KERNEL=native (scripts/test with a compiler) makes its lack an error."""
    try:
        return NativePath()
    except ImportError:
        if os.environ.get("JND_KERNEL") == "native":
            raise
        pytest.skip("the native kernel was not built: no C compiler")


def on_path(
    path: object, monkeypatch: pytest.MonkeyPatch, reference: np.ndarray, changed: np.ndarray
) -> object:
    monkeypatch.setattr(reference_module, "_path", lambda: path)
    fresh = Reference(reference, FHD)
    bands = fresh.band_differences(changed)
    return fresh.compare(changed), [band.tobytes() for band in bands.maps]


@pytest.mark.parametrize(
    ("height", "width", "dtype", "grey"),
    [
        (150, 203, np.uint8, False),
        (151, 200, np.uint8, False),
        (300, 40, np.uint16, False),
        (5, 130, np.uint8, False),
        (130, 5, np.uint8, True),
        (7, 7, np.uint8, False),
        (4, 4, np.uint16, True),
    ],
)
def test_every_path_gives_the_same_bits(
    height: int, width: int, dtype: type, grey: bool, native: NativePath, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = np.random.default_rng(height)
    shape = (height, width) if grey else (height, width, 3)
    reference = random.integers(0, np.iinfo(dtype).max, shape, dtype, endpoint=True)
    changed = random.integers(0, np.iinfo(dtype).max, shape, dtype, endpoint=True)
    changed[: height // 2] = reference[: height // 2]
    expected = on_path(_bands_numpy, monkeypatch, reference, changed)
    fastest = native._kernel.instruction_set()
    try:
        for wanted in ("portable", "avx2", "avx512"):
            native._kernel.instruction_set(wanted)
            assert on_path(native, monkeypatch, reference, changed) == expected
    finally:
        native._kernel.instruction_set(fastest)


def test_environment_chooses_the_path(native: NativePath, monkeypatch: pytest.MonkeyPatch) -> None:
    from jnd.metrics.colorvideovdp.bands import band_path

    monkeypatch.setenv("JND_KERNEL", "numpy")
    assert band_path() is _bands_numpy
    monkeypatch.setenv("JND_KERNEL", "native")
    assert isinstance(band_path(), type(native))
    monkeypatch.setenv("JND_KERNEL", "cuda")
    with pytest.raises(ValueError, match='"native" or "numpy", got "cuda"'):
        band_path()


class TestNativeKernelRefusesWhatDoesNotFit:
    def test_buffer_too_small(self, native: NativePath) -> None:
        kernel = native._kernel
        light, matrix = np.zeros(256, np.float32), np.zeros(9, np.float32)
        source = (np.zeros((4, 4, 3), np.uint8), False, 8, 8, 3, 1, light, matrix)
        with pytest.raises(ValueError, match="buffer of 48 bytes, 192 needed"):
            kernel.reduce(source, np.zeros((3, 4, 4), np.float32))

    def test_read_only_output(self, native: NativePath) -> None:
        kernel = native._kernel
        out = np.zeros((3, 4, 4), np.float32)
        out.flags.writeable = False
        light, matrix = np.zeros(256, np.float32), np.zeros(9, np.float32)
        source = (np.zeros((8, 8, 3), np.uint8), False, 8, 8, 3, 1, light, matrix)
        with pytest.raises(ValueError, match="read-only"):
            kernel.reduce(source, out)


class TestLaws:
    def test_identical_pictures_are_ten_jod(self) -> None:
        picture = data.astronaut()[:120, :140]
        difference = Reference(picture, FHD).compare(picture)
        assert difference.jod == 10.0
        assert difference.worst_window_jod == 10.0
        assert not heat_map(picture, picture, FHD).any()

    def test_more_noise_is_worse(self) -> None:
        picture = data.coffee()[:200, :200]
        jods = [colorvideovdp(picture, noisy(picture, sigma), FHD) for sigma in (1, 3, 10, 30)]
        assert jods == sorted(jods, reverse=True)
        assert jods[0] > 9.9
        assert jods[-1] < 8.5

    def test_farther_away_is_less_visible(self) -> None:
        picture = data.coffee()[:200, :200]
        near, far = (
            colorvideovdp(picture, noisy(picture), viewing_conditions("standard_fhd", p)) for p in (30, 90)
        )
        assert near < far

    def test_kept_state_changes_nothing(self) -> None:
        picture = data.cat()
        reference = Reference(picture, FHD)
        reference.compare(noisy(picture, 2))
        kept = reference.compare(noisy(picture))
        assert kept == Reference(picture, FHD, keep_state=False).compare(noisy(picture))
        assert kept.jod == colorvideovdp(picture, noisy(picture), FHD)

    def test_grey_is_equal_red_green_and_blue(self) -> None:
        grey = data.camera()[:100, :120]
        changed = noisy(grey)
        in_colour = colorvideovdp(np.dstack([grey] * 3), np.dstack([changed] * 3), FHD)
        assert colorvideovdp(grey, changed, FHD) == in_colour

    def test_sixteen_bits_of_the_same_picture_are_the_same_picture(self) -> None:
        picture = data.cat()[:100, :100]
        deep = picture.astype(np.uint16) * 257
        assert colorvideovdp(deep, picture, FHD) == pytest.approx(10, abs=1e-6)
        assert colorvideovdp(deep, noisy(picture), FHD) == pytest.approx(
            colorvideovdp(picture, noisy(picture), FHD), abs=1e-5
        )

    def test_input_is_left_untouched_and_need_not_be_contiguous(self) -> None:
        picture = data.astronaut()
        view = picture[10:131:2, 200:50:-2]
        view.flags.writeable = False
        before = view.copy()
        assert colorvideovdp(view, noisy(view), FHD) == colorvideovdp(before, noisy(view), FHD)
        assert np.array_equal(view, before)

    @given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 2**32 - 1))
    @settings(max_examples=40, deadline=None)
    def test_any_size_has_a_finite_value(self, height: int, width: int, seed: int) -> None:
        random = np.random.default_rng(seed)
        reference, changed = random.integers(0, 256, (2, height, width, 3), np.uint8)
        difference = Reference(reference, FHD).compare(changed)
        assert np.isfinite(difference.jod)
        assert difference.jod <= 10
        assert heat_map(reference, changed, FHD).shape == (height, width)


class TestWorstWindow:
    def test_finds_the_changed_place(self) -> None:
        picture = np.tile(data.coffee()[:300, :600], (2, 2, 1))
        changed = picture.copy()
        changed[450:480, 1000:1030] = noisy(changed[450:480, 1000:1030], 25)
        difference = Reference(picture, FHD).compare(changed)
        x, y, width, height = difference.worst_window
        assert x <= 1000
        assert x + width >= 1030
        assert y <= 450
        assert y + height >= 480
        assert difference.worst_window_jod < difference.jod - 0.1

    def test_a_picture_of_one_window_is_its_worst_window(self) -> None:
        picture = data.cat()[:100, :100]
        difference = Reference(picture, FHD).compare(noisy(picture))
        assert difference.worst_window == (0, 0, 100, 100)
        assert difference.worst_window_jod == pytest.approx(difference.jod, abs=1e-9)

    def test_uniform_change_is_alike_in_every_window(self) -> None:
        texture = np.random.default_rng(5).integers(0, 256, (600, 600, 3), np.uint8)
        difference = Reference(texture, FHD).compare(noisy(texture, 20))
        assert difference.worst_window_jod == pytest.approx(difference.jod, abs=0.1)

    @given(st.integers(1, 3000), st.integers(1, 3000), st.floats(5, 120))
    def test_windows_cover_the_picture_and_are_about_four_degrees(
        self, height: int, width: int, ppd: float
    ) -> None:
        grid = WindowGrid.over(height, width, ppd)
        rows, columns = grid.cells
        boxes = [grid.box(i, j) for i in range(max(1, rows - 1)) for j in range(max(1, columns - 1))]
        assert min(x for x, _, _, _ in boxes) == 0
        assert max(x + w for x, _, w, _ in boxes) == width
        assert max(y + h for _, y, _, h in boxes) == height
        for _, _, w, h in boxes:
            assert 3.2 - 1 / ppd <= w / ppd <= 5 + 1 / ppd or w == width
            assert 3.2 - 1 / ppd <= h / ppd <= 5 + 1 / ppd or h == height


class TestBadInput:
    PICTURE = np.zeros((20, 30, 3), np.uint8)

    def test_sizes_differ(self) -> None:
        with pytest.raises(ValueError, match="changed picture is 20x30, the reference 30x20"):
            colorvideovdp(self.PICTURE, self.PICTURE.transpose(1, 0, 2), FHD)

    def test_floats(self) -> None:
        with pytest.raises(
            ValueError, match="reference must be an array of uint8 or uint16 code values, got float64"
        ):
            colorvideovdp(self.PICTURE.astype(float), self.PICTURE, FHD)

    def test_no_array(self) -> None:
        with pytest.raises(ValueError, match="got list"):
            colorvideovdp(self.PICTURE, [[0]], FHD)

    @pytest.mark.parametrize("shape", [(20, 30, 4), (20,), (0, 30, 3), (1, 20, 30, 3)])
    def test_no_picture(self, shape: tuple[int, ...]) -> None:
        with pytest.raises(ValueError, match=r"must have shape \(H, W, 3\) or \(H, W\)"):
            colorvideovdp(np.zeros(shape, np.uint8), self.PICTURE, FHD)
