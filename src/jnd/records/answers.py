"""What people's answers come to: fits, satisfied-user curves, scales, scores, and doubts about observers."""

from dataclasses import dataclass

Interval = tuple[float, float]
"""Lower and upper end; infinite (a width's lower end 0) where the answers leave that side open."""


@dataclass(frozen=True, slots=True)
class PsychometricFit:
    """The psychometric function fitted to answers, and how sure we are."""

    function: str
    """Name of the sigmoid."""
    threshold: float
    """Level at which half of the differences are detected (F = 0.5), in the unit of the levels."""
    width: float
    """Distance between 5 % and 95 % detected; for "weibull" the natural logarithm of their ratio."""
    guess_rate: float
    lapse_rate: float
    overdispersion: float
    """η of the beta-binomial, 0 (binomial) to 1."""
    method: str
    """How the values were estimated: "maximum likelihood" or "posterior mode"."""
    interval_method: str
    """How the intervals were found: "profile likelihood", "posterior", "bootstrap of trials", …"""
    confidence: float
    """Level of the intervals, for example 0.95."""
    threshold_interval: Interval
    width_interval: Interval
    guess_rate_interval: Interval | None
    """None where the rate was fixed or the method gives none."""
    lapse_rate_interval: Interval | None
    overdispersion_interval: Interval | None
    log_likelihood: float
    deviance: float
    """Twice the log-likelihood ratio to the saturated model."""
    trials: int
    levels: tuple[float, ...]
    """Of the blocks, ascending."""
    seen: tuple[int, ...]
    block_trials: tuple[int, ...]
    notes: tuple[str, ...] = ()
    """What the reader should know, for example an interval that reaches the edge of the tested levels."""


@dataclass(frozen=True, slots=True)
class SurCurve:
    """Satisfied user ratio: the share of people who notice nothing, by level (larger is worse)."""

    level: tuple[float, ...]
    """Ascending."""
    satisfied: tuple[float, ...]
    """In [0, 1], non-increasing."""
    low: tuple[float, ...] | None
    """Lower end of the pointwise interval, or None."""
    high: tuple[float, ...] | None
    distribution: str
    """"empirical", or the family of the individual JND: "normal", "logistic", …"""
    parameters: tuple[float, ...]
    observers: int


@dataclass(frozen=True, slots=True)
class ScaleFit:
    """Values of items on an interval scale, from comparisons."""

    model: str
    """"thurstone" or "bradley-terry" or "aic-3"."""
    unit: str
    scores: tuple[float, ...]
    standard_errors: tuple[float, ...] | None
    low: tuple[float, ...] | None
    high: tuple[float, ...] | None
    components: tuple[tuple[int, ...], ...]
    """Items that can be compared with each other; scores are centred within each."""
    log_likelihood: float


@dataclass(frozen=True, slots=True)
class OpinionScores:
    """Scores of rated stimuli and what is known of the observers."""

    method: str
    scores: tuple[float, ...]
    """One per stimulus, on the scale of the ratings."""
    standard_errors: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    confidence: float
    votes: tuple[int, ...]
    """Per stimulus, after screening."""
    rejected: tuple[int, ...]
    """Zero-based observers that the method screened out."""
    observer_bias: tuple[float, ...] | None = None
    observer_inconsistency: tuple[float, ...] | None = None
    stimulus_spread: tuple[float, ...] | None = None
    """Standard deviation of the votes per stimulus."""


@dataclass(frozen=True, slots=True)
class Flag:
    """A reason to look at an observer (or one of their trials) again. Nothing is deleted."""

    observer: str
    rule: str
    value: float
    limit: float
    reason: str
    trial: str | None = None
