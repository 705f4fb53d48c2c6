"""Results of a study become labels that ``jnd train`` reads as those of its own."""

import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from skimage import data

from jnd.codecs import CODECS
from jnd.datasets.observer_labels import provenance, read_observer_labels
from jnd.errors import UnusableAnswersError
from jnd.learned.curve_labels import CurveDataOptions, curve_of, fitted_bases, read_labels
from jnd.observer import satisfied_users
from jnd.psychometrics.simulated_observer import SimulatedObserver, population
from jnd.study.analysis import AnalysisOptions, analyse_study
from jnd.study.analysis.labels import satisfied_curve, write_labels
from jnd.study.analysis.responses import joined, responses, texts

LEVELS = (10.0, 20.0, 30.0, 40.0, 50.0, 60.0)


def answers(source, threshold, codec="jpeg", seed=0):
    rng = np.random.default_rng(seed)
    people = population(
        12,
        rng,
        threshold=threshold,
        threshold_sd=4.0,
        template=SimulatedObserver(threshold, 12.0, lapse_rate=0.0),
    )
    rows = [
        (f"o{i}", level, float(observer.answers_correctly(level, rng)))
        for i, observer in enumerate(people)
        for level in LEVELS
        for _ in range(8)
    ]
    who, level, right = zip(*rows, strict=True)
    count = len(rows)
    same = {"method": "flicker", "source": source, "codec": codec}
    return responses(
        count,
        {
            "participant": texts(who),
            "session": texts(who),
            "level": np.array(level),
            "correct": np.array(right),
        }
        | {name: texts([value] * count) for name, value in same.items()},
    )


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("labels")
    references = {}
    for name, pixels in (("cat", data.chelsea()[:96, :128]), ("rocket", data.rocket()[:96, :128])):
        references[name] = folder / f"{name}.png"
        Image.fromarray(pixels).save(references[name])
    both = joined([answers("cat", 30.0), answers("rocket", 42.0, seed=1)])
    result = analyse_study(both, options=AnalysisOptions(resamples=100))
    output = folder / "labels.parquet"
    count = write_labels(result, references, output, pixels_per_degree=60.0)
    return result, references, output, count


def test_the_training_reads_them_as_its_own(study):
    _, references, output, count = study
    pictures, skipped = read_labels(CurveDataOptions(labels=(output,)))
    assert (len(pictures), skipped) == (2, ())
    assert [p.path for p in pictures] == [references["cat"].resolve(), references["rocket"].resolve()]
    entries = [picture.curves["jpeg"] for picture in pictures]
    assert count == sum(entry.level.size for entry in entries) == 2 * 51
    (basis,) = fitted_bases(pictures)
    assert basis.codec == "jpeg"
    known = [np.isfinite(curve_of(entry, list(CODECS["jpeg"].levels))) for entry in entries]
    assert all(k.sum() > 3 for k in known)


def test_the_labels_say_the_share_of_people_that_the_study_found(study):
    result, _, output, _ = study
    for entry, picture in zip(read_observer_labels(output), result["pictures"], strict=True):
        level, satisfied = satisfied_curve(picture)
        found = satisfied_users(entry.jod, protocol="aic3")
        expected = np.clip(np.interp(entry.level, level, satisfied), 0.01, 0.99)
        assert np.allclose(found, expected, atol=0.005)
        assert np.all(np.diff(entry.jod) <= 1e-9)
        half = np.interp(0.5, 1 - satisfied, level)
        assert half == pytest.approx(picture["distribution"]["sur50"]["level"], abs=0.5)
        assert entry.setting.tolist() == [CODECS["jpeg"].axis.values[int(v)] for v in entry.level]


def test_the_file_says_that_people_answered_and_what_they_did(study):
    _, _, output, _ = study
    made = provenance(output)
    assert made["answers"] == "of people"
    assert "people" in made["labels"]
    assert made["observers"] == 12


def test_labels_of_a_simulation_are_not_called_people(study, tmp_path):
    result, references, _, _ = study
    write_labels(result | {"simulated": True}, references, tmp_path / "l.parquet")
    assert provenance(tmp_path / "l.parquet")["answers"] == "of simulated observers"
    json.dumps(provenance(tmp_path / "l.parquet"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda p, r: ([q | {"codec": "gaussian_blur"} for q in p], r), "level axis of a codec"),
        (
            lambda p, r: ([q | {"distribution": None, "threshold": None} for q in p], r),
            "no picture has a threshold",
        ),
        (lambda p, r: (p, {}), "no reference picture"),
    ],
)
def test_what_cannot_become_a_label_is_refused(study, tmp_path, change, message):
    result, references, _, _ = study
    pictures, references = change(result["pictures"], references)
    with pytest.raises(UnusableAnswersError, match=message):
        write_labels(result | {"pictures": pictures}, references, tmp_path / "l.parquet")
    assert not (tmp_path / "l.parquet").exists()


def test_too_few_people_give_the_share_that_all_together_detect():
    many = answers("cat", 30.0)
    two = [("a", "b")[int(name[1:]) % 2] for name in many.participant.values()]
    few = replace(many, participant=texts(two))
    (picture,) = analyse_study(few, options=AnalysisOptions(resamples=100))["pictures"]
    assert picture["distribution"] is None
    level, satisfied = satisfied_curve(picture)
    assert np.interp(picture["threshold"], level, satisfied) == pytest.approx(0.5, abs=0.02)
