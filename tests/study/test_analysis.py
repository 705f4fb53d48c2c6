"""Every analysis brings back what simulated observers were made of, from a plain table of answers."""

import csv
import json
import re
from dataclasses import replace

import numpy as np
import pytest

from jnd.datasets.observer_labels import pyarrow
from jnd.errors import UnusableAnswersError
from jnd.psychometrics.forced_choice import forced_choice, undecided_band
from jnd.psychometrics.simulated_observer import SimulatedObserver, population
from jnd.study.analysis import AnalysisOptions, StudyFacts, analyse_study
from jnd.study.analysis.exclusion import evaluate
from jnd.study.analysis.pictures import natural
from jnd.study.analysis.reading import read_answers_file
from jnd.study.analysis.report.page import report
from jnd.study.analysis.responses import joined, responses, texts

LEVELS = (4.0, 8.0, 12.0, 16.0, 20.0, 24.0, 28.0)
QUICK = AnalysisOptions(resamples=200)
RULES = {
    "catch_minimum": 0.7,
    "fastest_ms": 200.0,
    "same_answer_share": 0.95,
    "repeat_agreement_minimum": 0.6,
    "dropped_frames_maximum": 0.02,
}


def table(rows, **same):
    """Answers from one dictionary per row."""
    columns = {}
    for name in rows[0]:
        values = [row[name] for row in rows]
        is_text = isinstance(values[0], str)
        columns[name] = (
            texts(values)
            if is_text
            else np.array(values, dtype=bool if isinstance(values[0], bool) else float)
        )
    for name, value in same.items():
        columns[name] = texts([value] * len(rows))
    return responses(len(rows), columns)


def forced(observers, *, repeats=6, method="flicker", source="kodim01", catch=0, seed=0, levels=LEVELS):
    rng = np.random.default_rng(seed)
    rows = []
    for i, observer in enumerate(observers):
        shown = [(level, False) for level in levels for _ in range(repeats)] + [(60.0, True)] * catch
        for place, (level, trap) in enumerate(shown):
            target = "right" if rng.random() < 0.5 else "left"
            said = observer.forced_choice(level, rng, target=target)
            rows.append(
                {
                    "participant": f"o{i:02d}", "session": f"s{i:02d}", "source": source, "level": level,
                    "setting": 101 - level, "response": said, "answer_key": target, "correct": float(said == target),
                    "is_trap": trap, "trial": f"{i}-{place}", "response_time": 900.0,
                }
            )  # fmt: skip
    return table(rows, method=method, codec="jpeg", study="demo")


PEOPLE = population(
    16,
    np.random.default_rng(5),
    threshold=15.0,
    threshold_sd=2.0,
    template=SimulatedObserver(15.0, 6.0, lapse_rate=0.01),
)


@pytest.fixture(scope="module")
def flicker():
    return analyse_study(forced(PEOPLE, catch=4), StudyFacts(rules=RULES), QUICK)


@pytest.mark.parametrize("method", ["flicker", "pan"])
def test_forced_choice_brings_the_threshold_back_inside_its_interval(method):
    (picture,) = analyse_study(forced(PEOPLE, method=method), options=QUICK)["pictures"]
    assert picture["low"] < 15.0 < picture["high"]
    assert picture["high"] - picture["low"] < 5
    assert picture["setting"] == pytest.approx(101 - picture["threshold"])
    assert picture["interval_method"] == "bootstrap of observers"


def test_thresholds_of_the_observers_spread_as_the_people_do():
    (picture,) = analyse_study(forced(PEOPLE, repeats=24), options=QUICK)["pictures"]
    own = np.array([o["threshold"] for o in picture["per_observer"]])
    true = np.array([o.threshold for o in PEOPLE])
    assert len(own) == 16
    assert np.corrcoef(own, true)[0, 1] > 0.8
    people = picture["distribution"]
    assert people["sur50"]["low"] < 15.0 < people["sur50"]["high"]
    assert people["sur75"]["level"] < people["sur50"]["level"]
    assert np.all(np.diff(people["sur"]["satisfied"]) <= 0)


def test_detection_ratios_are_exact_and_say_where_they_decide_nothing(flicker):
    (picture,) = flicker["pictures"]
    for row in picture["detection_ratio"]:
        expected = forced_choice(row["right"], row["trials"])
        assert (row["proportion"], row["low"], row["high"]) == (
            expected.proportion,
            expected.low,
            expected.high,
        )
        band = undecided_band(row["trials"])
        undecided = band[0] <= row["proportion"] <= band[1]
        assert (row["verdict"] == "undecidable") == undecided
        assert row["at_most_criterion"] == (row["proportion"] <= 0.75)
    verdicts = [row["verdict"] for row in picture["detection_ratio"]]
    assert (verdicts[0], verdicts[-1]) == ("pass", "fail")
    assert picture["detection_ratio"][-1]["observers"] == 16


def test_catch_trials_measure_attention_and_not_the_threshold(flicker):
    (picture,) = flicker["pictures"]
    assert picture["trials"] == 16 * 6 * len(LEVELS)
    assert 60.0 not in [row["level"] for row in picture["detection_ratio"]]


def guesser(name, trials=60, seed=1):
    rng = np.random.default_rng(seed)
    rows = []
    for i in range(trials):
        target, said = rng.choice(["left", "right"], 2)
        trap = i % 6 == 0
        said = {"left": "right", "right": "left"}[str(target)] if trap else str(said)
        rows.append(
            {
                "participant": name, "session": name, "source": "kodim01", "level": 60.0 if trap else float(rng.choice(LEVELS)),
                "setting": 50.0, "response": said, "answer_key": str(target), "correct": float(said == target),
                "is_trap": trap, "trial": f"{name}-{i}", "response_time": 900.0,
            }
        )  # fmt: skip
    return table(rows, method="flicker", codec="jpeg", study="demo")


def test_who_fails_catch_trials_is_left_out_by_the_rules_and_given_beside():
    honest = forced(PEOPLE, catch=4)
    both = joined([honest, *(guesser(f"g{i}", seed=i) for i in range(8))])
    result = analyse_study(both, StudyFacts(rules=RULES), QUICK)
    assert result["exclusion"]["excluded_sessions"] == [f"g{i}" for i in range(8)]
    assert {flag["rule"] for flag in result["exclusion"]["flags"]} == {"catch_minimum"}
    (picture,) = result["pictures"]
    alone = analyse_study(honest, StudyFacts(rules=RULES), QUICK)["pictures"][0]
    assert picture["threshold"] == alone["threshold"]
    assert picture["with_excluded"]["trials"] > picture["trials"]
    assert picture["with_excluded"]["threshold"] != picture["threshold"]
    assert len(both) == len(honest) + 8 * 60


def test_without_declared_rules_sessions_are_flagged_and_nobody_is_left_out():
    both = joined([forced(PEOPLE, catch=4), guesser("g")])
    result = analyse_study(both, options=QUICK)
    assert [f["session"] for f in result["exclusion"]["flags"]] == ["g"]
    assert result["exclusion"]["excluded_sessions"] == []
    assert result["exclusion"]["excluded_answers"] == 0
    assert any("nothing is excluded" in note for note in result["notes"])


def answers_of_one(**columns):
    count = len(next(iter(columns.values())))
    base = {
        "method": texts(["flicker"] * count),
        "session": texts(["s"] * count),
        "trial": texts(map(str, range(count))),
    }
    return responses(count, base | columns)


@pytest.mark.parametrize(
    ("rule", "columns", "broken"),
    [
        ("fastest_ms", {"response_time": np.array([900.0] * 19 + [100.0])}, False),
        ("fastest_ms", {"response_time": np.array([900.0] * 15 + [100.0] * 5)}, True),
        ("same_answer_share", {"response": texts(["left"] * 12)}, True),
        ("same_answer_share", {"response": texts(["left", "right"] * 6)}, False),
        ("same_answer_share", {"response": texts(["left"] * 5)}, False),
        (
            "repeat_agreement_minimum",
            {
                "correct": np.array([1.0] * 8 + [0.0] * 8),
                "is_repeat_of": texts([""] * 8 + [str(i) for i in range(8)]),
            },
            True,
        ),
        (
            # Half of the repeats answered alike: usual at the threshold, where right answers are chance.
            "repeat_agreement_minimum",
            {
                "correct": np.array([1.0] * 8 + [0.0] * 4 + [1.0] * 4),
                "is_repeat_of": texts([""] * 8 + [str(i) for i in range(8)]),
            },
            False,
        ),
    ],
)
def test_each_rule_flags_what_it_says(rule, columns, broken):
    found = evaluate(answers_of_one(**columns), {rule: RULES[rule]})
    assert ([f.rule for f in found.flags] == [rule]) == broken
    assert (found.sessions == ("s",)) == broken


def test_trials_that_were_too_fast_or_dropped_frames_are_left_out_alone():
    answers = answers_of_one(
        response_time=np.array([900.0] * 19 + [100.0]),
        frames=np.full(20, 100.0),
        frames_dropped=np.array([3.0] + [1.0] * 19),
    )
    found = evaluate(answers, RULES)
    assert found.sessions == ()
    assert np.flatnonzero(~found.keep).tolist() == [0, 19]
    assert found.trial_flags[0] == "dropped_frames_maximum"
    assert found.trial_flags[19] == "fastest_ms"


def yes_no(observers, method, *, identical=8, seed=2):
    rng = np.random.default_rng(seed)
    rows = []
    for i, observer in enumerate(observers):
        shown = [(level, False) for level in LEVELS for _ in range(5)] + [(0.0, True)] * identical
        for place, (level, trap) in enumerate(shown):
            said = "different" if observer.yes_no(level, rng) else "same"
            key = "same" if level == 0 else "different"
            rows.append(
                {"participant": f"o{i}", "session": f"s{i}", "source": "a", "level": level, "response": said,
                 "correct": float(said == key), "is_trap": trap, "trial": f"{i}-{place}"}
            )  # fmt: skip
    return table(rows, method=method)


@pytest.mark.parametrize("method", ["side-by-side", "same-different"])
def test_same_or_different_brings_the_threshold_back_in_spite_of_false_alarms(method):
    people = [SimulatedObserver(o.threshold, 6.0, lapse_rate=0.0, bias=0.15) for o in PEOPLE]
    (picture,) = analyse_study(yes_no(people, method), options=QUICK)["pictures"]
    assert picture["low"] < 15.0 < picture["high"]
    assert picture["guess_rate"] == pytest.approx(0.15, abs=0.08)
    assert picture["sensitivity"]["false_alarms"] == pytest.approx(0.15, abs=0.08)
    d = [row["d_prime"] for row in picture["sensitivity"]["d_prime"]]
    assert d[0] < 0.7
    assert d[-1] > 1.5
    assert "detection_ratio" not in picture


def test_several_codecs_share_the_pictures_beside_themselves_and_are_told_apart():
    answers = yes_no([SimulatedObserver(15.0, 6.0)] * 8, "same-different")
    codec = ["" if level == 0 else ("jpeg", "webp")[i % 2] for i, level in enumerate(answers.level)]
    pictures = analyse_study(replace(answers, codec=texts(codec)), options=QUICK)["pictures"]
    assert [p["name"] for p in pictures] == ["a jpeg", "a webp"]
    assert [p["sensitivity"]["identical_pairs"] for p in pictures] == [64, 64]
    assert [p["said_different"][0]["level"] for p in pictures] == [0.0, 0.0]


def test_one_level_gives_a_share_and_no_threshold():
    answers = yes_no(PEOPLE, "same-different")
    (picture,) = analyse_study(answers.rows((answers.level == 16) | (answers.level == 0)), options=QUICK)[
        "pictures"
    ]
    row = picture["said_different"][1]
    assert (row["level"], row["trials"]) == (16.0, 80)
    assert row["low"] < row["different"] / 80 < row["high"]


def test_answers_that_step_between_two_levels_are_bounded_by_them():
    rows = [
        {"participant": f"o{i}", "session": f"s{i}", "source": "a", "level": level, "correct": 1.0, "trial": f"{i}-{level}",
         "response": "different" if level > 13 else "same"}
        for i in range(8)
        for level in LEVELS
    ]  # fmt: skip
    (picture,) = analyse_study(table(rows, method="side-by-side"), options=QUICK)["pictures"]
    assert picture["low"] <= 12.0
    assert picture["high"] >= 16.0
    assert any("step between two levels" in note for note in picture["notes"])


@pytest.mark.parametrize(("wrong", "excluded"), [(1, False), (2, True)])
def test_one_slip_in_a_catch_trial_excludes_nobody(wrong, excluded):
    answers = answers_of_one(
        is_trap=np.ones(3, dtype=bool), correct=np.array([0.0] * wrong + [1.0] * (3 - wrong))
    )
    assert (evaluate(answers, RULES).sessions == ("s",)) == excluded


def test_not_sure_is_left_out_and_said():
    answers = forced(PEOPLE)
    unsure = np.arange(len(answers)) % 10 == 0
    said = ["not-sure" if u else r for u, r in zip(unsure, answers.response.values(), strict=True)]
    changed = replace(answers, response=texts(said), correct=np.where(unsure, np.nan, answers.correct))
    (picture,) = analyse_study(changed, options=QUICK)["pictures"]
    assert picture["trials"] == int((~unsure).sum())
    assert any(note.startswith(f"{int(unsure.sum())} answers not sure") for note in picture["notes"])


def test_the_slider_gives_the_level_half_of_the_people_notice_and_keeps_who_never_did():
    rng = np.random.default_rng(3)
    people = population(40, rng, threshold=15.0, threshold_sd=3.0)
    grid = np.arange(1.0, 21.0)
    rows = []
    for i, person in enumerate(people):
        level = float(grid[np.argmax(grid >= person.threshold)]) if person.threshold <= grid[-1] else np.nan
        rows.append(
            {"participant": f"o{i}", "session": f"s{i}", "source": "a", "noticed_at": level, "trial": str(i)}
        )
    answers = table(rows, method="flicker-slider")
    facts = StudyFacts(slider_levels={"a": grid})
    (picture,) = analyse_study(answers, facts, QUICK)["pictures"]
    assert picture["low"] < 15.0 < picture["high"]
    assert picture["never_noticed"] == sum(p.threshold > 20 for p in people) > 0
    assert picture["distribution"]["sd"] == pytest.approx(3.0, abs=1.2)
    assert picture["distribution"]["sur75"]["level"] < picture["threshold"]


def rated(method, study, levels, *, contraction=0.0, people=18, seed=4):
    """Quality of level L is 1 − L / 30, or 30 − L JND on the ruler."""
    rng = np.random.default_rng(seed)
    quality = 1 - np.array(levels) / 30
    rows = []
    for i in range(people):
        observer = SimulatedObserver(10, 3.29 * 0.8, rating_noise=0.5, contraction=contraction)
        for place, level in enumerate(levels):
            value = (
                float(observer.rates(quality[place], quality, rng))
                if method != "quality-ruler"
                else observer.matches_ruler(30 - level, np.arange(31.0), rng)
            )
            rows.append(
                {"participant": f"o{i}", "session": f"s{i}", "source": "a", "level": level or np.nan, "rating": value,
                 "trial": f"{i}-{place}"}
            )  # fmt: skip
    return table(rows, method=method, study=study, codec="gaussian_blur")


FULL, HALF = (0.0, 3.0, 6.0, 9.0, 12.0, 15.0, 18.0, 21.0, 24.0, 27.0), (0.0, 3.0, 6.0, 9.0, 12.0)


@pytest.mark.parametrize("method", ["acr", "dcr"])
def test_ratings_give_scores_and_no_threshold(method):
    result = analyse_study(rated(method, "one", FULL), options=QUICK)
    (picture,) = result["pictures"]
    assert picture["threshold"] is None
    expected = [1 + 4 * (1 - level / 30) for level in FULL]
    for stimulus, truth in zip(picture["stimuli"], expected, strict=True):
        assert stimulus["score"] == pytest.approx(truth, abs=0.45)
        assert stimulus["low"] < stimulus["score"] < stimulus["high"]
        assert stimulus["votes"] == 18
    assert len(result["methods"][method]["observers"]) == 18


def test_the_ruler_measures_quality_in_jnd_and_the_level_that_loses_one():
    (picture,) = analyse_study(rated("quality-ruler", "one", (0.0, 0.5, 1.0, 2.0, 4.0)), options=QUICK)[
        "pictures"
    ]
    for stimulus in picture["stimuli"]:
        assert stimulus["sqs2"] == pytest.approx(30 - stimulus["level"], abs=0.7)
    assert picture["low"] <= 1.0 <= picture["high"]
    assert picture["low"] < picture["high"]


def test_both_methods_in_one_table_are_compared_in_jnd():
    answers = joined(
        [
            rated("acr", "full", FULL, contraction=0.7),
            rated("acr", "half", HALF, contraction=0.7, seed=5),
            rated("quality-ruler", "full", FULL, contraction=0.7, seed=6),
            rated("quality-ruler", "half", HALF, contraction=0.7, seed=7),
        ]
    )
    comparison = analyse_study(answers, options=QUICK)["comparison"]
    single, ruler = comparison["single_stimulus"], comparison["quality_ruler"]
    assert ruler["interval_width_jnd"] < single["interval_width_jnd"]
    assert single["shift_of_shared_pictures_jnd"]["pictures"] == len(HALF)
    # Contraction stretches the half range over the scale: the worst of it is rated far lower than in the full range.
    assert single["shift_of_shared_pictures_jnd"]["mean_absolute"] > 3
    assert ruler["shift_of_shared_pictures_jnd"]["mean_absolute"] < 1
    assert ruler["trials_per_interval_of_1_jnd"] < single["trials_per_interval_of_1_jnd"]


def test_ratings_of_two_sets_are_not_pooled():
    answers = joined([rated("acr", "full", FULL), rated("acr", "half", HALF, seed=5)])
    names = [p["name"] for p in analyse_study(answers, options=QUICK)["pictures"]]
    assert names == ["full: a", "half: a"]


def test_one_method_alone_is_compared_with_nothing():
    assert analyse_study(rated("acr", "one", FULL), options=QUICK)["comparison"] is None


def triplet_answers(method, *, gain=1.0, seed=8, count=1500):
    rng = np.random.default_rng(seed)
    truth = {0.0: 0.0, 0.1: 0.5, 0.2: 1.0, 0.4: 1.8, 0.8: 2.6}
    levels = list(truth)
    rows = []
    for i in range(count):
        left, right = rng.choice(levels, 2, replace=False)
        felt = gain * (truth[right] - truth[left]) * 0.6745 + rng.normal()
        said = "not-sure" if abs(felt) < 0.15 else "right" if felt > 0 else "left"
        rows.append(
            {"participant": f"o{i % 20}", "session": f"s{i % 20}", "source": "a", "response": said, "trial": str(i),
             "codec": "jpeg", "level": max(left, right), "dlevel_left": left, "dlevel_right": right,
             "codec_left": "jpeg" if left else "source", "codec_right": "jpeg" if right else "source"}
        )  # fmt: skip
    return table(rows, method=method)


def test_triplets_give_jnd_per_level_and_the_level_of_one_jnd():
    answers = joined([triplet_answers("ptc"), triplet_answers("btc", gain=2.0, seed=9)])
    result = analyse_study(answers, options=QUICK)
    (picture,) = result["pictures"]
    assert [s["level"] for s in picture["stimuli"]] == [0.1, 0.2, 0.4, 0.8]
    for stimulus, truth in zip(picture["stimuli"], (0.5, 1.0, 1.8, 2.6), strict=True):
        assert stimulus["jnd"] == pytest.approx(truth, abs=0.35)
    assert picture["low"] < 0.2 < picture["high"]
    assert picture["boosting"][0] > 1.3


def test_boosted_triplets_alone_are_not_called_jnd():
    (picture,) = analyse_study(triplet_answers("btc", gain=2.0), options=QUICK)["pictures"]
    assert picture["threshold"] is None
    assert any("not in JND" in note for note in picture["notes"])


def test_a_simulation_is_called_one():
    answers = forced(PEOPLE[:6])
    assert analyse_study(answers, options=QUICK)["simulated"] is None
    simulated = replace(answers, recruited_via=texts(["simulated"] * len(answers)))
    result = analyse_study(simulated, options=QUICK)
    assert result["simulated"] is True
    assert "a simulation" in result["notes"][0]
    assert "simulated observers" in report(result)


def test_no_answers_are_an_error_that_says_so():
    with pytest.raises(UnusableAnswersError, match="no answers yet"):
        analyse_study(responses(0, {}))


def test_an_unknown_method_is_named():
    with pytest.raises(ValueError, match='"flickr"; did you mean "flicker"'):
        analyse_study(answers_of_one(method=texts(["flickr"] * 3), level=np.arange(3.0)))


def test_results_are_json_and_the_page_makes_no_request(flicker):
    text = json.dumps(flicker, allow_nan=False)
    page = report(json.loads(text))
    assert "<svg" in page
    assert not re.search(r'(src|href)="(?!#|data:)', page)
    assert "default-src 'none'" in page
    assert page.count("<section") == len(flicker["pictures"])


def test_names_from_the_table_cannot_become_markup():
    answers = forced(PEOPLE[:6], source='<script>alert("x")</script>')
    page = report(analyse_study(answers, options=QUICK))
    assert "<script" not in page


def test_numbers_in_names_sort_as_numbers():
    assert sorted(["p10", "p9", "a", "10", "9"], key=natural) == ["9", "10", "a", "p9", "p10"]


# --- another laboratory's tables


def write_csv(path, rows):
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return path


def laboratory(observers=8, repeats=6):
    answers = forced(PEOPLE[:observers], repeats=repeats)
    values = zip(
        answers.participant.values(), answers.level, answers.correct, answers.trial.values(), strict=True
    )
    return [
        {
            "Observer": who,
            "Picture": "kodim01",
            "QF": round(101 - level),
            "Correct": int(right),
            "Trial": trial,
        }
        for who, level, right, trial in values
    ]


def test_a_table_of_another_laboratory_gives_the_same_threshold(tmp_path):
    path = write_csv(tmp_path / "theirs.csv", laboratory())
    theirs = analyse_study(read_answers_file(path), options=QUICK)["pictures"][0]
    ours = analyse_study(forced(PEOPLE[:8]), options=QUICK)["pictures"][0]
    assert theirs["threshold"] == pytest.approx(ours["threshold"], abs=1e-9)
    assert theirs["setting"] == pytest.approx(101 - theirs["threshold"])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda rows: [{k: v for k, v in r.items() if k != "Observer"} for r in rows],
            'no column "participant"',
        ),
        (lambda rows: [{k: v for k, v in r.items() if k != "Picture"} for r in rows], 'no column "source"'),
        (lambda rows: [{k: v for k, v in r.items() if k != "QF"} for r in rows], 'no column "level"'),
        (lambda rows: [r | {"Correct": "maybe"} for r in rows], 'line 2: the answer "maybe"'),
        (lambda rows: [r | {"QF": "best"} for r in rows], 'line 2: "best"'),
        (lambda rows: [r | {"n_trials": 20} for r in rows], "counts per level"),
        (lambda rows: [r | {"method": "guessing"} for r in rows], '"guessing"'),
    ],
)
def test_what_is_wrong_with_a_table_is_named(tmp_path, change, message):
    path = write_csv(tmp_path / "theirs.csv", change(laboratory(4, 2)))
    with pytest.raises(ValueError, match=re.escape(message)):
        analyse_study(read_answers_file(path), options=QUICK)


def test_files_that_are_no_tables_are_refused(tmp_path):
    (tmp_path / "picture.csv").write_bytes(b"\x89PNG\r\n\xff\xfe")
    (tmp_path / "no.parquet").write_bytes(b"PAR")
    (tmp_path / "empty.csv").write_text("")
    arrow = pyarrow()
    arrow.parquet.write_table(arrow.table({"a": [1]}), tmp_path / "other.parquet")
    for name in ("picture.csv", "no.parquet", "empty.csv", "other.parquet", "missing.csv", "missing.parquet"):
        with pytest.raises(UnusableAnswersError, match=name):
            read_answers_file(tmp_path / name)


def test_a_long_table_as_in_hoffman_and_stolitzka_is_read_whole(tmp_path):
    """A tenth of 35 observers, 18 pictures and 250,000 answers; the whole is in benchmarks/study_analysis.py."""
    rng = np.random.default_rng(0)
    count = 25_000
    observer, picture = rng.integers(0, 35, count), rng.integers(0, 18, count)
    level = rng.choice(LEVELS, count)
    person = SimulatedObserver(15.0, 8.0)
    right = rng.random(count) < 0.5 + 0.49 * person.p_detect(level)
    lines = ["observer,picture,level,trial,correct"]
    lines += [
        f"o{o},p{p},{v:g},{i},{int(k)}"
        for i, (o, p, v, k) in enumerate(zip(observer, picture, level, right, strict=True))
    ]
    path = tmp_path / "long.csv"
    path.write_text("\n".join(lines))
    result = analyse_study(read_answers_file(path), options=QUICK)
    assert (result["answers"], result["observers"], len(result["pictures"])) == (count, 35, 18)
    inside = [p["low"] < 15.0 < p["high"] for p in result["pictures"]]
    assert sum(inside) >= 15
    assert all(len(p["per_observer"]) == 35 for p in result["pictures"])
