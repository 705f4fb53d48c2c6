"""Laws of the root finding on synthetic curves: monotone, jagged, unreachable."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jnd.search.level_search import GUIDED_TRIALS, RESCUE_TRIALS, LevelSearch, Trial
from jnd.search.prior import BroadPrior

LEVELS = range(101)
THRESHOLD = 9.8
PIXELS = 768 * 512
LONGEST = GUIDED_TRIALS + math.ceil(math.log2(len(LEVELS))) + 1 + RESCUE_TRIALS


class Curve:
    """A picture that is no picture: a score and a size for every level, and what was asked of it."""

    def __init__(self, scores: np.ndarray, sizes: np.ndarray) -> None:
        self.scores, self.sizes = scores, sizes
        self.asked: list[int] = []

    def measure(self, level: int) -> Trial:
        self.asked.append(level)
        score = float(self.scores[level])
        return Trial(level, score, int(self.sizes[level]), score >= THRESHOLD)

    def scan(self) -> int | None:
        """The level of the smallest file that meets the threshold; the worse one of equals."""
        met = [level for level in LEVELS if self.scores[level] >= THRESHOLD]
        return min(met, key=lambda level: (self.sizes[level], -level), default=None)


def search(curve: Curve, *, exact: bool = False) -> LevelSearch:
    state = LevelSearch(BroadPrior().of_levels(LEVELS, PIXELS), THRESHOLD, exact)
    while (level := state.next_level) is not None:
        state = state.tell(curve.measure(level))
    return state


def falling_sizes(steepness: float) -> np.ndarray:
    return np.round(400_000 * np.exp(-steepness * np.array(LEVELS)) + 1000 - np.array(LEVELS)).astype(int)


@st.composite
def monotone_curves(draw: st.DrawFn) -> Curve:
    start = draw(st.floats(-5, 0))
    steps = np.array(draw(st.lists(st.floats(0.001, 0.3), min_size=100, max_size=100)))
    deficits = start + np.concatenate([[0], np.cumsum(steps)]) * draw(st.floats(0.05, 1.0))
    return Curve(10 - np.exp(deficits), falling_sizes(draw(st.floats(0.01, 0.06))))


@st.composite
def jagged_curves(draw: st.DrawFn) -> Curve:
    curve = draw(monotone_curves())
    noise = np.array(draw(st.lists(st.floats(-0.5, 0.5), min_size=101, max_size=101)))
    return Curve(10 - np.exp(np.log(10 - curve.scores) + noise), curve.sizes)


@given(st.one_of(monotone_curves(), jagged_curves()), st.booleans())
def test_what_is_returned_was_measured_and_meets_the_threshold(curve: Curve, exact: bool) -> None:
    best = search(curve, exact=exact).best
    if best is not None:
        assert best.met and best.level in curve.asked
        assert curve.scores[best.level] >= THRESHOLD


@given(monotone_curves())
def test_exact_is_the_full_scan_on_monotone_curves(curve: Curve) -> None:
    best = search(curve, exact=True).best
    assert (None if best is None else best.level) == curve.scan()


@given(monotone_curves(), st.booleans())
def test_a_threshold_in_reach_of_a_monotone_curve_is_reached(curve: Curve, exact: bool) -> None:
    assert (search(curve, exact=exact).best is None) == (curve.scan() is None)


@given(st.one_of(monotone_curves(), jagged_curves()), st.booleans())
def test_no_level_is_tried_twice_and_trials_are_bounded(curve: Curve, exact: bool) -> None:
    search(curve, exact=exact)
    assert len(set(curve.asked)) == len(curve.asked) <= LONGEST


@given(jagged_curves())
def test_the_best_quality_is_tried_before_giving_up(curve: Curve) -> None:
    if search(curve).best is None:
        assert 0 in curve.asked


@given(jagged_curves())
def test_exact_ends_with_a_failing_next_level(curve: Curve) -> None:
    best = search(curve, exact=True).best
    if best is not None:
        largest_met = max(level for level in curve.asked if curve.scores[level] >= THRESHOLD)
        assert largest_met == 100 or (
            largest_met + 1 in curve.asked and curve.scores[largest_met + 1] < THRESHOLD
        )


def test_unreachable_is_found_out_with_few_trials() -> None:
    scores = 9.7 - np.exp(np.linspace(-4, 1, 101))
    curve = Curve(scores, falling_sizes(0.03))
    assert search(curve).best is None
    assert len(curve.asked) <= 5


def test_a_local_failure_below_the_best_level_does_not_stop_the_search() -> None:
    scores = 10 - np.exp(np.linspace(-4, 1, 101))
    scores[10:14] = 9.0  # a dip far above the threshold's own level
    curve = Curve(scores, falling_sizes(0.03))
    state = LevelSearch(BroadPrior().of_levels(LEVELS, PIXELS), THRESHOLD, exact=True)
    for level in (12, 30):  # the failure first, then a level beyond it that meets
        state = state.tell(curve.measure(level))
    while (level := state.next_level) is not None:
        state = state.tell(curve.measure(level))
    assert state.best is not None and state.best.level == curve.scan()


def test_a_peak_beside_a_failing_best_quality_is_looked_for() -> None:
    deficits = np.concatenate([np.full(5, np.log(0.201)), np.linspace(np.log(0.195), 1, 96)])
    curve = Curve(10 - np.exp(deficits), falling_sizes(0.03))
    best = search(curve).best
    assert best is None or curve.scores[best.level] >= THRESHOLD
    assert len(curve.asked) <= LONGEST


def test_where_sizes_do_not_fall_the_smallest_file_is_returned() -> None:
    scores = 10 - np.exp(np.linspace(-4, 1, 101))
    sizes = falling_sizes(0.03)
    sizes[40:] += 50_000
    curve = Curve(scores, sizes)
    best = search(curve, exact=True).best
    assert best is not None
    assert best.size_bytes == min(curve.sizes[level] for level in curve.asked if scores[level] >= THRESHOLD)


def test_a_good_hint_saves_trials() -> None:
    scores = 10 - np.exp(np.linspace(-4, 1, 101))
    plain, hinted = (Curve(scores, falling_sizes(0.03)) for _ in range(2))
    threshold_level = int(np.flatnonzero(scores >= THRESHOLD).max())
    search(plain, exact=True)
    belief = BroadPrior().of_levels(LEVELS, PIXELS).told_guess(threshold_level, 1.0, THRESHOLD)
    state = LevelSearch(belief, THRESHOLD, exact=True)
    while (level := state.next_level) is not None:
        state = state.tell(hinted.measure(level))
    assert state.best is not None and state.best.level == threshold_level
    assert len(hinted.asked) <= len(plain.asked)


@pytest.mark.parametrize("levels", [range(1), range(1, 3), range(64)])
def test_short_axes_work(levels: range) -> None:
    state = LevelSearch(BroadPrior().of_levels(levels, PIXELS), THRESHOLD, exact=True)
    asked = []
    while (level := state.next_level) is not None:
        asked.append(level)
        score = 9.95 - 0.01 * (level - levels.start)
        state = state.tell(Trial(level, score, 1000 - level, score >= THRESHOLD))
    assert state.best is not None
    assert state.best.level == max(
        level for level in levels if 9.95 - 0.01 * (level - levels.start) >= THRESHOLD
    )
