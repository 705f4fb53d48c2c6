"""What "good enough" means, and how it is said."""

from types import SimpleNamespace

import pytest

from jnd.observer import satisfied_users
from jnd.search.criterion import TARGETS, SatisfiedUsers, share_in_words
from jnd.viewing import viewing_conditions


def criterion(share: float) -> SatisfiedUsers:
    return SatisfiedUsers(share, "aic3", viewing_conditions())


def test_the_sentence_names_share_protocol_and_viewing() -> None:
    assert criterion(0.75).in_words() == (
        "at least 3 in 4 people see no difference, under the aic3 protocol at standard_fhd, 37.8 pixels per degree"
    )


@pytest.mark.parametrize("name", TARGETS)
def test_presets_have_words(name: str) -> None:
    assert share_in_words(TARGETS[name]) in {
        "at least 3 in 4 people",
        "at least 9 in 10 people",
        "at least 19 in 20 people",
    }


@pytest.mark.parametrize("share", [0.0, 1.0, -0.1, 75, float("nan")])
def test_shares_outside_0_to_1_are_refused_with_a_way_out(share: float) -> None:
    with pytest.raises(ValueError, match=r"between 0 and 1.*0\.75"):
        criterion(share)


@pytest.mark.parametrize("share", [0.3, 0.75, 0.95])
def test_the_threshold_is_where_that_share_is_satisfied(share: float) -> None:
    threshold = criterion(share).threshold_jod
    assert float(satisfied_users(threshold)) == pytest.approx(share, abs=1e-6)


def test_just_the_share_asked_for_is_enough() -> None:
    for share, met in ((0.75, True), (0.7499, False)):
        sight = SimpleNamespace(jod=9.8, satisfied=share, worst_window_jod=9.5)
        assert criterion(0.75).is_met(sight) is met
