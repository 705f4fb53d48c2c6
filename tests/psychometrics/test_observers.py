"""Simulated observers do what their parameters say, and screening flags those who answer badly."""

import numpy as np
import pytest

from jnd.psychometrics.observer_screening import (
    ScreeningLimits,
    flag_answer_times,
    flag_catch_trials,
    flag_disagreement,
    flag_repeats,
    flag_same_answer,
)
from jnd.psychometrics.simulated_observer import SimulatedObserver, population


class TestSimulatedObserver:
    def test_forced_choice_follows_the_psychometric_function(self):
        observer = SimulatedObserver(threshold=10.0, width=6.0, lapse_rate=0.04)
        rng = np.random.default_rng(0)
        for level in (7.0, 10.0, 30.0):
            p = float(observer.p_detect(level))
            expected = 0.5 + 0.5 * p * (1 - 0.04)
            found = np.mean([observer.answers_correctly(level, rng) for _ in range(8000)])
            assert found == pytest.approx(expected, abs=0.02)

    def test_bias_takes_one_side_when_nothing_is_seen(self):
        observer = SimulatedObserver(threshold=10.0, width=2.0, bias=0.6)
        rng = np.random.default_rng(1)
        answers = [observer.forced_choice(0.0, rng, target="left") for _ in range(4000)]
        assert np.mean([a == "right" for a in answers]) == pytest.approx(0.8, abs=0.03)

    def test_yes_no_bias_is_a_false_alarm_rate(self):
        rng = np.random.default_rng(2)
        observer = SimulatedObserver(threshold=10.0, width=2.0, bias=0.3, lapse_rate=0.0)
        assert np.mean([observer.yes_no(0.0, rng) for _ in range(4000)]) == pytest.approx(0.3, abs=0.03)

    def test_learning_lowers_the_threshold(self):
        observer = SimulatedObserver(threshold=10.0, width=4.0, learning=0.5)
        assert observer.threshold_at(0) == pytest.approx(15.0)
        assert observer.threshold_at(500) == pytest.approx(10.0, abs=1e-3)
        assert observer.p_detect(10.0, 0) < observer.p_detect(10.0, 100)

    def test_adjustment_scatters_around_the_threshold(self):
        observer = SimulatedObserver(threshold=30.0, width=10.0)
        rng = np.random.default_rng(3)
        chosen = [observer.adjusts(range(101), rng) for _ in range(3000)]
        assert np.median(chosen) == pytest.approx(30.0, abs=1.0)

    def test_contraction_makes_ratings_depend_on_the_set(self):
        rng = np.random.default_rng(4)
        full, half = np.linspace(0, 1, 11), np.linspace(0.5, 1, 6)
        shift = {}
        for contraction in (0.0, 0.6):
            observer = SimulatedObserver(threshold=1, width=1, contraction=contraction, rating_noise=0.2)
            in_full = np.mean([observer.rates([0.6], full, rng, whole=False) for _ in range(500)])
            in_half = np.mean([observer.rates([0.6], half, rng, whole=False) for _ in range(500)])
            shift[contraction] = in_full - in_half
        assert shift[0.0] == pytest.approx(0.0, abs=0.05)
        assert shift[0.6] == pytest.approx(0.6 * 4 * (0.6 - 0.2), abs=0.05)

    def test_ruler_matches_do_not_depend_on_the_set(self):
        observer = SimulatedObserver(threshold=1.0, width=3.0, contraction=0.8)
        rng = np.random.default_rng(5)
        found = [observer.matches_ruler(15.0, np.arange(2, 32), rng) for _ in range(3000)]
        assert np.mean(found) == pytest.approx(15.0, abs=0.1)

    def test_weibull_observers_see_nothing_at_level_0(self):
        observer = SimulatedObserver(threshold=5.0, width=1.0, function="weibull")
        assert observer.p_detect([0.0, 5.0]).tolist() == [0.0, pytest.approx(0.5)]

    def test_population_varies_in_threshold(self):
        people = population(400, np.random.default_rng(6), threshold=20.0, threshold_sd=4.0)
        thresholds = [p.threshold for p in people]
        assert np.mean(thresholds) == pytest.approx(20.0, abs=0.7)
        assert np.std(thresholds) == pytest.approx(4.0, abs=0.5)


class TestScreening:
    def test_catch_trials(self):
        flags = flag_catch_trials(["a"] * 10 + ["b"] * 10, [1] * 10 + [1, 0] * 5)
        assert [f.observer for f in flags] == ["b"]
        assert flags[0].reason == "5 of 10 catch trials right"
        assert flag_catch_trials(["b"] * 3, [0, 0, 0]) == []  # too few to judge

    def test_repeats(self):
        flags = flag_repeats(["a"] * 6 + ["b"] * 6, [1, 0] * 6, [1, 0] * 3 + [0, 1] * 3)
        assert [(f.observer, f.value) for f in flags] == [("b", 0.0)]

    def test_agreement(self):
        rng = np.random.default_rng(0)
        quality = rng.uniform(1, 5, 40)
        table = np.column_stack(
            [quality + rng.normal(0, 0.5, 40) for _ in range(5)] + [rng.uniform(1, 5, 40)]
        )
        flags = flag_disagreement(list("abcdef"), table)
        assert [f.observer for f in flags] == ["f"]

    def test_answer_times(self):
        flags = flag_answer_times(
            ["a"] * 10 + ["b"] * 10, [900.0] * 10 + [90.0] * 3 + [np.nan] * 2 + [700.0] * 5
        )
        assert [f.observer for f in flags] == ["b"]

    def test_same_answer(self):
        flags = flag_same_answer(["a"] * 40 + ["b"] * 40, ["left", "right"] * 20 + ["left"] * 40)
        assert [f.observer for f in flags] == ["b"]
        assert '40 of 40 answers are "left"' in flags[0].reason

    def test_rules_can_be_switched_off(self):
        off = ScreeningLimits(None, 5, None, 5, None, None, 0.1, None)
        assert flag_catch_trials(["b"] * 9, [0] * 9, limits=off) == []
        assert flag_same_answer(["a"] * 4, ["x", "x", "x", "y"], limits=off) == []
        assert flag_answer_times(["a"], [1.0], limits=off) == []

    def test_honest_observers_are_rarely_flagged(self):
        rng = np.random.default_rng(1)
        people = population(60, rng, threshold=8.0, threshold_sd=1.0)
        names, correct = [], []
        for i, person in enumerate(people):
            for _ in range(12):
                names.append(str(i))
                correct.append(person.answers_correctly(40.0, rng))
        assert len(flag_catch_trials(names, correct)) <= 1

    def test_unequal_lengths(self):
        with pytest.raises(ValueError, match="one observer per value"):
            flag_catch_trials(["a"], [1, 0])
