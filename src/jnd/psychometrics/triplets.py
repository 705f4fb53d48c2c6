"""JPEG AIC-3 (ISO/IEC 29170-3): plain and boosted triplet comparisons of one source to JND units, jointly.

A triplet shows a pivot (the source), left and right: which differs more? P(right) = Φ(x_R − x_L), "not sure"
counts half for both. Plain triplets compare the distortion d itself, boosted ones (zoomed, amplified,
flickering) compare h(d) = γ₁ d + γ₂ d² with a map per codec [Testolina2024]. The source has d = 0; one JND is
Φ⁻¹(0.75) = 0.67449 units of Thurstone's scale.

Levels of a codec are free, monotone, or follow d(r) = α exp(−β r) of the bit rate r [Testolina2024]. Without
plain triplets only the order is known: boosted differences are larger than real ones.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import log_ndtr, ndtri

from jnd.errors import UnusableAnswersError
from jnd.psychometrics.comparison_graph import components, refuse_disconnected

Array = npt.NDArray[np.float64]
Item = tuple[str, int]
"""Codec and distortion level; the source is ("source", 0)."""

SOURCE: Final[Item] = ("source", 0)
JND_UNIT: Final = float(ndtri(0.75))
LARGEST_DISTANCE: Final = 12.0
"""In JND. Beyond some 4 JND every answer is the same and the data no longer bound a value."""
SMALLEST_GAIN: Final = 1e-3


class Triplets(NamedTuple):
    """Answer counts of T triplets of one source."""

    left: Sequence[Item]
    right: Sequence[Item]
    right_votes: Array
    """(T,) answers "right differs more", "not sure" as 0.5."""
    votes: Array
    """(T,)"""
    boosted: npt.NDArray[np.bool_]
    """(T,)"""


class TripletScale(NamedTuple):
    """Distortion of each item in JND and the boosting map of each codec."""

    items: tuple[Item, ...]
    """Without the source, by codec and level."""
    distortion: Array
    """(K,) in JND."""
    low: Array | None
    high: Array | None
    gains: dict[str, tuple[float, float]]
    """Codec → (γ₁, γ₂) of h(d) = γ₁ d + γ₂ d², d and h in JND."""
    log_likelihood: float
    notes: tuple[str, ...]

    def boosted(self, codec: str, distortion: npt.ArrayLike) -> Array:
        """h(d): what boosting makes of a distortion, in JND."""
        first, second = self.gains[codec]
        d = np.asarray(distortion, dtype=np.float64)
        return np.asarray(first * d + second * d * d)


def scale_triplets(
    triplets: Triplets,
    *,
    levels: str = "free",
    rates: dict[Item, float] | None = None,
    prior_sd: float | None = None,
    resamples: int = 0,
    confidence: float = 0.95,
    seed: int = 0,
) -> TripletScale:
    """Maximum likelihood of all answers together.

    Parameters
    ----------
    levels : "free", "monotone" (distortion rises with the level within a codec) or "rate-exp" (then ``rates``
        gives bits per pixel of every item).
    prior_sd : standard deviation in JND of a normal prior on the distortions; none by default.
    resamples : of the answers of each triplet, for percentile intervals; 0 for none.

    Raises
    ------
    UnusableAnswersError
        Empty or impossible counts, rates missing.
    GraphDisconnectedError
        Items never compared, directly or indirectly, with the source.
    """
    problem = _Problem(triplets, levels, rates, prior_sd)
    start = problem.start()
    packed, value = problem.solve(problem.right_votes, start)
    distortion = problem.distortions(packed)[1:] / JND_UNIT
    notes = []
    if not problem.plain.any():
        notes.append(
            "no plain triplets: boosted differences are larger than real ones, so this is not in JND"
        )
    runaway = [
        item for item, d in zip(problem.items[1:], distortion, strict=True) if abs(d) > LARGEST_DISTANCE
    ]
    if runaway:
        notes.append(
            f"{len(runaway)} distortions beyond {LARGEST_DISTANCE:g} JND are not bounded by the answers; "
            f"give prior_sd or levels"
        )
    low = high = None
    if resamples:
        rng = np.random.default_rng(seed)
        share = np.clip(problem.right_votes / problem.votes, 0.0, 1.0)
        drawn = []
        for _ in range(resamples):
            resampled = rng.binomial(np.round(problem.votes).astype(np.int64), share).astype(np.float64)
            resampled *= problem.votes / np.round(problem.votes)
            drawn.append(problem.distortions(problem.solve(resampled, packed)[0])[1:] / JND_UNIT)
        tail = (1 - confidence) / 2
        low, high = np.quantile(np.array(drawn), [tail, 1 - tail], axis=0)
    return TripletScale(
        tuple(problem.items[1:]), distortion, low, high, problem.gains(packed), value, tuple(notes)
    )


class _Problem:
    """Packed parameters: of the distortions, then ln γ₁ and γ₂ of each codec."""

    def __init__(
        self, triplets: Triplets, levels: str, rates: dict[Item, float] | None, prior_sd: float | None
    ) -> None:
        self.right_votes = np.asarray(triplets.right_votes, dtype=np.float64)
        self.votes = np.asarray(triplets.votes, dtype=np.float64)
        boosted = np.asarray(triplets.boosted, dtype=bool)
        if not self.votes.size:
            raise UnusableAnswersError("there are no triplets to scale")
        if not len(triplets.left) == len(triplets.right) == self.votes.size == boosted.size:
            raise UnusableAnswersError(
                "each triplet needs a left and a right item, votes and whether it is boosted"
            )
        if np.any((self.votes <= 0) | (self.right_votes < 0) | (self.right_votes > self.votes)):
            raise UnusableAnswersError("votes must be above 0, with 0 to all of them for the right side")
        self.plain = ~boosted
        shown = set(triplets.left) | set(triplets.right)
        self.items: list[Item] = [SOURCE, *sorted(shown - {SOURCE})]
        index = {item: i for i, item in enumerate(self.items)}
        self.left = np.array([index[item] for item in triplets.left])
        self.right = np.array([index[item] for item in triplets.right])
        compared = np.zeros((len(self.items),) * 2)
        np.add.at(compared, (self.left, self.right), self.votes)
        refuse_disconnected(components(compared), [f"{codec} {level}" for codec, level in self.items])
        self.codecs = sorted({codec for codec, _ in self.items[1:]})
        self.codec_of = np.array([0, *(self.codecs.index(codec) for codec, _ in self.items[1:])])
        self.prior_sd = None if prior_sd is None else prior_sd * JND_UNIT
        self.levels = levels
        if levels not in ("free", "monotone", "rate-exp"):
            raise ValueError(f'levels must be "free", "monotone" or "rate-exp", got "{levels}"')
        if levels == "rate-exp":
            missing = [item for item in self.items[1:] if item not in (rates or {})]
            if missing:
                raise UnusableAnswersError(f"rates lack bits per pixel of {missing[0][0]} {missing[0][1]}")
            assert rates is not None
            self.rates = np.array([0.0, *(rates[item] for item in self.items[1:])])
        self.members = [np.flatnonzero(self.codec_of[1:] == c) + 1 for c in range(len(self.codecs))]
        self.shape_size = 2 * len(self.codecs) if levels == "rate-exp" else len(self.items) - 1

    def start(self) -> Array:
        if self.levels == "rate-exp":
            shape = [
                value
                for m in self.members
                for value in (np.log(3.0), 1 / max(float(np.mean(self.rates[m])), 1e-6))
            ]
        elif self.levels == "monotone":
            shape = [0.2] * self.shape_size
        else:
            shape = [0.2 * level for _, level in self.items[1:]]
        return np.array([*shape, *([np.log(1.5), 0.0] * len(self.codecs))])

    def bounds(self) -> list[tuple[float | None, float | None]]:
        inner: tuple[float | None, float | None] = (None, None)
        if self.levels == "monotone":
            inner = (0.0, None)
        shape = [inner] * self.shape_size
        if self.levels == "rate-exp":
            shape = [(None, None), (0.0, None)] * len(self.codecs)
        # Without boosted triplets the map is not identified; without plain ones only its shape would be.
        both = bool(self.plain.any() and (~self.plain).any())
        gain: list[tuple[float | None, float | None]] = [
            (float(np.log(SMALLEST_GAIN)), float(np.log(20.0))) if both else (0.0, 0.0),
            (-10.0, 10.0) if both else (0.0, 0.0),
        ]
        return [*shape, *(gain * len(self.codecs))]

    def distortions(self, packed: Array) -> Array:
        """(items,) in Thurstone units, the source first."""
        d = np.zeros(len(self.items))
        if self.levels == "rate-exp":
            alpha, beta = packed[0 : self.shape_size : 2], packed[1 : self.shape_size : 2]
            d[1:] = np.exp(alpha[self.codec_of[1:]] - beta[self.codec_of[1:]] * self.rates[1:])
        elif self.levels == "monotone":
            for members in self.members:
                d[members] = np.cumsum(packed[members - 1])
        else:
            d[1:] = packed[: self.shape_size]
        return d

    def gains(self, packed: Array) -> dict[str, tuple[float, float]]:
        tail = packed[self.shape_size :].reshape(-1, 2)
        return {
            codec: (float(np.exp(row[0])), float(row[1] * JND_UNIT))
            for codec, row in zip(self.codecs, tail, strict=True)
        }

    def solve(self, right_votes: Array, start: Array) -> tuple[Array, float]:
        found = minimize(
            self._negative,
            start,
            args=(right_votes,),
            jac=True,
            method="L-BFGS-B",
            bounds=self.bounds(),
            options={"maxiter": 3000, "maxfun": 5000, "ftol": 1e-12, "gtol": 1e-7},
        )
        return np.asarray(found.x, dtype=np.float64), float(-found.fun)

    def _negative(self, packed: Array, right_votes: Array) -> tuple[float, Array]:
        d = self.distortions(packed)
        tail = packed[self.shape_size :].reshape(-1, 2)
        first, second = np.exp(tail[self.codec_of, 0]), tail[self.codec_of, 1]
        boosted = first * d + second * d * d
        boosted[0] = 0.0
        x = np.where(self.plain, d[self.right] - d[self.left], boosted[self.right] - boosted[self.left])
        log_right, log_left = log_ndtr(x), log_ndtr(-x)
        value = float(np.sum(right_votes * log_right + (self.votes - right_votes) * log_left))
        log_density = -0.5 * x * x - 0.5 * np.log(2 * np.pi)
        slope = right_votes * np.exp(log_density - log_right) - (self.votes - right_votes) * np.exp(
            log_density - log_left
        )
        size = d.size
        plain = np.bincount(self.right, np.where(self.plain, slope, 0.0), size) - np.bincount(
            self.left, np.where(self.plain, slope, 0.0), size
        )
        lifted = np.bincount(self.right, np.where(self.plain, 0.0, slope), size) - np.bincount(
            self.left, np.where(self.plain, 0.0, slope), size
        )
        by_distortion = plain + lifted * (first + 2 * second * d)
        if self.prior_sd is not None:
            value -= 0.5 * float(np.sum((d / self.prior_sd) ** 2))
            by_distortion = by_distortion - d / self.prior_sd**2
        gradient = np.zeros(packed.size)
        if self.levels == "rate-exp":
            for c, members in enumerate(self.members):
                gradient[2 * c] = np.sum(by_distortion[members] * d[members])
                gradient[2 * c + 1] = -np.sum(by_distortion[members] * d[members] * self.rates[members])
        elif self.levels == "monotone":
            for members in self.members:
                gradient[members - 1] = np.cumsum(by_distortion[members][::-1])[::-1]
        else:
            gradient[: self.shape_size] = by_distortion[1:]
        for c, members in enumerate(self.members):
            gradient[self.shape_size + 2 * c] = np.sum(lifted[members] * first[members] * d[members])
            gradient[self.shape_size + 2 * c + 1] = np.sum(lifted[members] * d[members] ** 2)
        return -value, -gradient
