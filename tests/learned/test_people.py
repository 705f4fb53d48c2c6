"""Training on people's answers, on miniature copies of the data sets that bring them."""

import numpy as np
import pytest
from PIL import Image

from jnd.learned.config import config_from
from jnd.learned.curve_labels import CurveDataOptions, curve_of, read_labels
from jnd.learned.curves import BEST_JOD
from jnd.learned.training import train
from jnd.learned.training_events import EpochDone
from jnd.observer import satisfied_users


def picture(path, seed):
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 256, (24, 24, 3), np.uint8)
    Image.fromarray(pixels).save(path)
    return pixels


@pytest.fixture(scope="module")
def mcl_jci(tmp_path_factory):
    root = tmp_path_factory.mktemp("people") / "MCL-JCI"
    for source in (1, 2, 3):
        pixels = picture(root / "source_images" / f"ImageJND_SRC{source:02d}.bmp", source)
        for quality in range(1, 101):
            path = root / "distorted_image" / f"ImageJND_SRC{source:02d}_{quality:03d}.jpg"
            path.parent.mkdir(exist_ok=True)
            Image.fromarray(pixels).save(path, quality=quality)
    rows = [f"SRC{s:02d},{p},{20 + 10 * s + 3 * p},15,9" for s in (1, 2, 3) for p in range(1, 8)]
    (root / "answers.csv").write_text("source,subject,jnd1_qf,jnd2_qf,jnd3_qf\n" + "\n".join(rows) + "\n")
    return root


@pytest.fixture(scope="module")
def videoset(tmp_path_factory):
    root = tmp_path_factory.mktemp("clips") / "VideoSet"
    rows = []
    for clip in (1, 2, 3):
        picture(root / "frames" / f"videoSRC{clip:03d}_1280x720_30.png", clip)
        rows.append(f'0,{24 + clip},"[{24 + clip}, {26 + clip}, {30 + clip}]",{clip}')
    (root / "1280x720_1st.csv").write_text("anchor,jnd,samples,sequence_index\n" + "\n".join(rows) + "\n")
    return root


def options(root, layout, model, tmp_path, **network):
    return config_from(
        {
            "model": model,
            "output": str(tmp_path / "run"),
            "data": {"labels": [str(root)], "layout": layout, "folds": 3}
            | ({"codec": "jpeg:turbo"} if model.endswith("levels") else {}),
            "network": {"patches": 2, "patch_size": 16, "filters": 4, "width": 6} | network,
            "training": {"epochs": 1, "batch_size": 2, "device": "cpu", "threads": 1},
        }
    )


@pytest.fixture(autouse=True)
def no_export(monkeypatch):
    monkeypatch.setattr("jnd.learned.training.export_onnx", lambda graph, path, metadata: path.touch())


def test_the_curve_is_the_share_of_subjects_who_noticed_nothing(mcl_jci):
    pictures, skipped = read_labels(CurveDataOptions((mcl_jci,), layout="mcl-jci"))
    assert len(pictures) == 3
    assert not skipped
    entry = pictures[0].curves["jpeg:turbo"]
    levels = [int(level) for level in entry.level]
    deficits = curve_of(entry, levels)
    shares = satisfied_users(BEST_JOD - np.exp(deficits))
    assert shares[0] == pytest.approx(0.99)  # all seven; a sample of subjects says no more
    assert shares[-1] == pytest.approx(0.01)
    assert (np.diff(shares) <= 1e-9).all()


@pytest.mark.parametrize("model", ["cnn", "lstm", "lstm-levels"])
def test_mcl_jci_trains(mcl_jci, model, tmp_path):
    network = {"levels": 4} if model.endswith("levels") else {}
    events = list(train(options(mcl_jci, "mcl-jci", model, tmp_path, **network)))
    (epoch,) = [event for event in events if isinstance(event, EpochDone)]
    assert np.isfinite(list(epoch.row.values())).all()


def test_videoset_trains(videoset, tmp_path):
    events = list(train(options(videoset, "videoset", "cnn", tmp_path)))
    (epoch,) = [event for event in events if isinstance(event, EpochDone)]
    assert np.isfinite(epoch.row["level_error"])
