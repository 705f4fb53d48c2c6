"""All artifacts of one picture at once, what each does to quality, and two scores of the whole.

In: a file or a picture. Out: an :class:`Inspection`.

What an artifact does to quality cannot be measured without the original, so the observer is asked another question: how
visible is it when the artifact is applied to this picture *once more*, at the strength measured (JPEG, blur, noise,
change of size, chroma), or when it is *taken out* by a simple filter (blocks, ripples, bands)? Both underestimate: detail that
is gone cannot be lost again, and filters leave a part. How near they come to the truth on pictures whose original is
known stands in ``benchmarks/results/artifacts.txt``.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from jnd._lookup import lookup
from jnd.artifacts import ARTIFACTS, Artifact, Finding, Subject, subject_of
from jnd.metrics.brisque_observer import SMALLEST_SIDE as BRISQUE_SIDE
from jnd.metrics.brisque_observer import brisque_observer
from jnd.metrics.niqe import SMALLEST_SIDE as NIQE_SIDE
from jnd.metrics.niqe import niqe
from jnd.observer import Observer
from jnd.picture import MAX_PIXELS, Picture
from jnd.viewing import ViewingConditions

LOOKED_AT = 1024
"""Pixels a side: effects and scores are those of the middle of larger pictures."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What an artifact does to quality, by the observer."""

    method: str
    """"applied once more" or "taken out"."""
    jod: float
    """10 is no visible difference."""
    jnd: float
    """Just noticeable differences of the average observer (protocol aic3)."""
    notice: float
    """How often the average observer notices, 0 to 1."""
    words: str


@dataclass(frozen=True, slots=True, eq=False)
class Inspection:
    """What one picture tells about itself."""

    width: int
    height: int
    findings: dict[str, Finding]
    """By the keys of ``ARTIFACTS``; an artifact that needs a larger picture is missing."""
    effects: dict[str, Effect]
    """Of artifacts that were found and that have one."""
    niqe: float | None
    """Distance from the statistics of good photographs, lower is better; None for pictures that are too small."""
    brisque_observer: float | None
    """Estimated JOD of the picture to its unseen original; None for pictures that are too small."""
    notes: tuple[str, ...]


def inspect(
    source: str | os.PathLike[str] | bytes | Picture,
    *,
    artifacts: Iterable[str] | None = None,
    effects: bool = True,
    scores: bool = True,
    viewing: ViewingConditions | None = None,
    max_pixels: int = MAX_PIXELS,
) -> Inspection:
    """Look for artifacts in one picture, without a reference.

    Parameters
    ----------
    source : a file, its bytes, or a picture in memory. From a JPEG file the tables are read, too.
    artifacts : names to look for, all by default.
    effects : also ask the observer what each artifact that was found does to quality.
    scores : also compute the two scores without a reference.
    viewing : of the observer; ``standard_fhd`` by default.

    Raises
    ------
    UnreadablePictureError
        The file is no picture that can be read.
    UnknownNameError
        No such artifact.
    """
    chosen = {
        name: lookup(ARTIFACTS, name, kind="artifact")
        for name in (ARTIFACTS if artifacts is None else artifacts)
    }
    subject = subject_of(source, max_pixels=max_pixels)
    height, width = subject.pixels.shape[:2]
    findings, notes = {}, []
    for name, artifact in chosen.items():
        if min(height, width) < artifact.smallest_side:
            notes.append(f"{artifact.title.lower()} needs sides of {artifact.smallest_side} pixels")
        else:
            findings[name] = artifact.detect(subject)
    found_effects = {}
    middle = _middle(height, width)
    if (height, width) != (middle[0].stop - middle[0].start, middle[1].stop - middle[1].start):
        notes.append(f"effects and scores are those of the middle {LOOKED_AT} by {LOOKED_AT} pixels")
    part = np.ascontiguousarray(subject.pixels[middle])
    if effects and any(finding.found and chosen[name].imitated for name, finding in findings.items()):
        observer = Observer(part, viewing)
        for name, finding in findings.items():
            if finding.found:
                effect = _effect(observer, chosen[name], subject, finding, middle)
                if effect is not None:
                    found_effects[name] = effect
    smaller = min(part.shape[:2])
    return Inspection(
        width=width,
        height=height,
        findings=findings,
        effects=found_effects,
        niqe=niqe(part) if scores and smaller >= NIQE_SIDE else None,
        brisque_observer=brisque_observer(part) if scores and smaller >= BRISQUE_SIDE else None,
        notes=tuple(notes),
    )


def _effect(
    observer: Observer, artifact: Artifact, subject: Subject, finding: Finding, middle: tuple[slice, slice]
) -> Effect | None:
    if artifact.imitated is None:
        return None
    # Multiples of 16 keep every grid where it was.
    part = Subject(np.ascontiguousarray(subject.pixels[middle]))
    seen = finding if finding.map is None else replace(finding, map=np.ascontiguousarray(finding.map[middle]))
    changed = artifact.imitated(part, seen)
    if changed is None:
        return None
    sight = observer.look(changed)
    return Effect(artifact.effect_method, sight.jod, sight.jnd, sight.notice, _in_words(sight.jnd))


def _in_words(jnd: float) -> str:
    for limit, words in (
        (0.25, "not visible"),
        (0.75, "hardly visible"),
        (1.5, "visible"),
        (4.0, "clearly visible"),
    ):
        if jnd < limit:
            return words
    return "strong"


def _middle(height: int, width: int) -> tuple[slice, slice]:
    """Rows and columns of the middle, from multiples of 16."""
    top, left = ((max(side - LOOKED_AT, 0) // 2) // 16 * 16 for side in (height, width))
    return slice(top, min(top + LOOKED_AT, height)), slice(left, min(left + LOOKED_AT, width))
