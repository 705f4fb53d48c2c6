"""Triplets: which of two pictures differs more from the pivot, the source? What boosted and plain ones share [AIC3].

Pairs of a session: levels of one codec near each other, the source among them; near levels of two codecs; the same
picture twice ("bias"); source against the strongest level ("trap", a catch trial).
"""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any, ClassVar

import numpy as np
from scipy.special import ndtr

from jnd.psychometrics.simulated_observer import SimulatedObserver
from jnd.study.design.records import StudyDesign
from jnd.study.methods.method import NOT_SURE, DrawnTrial, Judged, StudyMethod, TrialSlot
from jnd.study.methods.planning import numbered, series_of, spread, with_catches
from jnd.study.stimuli.manifest import Manifest, Stimulus

NEAR = 3
"""Steps of level within which pairs are asked: further apart everybody agrees, which scales nothing."""
BIAS_SHARE = 0.05
Z_PER_JND = 0.674489750196082
"""Φ⁻¹(0.75): one JND is where three in four agree."""


class Triplet(StudyMethod):
    """Left or right?"""

    guess_rate: ClassVar[float] = 0.5
    gain: ClassVar[float] = 1.0
    """How many times larger differences look, for simulated observers."""

    def plan(
        self, design: StudyDesign, manifest: Manifest, seed: int, sources: Sequence[str] | None = None
    ) -> tuple[TrialSlot, ...]:
        """See :class:`StudyMethod`."""
        rng = np.random.default_rng(seed)
        slots = []
        by_source: dict[str, list[str]] = {}
        for name in series_of(manifest, sources):
            by_source.setdefault(manifest.series[name][0].source, []).append(name)
        for source, names in by_source.items():
            pairs = _pairs(manifest, source, names)
            count = min(len(pairs), design.trials.per_picture * len(names))
            chosen = [pairs[int(place)] for place in rng.choice(len(pairs), size=count, replace=False)]
            for _ in range(round(BIAS_SHARE * count)):
                one = manifest.series[names[int(rng.integers(len(names)))]]
                same = one[int(rng.integers(len(one)))]
                chosen.append((same, same))
            slots += [_slot(source, pair, rng) for pair in chosen]

        def trap(number: int) -> TrialSlot:
            source = list(by_source)[int(rng.integers(len(by_source)))]
            strongest = manifest.series[by_source[source][0]][-1]
            return _slot(source, (manifest.reference(source), strongest), rng)

        main = with_catches(spread(slots, rng), design, rng, trap)
        practice = [trap(number) for number in range(design.trials.practice_trials)]
        return numbered(practice, main, design)

    def draw(
        self,
        design: StudyDesign,
        manifest: Manifest,
        slot: TrialSlot,
        level: float | None,
        rng: np.random.Generator,
    ) -> DrawnTrial:
        """See :class:`StudyMethod`."""
        left, right = (manifest.by_id[slot.data[side]] for side in ("left", "right"))
        shown = {"pivot": manifest.reference(slot.source), "left": left, "right": right}
        levels = {side: one.level or 0.0 for side, one in (("left", left), ("right", right))}
        answer = None
        if slot.kind == "catch" or slot.stage == "practice":
            answer = max(levels, key=lambda side: levels[side])
        more = left if levels["left"] >= levels["right"] else right
        return DrawnTrial(
            params=self.params(design),
            assets={role: one.sha256 for role, one in shown.items()},
            choices=("left", NOT_SURE, "right") if design.trials.not_sure else ("left", "right"),
            answer_key={"answer": answer, "levels": levels},
            source=slot.source,
            codec=more.codec,
            setting=more.setting,
            level=more.level,
            stimuli={role: one.id for role, one in shown.items()},
        )

    def params(self, design: StudyDesign) -> dict[str, Any]:
        """Settings for the screen."""
        raise NotImplementedError

    def valid(self, value: Any, drawn_choices: Sequence[str], params: Mapping[str, Any]) -> bool:
        """See :class:`StudyMethod`."""
        return isinstance(value, str) and value in drawn_choices

    def judge(self, key: Mapping[str, Any], level: float | None, value: Any) -> Judged:
        """Right or wrong only where the answer is obvious."""
        return Judged(None if key["answer"] is None else value == key["answer"])

    def simulate(
        self, design: StudyDesign, manifest: Manifest, trial: DrawnTrial, observer: SimulatedObserver,
        rng: np.random.Generator, count: int = 1_000_000,
    ) -> Any:  # fmt: skip
        """Thurstone's case V, one JND per threshold of the observer; lapses are tosses."""
        if rng.random() < observer.lapse_rate:
            return ("left", "right")[int(rng.integers(2))]
        levels = trial.answer_key["levels"]
        jnd = self.gain * (levels["right"] - levels["left"]) / observer.threshold
        return "right" if rng.random() < float(ndtr(Z_PER_JND * jnd)) else "left"


def _pairs(manifest: Manifest, source: str, names: Sequence[str]) -> list[tuple[Stimulus, Stimulus]]:
    reference = manifest.reference(source)
    found = []
    for name in names:
        ladder = (reference, *manifest.series[name])
        found += [
            (ladder[one], ladder[other])
            for one, other in combinations(range(len(ladder)), 2)
            if other - one <= NEAR
        ]
    for one, other in combinations(names, 2):
        for place, test in enumerate(manifest.series[one]):
            near = manifest.series[other][max(0, place - 1) : place + 2]
            found += [(test, rival) for rival in near]
    return found


def _slot(source: str, pair: tuple[Stimulus, Stimulus], rng: np.random.Generator) -> TrialSlot:
    left, right = pair if rng.random() < 0.5 else pair[::-1]
    return TrialSlot(0, "main", "ordinary", source, data={"left": left.id, "right": right.id})
