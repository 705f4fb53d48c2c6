"""What the plans of all methods share: order, catch trials, repeats, blocks, practice."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import numpy as np

from jnd.study.design.records import StudyDesign
from jnd.study.methods.method import TrialSlot
from jnd.study.stimuli.manifest import Manifest


def series_of(manifest: Manifest, sources: Sequence[str] | None) -> list[str]:
    """Series of the pictures of a session."""
    wanted = set(manifest.sources if sources is None else sources)
    return [name for name, tests in manifest.series.items() if tests[0].source in wanted]


def trials_of_series(design: StudyDesign, manifest: Manifest, series: str) -> int:
    """Trials of a search in one session, or all repeats of all levels."""
    if design.trials.adaptive == "constant_stimuli":
        return design.trials.per_picture * len(manifest.series[series])
    return design.trials.per_picture


def spread(slots: Iterable[TrialSlot], rng: np.random.Generator) -> list[TrialSlot]:
    """In random order, with no picture twice in a row as far as that is possible."""
    piles: dict[str, list[TrialSlot]] = {}
    for slot in slots:
        piles.setdefault(slot.source, []).append(slot)
    for pile in piles.values():
        rng.shuffle(pile)
    order: list[TrialSlot] = []
    while piles:
        last = order[-1].source if order else None
        names = [name for name in piles if name != last] or list(piles)
        total = sum(map(len, piles.values()))
        # The largest pile must come now if it is half of what is left; else by chance, in proportion.
        largest = max(names, key=lambda name: len(piles[name]))
        if len(piles[largest]) * 2 > total:
            name = largest
        else:
            weights = np.array([len(piles[name]) for name in names], dtype=np.float64)
            name = names[int(rng.choice(len(names), p=weights / weights.sum()))]
        order.append(piles[name].pop())
        if not piles[name]:
            del piles[name]
    return order


def with_catches(
    slots: list[TrialSlot], design: StudyDesign, rng: np.random.Generator, catch: Callable[[int], TrialSlot]
) -> list[TrialSlot]:
    """So many catch trials more, at random places but the first."""
    count = round(design.trials.catch_share * len(slots))
    for number in range(count):
        place = int(rng.integers(1, len(slots) + 1))
        slots.insert(place, replace(catch(number), kind="catch"))
    return slots


def with_repeats(slots: list[TrialSlot], design: StudyDesign, rng: np.random.Generator) -> list[TrialSlot]:
    """Some trials asked again later; ``repeat_of`` is the index that :func:`numbered` gives the first one."""
    ordinary = [slot for slot in slots if slot.kind == "ordinary"]
    count = round(design.trials.repeat_share * len(ordinary))
    if not count or len(slots) < 4:
        return slots
    for place in sorted(
        rng.choice(len(ordinary), size=min(count, len(ordinary)), replace=False), reverse=True
    ):
        first = ordinary[int(place)]
        at = next(index for index, slot in enumerate(slots) if slot is first)
        later = int(rng.integers(min(at + 2, len(slots)), len(slots) + 1))
        # No search is told of it, but its level is that of the first.
        data = {**first.data, "of": first} | ({} if first.series is None else {"series": first.series})
        copy = replace(first, kind="repeat", series=None, data=data)
        slots.insert(later, copy)
    return slots


def numbered(practice: list[TrialSlot], main: list[TrialSlot], design: StudyDesign) -> tuple[TrialSlot, ...]:
    """The whole plan with indices, blocks and what repeats what."""
    plan = [replace(slot, stage="practice") for slot in practice] + main
    places = {id(slot): index for index, slot in enumerate(plan)}
    every = design.trials.break_every
    found = []
    for index, slot in enumerate(plan):
        data = dict(slot.data)
        first = data.pop("of", None)
        block = 0 if slot.stage == "practice" or not every else 1 + (index - len(practice)) // every
        repeat_of = None if first is None else places[id(first)]
        found.append(replace(slot, index=index, block=block, data=data, repeat_of=repeat_of))
    return tuple(found)


def balanced(count: int, choices: Sequence[str], rng: np.random.Generator) -> list[str]:
    """Each choice as often as the others, in random order."""
    repeated = [choices[index % len(choices)] for index in range(count)]
    rng.shuffle(repeated)
    return repeated
