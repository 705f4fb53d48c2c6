"""The smallest file of one picture that meets a criterion, as decoded from its final bytes.

In goes a picture, out come events: every :class:`~jnd.records.Attempt`, then
:class:`~jnd.records.Found` or :class:`~jnd.records.NotFound`.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from jnd._lookup import lookup
from jnd.codecs import CODECS, Codec
from jnd.codecs.lossless import LOSSLESS
from jnd.errors import UnavailableChoiceError, UnsupportedPictureError
from jnd.picture import Picture, policy_named, read_picture
from jnd.records import Found, NotFound, SearchEvent
from jnd.search.codec_search import Choices, CodecSearch
from jnd.search.criterion import SatisfiedUsers
from jnd.search.judge import Judge
from jnd.search.learned_prior import learned_prior
from jnd.search.lossless_search import LosslessSearch, looks_drawn
from jnd.search.prior import Prior
from jnd.search.unverified import encode_unverified
from jnd.viewing import ViewingConditions, viewing_conditions

AUTO = "auto"
AUTO_CODECS = ("jpeg", "webp", "avif")
"""What ``auto`` chooses from: the formats that every current browser shows."""

AUTO_ALL = "auto:all"

FORMATS: dict[str, tuple[str, ...]] = {
    AUTO: AUTO_CODECS,
    AUTO_ALL: tuple(name for name, codec in CODECS.items() if codec.installed),
    **{name: (name,) for name in CODECS},
}
"""What ``format`` may be → the codecs that are tried; ``auto:all`` are those that are installed."""


def encode(
    picture: Picture | str | os.PathLike[str],
    *,
    format: str = AUTO,
    satisfied: float = 0.75,
    protocol: str = "aic3",
    viewing: ViewingConditions | None = None,
    chroma_subsampling: str | None = None,
    effort: str | None = None,
    finish_effort: str | None = None,
    keep_metadata: str = "default",
    worst_window: bool = False,
    exact: bool = False,
    verify: bool = True,
    prior: Prior | None = None,
) -> Iterator[SearchEvent]:
    """Search the smallest file of ``picture`` that enough people cannot tell from it.

    Nothing is written: the bytes are in ``Found.result.data``.

    Parameters
    ----------
    picture : a :class:`~jnd.picture.Picture`, or the path of a file.
    format : "auto" (the smallest of JPEG, WebP and AVIF), "auto:all" (of all installed codecs) or the name of
        a codec.
    satisfied : share of people who see no difference, 0 to 1, both excluded.
    protocol : of the observer's calibration, see :mod:`jnd.observer`.
    viewing : display and distance; None is ``viewing_conditions()``.
    chroma_subsampling : "4:2:0", "4:4:4", … for every trial of a colour picture. None is the codec's usual one,
        and then 4:4:4 where that cannot reach the target.
    effort : "low", "medium" or "high", or one codec's own value as text (``codec(name).efforts``). It holds for
        the trials and for the result alike. None is "medium".
    finish_effort : the same for the final file only: the chosen setting is encoded once more, and checked; where it
        then misses the target, better settings are tried. None is ``effort``.
    keep_metadata : "default" (artist, copyright and licence, from EXIF and XMP), "all" or "none". The colour profile
        is kept by each, and orientation applied.
    worst_window : the target has to hold for the worst window of 4° by 4°, as if that were a picture.
    exact : go on until the chosen setting and the next worse one are both measured; otherwise stop when
        another trial is expected to save less than 6 % of the bytes (what is then lost is 1 to 2 %).
    verify : False encodes once, at the setting and in the format that ``prior`` expects to do, and does not look at
        the result: every score of the one attempt is a prediction.
    prior : what to believe of the picture before the first trial; None is the one that ships with jnd.

    Yields
    ------
    :class:`~jnd.records.Attempt` for every trial. Each codec ends with :class:`~jnd.records.Found` or
    :class:`~jnd.records.NotFound`; with "auto" one more of these follows, the smallest of all. The last event
    is the answer.

    In WebP and JPEG XL, drawn and rendered pictures are also tried without loss, and so is every picture that no lossy
    setting holds well enough; a file without loss has the setting ``{"mode": "lossless"}``.

    Raises
    ------
    UnknownNameError, ValueError
        A format, protocol or share that does not exist.
    UnavailableChoiceError
        A chroma subsampling or effort that the codec does not have, or with "auto" no codec ("auto" leaves out
        those that do not have it, and says so).
    CodecError
        The codec asked for is not installed.
    UnreadablePictureError, OSError
        The file is no picture that we can read.
    UnsupportedPictureError
        The one codec asked for cannot hold the picture ("auto" leaves such codecs out and says so).
    """
    codecs = [CODECS[name] for name in lookup(FORMATS, format, kind="format")]
    choices = Choices(chroma_subsampling, effort, finish_effort)
    choices.check(codecs)
    policy = policy_named(keep_metadata)
    criterion = SatisfiedUsers(satisfied, protocol, viewing or viewing_conditions(), worst_window)
    if not verify:
        asked_for_more = {"worst_window": worst_window, "exact": exact, "finish_effort": finish_effort}
        for name, value in asked_for_more.items():
            if value:
                raise ValueError(
                    f"{name} needs looking at trials, which verify=False leaves out; drop one of them"
                )
    # A function of its own, so that bad arguments are reported by the call and not by the first next().
    return _events(
        picture, format, codecs, criterion, choices, policy, exact, verify, prior or learned_prior()
    )


def _events(
    source: Picture | str | os.PathLike[str],
    format_name: str,
    codecs: list[Codec],
    criterion: SatisfiedUsers,
    choices: Choices,
    policy: Callable[[Picture], Picture],
    exact: bool,
    verify: bool,
    prior: Prior,
) -> Iterator[SearchEvent]:
    picture = policy(source if isinstance(source, Picture) else read_picture(source))
    if not verify:
        yield from encode_unverified(picture, format_name, codecs, criterion, choices, prior)
        return
    outcomes: list[Found | NotFound] = []
    if len(codecs) == 1:
        codecs[0].check(picture)
    judge = Judge(picture, criterion.viewing, criterion.protocol)
    for codec in codecs:
        try:
            codec.check(picture)
            choices.check_codec(codec)
        except (UnsupportedPictureError, UnavailableChoiceError) as error:
            outcome: Found | NotFound = NotFound(codec.name, f"left out: {error}", None, ())
        else:
            search = CodecSearch(picture, codec, criterion, choices, judge, prior, exact)
            yield from search.attempts()
            outcome = search.outcome()
        outcomes.append(outcome)
        yield outcome
    for name in _worth_trying_without_loss(picture, codecs, outcomes):
        lossless = LosslessSearch(picture, None, LOSSLESS[name])
        yield from lossless.attempts()
        outcomes.append(lossless.outcome())
        yield outcomes[-1]
    if len(outcomes) > 1:
        yield smallest(format_name, outcomes)


def _worth_trying_without_loss(
    picture: Picture, codecs: list[Codec], outcomes: Sequence[Found | NotFound]
) -> list[str]:
    """Names of formats: of those asked for, for drawings and where no lossy setting will do; "auto" then takes PNG too."""
    found = any(isinstance(outcome, Found) for outcome in outcomes)
    if found and not looks_drawn(picture.pixels):
        return []
    own = [codec.name for codec in codecs if codec.name in LOSSLESS and codec.installed]
    return own if found or len(codecs) == 1 else [*own, "png"]


def smallest(format_name: str, outcomes: list[Found | NotFound]) -> Found | NotFound:
    """The answer of a search over several codecs, with the attempts of all."""
    attempts = tuple(
        attempt
        for outcome in outcomes
        for attempt in (outcome.result.attempts if isinstance(outcome, Found) else outcome.attempts)
    )
    # Of a reason, what and why; the way out is not for somebody who left the choice to us.
    missing = tuple(f"{o.codec}: {o.reason.split(';')[0]}" for o in outcomes if isinstance(o, NotFound))
    found = [outcome.result for outcome in outcomes if isinstance(outcome, Found)]
    if found:
        result = min(found, key=lambda result: len(result.data))
        lossless = ("stored without loss",) if result.attempt.distortion_level is None else ()
        return Found(replace(result, attempts=attempts, notes=(*lossless, *result.notes, *missing)))
    best = max(attempts, key=lambda attempt: attempt.jod, default=None)
    return NotFound(format_name, "; ".join(missing), best, attempts)
