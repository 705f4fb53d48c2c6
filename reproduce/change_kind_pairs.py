"""Pairs of pictures with a known change, for training and testing the classifier of changes.

Levels are scaled by the observer: every single change is between 0.5 and 8 JND, in a sequence each of the two when it
stands alone. Used by ``reproduce/fit_change_kinds.py`` and ``benchmarks/change_kinds.py``.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from shared_material import shared

from jnd.difference.kinds.classes import CHANGE_CLASSES
from jnd.distortions import distort, distort_sequence
from jnd.observer import Observer
from jnd.picture import read_picture, seen

CLASS_OF = {name: key for key, entry in CHANGE_CLASSES.items() for name in entry.distortions}
CONTAINED = {frozenset(("jpeg", "chroma_subsampling"))}
"""One is a part of the other (our JPEG is 4:2:0), so the two in sequence are not told from one."""
FREE = ("astronaut", "chelsea", "coffee", "rocket", "cat", "retina")
LOWEST_SECOND = 0.75
"""In a sequence each change alone is at least so many JND in training; a test asks for 1."""

LEVEL_AT_2_JND = {
    "jpeg": 0.7,
    "bilateral": 0.45,
    "sharpening": 0.3,
    "banding": 0.65,
    "chroma_subsampling": 0.6,
    "ringing": 0.13,
    "noise_impulse": 0.12,
    "checkerboard": 0.13,
    "colour_shift": 0.11,
    "saturation": 0.08,
    "shift": 0.15,
    "affine": 0.15,
    "homography": 0.15,
    "linear_warp": 0.15,
    "cubic_warp": 0.15,
    "paste": 0.12,
}
"""Where to begin a search; about what it is on scikit-image's astronaut."""


@dataclass(frozen=True, slots=True)
class KnownChange:
    reference: np.ndarray
    changed: np.ndarray
    steps: tuple[tuple[str, float], ...]
    """(distortion, level); none for an untouched picture."""
    jnd: float
    """Of the whole change."""
    alone: tuple[float, ...]
    """JND of each step on the reference by itself."""


def pictures(source: str) -> list[np.ndarray]:
    """(H, W, 3) uint8 pictures: "clic", "cid22" (training half), "kodak" or "free" (scikit-image's)."""
    if source == "free":
        from skimage import data

        return [np.ascontiguousarray(getattr(data, name)()[:, :, :3]) for name in FREE[:4]]
    root = shared("data/images")
    folder = {
        "clic": root / "clic2025" / "validation",
        "cid22": root / "cid22" / "CID22-512" / "training",
        "kodak": root / "kodak",
    }
    files = sorted(path for path in folder[source].rglob("*") if path.suffix in (".webp", ".png"))
    return [np.asarray(seen(read_picture(path))) for path in files]


def crop(pool: list[np.ndarray], side: int, random: np.random.Generator) -> np.ndarray:
    """A square of a picture that was made smaller by a random factor, as far as it allows."""
    picture = pool[random.integers(len(pool))]
    height, width = picture.shape[:2]
    factor = math.exp(random.uniform(0, math.log(max(1.0, min(3.0, min(height, width) / (1.2 * side))))))
    if factor > 1.05:
        picture = cv2.resize(
            picture, (round(width / factor), round(height / factor)), interpolation=cv2.INTER_AREA
        )
    height, width = picture.shape[:2]
    top, left = random.integers(max(1, height - side)), random.integers(max(1, width - side))
    return np.ascontiguousarray(picture[top : top + side, left : left + side])


def scaled_step(
    observer: Observer,
    reference: np.ndarray,
    name: str,
    lowest: float,
    highest: float,
    seed: int,
    random: np.random.Generator,
) -> tuple[float, float, np.ndarray] | None:
    """A level between the two distances (log-uniform), the distance found, and the picture; None if there is none."""
    target = math.exp(random.uniform(math.log(lowest), math.log(highest)))
    low, high = 0.0, 1.0
    level = min(0.95, LEVEL_AT_2_JND.get(name, 0.25) * math.sqrt(target / 2))
    for _ in range(6):
        changed = distort(reference, name, level, seed)
        found = observer.look(changed).jnd
        if lowest <= found <= highest and abs(math.log(found / target)) < 0.4:
            return level, found, changed
        low, high = (level, high) if found < target else (low, level)
        guess = level * math.sqrt(target / max(found, 0.05))
        level = guess if low < guess < high and guess < 2 * level else (low + high) / 2
    return (level, found, changed) if lowest <= found <= highest else None


def single_change(
    reference: np.ndarray, name: str, random: np.random.Generator, lowest: float = 0.5, highest: float = 8.0
) -> KnownChange | None:
    seed = int(random.integers(2**31))
    step = scaled_step(Observer(reference), reference, name, lowest, highest, seed, random)
    if step is None:
        return None
    level, found, changed = step
    return KnownChange(reference, changed, ((name, level),), found, (found,))


def double_change(
    reference: np.ndarray, random: np.random.Generator, lowest: float = LOWEST_SECOND, highest: float = 8.0
) -> KnownChange | None:
    kinds = list(CHANGE_CLASSES)
    first, second = random.choice(len(kinds), 2, replace=False)
    if frozenset((kinds[first], kinds[second])) in CONTAINED:
        return None
    names = [str(random.choice(CHANGE_CLASSES[kinds[index]].distortions)) for index in (first, second)]
    observer = Observer(reference)
    seed = int(random.integers(2**31))
    found = [scaled_step(observer, reference, name, lowest, highest, seed, random) for name in names]
    if found[0] is None or found[1] is None:
        return None
    steps = ((names[0], found[0][0]), (names[1], found[1][0]))
    changed = distort_sequence(reference, steps, seed)
    return KnownChange(reference, changed, steps, observer.look(changed).jnd, (found[0][1], found[1][1]))


WAYS = 4
"""In which a picture may be left as it was."""


def untouched(reference: np.ndarray, random: np.random.Generator, way: int | None = None) -> KnownChange:
    """Identical, or through a rounding error: of 0.75 code values, of linear light in 12 bits, of YCbCr in 8 bits."""
    way = int(random.integers(1, WAYS)) if way is None else way
    values: np.ndarray
    if way == 0:
        values = reference
    elif way == 1:
        values = reference + random.uniform(-0.75, 0.75, reference.shape)
    elif way == 2:
        linear = np.rint(np.power(reference / 255.0, 2.2) * 4095) / 4095
        values = np.power(linear, 1 / 2.2) * 255
    else:
        values = cv2.cvtColor(cv2.cvtColor(reference, cv2.COLOR_RGB2YCrCb), cv2.COLOR_YCrCb2RGB)
    changed = np.clip(np.rint(values), 0, 255).astype(np.uint8)
    return KnownChange(reference, changed, (), 0.0, ())


def training_changes(source: str, side: int, seed: int, sequences: float = 1.0) -> Iterator[KnownChange]:
    """Without end: each kind in turn, ``sequences`` times as many sequences of two, and some untouched pictures.

    Levels are drawn about the observer's usual curve of each distortion instead of searched, and a change is kept if
    the observer then says 0.4 to 10 JND (a sequence: 0.8 to 14): five times as many pairs in the same time.
    """
    pool = pictures(source)
    random = np.random.default_rng(seed)
    reference = crop(pool, side, random)
    observer = Observer(reference)
    made = 0
    while True:
        for kind in random.permutation(list(CHANGE_CLASSES)):
            name = str(random.choice(CHANGE_CLASSES[kind].distortions))
            other = str(random.choice(list(CHANGE_CLASSES)))
            second = str(random.choice(CHANGE_CLASSES[other].distortions))
            recipes = [((name, 0.5, 8.0),)] if random.uniform() < 1 / sequences else []
            if other != kind and frozenset((kind, other)) not in CONTAINED:
                pair = ((name, LOWEST_SECOND, 8.0), (second, LOWEST_SECOND, 8.0))
                recipes.append(pair if random.uniform() < 0.5 else pair[::-1])
            for recipe in recipes:
                steps = tuple((which, drawn_level(which, low, high, random)) for which, low, high in recipe)
                changed = distort_sequence(reference, steps, int(random.integers(2**31)))
                jnd = observer.look(changed).jnd
                if (0.4 if len(steps) == 1 else 0.8) <= jnd <= (10.0 if len(steps) == 1 else 14.0):
                    yield KnownChange(reference, changed, steps, jnd, ())
            made += 1
            if made % 8 == 0:
                yield untouched(reference, random)
            if made % 4 == 0:
                reference = crop(pool, side, random)
                observer = Observer(reference)


def drawn_level(name: str, lowest: float, highest: float, random: np.random.Generator) -> float:
    target = math.exp(random.uniform(math.log(lowest), math.log(highest)))
    return min(1.0, LEVEL_AT_2_JND.get(name, 0.25) * math.sqrt(target / 2) * math.exp(random.normal(0, 0.15)))
