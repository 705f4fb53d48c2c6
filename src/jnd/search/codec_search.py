"""The search of one codec: levels of its axis until the smallest file that meets the criterion is known.

In go a picture and a codec, out come attempts, and in the end :class:`~jnd.records.Found` or
:class:`~jnd.records.NotFound`.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from jnd.codecs import Codec
from jnd.errors import UnavailableChoiceError
from jnd.picture import Picture, allowing
from jnd.records import Attempt, EncodeResult, Found, NotFound
from jnd.search.criterion import SatisfiedUsers
from jnd.search.judge import Judge
from jnd.search.level_search import LevelSearch, Trial
from jnd.search.prior import Prior

FULL_CHROMA = "4:4:4"

FINISHING_TRIALS = 4
"""Settings tried at the finishing effort, each better than the one before, until one meets the target."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What is asked of the encoders beside quality; see :func:`jnd.encode`."""

    chroma_subsampling: str | None = None
    effort: str | None = None
    finish_effort: str | None = None
    """Effort of the final file where it differs from that of the trials."""

    def check(self, codecs: Sequence[Codec]) -> None:
        """Raise ``CodecError`` or ``UnavailableChoiceError`` unless at least one of ``codecs`` can do it."""
        problem: UnavailableChoiceError | None = None
        for codec in codecs:
            try:
                codec.check_installed()
                self.check_codec(codec)
            except UnavailableChoiceError as error:
                problem = problem or error
            else:
                return
        if problem is not None:
            raise problem

    def check_codec(self, codec: Codec) -> None:
        """Raise ``UnavailableChoiceError`` unless ``codec`` has all of it."""
        codec.check_choices(self.chroma_subsampling, self.effort)
        codec.check_choices(effort=self.finish_effort)


@dataclass(slots=True)
class CodecSearch:
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
        """Every trial, as it is made."""
        for chroma_subsampling in self._chroma_subsamplings():
            yield from self._search(chroma_subsampling)
            if self._chosen is not None:
                yield from self._finish(*self._chosen)
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
            attempt, data = self._attempt(level, chroma_subsampling, self.choices.effort)
            self._attempts.append(attempt)
            search = search.tell(
                Trial(level, self.criterion.score_jod(attempt), attempt.size_bytes, attempt.meets_target)
            )
            if search.best is not None and search.best is search.trials[-1]:
                self._chosen = attempt, data
            yield attempt

    def _finish(self, chosen: Attempt, data: bytes) -> Iterator[Attempt]:
        """The chosen setting at the finishing effort, or a better one if that then misses the target.

        Another effort decides otherwise about details, so that the same setting looks a little different: what
        is written is checked again. The file of the search stays where it is the smaller one.
        """
        effort = self.choices.finish_effort
        if effort is None or self.codec.effort_setting(effort) == self.codec.effort_setting(
            self.choices.effort or "medium"
        ):
            return
        assert chosen.distortion_level is not None
        for level in range(chosen.distortion_level, max(chosen.distortion_level - FINISHING_TRIALS, -1), -1):
            attempt, finished = self._attempt(level, chosen.chroma_subsampling, effort)
            self._attempts.append(attempt)
            if attempt.meets_target and len(finished) < len(data):
                self._chosen = attempt, finished
            yield attempt
            if attempt.meets_target or len(finished) >= len(data):
                return

    def _attempt(
        self, level: int, chroma_subsampling: str | None, effort: str | None
    ) -> tuple[Attempt, bytes]:
        begin = time.perf_counter()
        data = self.codec.encode(self.picture, level, chroma_subsampling=chroma_subsampling, effort=effort)
        encoded = time.perf_counter()
        sight = self.judge.look(self.codec.decode(data, max_pixels=allowing(self.picture.pixels)))
        attempt = Attempt(
            codec=self.codec.name,
            distortion_level=level,
            setting=self.codec.setting(level) | self.codec.effort_setting(effort),
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
        """What the search came to; asked when :meth:`attempts` has ended."""
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
                pool="window" if self.criterion.worst_window else "picture",
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
