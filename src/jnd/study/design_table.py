"""What a study will be before anybody takes part: trials, minutes, and what its number of answers can show."""

from dataclasses import dataclass
from typing import Any

from jnd.psychometrics.forced_choice import design_table
from jnd.study.design.records import StudyDesign
from jnd.study.frames import NOMINAL_RATES, frames_per_phase, real_phase_ms
from jnd.study.methods import STUDY_METHODS
from jnd.study.stimuli.manifest import Manifest

BREAK_SECONDS = 30.0
BEFORE_SECONDS = 240.0
"""Consent, device check, calibration, screening, instructions."""


@dataclass(frozen=True, slots=True)
class StudyFigures:
    """Of one session, and per picture."""

    pictures: int
    series: int
    """Pictures times codecs."""
    stimuli: int
    practice: int
    trials: int
    """Scored and catch trials of a session; an adaptive search may end earlier."""
    catches: int
    repeats: int
    minutes: float
    answers_per_series: int
    """Of one session."""

    def to_json(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def study_figures(design: StudyDesign, manifest: Manifest) -> StudyFigures:
    """The figures of a study's first session."""
    method = STUDY_METHODS[design.study.method]
    plan = method.plan(design, manifest, design.study.seed)
    main = [slot for slot in plan if slot.stage == "main"]
    scored = [slot for slot in main if slot.kind == "ordinary"]
    each = method.seconds_per_trial + design.display.blank_ms / 1000
    breaks = len(main) // design.trials.break_every if design.trials.break_every else 0
    seconds = BEFORE_SECONDS + len(plan) * each + breaks * BREAK_SECONDS
    return StudyFigures(
        pictures=len(manifest.sources),
        series=len(manifest.series),
        stimuli=len(manifest.stimuli),
        practice=len(plan) - len(main),
        trials=len(main),
        catches=sum(slot.kind == "catch" for slot in main),
        repeats=sum(slot.kind == "repeat" for slot in main),
        minutes=round(seconds / 60, 1),
        answers_per_series=round(len(scored) / max(1, len(manifest.series))),
    )


def power_rows(observers: tuple[int, ...] = (10, 20, 30, 40, 60)) -> list[dict[str, Any]]:
    """What so many forced-choice answers at one level can show; the numbers are exact."""
    return [
        {
            "trials": row.trials,
            "lossless_at_most": row.largest_below_criterion,
            "seen_at_least": row.smallest_above_chance,
            "low_at_75": row.interval_at_criterion[0],
            "high_at_75": row.interval_at_criterion[1],
        }
        for row in design_table(list(observers))
    ]


def frame_rows(design: StudyDesign) -> list[dict[str, Any]]:
    """What a phase becomes at usual refresh rates."""
    return [
        {
            "refresh_hz": rate,
            "frames": frames_per_phase(design.display.phase_ms, rate),
            "phase_ms": round(real_phase_ms(design.display.phase_ms, rate), 2),
        }
        for rate in NOMINAL_RATES
    ]
