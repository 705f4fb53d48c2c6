"""What can be chosen in an analysis."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AnalysisOptions:
    """The same for every method."""

    confidence: float = 0.95
    """Of the intervals."""
    resamples: int = 1000
    """Of bootstraps over observers."""
    seed: int = 0
    function: str = "normal"
    """Psychometric function; see ``jnd fit``."""
    opinion: str = "p910"
    """Model of ratings; see ``jnd fit``."""

    def __post_init__(self) -> None:
        """Check."""
        if not 0 < self.confidence < 1:
            raise ValueError(f"confidence must lie between 0 and 1, got {self.confidence:g}")
        if self.resamples < 50:
            raise ValueError(f"resamples must be 50 or more, got {self.resamples}")
