"""The smallest file of one picture that meets a criterion, as decoded from its final bytes.

In goes a picture, out come events: every :class:`~jnd.records.Attempt`, then
:class:`~jnd.records.Found` or :class:`~jnd.records.NotFound`.
"""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from jnd._lookup import lookup
from jnd.codecs import CODECS, Codec
from jnd.errors import UnavailableChoiceError, UnsupportedPictureError
from jnd.picture import Picture, policy_named, read_picture
from jnd.records import Attempt, EncodeResult, Found, NotFound, SearchEvent
from jnd.search.criterion import SatisfiedUsers
from jnd.search.judge import Judge
from jnd.search.level_search import LevelSearch, Trial
from jnd.search.prior import Prior, default_prior
from jnd.viewing import ViewingConditions, viewing_conditions

AUTO = "auto"
AUTO_CODECS = ("jpeg", "webp", "avif")
"""What ``auto`` chooses from: the formats that every current browser shows."""

FULL_CHROMA = "4:4:4"

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
    keep_metadata: str = "default",
    exact: bool = False,
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
    keep_metadata : "default" (artist, copyright and licence, from EXIF and XMP), "all" or "none". The colour profile
        is kept by each, and orientation applied.
    exact : go on until the chosen setting and the next worse one are both measured; otherwise stop when
        another trial is expected to save less than 0.1 % of the bytes.
    prior : what to believe of the picture before the first trial; None is the one that ships with jnd.

    Yields
    ------
    :class:`~jnd.records.Attempt` for every trial. Each codec ends with :class:`~jnd.records.Found` or
    :class:`~jnd.records.NotFound`; with "auto" one more of these follows, the smallest of all. The last event
    is the answer.

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
    choices = Choices(chroma_subsampling, effort)
    choices.check(codecs)
    policy = policy_named(keep_metadata)
    criterion = SatisfiedUsers(satisfied, protocol, viewing or viewing_conditions())
    # A function of its own, so that bad arguments are reported by the call and not by the first next().
    return _events(picture, format, codecs, criterion, choices, policy, exact, prior or default_prior())


@dataclass(frozen=True, slots=True)
class Choices:
    """What is asked of the encoders beside quality; see :func:`encode`."""

    chroma_subsampling: str | None = None
    effort: str | None = None

    def check(self, codecs: Sequence[Codec]) -> None:
        """Raise ``CodecError`` or ``UnavailableChoiceError`` unless at least one of ``codecs`` can do it."""
        problem: UnavailableChoiceError | None = None
        for codec in codecs:
            try:
                codec.check_installed()
                codec.check_choices(self.chroma_subsampling, self.effort)
            except UnavailableChoiceError as error:
                problem = problem or error
            else:
                return
        if problem is not None:
            raise problem


def _events(
    source: Picture | str | os.PathLike[str],
    format_name: str,
    codecs: list[Codec],
    criterion: SatisfiedUsers,
    choices: Choices,
    policy: Callable[[Picture], Picture],
    exact: bool,
    prior: Prior,
) -> Iterator[SearchEvent]:
    picture = policy(source if isinstance(source, Picture) else read_picture(source))
    outcomes: list[Found | NotFound] = []
    if len(codecs) == 1:
        codecs[0].check(picture)
    judge = Judge(picture, criterion.viewing, criterion.protocol)
    for codec in codecs:
        try:
            codec.check(picture)
            codec.check_choices(choices.chroma_subsampling, choices.effort)
        except (UnsupportedPictureError, UnavailableChoiceError) as error:
            outcome: Found | NotFound = NotFound(codec.name, f"left out: {error}", None, ())
        else:
            search = _CodecSearch(picture, codec, criterion, choices, judge, prior, exact)
            yield from search.attempts()
            outcome = search.outcome()
        outcomes.append(outcome)
        yield outcome
    if len(codecs) > 1:
        yield _smallest(format_name, outcomes)


def _smallest(format_name: str, outcomes: list[Found | NotFound]) -> Found | NotFound:
    """The answer of ``auto``, with the attempts of all codecs."""
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
        return Found(replace(result, attempts=attempts, notes=(*result.notes, *missing)))
    best = max((a for a in attempts), key=lambda attempt: attempt.jod, default=None)
    return NotFound(format_name, "; ".join(missing), best, attempts)


@dataclass(slots=True)
class _CodecSearch:
    """The search of one codec: with its usual chroma subsampling, then with full chroma."""

    picture: Picture
    codec: Codec
    criterion: SatisfiedUsers
    choices: Choices
    judge: Judge
    prior: Prior
    exact: bool
    _attempts: list[Attempt] = field(default_factory=list)
    _chosen: tuple[Attempt, bytes] | None = None

    def attempts(self) -> Iterator[Attempt]:
        for chroma_subsampling in self._chroma_subsamplings():
            yield from self._search(chroma_subsampling)
            if self._chosen is not None:
                return

    def _chroma_subsamplings(self) -> tuple[str | None, ...]:
        """The usual one, then full chroma where the codec has it: colour edges may need it."""
        offered = self.codec.limits.chroma_subsampling
        if self.picture.pixels.ndim == 2 or not offered:
            return (None,)
        if self.choices.chroma_subsampling is not None:
            return (self.choices.chroma_subsampling,)
        usual = offered[0]
        return (usual, FULL_CHROMA) if usual != FULL_CHROMA and FULL_CHROMA in offered else (usual,)

    def _search(self, chroma_subsampling: str | None) -> Iterator[Attempt]:
        belief = self.prior.belief(
            self.judge.reference_pixels, self.codec, chroma_subsampling, self.criterion.viewing
        )
        search = LevelSearch(belief, self.criterion.threshold_jod, self.exact)
        while (level := search.next_level) is not None:
            attempt, data = self._attempt(level, chroma_subsampling)
            self._attempts.append(attempt)
            search = search.tell(
                Trial(level, self.criterion.score_jod(attempt), attempt.size_bytes, attempt.meets_target)
            )
            if search.best is not None and search.best is search.trials[-1]:
                self._chosen = attempt, data
            yield attempt

    def _attempt(self, level: int, chroma_subsampling: str | None) -> tuple[Attempt, bytes]:
        begin = time.perf_counter()
        data = self.codec.encode(
            self.picture, level, chroma_subsampling=chroma_subsampling, effort=self.choices.effort
        )
        encoded = time.perf_counter()
        sight = self.judge.look(self.codec.decode(data))
        attempt = Attempt(
            codec=self.codec.name,
            distortion_level=level,
            setting=self.codec.setting(level) | self.codec.effort_setting(self.choices.effort),
            chroma_subsampling=chroma_subsampling,
            size_bytes=len(data),
            jod=sight.jod,
            notice=sight.notice,
            satisfied=sight.satisfied,
            worst_window_jod=sight.worst_window_jod,
            worst_window=sight.worst_window,
            meets_target=self.criterion.is_met(sight),
            encode_seconds=encoded - begin,
            look_seconds=time.perf_counter() - encoded,
        )
        return attempt, data

    def outcome(self) -> Found | NotFound:
        attempts = tuple(self._attempts)
        if self._chosen is None:
            best = max(attempts, key=lambda attempt: attempt.jod)
            return NotFound(self.codec.name, self._why_not(best), best, attempts)
        attempt, data = self._chosen
        height, width = self.picture.pixels.shape[:2]
        first = attempts[0].chroma_subsampling
        notes = (
            (f"{first} chroma cannot reach the target; {attempt.chroma_subsampling} used",)
            if attempt.chroma_subsampling != first
            else ()
        )
        return Found(
            EncodeResult(
                data=data,
                codec=self.codec.name,
                file_format=self.codec.file_format,
                extension=self.codec.extension,
                encoder=self.codec.encoder,
                width=width,
                height=height,
                attempt=attempt,
                attempts=attempts,
                bits_per_pixel=8 * len(data) / (width * height),
                target=self.criterion.share,
                protocol=self.criterion.protocol,
                viewing=self.criterion.viewing.name,
                pixels_per_degree=self.criterion.viewing.pixels_per_degree,
                notes=notes,
            )
        )

    def _why_not(self, best: Attempt) -> str:
        settings = ", ".join(f"{key} {value}" for key, value in best.setting.items())
        chroma = f" and {best.chroma_subsampling} chroma" if best.chroma_subsampling else ""
        return (
            f"the target is not reachable at any setting; the best, {settings}{chroma}, "
            f"satisfies {100 * best.satisfied:.0f} % of people"
        )
