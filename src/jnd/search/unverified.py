"""One encode and no look: the setting that the prior expects to do, for people who have no time to check.

The format, too, is chosen by expected size. What comes out was predicted, and says so.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from jnd.codecs import Codec
from jnd.errors import UnavailableChoiceError, UnsupportedPictureError
from jnd.observer import notice_probability, satisfied_users
from jnd.picture import Picture, seen
from jnd.records import Attempt, EncodeResult, Found, NotFound, SearchEvent
from jnd.search.belief import BEST_JOD, CurveBelief
from jnd.search.codec_search import FULL_CHROMA, Choices
from jnd.search.criterion import SatisfiedUsers
from jnd.search.prior import Prior

SURE_ENOUGH = 0.7
"""Probability of meeting the target that a setting must have. At 0.5 every second file would miss it; the docs say
how many do at this (``benchmarks/learned_search.py``)."""


@dataclass(frozen=True, slots=True)
class _Choice:
    codec: Codec
    chroma_subsampling: str | None
    level: int
    belief: CurveBelief
    likely: bool

    @property
    def log_bytes(self) -> float:
        return float(self.belief.log_bytes()[self.level])


def encode_unverified(
    picture: Picture,
    format_name: str,
    codecs: Sequence[Codec],
    criterion: SatisfiedUsers,
    choices: Choices,
    prior: Prior,
) -> Iterator[SearchEvent]:
    """One :class:`~jnd.records.Attempt` with predicted scores, then the answer."""
    pixels = seen(picture)
    chosen: list[_Choice] = []
    reasons = []
    for codec in codecs:
        try:
            codec.check(picture)
            choices.check_codec(codec)
        except (UnsupportedPictureError, UnavailableChoiceError) as error:
            if len(codecs) == 1:
                raise
            reasons.append(f"{codec.name}: left out: {error}")
        else:
            chosen.append(_choice(picture, pixels, codec, criterion, choices, prior))
    if not chosen:
        yield NotFound(format_name, "; ".join(reasons), None, ())
        return
    best = min(chosen, key=lambda choice: (not choice.likely, choice.log_bytes))
    begin = time.perf_counter()
    data = best.codec.encode(
        picture, best.level, chroma_subsampling=best.chroma_subsampling, effort=choices.effort
    )
    seconds = time.perf_counter() - begin
    jod = min(BEST_JOD - float(np.exp(best.belief.mean[best.level])), BEST_JOD)
    height, width = picture.pixels.shape[:2]
    protocol, viewing = criterion.protocol, criterion.viewing
    attempt = Attempt(
        codec=best.codec.name,
        distortion_level=best.level,
        setting=best.codec.setting(best.level) | best.codec.effort_setting(choices.effort),
        chroma_subsampling=best.chroma_subsampling,
        size_bytes=len(data),
        jod=jod,
        notice=float(notice_probability(jod, protocol=protocol, viewing=viewing)),
        satisfied=float(satisfied_users(jod, protocol=protocol, viewing=viewing)),
        worst_window_jod=jod,
        worst_window=(0, 0, width, height),
        meets_target=best.likely,
        encode_seconds=seconds,
        look_seconds=0.0,
        predicted=True,
    )
    yield attempt
    doubt = () if best.likely else ("no setting is expected to reach the target; the best quality used",)
    yield Found(
        EncodeResult(
            data=data,
            codec=best.codec.name,
            file_format=best.codec.file_format,
            extension=best.codec.extension,
            encoder=best.codec.encoder,
            width=width,
            height=height,
            attempt=attempt,
            attempts=(attempt,),
            bits_per_pixel=8 * len(data) / (width * height),
            target=criterion.share,
            protocol=protocol,
            viewing=viewing.name,
            pixels_per_degree=viewing.pixels_per_degree,
            notes=("predicted, not checked", *doubt, *reasons),
        )
    )


def _choice(
    picture: Picture,
    pixels: np.ndarray,
    codec: Codec,
    criterion: SatisfiedUsers,
    choices: Choices,
    prior: Prior,
) -> _Choice:
    """The worst level that likely meets the target: with the usual chroma, else with full chroma."""
    offered = codec.limits.chroma_subsampling
    usual = None if picture.pixels.ndim == 2 or not offered else choices.chroma_subsampling or offered[0]
    options = [usual]
    if choices.chroma_subsampling is None and usual != FULL_CHROMA and usual and FULL_CHROMA in offered:
        options.append(FULL_CHROMA)
    choice = None
    for chroma_subsampling in options:
        belief = prior.belief(pixels, codec, chroma_subsampling, criterion.viewing)
        likely = np.flatnonzero(belief.probability_met(criterion.threshold_jod) >= SURE_ENOUGH)
        level = int(likely[-1]) if len(likely) else 0
        choice = _Choice(codec, chroma_subsampling, level, belief, bool(len(likely)))
        if choice.likely:
            break
    assert choice is not None
    return choice
