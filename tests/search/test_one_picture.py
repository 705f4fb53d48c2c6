"""The search of one picture, with real codecs and the real observer."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from skimage import data

import jnd
from jnd.codecs import CODECS, Codec
from jnd.errors import CodecError, UnavailableChoiceError, UnknownNameError, UnsupportedPictureError
from jnd.observer import Observer
from jnd.picture import BACKGROUNDS, CodeValues, Picture, seen
from jnd.records import Attempt, Found, NotFound, SearchEvent
from jnd.search import BroadPrior
from jnd.search.belief import CurveBelief
from jnd.viewing import ViewingConditions, viewing_conditions

from .pictures import colour_confetti, photograph, transparent


def answer(events: Iterator[SearchEvent]) -> SearchEvent:
    *_, last = events
    return last


class WrongPrior:
    """Sure of nonsense: every threshold lies at the worst level."""

    def belief(
        self, pixels: CodeValues, codec: Codec, chroma_subsampling: str | None, viewing: ViewingConditions
    ) -> CurveBelief:
        belief = BroadPrior(deficit_spread=0.05).belief(pixels, codec, chroma_subsampling, viewing)
        return belief.told_guess(codec.levels[-1], 0.1, 9.79)


INSTALLED = [name for name, codec in CODECS.items() if codec.installed]


@pytest.mark.parametrize("codec", INSTALLED)
class TestEveryCodec:
    def test_the_result_meets_the_target_as_decoded_from_its_final_bytes(self, codec: str) -> None:
        picture = Picture(photograph())
        found = answer(jnd.encode(picture, format=codec))
        assert isinstance(found, Found)
        result = found.result
        again = Observer(photograph(), viewing_conditions(), "aic3").look(
            seen(CODECS[codec].decode(result.data))
        )
        assert again.satisfied >= 0.75
        assert (again.jod, again.satisfied) == (result.attempt.jod, result.attempt.satisfied)
        assert result.attempt.size_bytes == len(result.data)
        assert result.bits_per_pixel == pytest.approx(8 * len(result.data) / (128 * 192))

    def test_a_wrong_prior_costs_trials_and_not_the_target(self, codec: str) -> None:
        found = answer(jnd.encode(Picture(photograph()), format=codec, prior=WrongPrior()))
        assert isinstance(found, Found)
        assert found.result.attempt.satisfied >= 0.75
        assert len(found.result.attempts) <= 16

    def test_exact_is_no_larger_and_its_worse_neighbour_fails(self, codec: str) -> None:
        found = answer(jnd.encode(Picture(photograph()), format=codec, exact=True))
        quick = answer(jnd.encode(Picture(photograph()), format=codec))
        assert isinstance(found, Found) and isinstance(quick, Found)
        assert len(found.result.data) <= len(quick.result.data)
        met = [a.distortion_level for a in found.result.attempts if a.meets_target]
        tried = {a.distortion_level: a for a in found.result.attempts}
        neighbour = tried.get(max(met) + 1)
        assert max(met) == CODECS[codec].levels[-1] or (neighbour is not None and not neighbour.meets_target)

    def test_grey_pictures_are_searched(self, codec: str) -> None:
        found = answer(jnd.encode(Picture(photograph()[..., 1].copy()), format=codec))
        assert isinstance(found, Found) and found.result.attempt.satisfied >= 0.75

    def test_one_pixel_is_a_picture(self, codec: str) -> None:
        last = answer(jnd.encode(Picture(np.full((1, 1, 3), 128, np.uint8)), format=codec))
        assert isinstance(last, Found | NotFound)


def test_events_are_attempts_then_one_end_per_codec_then_the_answer() -> None:
    events = list(jnd.encode(Picture(photograph())))
    ends = [event for event in events if not isinstance(event, Attempt)]
    assert len(ends) == 4
    answer, per_codec = events[-1], ends[:-1]
    assert isinstance(answer, Found)
    sizes = {end.result.codec: len(end.result.data) for end in per_codec if isinstance(end, Found)}
    assert set(sizes) == {"jpeg", "webp", "avif"}
    assert len(answer.result.data) == min(sizes.values())
    assert list(answer.result.attempts) == [event for event in events if isinstance(event, Attempt)]


def test_transparent_pictures_are_judged_over_both_backgrounds() -> None:
    picture = transparent()
    found = answer(jnd.encode(picture, format="webp"))
    assert isinstance(found, Found)
    decoded = CODECS["webp"].decode(found.result.data)
    scores = [
        Observer(seen(picture, background), viewing_conditions(), "aic3")
        .look(seen(decoded, background))
        .satisfied
        for background in BACKGROUNDS
    ]
    assert found.result.attempt.satisfied == min(scores) >= 0.75


def test_auto_leaves_out_codecs_that_cannot_hold_the_picture_and_says_so() -> None:
    found = answer(jnd.encode(transparent()))
    assert isinstance(found, Found)
    assert found.result.codec in ("webp", "avif")
    assert any(note.startswith("jpeg: left out") for note in found.result.notes)


def test_one_codec_that_cannot_hold_the_picture_is_an_error() -> None:
    with pytest.raises(UnsupportedPictureError):
        list(jnd.encode(transparent(), format="jpeg"))


@pytest.mark.parametrize("codec", ["jpeg", "jpeg:turbo", "avif"])
def test_full_chroma_is_tried_where_the_usual_cannot_reach_the_target(codec: str) -> None:
    found = answer(jnd.encode(Picture(colour_confetti()), format=codec))
    assert isinstance(found, Found)
    assert found.result.attempt.chroma_subsampling == "4:4:4"
    assert {attempt.chroma_subsampling for attempt in found.result.attempts} == {"4:2:0", "4:4:4"}
    assert "4:4:4 used" in found.result.notes[0]


class TestChoices:
    def test_a_chroma_subsampling_is_kept_to(self) -> None:
        events = list(jnd.encode(Picture(photograph()), format="avif", chroma_subsampling="4:4:4"))
        assert {event.chroma_subsampling for event in events if isinstance(event, Attempt)} == {"4:4:4"}
        hopeless = answer(
            jnd.encode(Picture(colour_confetti()), format="avif", chroma_subsampling="4:2:0", satisfied=0.95)
        )
        assert isinstance(hopeless, NotFound), "4:4:4 could, but was not asked for"

    def test_grey_has_no_chroma_whatever_is_asked_for(self) -> None:
        grey = Picture(photograph()[..., 1])
        found = answer(jnd.encode(grey, format="avif", chroma_subsampling="4:4:4"))
        assert isinstance(found, Found) and found.result.attempt.chroma_subsampling is None

    @pytest.mark.parametrize(("effort", "speed"), [("low", 8), ("9", 9)])
    def test_an_effort_is_in_the_setting_and_in_the_bytes(self, effort: str, speed: int) -> None:
        picture = Picture(photograph())
        found = answer(jnd.encode(picture, format="avif", effort=effort))
        assert isinstance(found, Found)
        attempt = found.result.attempt
        assert attempt.setting["speed"] == speed
        again = CODECS["avif"].encode(
            picture,
            attempt.distortion_level,
            chroma_subsampling=attempt.chroma_subsampling,
            effort=str(speed),
        )
        assert again == found.result.data
        assert CODECS["avif"].encode(picture, attempt.distortion_level) != again

    @pytest.mark.parametrize(
        ("choices", "left_out"),
        [({"chroma_subsampling": "4:4:4"}, {"webp"}), ({"effort": "low"}, {"jpeg"})],
    )
    def test_auto_leaves_out_codecs_that_do_not_have_it_and_says_so(
        self, choices: dict[str, str], left_out: set[str]
    ) -> None:
        events = list(jnd.encode(Picture(photograph()), **choices))
        assert not left_out & {event.codec for event in events if isinstance(event, Attempt)}
        found = events[-1]
        assert isinstance(found, Found)
        assert {note.split(": left out")[0] for note in found.result.notes} == left_out

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (
                {"format": "webp", "chroma_subsampling": "4:4:4"},
                "webp has chroma subsampling 4:2:0, not 4:4:4; jpeg,",
            ),
            ({"format": "jpeg", "effort": "high"}, "jpeg has no choice of effort; webp, avif"),
            ({"format": "webp", "effort": "7"}, "or method 0, 1, 2, 3, 4, 5, 6, not 7"),
            ({"format": "auto", "chroma_subsampling": "4:1:0"}, "not 4:1:0; no other codec can"),
        ],
    )
    def test_what_no_codec_has_is_an_error_of_the_call(self, arguments: dict[str, str], words: str) -> None:
        with pytest.raises(UnavailableChoiceError, match=words):
            jnd.encode(Picture(photograph()), **arguments)

    def test_a_codec_that_is_not_installed_says_how_to_get_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(CODECS, "avif", replace(CODECS["avif"], missing="pip install it"))
        with pytest.raises(CodecError, match="avif is not installed; to get it: pip install it"):
            jnd.encode(Picture(photograph()), format="avif")


def test_auto_all_tries_every_installed_codec_and_takes_the_smallest() -> None:
    events = list(jnd.encode(Picture(photograph()[:64, :64]), format="auto:all"))
    *ends, found = [event for event in events if isinstance(event, Found | NotFound)]
    assert {attempt.codec for attempt in events if isinstance(attempt, Attempt)} == set(INSTALLED)
    assert isinstance(found, Found)
    assert len(found.result.data) == min(len(end.result.data) for end in ends if isinstance(end, Found))


def test_not_reachable_is_an_answer_with_the_best_attempt() -> None:
    confetti = Picture(colour_confetti())
    last = answer(jnd.encode(confetti, format="jpeg:turbo", chroma_subsampling="4:2:0", satisfied=0.95))
    assert isinstance(last, NotFound)
    assert last.best is not None and not last.best.meets_target
    assert last.best.jod == max(attempt.jod for attempt in last.attempts)
    assert "not reachable" in last.reason


def test_bad_arguments_are_reported_by_the_call_itself() -> None:
    with pytest.raises(UnknownNameError, match='did you mean "webp"'):
        jnd.encode(Picture(photograph()), format="web")
    with pytest.raises(ValueError, match="between 0 and 1"):
        jnd.encode(Picture(photograph()), satisfied=75)
    with pytest.raises(UnknownNameError, match="protocol"):
        jnd.encode(Picture(photograph()), protocol="side-by-side")


def test_more_people_need_more_bytes() -> None:
    sizes = []
    for share in (0.5, 0.75, 0.95):
        found = answer(jnd.encode(Picture(photograph()), format="jpeg:turbo", satisfied=share, exact=True))
        assert isinstance(found, Found)
        sizes.append(len(found.result.data))
    assert sizes == sorted(sizes)


def test_the_picture_is_left_untouched() -> None:
    pixels = photograph()
    list(jnd.encode(Picture(pixels), format="webp"))
    assert np.array_equal(pixels, photograph())


@pytest.mark.parametrize("codec", ["jpeg", "webp", "avif"])
def test_a_drawing_unlike_the_photographs_behind_the_prior_is_searched_to_the_end(codec: str) -> None:
    grey = (data.shepp_logan_phantom() * 255).astype(np.uint8)
    drawing = np.repeat(grey[..., None], 3, axis=2)
    sizes = []
    for exact in (False, True):
        found = answer(jnd.encode(Picture(drawing), format=codec, exact=exact))
        assert isinstance(found, Found)
        sizes.append(len(found.result.data))
    assert sizes[0] <= 1.05 * sizes[1]
