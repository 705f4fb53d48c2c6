import io
import json

import numpy as np
import pytest
from PIL import Image
from skimage import data
from typer.testing import CliRunner

from jnd.cli.app import app
from jnd.errors import ConfigurationError, UnknownNameError, UnusableDatasetError
from jnd.study.design import design_from, read_design
from jnd.study.stimuli import asset_path, make_stimuli, pictures_of, read_manifest
from jnd.study.stimuli.flashes import flash_share


@pytest.fixture
def pictures(tmp_path):
    folder = tmp_path / "pictures"
    folder.mkdir()
    for name in ("astronaut", "coffee"):
        Image.fromarray(getattr(data, name)()[100:228, 100:260]).save(folder / f"{name}.png")
    return folder


def make(pictures, folder, method="flicker", **stimuli):
    stimuli = {"levels": [20.0, 60.0], **stimuli}
    design = design_from(
        {"study": {"name": "a", "method": method}, "stimuli": stimuli, "trials": {"adaptive": "none"}}
    )
    list(make_stimuli(design, pictures_of(pictures), folder))
    return read_manifest(folder)


class TestMaking:
    def test_tests_are_what_our_codec_decodes_kept_without_loss(self, pictures, tmp_path):
        manifest = make(pictures, tmp_path / "study")
        assert len(manifest.stimuli) == 2 * 3
        test = manifest.at("astronaut|jpeg:turbo", 60.0)
        shown = np.array(Image.open(asset_path(tmp_path / "study", test.sha256)))
        buffer = io.BytesIO()
        Image.open(pictures / "astronaut.png").save(
            buffer, "JPEG", quality=int(test.setting), optimize=True, progressive=True
        )
        expected = np.array(Image.open(buffer))
        assert (shown == expected).all()
        assert test.setting < manifest.at("astronaut|jpeg:turbo", 20.0).setting

    def test_the_reference_is_the_picture(self, pictures, tmp_path):
        manifest = make(pictures, tmp_path / "study")
        reference = manifest.reference("coffee")
        shown = Image.open(asset_path(tmp_path / "study", reference.sha256))
        assert (np.array(shown) == np.array(Image.open(pictures / "coffee.png"))).all()
        assert "icc_profile" not in shown.info

    def test_files_are_named_by_content_and_made_once(self, pictures, tmp_path):
        make(pictures, tmp_path / "study")
        files = {path: path.stat().st_mtime_ns for path in (tmp_path / "study/stimuli").iterdir()}
        make(pictures, tmp_path / "study")
        assert {path: path.stat().st_mtime_ns for path in (tmp_path / "study/stimuli").iterdir()} == files

    def test_levels_are_chosen_from_hardly_to_clearly_visible(self, pictures, tmp_path):
        manifest = make(pictures, tmp_path / "study", levels=[], count=5)
        for series in manifest.series:
            levels = manifest.levels(series)
            assert levels == tuple(sorted(set(levels)))
            assert 2 <= len(levels) <= 5

    def test_distortions_single_and_in_sequence(self, pictures, tmp_path):
        manifest = make(
            pictures,
            tmp_path / "study",
            codecs=[],
            distortions=["gaussian_blur", "noise_gaussian+contrast"],
            levels=[0.03, 0.1],
        )
        assert len(manifest.series) == 4

    def test_patches_of_the_same_different_method(self, pictures, tmp_path):
        manifest = make(pictures, tmp_path / "study", "same-different", patches=2)
        assert {(stimulus.width, stimulus.height) for stimulus in manifest.stimuli} == {(64, 64)}
        assert len(manifest.sources) == 4

    def test_a_ruler_has_a_step_per_jnd(self, pictures, tmp_path):
        manifest = make(pictures, tmp_path / "study", "quality-ruler", ruler_steps=5)
        assert [ruler.setting for ruler in manifest.rulers("coffee")] == [31.0, 30.0, 29.0, 28.0, 27.0]

    def test_boosted_pictures_are_zoomed_and_their_difference_is_doubled(self, pictures, tmp_path):
        boosted = make(pictures, tmp_path / "one", "btc")
        single = make(pictures, tmp_path / "two", "btc", boost_amplification=1.0)

        def difference(manifest, folder):
            one, other = (
                np.array(Image.open(asset_path(folder, stimulus.sha256))).astype(float)
                for stimulus in (manifest.reference("coffee"), manifest.at("coffee|jpeg:turbo", 60.0))
            )
            return other - one

        large, small = difference(boosted, tmp_path / "one"), difference(single, tmp_path / "two")
        inside = np.abs(small) < 20
        assert np.corrcoef(large[inside], small[inside])[0, 1] > 0.99
        assert np.abs(large[inside]).mean() == pytest.approx(2 * np.abs(small[inside]).mean(), rel=0.05)


class TestFlashes:
    def test_grain_is_no_flash_and_a_change_of_light_is(self):
        grey = np.full((64, 64, 3), 120, np.uint8)
        grain = np.clip(grey + np.random.default_rng(0).normal(0, 12, grey.shape), 0, 255).astype(np.uint8)
        assert flash_share(grey, grain) == 0
        assert flash_share(grey, np.full_like(grey, 160)) == 1
        assert flash_share(np.full_like(grey, 245), np.full_like(grey, 255)) == 0  # both are bright

    def test_such_stimuli_are_refused_unless_allowed(self, pictures, tmp_path):
        wanted = {"codecs": [], "distortions": ["brightness"], "levels": [1.0]}
        with pytest.raises(ConfigurationError, match="photosensitive epilepsy"):
            make(pictures, tmp_path / "study", **wanted)
        assert make(pictures, tmp_path / "study", **wanted, allow_flashes=True).stimuli


class TestBadInput:
    def test_two_pictures_of_one_name(self, pictures):
        Image.open(pictures / "coffee.png").save(pictures / "coffee.jpg")
        with pytest.raises(ConfigurationError, match="have the same name"):
            pictures_of(pictures)

    def test_no_pictures(self, tmp_path):
        with pytest.raises(ConfigurationError, match="there are no pictures"):
            pictures_of(tmp_path)
        with pytest.raises(ConfigurationError, match="is no folder"):
            pictures_of(tmp_path / "none")

    def test_a_damaged_picture_is_named(self, pictures, tmp_path):
        (pictures / "broken.png").write_bytes((pictures / "coffee.png").read_bytes()[:900])
        with pytest.raises(ConfigurationError, match=r"broken\.png"):
            make(pictures, tmp_path / "study")
        assert not (tmp_path / "study/stimuli.json").exists()

    def test_an_unknown_distortion(self, pictures, tmp_path):
        with pytest.raises((ConfigurationError, UnknownNameError), match="no codec or distortion"):
            make(pictures, tmp_path / "study", codecs=[], distortions=["smudge"])

    @pytest.mark.parametrize(
        ("change", "why"),
        [
            (lambda entries: entries + entries[:1], "is there twice"),
            (
                lambda entries: [
                    {**entry, "width": entry["width"] + (entry["role"] == "test")} for entry in entries
                ],
                "must have one size",
            ),
            (lambda entries: [{**entry, "sha256": "0" * 64} for entry in entries], "is missing"),
            (
                lambda entries: [
                    {**entry, "level": 20.0} if entry["role"] == "test" else entry for entry in entries
                ],
                "not all different",
            ),
            (lambda entries: [entry for entry in entries if entry["role"] != "reference"], "no reference"),
            (lambda entries: [{"id": "x"}], "is damaged"),
        ],
    )
    def test_a_manifest_that_cannot_be(self, pictures, tmp_path, change, why):
        make(pictures, tmp_path / "study")
        path = tmp_path / "study/stimuli.json"
        content = json.loads(path.read_text())
        content["stimuli"] = change(content["stimuli"])
        path.write_text(json.dumps(content))
        with pytest.raises(UnusableDatasetError, match=why):
            read_manifest(tmp_path / "study")


class TestCommands:
    def run(self, *words):
        return CliRunner().invoke(app, ["study", *map(str, words)])

    def test_init_and_check(self, pictures, tmp_path):
        study = tmp_path / "My Study"
        found = self.run(
            "init", study, "--method", "flicker", "--pictures", pictures, "--levels", "20,60", "-w", "1"
        )
        assert found.exit_code == 0, found.output
        design = read_design(study)
        assert (design.study.name, design.study.preset, design.study.verified) == (
            "my-study",
            "iso29170_2",
            False,
        )
        checked = self.run("check", study, "--json")
        content = json.loads(checked.stdout)
        assert content["session"]["stimuli"] == 6
        assert content["frames"][1] == {"refresh_hz": 60, "frames": 6, "phase_ms": 100.0}
        assert content["power"][1] == pytest.approx(
            {
                "trials": 20,
                "lossless_at_most": 11,
                "seen_at_least": 15,
                "low_at_75": 0.509,
                "high_at_75": 0.913,
            },
            abs=1e-3,
        )
        assert "about" in self.run("check", study).output

    @pytest.mark.parametrize(
        ("words", "status", "why"),
        [
            (("--method", "flicer"), 2, "flicker"),
            (("--method", "flicker", "--levels", "3,2"), 2, "rise"),
            (("--method", "flicker", "--levels", "a"), 2, "numbers"),
            (("--method", "flicker", "--codec", "jpeg3000"), 2, "no codec or distortion"),
            (("--method", "flicker", "--codec", "webp", "--distortion", "shift"), 2, "not both"),
            (("--method", "flicker", "--preset", "bapps"), 2, "preset of same-different"),
        ],
    )
    def test_what_is_wrong_is_said(self, pictures, tmp_path, words, status, why):
        found = self.run("init", tmp_path / "study", "--pictures", pictures, *words)
        assert found.exit_code == status
        assert why in " ".join(found.output.replace("│", " ").split())
        assert not (tmp_path / "study").exists()

    def test_another_method_in_the_same_folder(self, pictures, tmp_path):
        self.run(
            "init", tmp_path / "s", "--method", "acr", "--pictures", pictures, "--levels", "20", "-w", "1"
        )
        found = self.run("init", tmp_path / "s", "--method", "dcr", "--pictures", pictures)
        assert found.exit_code == 2
