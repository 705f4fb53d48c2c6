"""`jnd metrics` and `jnd score` from the outside."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage import data
from typer.testing import CliRunner

from jnd.cli import app
from jnd.metrics import METRICS, score


@pytest.fixture
def pair(tmp_path: Path) -> tuple[str, str]:
    picture = np.ascontiguousarray(data.astronaut()[:180, 100:280])
    changed = np.clip(picture + np.random.default_rng(0).normal(0, 6, picture.shape), 0, 255).astype(np.uint8)
    names = str(tmp_path / "a.png"), str(tmp_path / "b.png")
    for name, pixels in zip(names, (picture, changed), strict=True):
        Image.fromarray(pixels).save(name)
    return names


def run(*arguments: str, status: int = 0) -> str:
    result = CliRunner().invoke(app, list(arguments), env={"COLUMNS": "200", "TERM": "dumb"})
    assert result.exit_code == status, result.output
    return result.output


def test_every_metric_is_listed() -> None:
    rows = [json.loads(line) for line in run("metrics", "--no-speed", "--json").splitlines()]
    assert [row["metric"] for row in rows] == list(METRICS)
    table = run("metrics", "--no-speed")
    assert all(name in table for name in METRICS)


def test_all_metrics_of_a_pair(pair: tuple[str, str]) -> None:
    found = json.loads(run("score", *pair, "--json"))
    assert set(found["scores"]) == set(METRICS) and not found["errors"]
    pixels = [np.asarray(Image.open(name)) for name in pair]
    assert found["scores"]["ssim"] == score("ssim", *pixels)
    assert found["scores"]["gmsd"] == score("gmsd", *pixels)


def test_equal_pictures_and_one_picture(pair: tuple[str, str]) -> None:
    same = json.loads(run("score", pair[0], pair[0], "--metric", "psnr-y,ssim", "--json"))
    assert same["scores"] == {"psnr-y": "infinity", "ssim": pytest.approx(1)}
    alone = json.loads(run("score", pair[0], "--json"))
    assert set(alone["scores"]) == {"niqe", "brisque_observer"} and alone["changed"] is None
    assert "ssim" in run("score", *pair, "--metric", "ssim")


@pytest.mark.parametrize("suffix", [".png", ".npy", ".tiff"])
def test_maps_are_written(pair: tuple[str, str], tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"map{suffix}"
    run("score", *pair, "--metric", "ssim", "--map", str(file))
    assert file.stat().st_size > 1000
    if suffix == ".npy":
        assert np.load(file).shape == (170, 170)


def test_what_cannot_be_done_is_said(pair: tuple[str, str], tmp_path: Path) -> None:
    small = str(tmp_path / "small.png")
    Image.fromarray(data.astronaut()[:40, :40]).save(small)
    assert "sizes differ" in run("score", pair[0], small, "--metric", "ssim", status=1)
    said = json.loads(run("score", small, small, "--metric", "ms-ssim,ssim", "--json", status=1))
    assert "161" in said["errors"]["ms-ssim"] and said["scores"]["ssim"] == pytest.approx(1)
    assert "does not exist" in run("score", pair[0], str(tmp_path / "no.png"), status=1)
    assert 'did you mean "ssim"' in run("score", *pair, "--metric", "sssim", status=2)
    assert "compares two pictures" in run("score", pair[0], "--metric", "ssim", status=2)
    assert "has a map" in run("score", *pair, "--metric", "vifp", "--map", "m.png", status=2)
    assert ".npy" in run("score", *pair, "--metric", "ssim", "--map", "m.jpg", status=2)
    assert "names no metric" in run("score", *pair, "--metric", ",", status=2)
