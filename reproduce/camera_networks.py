"""Every camera network on eleven natural scenes and 26 flat fields of three Nikon models: a smoke test, no benchmark.

    JND_SHARED=... python reproduce/camera_networks.py [--epochs 4]

Six devices (D70, D70s and D200, two each) from the Dresden set. Too few pictures for any statement about the networks: flat fields carry
dust and vignetting of each device, and the test part holds seven to nine pictures. It shows that training, voting, calibration
and rejection run on real files, beside what the papers report on thousands of pictures. Test scenes are never in training. Three seeds, which
also draw the split. Writes reproduce/results/camera_networks.txt.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from shared_material import shared

from jnd.camera import CAMERA_NETWORKS
from jnd.camera.networks.evaluation import evaluate_network
from jnd.camera.networks.patch_examples import load_split
from jnd.camera.networks.patch_task import task_of
from jnd.camera.networks.predictor import CameraModel
from jnd.camera.sensor_picture import colour_pixels
from jnd.learned.config import config_from
from jnd.learned.training import train

RESULT = Path(__file__).resolve().parent / "results" / "camera_networks.txt"
SEEDS = (0, 1, 2)
MERGED = {"Nikon D70s": "Nikon D70"}
PATCHES = 24
SIDE = 768
"""Of the middle of a picture, whose best patches are taken."""


def crops(folder: Path, output: Path) -> Path:
    """The middle of every picture without loss: 39 trainings need not decode six megapixels each time."""
    for path in sorted(folder.rglob("*.JPG")):
        pixels = colour_pixels(path)
        top, left = ((side - SIDE) // 2 // 8 * 8 for side in pixels.shape[:2])
        place = output / path.relative_to(folder).with_suffix(".png")
        place.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels[top : top + SIDE, left : left + SIDE]).save(place, compress_level=1)
    return output


def run(
    name: str, seed: int, epochs: int, folder: Path, output: Path, **more: object
) -> tuple[object, float]:
    data = {
        "folder": str(folder), "layout": "dresden", "kinds": ["natural", "flat"], "patches": PATCHES,
        "split_seed": seed, **more.get("data", {}),
    }  # fmt: skip
    config = config_from(
        {
            "model": name, "output": str(output), "seed": seed, "data": data, "network": more.get("network", {}),
            "optimiser": {"learning_rate": 0.01, "schedule": "step", "weight_decay": 7.5e-4},
            "training": {"epochs": epochs, "batch_size": 32, "device": "cpu", "threads": 1},
        },
        task_of=task_of,
    )  # fmt: skip
    begin = time.perf_counter()
    *_, last = train(config, task_of=task_of)
    seconds = time.perf_counter() - begin
    split = load_split(config.data)
    return evaluate_network(CameraModel(last.model_file), split.test), seconds


def line(title: str, results: list[tuple[object, float]], reported: str) -> str:
    def mean(of: str) -> str:
        values = [getattr(result, of).value for result, _ in results]
        return f"{statistics.mean(values):5.0%} ({min(values):.0%}-{max(values):.0%})"

    count = "+".join(str(result.voted_accuracy.of) for result, _ in results)
    cllr = statistics.mean(result.cllr for result, _ in results)
    seconds = statistics.mean(seconds for _, seconds in results)
    return f"{title:34} {mean('patch_accuracy'):>17} {mean('voted_accuracy'):>17} {cllr:6.2f} {count:>7} {seconds:6.0f}  {reported}"


def main(epochs: int) -> None:
    torch.set_num_threads(1)
    folder = shared("data/images/camera")
    lines = [
        *__doc__.split("\n\n")[0].splitlines(), "",
        f"{epochs} epochs, {PATCHES} patches of the middle {SIDE} x {SIDE} pixels of a picture, SGD 0.01 with steps, one thread; mean (least-largest) of seeds {SEEDS}",
        "The D200 has two pictures per device, and all of them are needed for training: the test part holds D70 and D70s alone.",
        "So the first rows tell D70 from D70s, two models of one sensor, and the merged row says nothing: every picture is a D70.",
        "Chance is 33 % for three models, 50 % with D70 and D70s merged, 17 % for six devices.", "",
        f"{'':34} {'patches right':>17} {'pictures right':>17} {'Cllr':>6} {'test':>7} {'s':>6}  the paper reports",
    ]  # fmt: skip
    rows: list[tuple[str, str, dict[str, object]]] = [(name, name, {}) for name in CAMERA_NETWORKS]
    rows += [
        ("bondi2017, D70 and D70s merged", "bondi2017", {"data": {"merged": MERGED}}),
        ("huang2018 without normalisation", "huang2018", {"network": {"normalised": False}}),
        ("ding2019, devices, multi-task", "ding2019", {"data": {"level": "device"}}),
        (
            "ding2019, devices, single task",
            "ding2019",
            {"data": {"level": "device"}, "network": {"multi_task": False}},
        ),
    ]
    with tempfile.TemporaryDirectory() as temporary:
        folder = crops(folder, Path(temporary, "crops"))
        for title, name, more in rows:
            results = []
            for seed in SEEDS:
                short = (
                    max(1, epochs // 2)
                    if name in ("yao2018", "chen2017", "alexnet2012", "googlenet2015")
                    else epochs
                )
                results.append(run(name, seed, short, folder, Path(temporary, f"{title}-{seed}"), **more))
            lines.append(line(title, results, CAMERA_NETWORKS[name].reported if title == name else ""))
            print(lines[-1], flush=True)
    lines += ["", "yao2018, chen2017, alexnet2012 and googlenet2015 had half the epochs, for time."]
    RESULT.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--epochs", type=int, default=4)
    np.seterr(all="raise", under="ignore")
    main(parser.parse_args().epochs)
