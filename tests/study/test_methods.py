"""Laws of every method, and simulated observers who get their threshold back without any server."""

import json
from dataclasses import asdict
from itertools import pairwise

import numpy as np
import pytest

from jnd.psychometrics.simulated_observer import SimulatedObserver
from jnd.study.design import read_design
from jnd.study.methods import STUDY_METHODS, shown_level, told_level
from jnd.study.stimuli import read_manifest

CHOOSES_LEVELS = ("flicker", "pan", "side-by-side")
OBSERVER = SimulatedObserver(threshold=5.0, width=4.0)


@pytest.fixture(params=STUDY_METHODS)
def study(request, make_study):
    folder = make_study(
        method=request.param, levels=9, sources=3, rulers=12 if request.param == "quality-ruler" else 0
    )
    return STUDY_METHODS[request.param], read_design(folder), read_manifest(folder)


def drawn_trials(study, seed=1):
    """(slot, trial) of a whole session with levels by chance, repeats left out."""
    method, design, manifest = study
    rng = np.random.default_rng(seed)
    for slot in method.plan(design, manifest, seed):
        if slot.repeat_of is not None:
            continue
        level = float(rng.choice(manifest.levels(slot.series))) if slot.series else None
        yield slot, method.draw(design, manifest, slot, level, np.random.default_rng(slot.index))


class TestPlan:
    def test_the_same_seed_gives_the_same_plan_and_another_one_another(self, study):
        method, design, manifest = study
        one, again, other = (method.plan(design, manifest, seed) for seed in (1, 1, 2))
        assert one == again
        assert one != other

    def test_indices_count_and_practice_comes_first(self, study):
        method, design, manifest = study
        plan = method.plan(design, manifest, 3)
        assert [slot.index for slot in plan] == list(range(len(plan)))
        stages = [slot.stage for slot in plan]
        assert stages == sorted(stages, key=["practice", "main"].index)

    def test_a_plan_is_json(self, study):
        method, design, manifest = study
        plan = method.plan(design, manifest, 3)
        assert json.loads(json.dumps([asdict(slot) for slot in plan])) == [asdict(slot) for slot in plan]

    def test_repeats_follow_what_they_repeat(self, study):
        method, design, manifest = study
        plan = method.plan(design, manifest, 3)
        for slot in plan:
            if slot.repeat_of is not None:
                first = plan[slot.repeat_of]
                assert first.index < slot.index
                assert (first.source, first.kind) == (slot.source, "ordinary")

    def test_a_picture_does_not_follow_itself_where_that_is_possible(self, study):
        method, design, manifest = study
        ordinary = [s for s in method.plan(design, manifest, 4) if s.kind == "ordinary" and s.stage == "main"]
        neighbours = sum(a.source == b.source for a, b in pairwise(ordinary))
        assert neighbours <= len(ordinary) // 20

    def test_a_session_may_have_some_pictures_only(self, study):
        method, design, manifest = study
        wanted = manifest.sources[:1]
        assert {slot.source for slot in method.plan(design, manifest, 5, wanted)} == set(wanted)

    def test_breaks_part_it_into_blocks(self, study):
        method, design, manifest = study
        main = [slot for slot in method.plan(design, manifest, 6) if slot.stage == "main"]
        every = design.trials.break_every
        assert [slot.block for slot in main] == [1 + place // every for place in range(len(main))]


class TestDraw:
    def test_the_browser_learns_nothing_that_tells_the_answer(self, study):
        for _, trial in drawn_trials(study):
            public = json.dumps(trial.params) + json.dumps(trial.choices)
            for secret in ("answer", "noise", trial.source, "level_key", "correct"):
                assert f'"{secret}"' not in public
            assert trial.answer_key is not trial.params

    def test_every_role_has_a_picture_and_a_stimulus(self, study):
        _, _, manifest = study
        known = {stimulus.id: stimulus.sha256 for stimulus in manifest.stimuli}
        for _, trial in drawn_trials(study):
            assert trial.assets.keys() == trial.stimuli.keys()
            assert {role: known[name] for role, name in trial.stimuli.items()} == trial.assets

    def test_a_trial_is_json(self, study):
        for _, trial in drawn_trials(study):
            for part in (trial.params, trial.assets, trial.answer_key, trial.stimuli):
                assert json.loads(json.dumps(part)) == part


class TestAnswers:
    def test_what_a_simulated_observer_answers_is_valid_and_can_be_judged(self, study):
        method, design, manifest = study
        rng = np.random.default_rng(0)
        for _, trial in drawn_trials(study):
            value = method.simulate(design, manifest, trial, OBSERVER, rng)
            assert method.valid(json.loads(json.dumps(value)), trial.choices, trial.params)
            method.judge(trial.answer_key, trial.level, value)

    @pytest.mark.parametrize("value", [None, "", "up", True, -1, 99, 2.3, [], {}, "1; drop table"])
    def test_other_answers_are_impossible(self, study, value):
        method, *_ = study
        for _, trial in list(drawn_trials(study))[:5]:
            assert not method.valid(value, trial.choices, trial.params)

    def test_obvious_trials_are_got_right(self, study):
        method, design, manifest = study
        sharp = SimulatedObserver(threshold=0.5, width=0.3, lapse_rate=0.0)
        rng = np.random.default_rng(0)
        for slot, trial in drawn_trials(study):
            if slot.kind == "catch":
                value = method.simulate(design, manifest, trial, sharp, rng)
                assert method.judge(trial.answer_key, trial.level, value).correct is True

    def test_sides_are_balanced(self, study):
        method, design, manifest = study
        sides = [
            slot.data.get("side")
            for slot in method.plan(design, manifest, 7)
            if slot.kind == "ordinary" and slot.stage == "main"
        ]
        names = set(sides) - {None, "middle"}
        if len(names) == 2 and method.name != "quality-ruler":  # whose side stays the same for an observer
            one = sum(side == min(names) for side in sides)
            assert abs(one - len(sides) / 2) <= len(manifest.series)


def run_search(make_study, method, *, threshold, seed, **trials):
    """The estimates of each series of one simulated session."""
    folder = make_study(f"search-{seed}", method, levels=12, sources=1, trials=trials)
    design, manifest = read_design(folder), read_manifest(folder)
    entry = STUDY_METHODS[method]
    observer = SimulatedObserver(threshold=threshold, width=3.0, lapse_rate=0.01)
    rng = np.random.default_rng(seed)
    states = {name: entry.start(design, manifest, name) for name in manifest.series}
    for slot in entry.plan(design, manifest, seed):
        if slot.series is None or states[slot.series].finished:
            continue
        levels = manifest.levels(slot.series)
        asked = states[slot.series].ask()
        trial = entry.draw(design, manifest, slot, shown_level(design, levels, asked), rng)
        value = entry.simulate(design, manifest, trial, observer, rng)
        judged = entry.judge(trial.answer_key, trial.level, value)
        told = told_level(design, levels, trial.level, asked)
        states[slot.series] = states[slot.series].tell(told, judged.adaptive)
    return [state.estimate() for state in states.values()]


@pytest.mark.parametrize("method", CHOOSES_LEVELS)
@pytest.mark.parametrize("adaptive", ["quest_plus", "staircase", "constant_stimuli"])
def test_a_search_finds_the_threshold(make_study, method, adaptive):
    trials = {"adaptive": adaptive, "per_picture": 12 if adaptive == "constant_stimuli" else 80}
    found = [run_search(make_study, method, threshold=6.0, seed=seed, **trials)[0] for seed in range(6)]
    assert np.median(found) == pytest.approx(6.0, abs=1.0)


def test_plain_bisection_keeps_a_wrong_answer_and_the_robust_one_repairs_it(make_study):
    found = {}
    for keep in (0.5, 0.75):
        trials = {"adaptive": "bisection", "per_picture": 25, "keep": keep}
        found[keep] = [
            run_search(make_study, "side-by-side", threshold=6.0, seed=100 * int(4 * keep) + seed, **trials)[
                0
            ]
            for seed in range(12)
        ]
    spread = {keep: float(np.std(values)) for keep, values in found.items()}
    assert np.median(found[0.75]) == pytest.approx(6.5, abs=1.5)
    assert spread[0.75] <= spread[0.5] + 0.3


class TestMethodsOfTheirOwn:
    def test_flicker_asks_for_the_still_side_where_the_design_says_so(self, make_study):
        folder = make_study(method="flicker", study={"question": "still"})
        design, manifest = read_design(folder), read_manifest(folder)
        method = STUDY_METHODS["flicker"]
        slot = method.plan(design, manifest, 1)[0]
        trial = method.draw(design, manifest, slot, 8.0, np.random.default_rng(0))
        changing = slot.data["side"]
        still = {"left": "right", "right": "left"}[changing]
        assert trial.assets[f"{changing}_a"] != trial.assets[f"{changing}_b"]
        assert trial.assets[f"{still}_a"] == trial.assets[f"{still}_b"]
        assert method.judge(trial.answer_key, 8.0, still).correct

    def test_not_sure_is_neither_right_nor_wrong(self, make_study):
        folder = make_study(method="flicker", trials={"not_sure": True})
        design, manifest = read_design(folder), read_manifest(folder)
        method = STUDY_METHODS["flicker"]
        trial = method.draw(
            design, manifest, method.plan(design, manifest, 1)[0], 8.0, np.random.default_rng(0)
        )
        assert "not-sure" in trial.choices
        assert method.judge(trial.answer_key, 8.0, "not-sure") == method.judge(
            trial.answer_key, 8.0, "not-sure"
        )
        assert method.judge(trial.answer_key, 8.0, "not-sure").correct is None

    def test_the_slider_has_a_place_for_never(self, make_study):
        folder = make_study(method="flicker-slider", levels=5)
        design, manifest = read_design(folder), read_manifest(folder)
        method = STUDY_METHODS["flicker-slider"]
        trial = method.draw(
            design, manifest, method.plan(design, manifest, 1)[0], None, np.random.default_rng(0)
        )
        assert method.judge(trial.answer_key, None, 3).noticed_at == 3.0
        assert method.judge(trial.answer_key, None, 6).noticed_at is None
        assert not method.valid(7, trial.choices, trial.params)

    def test_half_steps_of_the_ruler_lie_between(self, make_study):
        folder = make_study(method="quality-ruler", rulers=10)
        design, manifest = read_design(folder), read_manifest(folder)
        method = STUDY_METHODS["quality-ruler"]
        trial = method.draw(
            design, manifest, method.plan(design, manifest, 1)[0], None, np.random.default_rng(0)
        )
        assert method.judge(trial.answer_key, 1.0, 2).rating == 29.0
        assert method.judge(trial.answer_key, 1.0, 2.5).rating == 28.5

    def test_acr_begins_with_good_bad_and_middle_which_do_not_count(self, make_study):
        folder = make_study(method="acr", levels=7)
        design, manifest = read_design(folder), read_manifest(folder)
        plan = STUDY_METHODS["acr"].plan(design, manifest, 1)
        main = [slot for slot in plan if slot.stage == "main"]
        assert [slot.kind for slot in main[:3]] == ["dummy"] * 3
        levels = [manifest.by_id[slot.stimulus].level for slot in main[:3]]
        assert levels == [1.0, 7.0, 4.0]

    def test_triplets_hold_bias_pairs_and_traps(self, make_study):
        folder = make_study(method="btc", levels=9, sources=2)
        design, manifest = read_design(folder), read_manifest(folder)
        plan = STUDY_METHODS["btc"].plan(design, manifest, 1)
        assert any(slot.data["left"] == slot.data["right"] for slot in plan)
        assert any(slot.kind == "catch" for slot in plan)

    def test_a_search_where_none_is_possible_is_a_problem(self, make_study):
        folder = make_study(method="acr", trials={"adaptive": "quest_plus"})
        problems = STUDY_METHODS["acr"].problems(read_design(folder), read_manifest(folder))
        assert "chooses levels, which acr does not" in problems[0]
