"""Searching at one effort and finishing at another: what is written is what was checked."""

import pytest

import jnd
from jnd.errors import UnavailableChoiceError
from jnd.observer import Observer
from jnd.picture import Picture, read_picture
from jnd.records import Attempt, Found
from jnd.search import SatisfiedUsers
from jnd.viewing import viewing_conditions

from .pictures import photograph

PICTURE = Picture(photograph(192, 256))


@pytest.mark.parametrize("satisfied", [0.6, 0.75, 0.95])
def test_the_final_bytes_meet_the_target(satisfied: float) -> None:
    *_, last = jnd.encode(PICTURE, format="avif", effort="9", finish_effort="6", satisfied=satisfied)
    assert isinstance(last, Found)
    sight = Observer(PICTURE.pixels).look(read_picture(last.result.data).pixels)
    assert sight.satisfied >= satisfied and sight.jod == last.result.attempt.jod
    speeds = [attempt.setting["speed"] for attempt in last.result.attempts]
    assert 6 in speeds and speeds == sorted(speeds, reverse=True)  # all searching, then finishing


def test_the_smaller_of_both_is_kept() -> None:
    *events, last = jnd.encode(PICTURE, format="avif", effort="9", finish_effort="6")
    assert isinstance(last, Found)
    met = [event.size_bytes for event in events if isinstance(event, Attempt) and event.meets_target]
    assert len(last.result.data) == min(met)


def test_the_same_effort_is_not_tried_twice() -> None:
    *_, plain = jnd.encode(PICTURE, format="webp")
    *_, finished = jnd.encode(PICTURE, format="webp", finish_effort="medium")
    assert isinstance(plain, Found) and isinstance(finished, Found)
    assert len(plain.result.attempts) == len(finished.result.attempts)
    assert plain.result.data == finished.result.data


def test_a_codec_without_efforts_says_which_have_one() -> None:
    with pytest.raises(UnavailableChoiceError, match="webp"):
        jnd.encode(PICTURE, format="jpeg:turbo", finish_effort="high")


@pytest.mark.parametrize("satisfied", [0.6, 0.75])
def test_the_target_can_be_asked_of_the_worst_window(satisfied: float) -> None:
    *_, whole = jnd.encode(PICTURE, format="jpeg:turbo", satisfied=satisfied)
    *_, window = jnd.encode(PICTURE, format="jpeg:turbo", satisfied=satisfied, worst_window=True)
    assert isinstance(whole, Found) and isinstance(window, Found)
    threshold = SatisfiedUsers(satisfied, "aic3", viewing_conditions()).threshold_jod
    assert window.result.attempt.worst_window_jod >= threshold - 1e-6
    assert (whole.result.pool, window.result.pool) == ("picture", "window")
    assert len(window.result.data) >= len(whole.result.data)


def test_the_worst_window_has_its_own_words() -> None:
    criterion = SatisfiedUsers(0.75, "aic3", viewing_conditions(), worst_window=True)
    assert "in the worst window of 4° by 4°" in criterion.in_words()
    assert any("whole photographs, not on windows" in note for note in criterion.notes)
