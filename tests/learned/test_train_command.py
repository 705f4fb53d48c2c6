"""`jnd train` and `jnd evaluate model` from the outside."""

import json

from typer.testing import CliRunner

from jnd.cli import app

from .labelled_pictures import write_config, write_labels, write_pictures


def run(*arguments):
    return CliRunner().invoke(app, [*map(str, arguments)])


def test_train_then_evaluate_and_predict_with_it(tmp_path):
    pictures = write_pictures(tmp_path / "pictures")
    labels = write_labels(tmp_path / "labels.parquet", pictures)
    done = run("train", write_config(tmp_path, labels, **{"training.epochs": 1}))
    assert done.exit_code == 0, done.output
    assert "epoch 1" in done.output
    model = tmp_path / "run" / "model.onnx"
    result = run("predict", pictures[0], "--model", model, "--json")
    assert {json.loads(line)["codec"] for line in result.stdout.splitlines()} == {"jpeg", "webp"}
    others = write_labels(tmp_path / "others.parquet", write_pictures(tmp_path / "new")[:2])
    table = run("evaluate", "model", labels, "--model", model, "--json")
    assert table.exit_code == 0, table.output
    rows = [json.loads(line) for line in table.stdout.splitlines()]
    assert {(row["method"], row["pictures"]) for row in rows} == {("model", 6)}
    shared = run("evaluate", "model", labels, "--model", model, "--fit", others)
    assert shared.exit_code == 2
    assert "are in LABELS too" in " ".join(shared.output.replace("│", " ").split())


def test_train_with_a_bad_configuration(tmp_path):
    path = tmp_path / "config.toml"
    path.write_text('model = "cnn"\noutput = "x"\n[data]\nlabels = ["none.parquet"]\ncodex = ["jpeg"]\n')
    result = run("train", path)
    assert result.exit_code == 2
    assert 'did you mean "codecs"' in " ".join(result.output.replace("│", " ").split())
    path.write_text('model = "cnn"\noutput = "x"\n[data]\nlabels = ["none.parquet"]\n')
    result = run("train", path)
    assert result.exit_code == 1
    assert "none.parquet" in result.output
