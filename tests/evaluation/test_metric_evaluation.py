"""Metrics against people: the statistics, each layout on a miniature copy, and the command."""

import json

import numpy as np
import pytest
from PIL import Image
from scipy.io import savemat
from scipy.stats import kendalltau, spearmanr
from skimage import data
from typer.testing import CliRunner

from jnd.cli import app
from jnd.datasets.aic4_scores import METRICS as PUBLISHED
from jnd.datasets.opinion_scores import load_opinion_scores
from jnd.errors import UnusableAnswersError
from jnd.evaluation import DATASETS, evaluate_metrics
from jnd.psychometrics.metric_agreement import (
    _expanded,
    agreement,
    fitted_curve,
    mean_average_precision,
    srocc,
)

CAT = np.ascontiguousarray(data.chelsea()[100:148, 100:164])


def noisy(spread):
    noise = np.random.default_rng(3).normal(0, spread, CAT.shape)
    return np.clip(CAT + noise, 0, 255).astype(np.uint8)


def save(path, picture=CAT):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture).save(path)


# ---- statistics ------------------------------------------------------------------------------------------


def test_rank_correlations_are_scipys_with_ties():
    rng = np.random.default_rng(0)
    x, y = rng.integers(0, 9, 60).astype(float), rng.integers(0, 9, 60).astype(float)
    found, _ = agreement(y, {"m": x}, resamples=50)
    assert srocc(x, y) == pytest.approx(spearmanr(x, y).statistic)
    assert found["m"].krocc == pytest.approx(kendalltau(x, y).statistic)


@pytest.mark.parametrize("curve", ["logistic4", "logistic5"])
@pytest.mark.parametrize("sign", [1, -1])
def test_the_curve_straightens_a_sigmoid_and_is_never_worse_than_a_line(curve, sign):
    x = np.linspace(-3, 3, 60)
    people = 1 + 4 / (1 + np.exp(-sign * 2 * x))
    error = np.sqrt(np.mean((fitted_curve(x, people, curve) - people) ** 2))
    line = np.sqrt(np.mean((np.polyval(np.polyfit(x, people, 1), x) - people) ** 2))
    assert error < line / 20


def test_a_better_metric_is_found_better_and_an_equal_one_is_not():
    rng = np.random.default_rng(1)
    people = rng.normal(size=160)
    sources = np.repeat(np.arange(20), 8)
    good, bad = people + rng.normal(0, 0.3, 160), people + rng.normal(0, 2, 160)
    found, differences = agreement(
        people, {"good": good, "bad": bad, "cube": good**3}, sources, spread=np.full(160, 0.1)
    )
    significant = {(d.first, d.second): d.significant for d in differences}
    assert significant == {("good", "bad"): True, ("good", "cube"): False, ("bad", "cube"): True}
    assert found["good"].srocc.low < found["good"].srocc.value < found["good"].srocc.high
    _, few = agreement(people, {"good": good, "bad": bad}, np.repeat(np.arange(4), 40))
    assert [d.significant for d in few] == [False]  # all four may agree by chance once in eight times
    assert 0 < found["good"].outlier_ratio < found["bad"].outlier_ratio < 1


def test_few_sources_get_wider_intervals_than_plain_percentiles():
    assert _expanded(0.95, 5) == pytest.approx(0.998, abs=5e-4)
    assert _expanded(0.95, 10_000) == pytest.approx(0.95, abs=1e-3)


@pytest.mark.parametrize(
    ("people", "metric", "sources", "message"),
    [
        (np.arange(5.0), np.arange(5.0), None, "6 stimuli or more, got 5"),
        (np.arange(9.0), np.full(9, np.nan), None, "one finite value"),
        (np.arange(9.0), np.arange(8.0), None, "one finite value"),
        (np.arange(9.0), np.arange(9.0), np.zeros(9), "two of them or more"),
    ],
)
def test_what_cannot_be_analysed_is_said(people, metric, sources, message):
    with pytest.raises(UnusableAnswersError, match=message):
        agreement(people, {"m": metric}, sources)


def test_mean_average_precision_by_hand():
    # nearest first: hit, miss, hit: precision 1, 1/2, 2/3; the envelope makes it 1, 2/3, 2/3
    same, distance = np.array([1.0, 0, 1]), np.array([1.0, 2, 3])
    assert mean_average_precision(same, distance) == pytest.approx(0.5 * 1 + 0.5 * 2 / 3)
    with pytest.raises(UnusableAnswersError, match="nobody"):
        mean_average_precision(np.zeros(3), distance)


# ---- layouts ---------------------------------------------------------------------------------------------

SPREADS = (2, 4, 8, 14, 22, 40)


def tid2013(root):
    rows = []
    for source in ("I01", "I02"):
        save(root / f"reference_images/{source}.BMP")
        for level, spread in enumerate(SPREADS):
            name = f"{source}_01_{level + 1}.bmp"
            save(root / "distorted_images" / name.lower(), noisy(spread))
            rows.append(f"{7 - level} {name}")
    (root / "mos_with_names.txt").write_text("\n".join(rows))
    (root / "mos_std.txt").write_text("\n".join(["0.1"] * len(rows)))


def kadid(root):
    rows = ["dist_img,ref_img,dmos,var"]
    for source in ("I01", "I02"):
        save(root / f"images/{source}.png")
        for level, spread in enumerate(SPREADS):
            save(root / f"images/{source}_01_{level:02d}.png", noisy(spread))
            rows.append(f"{source}_01_{level:02d}.png,{source}.png,{5 - 0.5 * level},0.04")
    (root / "dmos.csv").write_text("\n".join(rows))


def csiq(root):
    rows = ["image,dst_idx,dst_type,dst_lev,dmos_std,dmos"]
    for source in ("boston", "1600"):
        save(root / f"src_imgs/{source}.png")
        for level, spread in enumerate(SPREADS):
            save(root / f"dst_imgs/jpeg/{source}.JPEG.{level}.png", noisy(spread))
            rows.append(f"{source},2,jpeg,{level},0.05,{level / 6}")
    (root / "csiq.DMOS.csv").write_text("\n".join(rows))


def live(root):
    names, dmos, originals = [], [], []
    for folder, count in (("jp2k", 227), ("jpeg", 233), ("wn", 174), ("gblur", 174), ("fastfading", 174)):
        for i in range(count):
            used = folder == "wn" and i < 12
            names.append(f"source{i % 2}.bmp")
            dmos.append(10.0 * (i // 2) if used else 0.0)
            originals.append(0 if used else 1)
            if used:
                save(root / f"wn/img{i + 1}.bmp", noisy(SPREADS[i // 2]))
    for i in range(2):
        save(root / f"refimgs/source{i}.bmp")
    savemat(
        root / "dmos_realigned.mat",
        {"dmos_new": [dmos], "orgs": [originals], "dmos_std": [[5.0] * len(dmos)]},
    )
    savemat(root / "refnames_all.mat", {"refnames_all": np.array([names], dtype=object)})


def pipal(root):
    (root / "Train_Label").mkdir(parents=True)
    for source in ("A0001", "A0002"):
        save(root / f"Train_Ref/{source}.bmp")
        rows = []
        for level, spread in enumerate(SPREADS):
            save(root / f"Distortion_1/{source}_00_{level:02d}.bmp", noisy(spread))
            rows.append(f"{source}_00_{level:02d}.bmp,{1600 - 50 * level}")
        (root / f"Train_Label/{source}.txt").write_text("\n".join(rows))


LAYOUTS = {"tid2013": tid2013, "kadid-10k": kadid, "csiq": csiq, "live": live, "pipal": pipal}


@pytest.mark.parametrize("name", LAYOUTS)
def test_each_layout_of_opinion_scores(name, tmp_path):
    LAYOUTS[name](tmp_path)
    rated = load_opinion_scores(name, tmp_path)
    assert len(rated) == 12
    assert len({r.source for r in rated}) == 2
    result = evaluate_metrics(name, tmp_path, ["ssimulacra2", "flip"], resamples=50)
    assert {metric: a.srocc.value for metric, a in result.agreement.items()} == {
        "ssimulacra2": pytest.approx(1),
        "flip": pytest.approx(1),
    }
    rated[-1].changed.unlink()
    with pytest.raises(UnusableAnswersError, match=r"1 pictures of .* are missing"):
        load_opinion_scores(name, tmp_path)


@pytest.mark.parametrize("name", DATASETS)
def test_an_empty_folder_is_said(name, tmp_path):
    with pytest.raises(UnusableAnswersError, match=r"no (file|table)"):
        evaluate_metrics(name, tmp_path)
    with pytest.raises(UnusableAnswersError, match="no such folder"):
        evaluate_metrics(name, tmp_path / "absent")


def toyama(root):
    rows = ["kodak,codec,param,mos", "1,ref,ref_jpeg,4.8"]
    for kodak in (1, 2):
        save(root / f"kodak/kodim0{kodak}.png", CAT if kodak == 1 else CAT[::-1].copy())
        rows += [f"{kodak},JPEG,{q},{q / 20}" for q in (10, 25, 50, 90)]
    (root / "toyama_tidy.csv").write_text("\n".join(rows))


def test_toyama_is_rebuilt_and_the_quality_setting_stands_beside(tmp_path):
    toyama(tmp_path)
    result = evaluate_metrics("toyama", tmp_path, ["ssimulacra2"], resamples=50)
    assert result.stimuli == 8
    assert result.agreement["quality setting"].srocc.value == pytest.approx(1)
    assert result.agreement["ssimulacra2"].srocc.value > 0.9
    (tmp_path / "kodak/kodim02.png").unlink()
    with pytest.raises(UnusableAnswersError, match="kodim02"):
        evaluate_metrics("toyama", tmp_path)


def test_mucped23_averages_over_pictures(tmp_path):
    rows = ["method,elo,p99Low,p99Hi"]
    rows += [f"libjpeg-turbo-q{q}-yuv420,{1000 + q},{990 + q},{1010 + q}" for q in (20, 40, 60, 80)]
    rows += [f"jpegli-q{q}-yuv420,{1010 + q},{990 + q},{1030 + q}" for q in (30, 70)]
    rows += ["mozjpeg-q70-yuv420,1,0,2", "jpegli-q70-yuv444,1,0,2"]
    (tmp_path / "elo.csv").write_text("\n".join(rows))
    for i in range(3):
        save(tmp_path / f"CID22-512/{i}.png", np.roll(CAT, 9 * i, axis=1))
    result = evaluate_metrics("mucped23", tmp_path, ["ssimulacra2"], resamples=50)
    assert (result.stimuli, result.sources) == (6, 3)
    assert result.agreement["ssimulacra2"].srocc.value > 0.7
    assert result.agreement["ssimulacra2"].outlier_ratio is not None


def aic4(root):
    rows = [",".join(["img_distorted", "img_num", "distortion", *PUBLISHED])]
    intervals = ["img_distorted,CI_min,CI_max"]
    for i in range(12):
        rows.append(",".join([f"p{i}.png", str(i % 3), f"{i / 4}", *[str(50 - i)] * len(PUBLISHED)]))
        intervals.append(f"p{i}.png,{i / 4 - 0.1},{i / 4 + 0.1}")
    (root / "JPEG-AIC_metric_scores.csv").write_text("\n".join(rows))
    (root / "JPEG_AIC_reconstructed_jnd_scores.csv").write_text("\n".join(intervals))


def test_the_command_prints_a_table_and_json(tmp_path):
    aic4(tmp_path)
    run = CliRunner().invoke(
        app, ["evaluate", "metric", "aic4", "--root", str(tmp_path), "--metric", "CVVDP,SSIM"]
    )
    assert run.exit_code == 0
    assert "12 stimuli, 3 pictures" in run.stdout
    run = CliRunner().invoke(app, ["evaluate", "metric", "aic4", "--root", str(tmp_path), "--json"])
    found = json.loads(run.stdout)
    assert found["agreement"]["CVVDP"]["srocc"]["value"] == 1
    assert set(found["agreement"]) == set(PUBLISHED)


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["aic5"], 2, "did you mean"),
        (["aic4", "--metric", "CVDP"], 2, "did you mean"),
        (["aic4", "--metric", ","], 2, "must name a metric"),
        (["aic4", "--curve", "cubic"], 2, "logistic4 or logistic5"),
        (["tid2013"], 1, "mos_with_names.txt"),
    ],
)
def test_the_command_says_what_is_wrong(arguments, status, message, tmp_path):
    aic4(tmp_path)
    run = CliRunner().invoke(app, ["evaluate", "metric", *arguments, "--root", str(tmp_path)])
    assert run.exit_code == status
    assert message in " ".join(run.stderr.replace("│", " ").split())


@pytest.mark.parametrize("task", ["2afc", "jnd"])
def test_bapps(task, tmp_path):
    folder = tmp_path / task / "val/cnn"
    for i, spread in enumerate(SPREADS):
        if task == "2afc":
            save(folder / f"ref/{i:06d}.png")
            save(folder / f"p0/{i:06d}.png", noisy(60))
        else:
            save(folder / f"p0/{i:06d}.png")
        save(folder / f"p1/{i:06d}.png", noisy(spread))
        answers = folder / ("judge" if task == "2afc" else "same")
        answers.mkdir(exist_ok=True)
        np.save(answers / f"{i:06d}.npy", np.float32(1.0 if task == "2afc" or i < 3 else 0.0))
    assert evaluate_metrics(f"bapps-{task}", tmp_path, ["flip"]).scores == {"flip": 1.0}
    (folder / "p1/000002.png").unlink()
    with pytest.raises(UnusableAnswersError, match=r"000002\.png"):
        evaluate_metrics(f"bapps-{task}", tmp_path)
