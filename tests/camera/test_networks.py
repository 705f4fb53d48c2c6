import json

import numpy as np
import pytest
from typer.testing import CliRunner

from jnd.camera import CAMERA_NETWORKS
from jnd.camera.networks.evaluation import Share, evaluate_network
from jnd.camera.networks.predictor import CameraModel, identify_by_network
from jnd.camera.networks.voting import log10_ratios, majority, rejection_threshold, temperature_of, voted
from jnd.camera.splits import split_pictures
from jnd.cli.app import app
from jnd.datasets.camera_pictures import load_camera_pictures
from jnd.errors import ConfigurationError, ModelFileError, UnknownNameError, UnusablePictureError
from jnd.learned.config import config_from

from .synthetic_cameras import take, write

torch = pytest.importorskip("torch")

PARAMETERS = {
    "bondi2017": 340_642, "freire_obregon2019": 1_627_474, "huang2018": 657_170, "yao2018": 7_435_986,
    "chen2017": 1_095_138, "ding2019": 177_074, "alexnet2012": 5_171_602, "googlenet2015": 382_118,
}  # fmt: skip
"""Of 18 classes. Bondi's is the paper's number; the others hold our reading of the papers in place."""


def run(*words):
    return CliRunner().invoke(app, ["camera", *map(str, words)])


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    return write(tmp_path_factory.mktemp("cameras"))


def configuration(folder, output, model="huang2018", **changes):
    data = {"folder": str(folder), "patches": 8, "selection": "quality", **changes.pop("data", {})}
    return {
        "model": model, "output": str(output), "seed": changes.pop("seed", 1), "data": data,
        "optimiser": {"learning_rate": 0.01}, "training": {"epochs": 6, "batch_size": 16, "device": "cpu", "threads": 1, **changes},
    }  # fmt: skip


def trained(content, resume=True):
    from jnd.camera.networks.patch_task import task_of
    from jnd.learned.training import train

    return list(train(config_from(content, task_of=task_of), task_of=task_of, resume=resume))


@pytest.fixture(scope="module")
def model_file(pictures, tmp_path_factory):
    output = tmp_path_factory.mktemp("model")
    return trained(configuration(pictures, output, model="ding2019", data={"level": "model"}))[-1].model_file


class TestNetworks:
    @pytest.mark.parametrize("name", CAMERA_NETWORKS)
    def test_parameters_and_shapes(self, name):
        entry = CAMERA_NETWORKS[name]
        network = entry(classes=18).eval()
        assert sum(parameter.numel() for parameter in network.parameters()) == PARAMETERS[name]
        patches = torch.rand(2, 3, entry.patch_size, entry.patch_size) * 255
        assert network(patches).shape == (2, 18)

    def test_yao_has_13_convolutions_and_chen_26_layers(self):
        yao = CAMERA_NETWORKS["yao2018"](classes=5)
        assert sum(isinstance(layer, torch.nn.Conv2d) for layer in yao.modules()) == 13
        chen = CAMERA_NETWORKS["chen2017"](classes=5)
        main = [
            layer for name, layer in chen.named_modules()
            if isinstance(layer, torch.nn.Conv2d | torch.nn.Linear) and "shortcut" not in name
        ]  # fmt: skip
        assert len(main) == 26

    def test_bondi_has_no_rectifier_between_convolutions(self):
        kinds = [type(layer).__name__ for layer in CAMERA_NETWORKS["bondi2017"](classes=5).features]
        assert "ReLU" not in kinds[: kinds.index("Flatten")]

    def test_ding_learns_the_levels_above_with_shared_weights(self):
        network = CAMERA_NETWORKS["ding2019"](classes=6, coarser=(2, 3)).eval()
        found = network.levels(torch.rand(4, 3, 64, 64) * 255)
        assert [level.shape[1] for level in found] == [2, 3, 6]
        assert network(torch.rand(4, 3, 64, 64)).shape == (4, 6)
        single = CAMERA_NETWORKS["ding2019"](classes=6, coarser=(2, 3), multi_task=False)
        assert len(single.heads) == 1

    def test_normalisation_can_be_left_out(self):
        network = CAMERA_NETWORKS["huang2018"](classes=3, normalised=False)
        assert not any(isinstance(layer, torch.nn.BatchNorm2d) for layer in network.modules())


class TestTraining:
    def test_it_tells_two_cameras_apart_on_scenes_that_it_has_not_seen(self, model_file, pictures):
        found = run("evaluate", model_file, pictures, "--json")
        assert found.exit_code == 0, found.output
        result = json.loads(found.stdout)
        assert result["classes"] == ["Able One", "Baker Two"]
        assert result["voted_accuracy"]["value"] == 1.0
        assert result["cllr"] < 0.9
        assert sum(map(sum, result["confusion"])) == 4

    def test_the_model_gives_what_the_network_gives(self, model_file, pictures, tmp_path):
        from jnd.camera.networks.patch_task import task_of

        content = configuration(pictures, tmp_path, model="bondi2017", epochs=1)
        model = CameraModel(trained(content)[-1].model_file)
        config = config_from(content, task_of=task_of)
        data = task_of("bondi2017").load(config.data, config.network)
        network = task_of("bondi2017").network(config.network, data.description)
        state = torch.load(tmp_path / "checkpoint.pt", weights_only=False)
        network.load_state_dict(state["state"]["network"])
        patches = data.training.patches[:6]
        with torch.no_grad():
            expected = network.eval()(data.training.batch(range(6), None)["patches"]).numpy()
        np.testing.assert_allclose(model.logits(patches), expected, atol=2e-4)

    def test_a_training_that_was_stopped_ends_with_the_same_weights(self, pictures, tmp_path):
        from jnd.camera.networks.patch_task import task_of
        from jnd.learned.training import train
        from jnd.learned.training_events import EpochDone

        whole = trained(configuration(pictures, tmp_path / "whole", epochs=2))[-1].model_file
        stopped = config_from(configuration(pictures, tmp_path / "parts", epochs=2), task_of=task_of)
        events = train(stopped, task_of=task_of)
        while not isinstance(next(events), EpochDone):
            pass
        next(events)  # the checkpoint is written
        events.close()
        again = trained(configuration(pictures, tmp_path / "parts", epochs=2))
        assert again[0].resumed_at
        one, other = CameraModel(whole), CameraModel(again[-1].model_file)
        patches = np.stack([take("Able One", 3, 36)])
        assert (one.logits(patches) == other.logits(patches)).all()

    def test_what_scores_below_the_threshold_is_called_unknown_known_or_not(self, model_file, tmp_path):
        write(tmp_path, ("Clone Nine",), scenes=4)
        known = load_camera_pictures(write(tmp_path / "known", scenes=4))
        strangers = [p for p in load_camera_pictures(tmp_path) if p.model == "Clone Nine"]
        model = CameraModel(model_file)
        for threshold, share in ((-1e9, 0.0), (1e9, 1.0)):
            model.about["rejection"]["threshold"] = threshold
            result = evaluate_network(model, [*strangers, *known])
            assert (result.rejected_known.value, result.rejected_strangers.value) == (share, share)
            assert (result.rejected_known.of, result.rejected_strangers.of) == (8, 4)

    def test_merged_models_count_as_one(self, tmp_path):
        write(tmp_path, ("Able One", "Baker Two", "Clone Nine"), scenes=5)
        from jnd.camera.networks.patch_examples import CameraData, load_split

        split = load_split(CameraData(folder=tmp_path, merged={"Clone Nine": "Baker Two"}))
        assert {picture.model for picture in split.training} == {"Able One", "Baker Two"}

    @pytest.mark.parametrize(
        ("changes", "why"),
        [
            ({"level": "lens"}, 'data.level cannot be "lens"'),
            ({"selection": "qualty"}, 'data.selection cannot be "qualty"; did you mean "quality"'),
            ({"kinds": ["flat"]}, "holds no such pictures"),
            ({"layout": "dresdn"}, "dresden"),
            ({"folder": "/nowhere"}, "is no folder"),
            ({"false_rejection": 2.0}, "between 0 and 1"),
            ({"stride": -8}, "data.stride at least 0"),
        ],
    )
    def test_what_cannot_be_trained_is_said(self, pictures, tmp_path, changes, why):
        with pytest.raises((ConfigurationError, UnknownNameError, ValueError), match=why):
            trained(configuration(pictures, tmp_path, data=changes))

    def test_a_network_that_is_not_known(self, pictures, tmp_path):
        path = tmp_path / "c.toml"
        path.write_text(f'model = "bondi2071"\noutput = "o"\n[data]\nfolder = "{pictures}"\n')
        found = run("train", path)
        assert found.exit_code == 2
        assert "bondi2017" in found.output

    def test_the_command_trains(self, pictures, tmp_path):
        path = tmp_path / "c.toml"
        path.write_text(
            f'model = "freire_obregon2019"\noutput = "{tmp_path}/out"\n[data]\nfolder = "{pictures}"\npatches = 2\n'
            "[training]\nepochs = 1\nthreads = 1\n"
        )
        found = run("train", path, "--quiet")
        assert found.exit_code == 0, found.output
        assert CameraModel(tmp_path / "out/model.onnx").classes == ("Able One", "Baker Two")


class TestIdentify:
    def test_by_network(self, model_file, pictures):
        picture = min(pictures.rglob("*.jpg"))
        found = run("identify", picture, "--model", model_file, "--json")
        assert found.exit_code == 0, found.output
        content = json.loads(found.stdout)
        assert content["answer_by"] == "network"
        assert content["answer"] in ("Able One", "none of these")
        assert content["network"]["best"] == "Able One"
        assert content["claim"]["make"] == "Able"
        assert len(content["sha256"]) == len(content["parameters"]["model_sha256"]) == 64
        assert content["versions"]["jnd"]
        assert content["matches"] == []

    def test_pixels_that_contradict_the_metadata(self, model_file, tmp_path):
        from PIL import Image

        image = Image.fromarray(take("Able One", 2))
        tags = image.getexif()
        tags[0x010F], tags[0x0110] = "Baker", "Two"
        image.save(tmp_path / "a.jpg", quality=95, exif=tags)
        content = json.loads(run("identify", tmp_path / "a.jpg", "--model", model_file, "--json").stdout)
        assert content["claim"]["model"] == "Two"
        assert content["claim_agrees"] in (False, None)  # None where the network calls it unknown
        assert content["network"]["best"] == "Able One"

    @pytest.mark.parametrize(
        ("pixels", "why"),
        [
            (np.full((200, 200, 3), 255, np.uint8), "no patch"),
            (np.full((200, 200, 3), 90, np.uint8), "no patch"),
            (np.zeros((40, 300, 3), np.uint8), "less than a patch"),
        ],
    )
    def test_a_picture_that_says_nothing_is_not_guessed(self, model_file, tmp_path, pixels, why):
        from PIL import Image

        Image.fromarray(pixels).save(tmp_path / "a.png")
        found = run("identify", tmp_path / "a.png", "--model", model_file)
        assert found.exit_code == 1
        assert "cannot be judged" in found.output
        assert why in found.output
        with pytest.raises(UnusablePictureError):
            identify_by_network(pixels, CameraModel(model_file))

    def test_bad_arguments(self, model_file, tmp_path, pictures):
        from importlib.resources import files

        picture = min(pictures.rglob("*.jpg"))
        assert run("identify", picture).exit_code == 2
        assert run("identify", picture, "--model", tmp_path / "none.onnx").exit_code == 1
        assert run("identify", tmp_path / "none.jpg", "--model", model_file).exit_code == 1
        (tmp_path / "c.json").write_text("{}")
        assert (
            run("identify", picture, "--model", model_file, "--calibration", tmp_path / "c.json").exit_code
            == 1
        )
        with pytest.raises(ModelFileError, match='kind "curves", not of cameras'):
            CameraModel(files("jnd.learned").joinpath("default.onnx"))


def test_fingerprint_and_network_are_combined_where_the_calibration_holds_both(
    model_file, pictures, tmp_path
):
    from jnd.camera.prnu.fingerprint import estimate_fingerprint
    from jnd.camera.prnu.fingerprint_file import save_fingerprint

    shots = sorted((pictures / "Able").rglob("*.jpg"))
    save_fingerprint(estimate_fingerprint(shots[:6], label="Able One"), tmp_path / "able.npz")
    rng = np.random.default_rng(0)
    rows = {"same": rng.normal(3, 1, (40, 2)).tolist(), "different": rng.normal(-1, 1, (40, 2)).tolist()}
    answers = []
    for content in (
        {"names": ["fingerprint", "network"], **rows},
        {name: [row[0] for row in table] for name, table in rows.items()},
    ):
        (tmp_path / "c.json").write_text(json.dumps(content))
        found = run(
            "identify",
            shots[-1],
            "--model",
            model_file,
            "-f",
            tmp_path / "able.npz",
            "--calibration",
            tmp_path / "c.json",
            "--json",
        )
        assert found.exit_code == 0, found.output
        answers.append(json.loads(found.stdout)["matches"][0]["log10_likelihood_ratio"])
    assert answers[0] != answers[1]
    (tmp_path / "c.json").write_text(json.dumps({"names": ["eyes"], **rows}))
    refused = run("identify", shots[-1], "-f", tmp_path / "able.npz", "--calibration", tmp_path / "c.json")
    assert (refused.exit_code, "score" in refused.output) == (1, True)


class TestVoting:
    def test_means_and_majorities(self):
        logits = np.array([[2.0, 0.0], [-1.0, 0.0], [-1.0, 0.5]])
        assert voted(logits, np.array([0, 0, 1])).tolist() == [[0.5, 0.0], [-1.0, 0.5]]
        assert majority(logits).tolist() == [1, 2]

    def test_a_temperature_makes_sure_answers_as_sure_as_they_are_right(self):
        rng = np.random.default_rng(0)
        truth = rng.integers(0, 3, 4000)
        logits = rng.normal(0, 1, (4000, 3))
        logits[np.arange(4000), truth] += 1.5
        assert temperature_of(logits * 5, truth) == pytest.approx(5 * temperature_of(logits, truth), rel=0.02)

    def test_so_many_known_pictures_are_below_the_threshold(self):
        logits = np.random.default_rng(0).normal(0, 1, (1000, 4))
        threshold = rejection_threshold(logits, 0.05)
        assert (logits.max(axis=1) < threshold).mean() == pytest.approx(0.05, abs=0.002)

    def test_ratios_of_even_probabilities_are_one(self):
        np.testing.assert_allclose(log10_ratios(np.log([0.25] * 4)), 0, atol=1e-12)

    def test_shares_have_exact_intervals(self):
        share = Share(15, 20)
        assert share.interval == pytest.approx((0.509, 0.913), abs=1e-3)


def test_evaluation_needs_a_known_camera(model_file, tmp_path):
    write(tmp_path, ("Clone Nine",), scenes=2)
    found = run("evaluate", model_file, tmp_path, "--part", "all")
    assert found.exit_code == 1
    assert "no picture of a known camera" in found.output


def test_the_split_of_training_is_that_of_evaluation(pictures):
    one, other = (split_pictures(load_camera_pictures(pictures), seed=0) for _ in range(2))
    assert one == other
