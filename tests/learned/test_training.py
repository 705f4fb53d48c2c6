import csv
import errno
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import torch

from jnd.errors import CheckpointError, ConfigurationError, MissingExtraError, TrainingStoppedError
from jnd.learned.checkpoint import checkpoint_file
from jnd.learned.config import OptimiserOptions, read_config
from jnd.learned.model_file import read_model
from jnd.learned.schedule import optimiser_of, set_rate
from jnd.learned.training import train
from jnd.learned.training_events import Began, EpochDone, StepDone, Trained

from .labelled_pictures import write_config


def trained_weights(config):
    """Everything that training decides, of the last checkpoint."""
    state = torch.load(checkpoint_file(config.output), weights_only=True)["state"]
    return state["network"], state["optimiser"]["state"]


def assert_same(one, other):
    for name, tensor in one[0].items():
        assert torch.equal(tensor, other[0][name]), name
    for name, entry in one[1].items():
        for key, value in entry.items():
            assert torch.equal(torch.as_tensor(value), torch.as_tensor(other[1][name][key])), (name, key)


@pytest.fixture(autouse=True)
def export(request, monkeypatch):
    """Only tests that look at the exported file wait for PyTorch's exporter, seconds each time."""
    if "real_export" not in request.fixturenames:
        monkeypatch.setattr("jnd.learned.training.export_onnx", lambda graph, path, metadata: path.touch())


@pytest.fixture
def real_export():
    """Asks for the real exporter."""


@pytest.fixture
def config(tmp_path, labels):
    return read_config(write_config(tmp_path, labels))


@pytest.mark.parametrize("model", ["cnn", "rnn", "lstm", "rnn-levels", "lstm-levels"])
def test_every_model_trains_and_exports(model, tmp_path, labels, real_export):
    config = read_config(write_config(tmp_path, labels, model, **{"training.epochs": 1}))
    events = list(train(config))
    assert isinstance(events[0], Began)
    assert isinstance(events[-1], Trained)
    about = read_model(events[-1].model_file).metadata
    assert about["model"] == model
    assert about["licence"] == "CC0-1.0"
    assert about["provenance"] == "noise"
    assert about["recipe"]["configuration"]["seed"] == 3
    assert about["recipe"]["hours"] >= 0
    assert "CPU" in about["recipe"]["hardware"]


def test_the_exported_file_gives_what_the_network_gives(config, real_export):
    from jnd.learned import task_named

    *_, done = train(config)
    task = task_named("cnn")
    data = task.load(config.data, config.network)
    network = task.network(config.network, data.description)
    state = torch.load(checkpoint_file(config.output), weights_only=True)["state"]
    network.load_state_dict(state["run"]["best_weights"])
    batch = data.validation.batch([0, 1], None)["patches"]
    with torch.no_grad():
        expected = network.eval()(batch)[0].numpy()
    found = read_model(done.model_file).session.run(None, {"patches": batch.numpy()})[0]
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-4)


def test_the_same_seed_gives_the_same_weights(tmp_path, labels):
    weights = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        config = read_config(write_config(tmp_path / name, labels))
        list(train(config))
        weights.append(trained_weights(config))
    assert_same(*weights)


@pytest.mark.parametrize("stop_at", [1, 3])
def test_a_stopped_training_goes_on_to_the_same_weights(tmp_path, labels, stop_at):
    (tmp_path / "whole").mkdir()
    (tmp_path / "stopped").mkdir()
    whole = read_config(write_config(tmp_path / "whole", labels))
    list(train(whole))
    stopped = read_config(write_config(tmp_path / "stopped", labels, **{"training.checkpoint_seconds": 0.0}))
    events = train(stopped)
    for event in events:
        # The event comes before the step's checkpoint: one step is lost and has to be made again.
        if isinstance(event, StepDone) and event.step == stop_at + 1:
            break
    events.close()
    first, *_ = resumed = list(train(stopped))
    assert first.resumed_at == stop_at
    assert isinstance(resumed[-1], Trained)
    assert_same(trained_weights(whole), trained_weights(stopped))


@pytest.mark.slow
def test_a_killed_training_goes_on_to_the_same_weights(tmp_path, labels):
    (tmp_path / "whole").mkdir()
    (tmp_path / "killed").mkdir()
    whole = read_config(write_config(tmp_path / "whole", labels, **{"training.epochs": 30}))
    list(train(whole))
    path = write_config(
        tmp_path / "killed", labels, **{"training.epochs": 30, "training.checkpoint_seconds": 0.0}
    )
    process = subprocess.Popen([sys.executable, "-m", "jnd", "train", str(path), "--quiet"])
    killed = read_config(path)
    while not checkpoint_file(killed.output).exists():
        time.sleep(0.01)
    time.sleep(0.3)
    process.send_signal(signal.SIGKILL)
    process.wait()
    first, *_ = list(train(killed))
    assert first.resumed_at is not None
    assert_same(trained_weights(whole), trained_weights(killed))


@pytest.mark.slow
def test_two_processes_train_together(tmp_path, labels):
    path = write_config(tmp_path, labels)
    command = [
        sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2",
        "-m", "jnd", "train", str(path),
    ]  # fmt: skip
    environment = os.environ | {"OMP_NUM_THREADS": "1", "GLOO_SOCKET_IFNAME": "lo"}
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment, timeout=300)
    assert done.returncode == 0, done.stderr
    assert "in each of 2 processes" in done.stderr
    assert read_model(tmp_path / "run" / "model.onnx").metadata["recipe"]["processes"] == 2


def test_parts_of_a_batch_are_the_batch():
    from jnd.learned.processes import Processes

    parts = [index for rank in range(3) for index in Processes(rank, 3).part(range(10))]
    assert sorted(parts) == list(range(10))


def test_a_loss_that_is_no_number_stops_and_says_where(config, monkeypatch):
    from jnd.learned.curve_examples import CurveExamples

    list(train(config))
    before = checkpoint_file(config.output).read_bytes()
    longer = read_config(config.output.parent / "config.toml")
    text = (config.output.parent / "config.toml").read_text().replace("epochs = 2", "epochs = 4")
    (config.output.parent / "config.toml").write_text(text.replace('"run"', '"other"'))
    longer = read_config(config.output.parent / "config.toml")
    batches = CurveExamples.batch
    calls = []

    def broken(self, indices, generator):
        batch = batches(self, indices, generator)
        calls.append(1)
        if generator is not None and len(calls) > 6:
            batch["patches"] = batch["patches"] * float("nan")
        return batch

    monkeypatch.setattr(CurveExamples, "batch", broken)
    with pytest.raises(TrainingStoppedError, match=r"loss is nan at step \d+ \(epoch \d, pictures picture\d"):
        list(train(longer))
    state = torch.load(checkpoint_file(longer.output), weights_only=True)["state"]
    assert all(torch.isfinite(tensor).all() for tensor in state["network"].values())
    assert checkpoint_file(config.output).read_bytes() == before


def test_a_full_disk_leaves_the_checkpoint_before(config, monkeypatch):
    list(train(config))
    before = checkpoint_file(config.output).read_bytes()
    text = (config.output.parent / "config.toml").read_text()
    assert "seed" in text

    def full(content, file):
        file.write(b"half a checkpoint")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(torch, "save", full)
    with pytest.raises(TrainingStoppedError, match="disk is full"):
        list(train(config, resume=False))
    assert checkpoint_file(config.output).read_bytes() == before
    assert not list(config.output.glob(".jnd-*"))


def test_checkpoints_of_others_are_refused(tmp_path, labels):
    config = read_config(write_config(tmp_path, labels))
    list(train(config))
    with pytest.raises(CheckpointError, match='of the model "cnn", the configuration asks for "lstm"'):
        list(train(read_config(write_config(tmp_path, labels, "lstm"))))
    with pytest.raises(CheckpointError, match="another configuration"):
        list(train(read_config(write_config(tmp_path, labels, **{"optimiser.learning_rate": 0.5}))))
    content = torch.load(checkpoint_file(config.output), weights_only=True)
    torch.save(content | {"version": 99}, checkpoint_file(config.output))
    with pytest.raises(CheckpointError, match="checkpoint version 99"):
        list(train(config))
    checkpoint_file(config.output).write_bytes(b"nothing of the kind")
    with pytest.raises(CheckpointError, match="not a readable checkpoint"):
        list(train(config))


def test_training_stops_early_and_logs_every_epoch(tmp_path, labels):
    changes = {"training.epochs": 30, "training.patience": 1, "optimiser.learning_rate": 1e-9}
    config = read_config(write_config(tmp_path, labels, **changes))
    events = list(train(config))
    epochs = [event for event in events if isinstance(event, EpochDone)]
    assert events[-1].stopped_early
    assert len(epochs) < 30
    rows = list(csv.DictReader((config.output / "log.csv").read_text().splitlines()))
    assert [int(row["epoch"]) for row in rows] == list(range(1, len(epochs) + 1))
    assert {"training_loss", "validation_loss", "level_error", "learning_rate"} <= rows[0].keys()


def test_broken_pictures_are_fatal_or_listed(tmp_path):
    from .labelled_pictures import write_labels, write_pictures

    pictures = write_pictures(tmp_path / "pictures")
    labels = write_labels(tmp_path / "labels.parquet", pictures)
    pictures[2].write_bytes(b"no picture")
    with pytest.raises(Exception, match=r"picture2\.png"):
        list(train(read_config(write_config(tmp_path, labels))))
    config = read_config(write_config(tmp_path, labels, **{"data.skip_broken": True, "training.epochs": 1}))
    began = next(iter(train(config, resume=False)))
    assert len(began.skipped) == 1
    assert "picture2.png" in began.skipped[0]


def test_a_gpu_that_is_not_there_and_tensorboard_that_is_not_installed(tmp_path, labels, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ConfigurationError, match="sees no GPU"):
        list(train(read_config(write_config(tmp_path, labels, **{"training.device": "cuda"}))))
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    with pytest.raises(MissingExtraError, match="pip install tensorboard"):
        list(train(read_config(write_config(tmp_path, labels, **{"training.tensorboard": True}))))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"optimiser.learning_rat": 1.0},
            r'\[optimiser\] has no key "learning_rat"; did you mean "learning_rate"',
        ),
        ({"network.filters": "many"}, "network.filters must be of type int"),
        ({"network.backbone": "enery"}, 'network.backbone cannot be "enery"; did you mean "energy"'),
        ({"network.sampling": "salient"}, 'network.sampling cannot be "salient"; did you mean "saliency"'),
        ({"data.layout": "mcl_jci"}, 'data.layout cannot be "mcl_jci"; did you mean "mcl-jci"'),
        ({"optimiser.name": "adam"}, 'optimiser.name cannot be "adam"; did you mean "adamw"'),
        ({"training.epochs": 0}, "training.epochs must be above 0"),
        ({"data.folds": 40}, "data.folds"),
        ({"data.validation_fold": 9}, "data.validation_fold"),
        ({"data.codecs": ["jpegxl"]}, "no labels"),
    ],
)
def test_a_bad_configuration_names_the_key(tmp_path, labels, changes, message):
    with pytest.raises(ConfigurationError, match=message):
        list(train(read_config(write_config(tmp_path, labels, **changes))))


def test_missing_keys_and_files_are_named(tmp_path):
    path = tmp_path / "config.toml"
    with pytest.raises(ConfigurationError, match="cannot read"):
        read_config(path)
    path.write_text("model = ")
    with pytest.raises(ConfigurationError, match="not TOML"):
        read_config(path)
    path.write_text('modle = "cnn"\noutput = "x"\n[data]\nlabels = []\n')
    with pytest.raises(ConfigurationError, match='has no key "modle"; did you mean "model"'):
        read_config(path)
    path.write_text('model = "cnn"\n[data]\nlabels = []\n')
    with pytest.raises(ConfigurationError, match='lacks "output"'):
        read_config(path)
    path.write_text('model = "lstn"\noutput = "x"\n[data]\nlabels = []\n')
    with pytest.raises(ConfigurationError, match='did you mean "lstm"'):
        read_config(path)


@pytest.mark.parametrize("name", ["sgd", "adamw"])
def test_biases_may_learn_at_a_rate_of_their_own(name):
    network = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Linear(2, 1, bias=False))
    options = OptimiserOptions(name=name, learning_rate=0.5, momentum=0.0, weight_decay=0.0)
    optimiser = optimiser_of(options, network, bias_rate=2.0)
    set_rate(optimiser, 0.125)
    before = [parameter.detach().clone() for parameter in network.parameters()]
    for parameter in network.parameters():
        parameter.grad = torch.ones_like(parameter)
    optimiser.step()
    moved = [(old - new).detach() for old, new in zip(before, network.parameters(), strict=True)]
    for step, expected in zip(moved, (0.125, 0.25, 0.125), strict=True):
        torch.testing.assert_close(step, torch.full_like(step, expected))
