from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jnd.camera.networks.patch_selection import patch_quality, select_patches
from jnd.camera.splits import leaks, split_pictures
from jnd.datasets.camera_picture import CameraPicture
from jnd.errors import UnusableDatasetError, UnusablePictureError


def picture(number, model="M", device=0, scene=None, brand="B"):
    return CameraPicture(
        Path(f"/none/{model}-{device}-{number}.jpg"),
        brand,
        f"{brand} {model}",
        f"{brand} {model} {device}",
        scene,
    )


def many(models=3, devices=2, scenes=12):
    return [
        picture(scene, f"M{model}", device, f"s{scene}")
        for model in range(models) for device in range(devices) for scene in range(scenes)
    ]  # fmt: skip


class TestNothingLeaks:
    @settings(deadline=None, max_examples=60)
    @given(
        st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 9)), min_size=30, max_size=80, unique=True),
        st.sampled_from(["scene", "device", "bondi2017"]), st.integers(0, 99),
    )  # fmt: skip
    def test_no_scene_stands_in_two_parts(self, found, by, seed):
        pictures = [
            picture(n, f"M{model}", device, f"s{scene}") for n, (model, device, scene) in enumerate(found)
        ]
        try:
            split = split_pictures(pictures, by=by, seed=seed)
        except UnusableDatasetError:
            return
        assert leaks(split) == ()
        if by != "scene":
            for model in {p.model for p in pictures}:
                devices = {p.device for p in pictures if p.model == model}
                if len(devices) > 1:
                    trained = {p.device for p in (*split.training, *split.validation) if p.model == model}
                    tested = {p.device for p in split.test if p.model == model}
                    assert not trained & tested

    def test_equal_files_stay_together_whatever_their_scene(self, tmp_path):
        pictures = []
        for number in range(12):
            for model in ("One", "Two"):
                path = tmp_path / f"{model}{number}.jpg"
                path.write_bytes(f"{model} {number // 2}".encode())  # two files each are equal
                pictures.append(CameraPicture(path, model, model, model, f"{model} scene {number}"))
        split = split_pictures(pictures)
        assert leaks(split) == ()
        assert len(split.training) + len(split.validation) + len(split.test) == 24

    def test_a_leak_is_found(self):
        split = split_pictures(many())
        bad = type(split)(split.training, split.validation, (*split.test, split.training[0]))
        assert "its scene is in training and in test" in leaks(bad)[0]


class TestErrors:
    def test_one_camera_only(self):
        with pytest.raises(UnusableDatasetError, match="there is one model only"):
            split_pictures([picture(n, scene=f"s{n}") for n in range(9)])

    def test_one_device_only(self):
        with pytest.raises(UnusableDatasetError, match="there is one device only"):
            split_pictures([picture(n, scene=f"s{n}") for n in range(9)], level="device")

    def test_devices_cannot_be_told_apart_when_they_are_parted(self):
        with pytest.raises(UnusableDatasetError, match="split by scene"):
            split_pictures(many(), by="device", level="device")

    def test_too_few_scenes(self):
        with pytest.raises(UnusableDatasetError, match="too few scenes"):
            split_pictures([picture(0, "A", scene="s"), picture(0, "B", scene="s")])


def test_bondi_leaves_models_with_one_device_out():
    split = split_pictures([*many(), *(picture(n, "single", 0, f"s{n}") for n in range(12))], by="bondi2017")
    assert "B single" not in {
        p.model for part in (split.training, split.validation, split.test) for p in part
    }


class TestPatches:
    def picture(self):
        return np.random.default_rng(0).integers(20, 230, (200, 260, 3)).astype(np.uint8)

    def test_quality_is_that_of_a_plain_loop(self):
        pixels = self.picture()
        found = select_patches(pixels, 64, 100)
        for patch, (top, left), quality in zip(found.patches, found.positions, found.quality, strict=True):
            expected = pixels[top : top + 64, left : left + 64]
            assert (patch == expected).all()
            scaled = expected / 255
            terms = [
                0.7 * (4 * scaled[..., c].mean() - 4 * scaled[..., c].mean() ** 2) + 0.3 * (1 - 10 ** (-2 * scaled[..., c].std()))
                for c in range(3)
            ]  # fmt: skip
            assert quality == pytest.approx(np.mean(terms), abs=1e-9)

    def test_the_best_come_first(self):
        quality = select_patches(self.picture(), 64, 5, stride=32).quality
        assert (np.diff(quality) <= 0).all()
        assert quality.size == 5

    def test_saturated_and_flat_patches_are_left_out(self):
        pixels = self.picture()
        pixels[:, :130] = 255
        pixels[:100, 130:] = 80
        found = select_patches(pixels, 32, 1000)
        assert (found.positions[:, 1] >= 114).all()
        assert len(found.positions) > 0

    @pytest.mark.parametrize("method", ["quality", "grid", "random"])
    def test_every_way_gives_as_many_as_asked_for(self, method):
        assert len(select_patches(self.picture(), 32, 7, method=method).patches) == 7

    @pytest.mark.parametrize(
        ("pixels", "why"),
        [
            (np.zeros((63, 300, 3), np.uint8), "less than a patch"),
            (np.full((128, 128, 3), 7, np.uint8), "flat or saturated"),
            (np.zeros((128, 128), np.uint8), r"\(H, W, 3\)"),
            (np.zeros((128, 128, 3), np.uint16), "8 bits"),
        ],
    )
    def test_what_holds_no_trace_is_said(self, pixels, why):
        with pytest.raises(UnusablePictureError, match=why):
            select_patches(pixels, 64, 4)

    def test_grey_of_half_light_without_texture_has_only_brightness(self):
        assert patch_quality(np.full(3, 0.5), np.zeros(3)) == pytest.approx(0.7)
