"""Stimuli from a folder of pictures: decoded once by our codecs, kept without loss, named by content.

In go a design and pictures, out come events as pictures are done; in the end the manifest. Workers make, this process
writes; what is there already by its content is not written again, so a run that was stopped goes on.
"""

import hashlib
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from jnd.errors import ConfigurationError, JndError
from jnd.picture import Picture, read_picture, seen, write_bytes_atomically
from jnd.picture.colour import in_8_bits
from jnd.picture.identify import READABLE_EXTENSIONS
from jnd.picture.lossless import lossless_bytes
from jnd.psychometrics.quality_ruler import ruler_picture, ruler_qualities
from jnd.study.design.records import StudyDesign
from jnd.study.stimuli.flashes import LARGEST_SHARE, flash_share
from jnd.study.stimuli.levels import Pixels, change_of, levels_of
from jnd.study.stimuli.manifest import Manifest, Stimulus, asset_path, write_manifest
from jnd.viewing import ViewingConditions, srgb_to_linear, viewing_conditions
from jnd.workers import WorkerDied, in_processes

ALTERNATING = frozenset({"flicker", "flicker-slider", "btc"})
"""Methods that alternate pictures."""


@dataclass(frozen=True, slots=True)
class MakeJob:
    """One picture, for a worker."""

    path: Path
    name: str
    design: StudyDesign


@dataclass(frozen=True, slots=True)
class Made:
    """What became of one picture."""

    name: str
    stimuli: tuple[Stimulus, ...] = ()
    data: tuple[bytes, ...] = ()
    """PNG, one per stimulus."""
    error: str | None = None


def viewing_of(design: StudyDesign) -> ViewingConditions:
    """The viewing conditions that the design names.

    Raises
    ------
    UnknownNameError, ValueError
        There are none of that name.
    """
    return viewing_conditions(design.viewing.conditions, design.viewing.pixels_per_degree or None)


def pictures_of(folder: Path) -> dict[str, Path]:
    """Name → path of the pictures in a folder.

    Raises
    ------
    ConfigurationError
        No folder, no pictures, or two of one name.
    """
    if not folder.is_dir():
        raise ConfigurationError(f"stimuli.pictures: {folder} is no folder; name one that holds pictures")
    found: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.suffix.lower() not in READABLE_EXTENSIONS:
            continue
        if path.stem in found:
            raise ConfigurationError(
                f"{found[path.stem].name} and {path.name} in {folder} have the same name; rename one: a picture is known "
                "by its name without the ending"
            )
        found[path.stem] = path
    if not found:
        raise ConfigurationError(f"stimuli.pictures: there are no pictures in {folder}")
    return found


def make_stimuli(
    design: StudyDesign, pictures: dict[str, Path], folder: Path, *, workers: int = 1
) -> Generator[Made, None, None]:
    """Make and write the stimuli of every picture; the manifest is written at the end.

    Raises
    ------
    ConfigurationError
        A picture gave no stimuli: said with its name; nothing of the manifest is written then.
    OSError
        The folder cannot be written.
    """
    viewing_of(design)
    (folder / "stimuli").mkdir(parents=True, exist_ok=True)
    jobs = [MakeJob(path, name, design) for name, path in pictures.items()]
    done: dict[str, tuple[Stimulus, ...]] = {}
    for job, result in in_processes(make_of_picture, jobs, workers):
        made = Made(job.name, error=str(result)) if isinstance(result, WorkerDied) else result
        if made.error is not None:
            raise ConfigurationError(f"{job.path}: {made.error}")
        for stimulus, data in zip(made.stimuli, made.data, strict=True):
            path = asset_path(folder, stimulus.sha256)
            if not path.exists():
                write_bytes_atomically(path, data)
        done[job.name] = made.stimuli
        yield replace(made, data=())
    write_manifest(folder, Manifest(stimulus for name in pictures for stimulus in done[name]))


def make_of_picture(job: MakeJob) -> Made:
    """In a worker: the stimuli of one picture; never raises."""
    try:
        pairs = list(_stimuli(job))
    except (JndError, OSError, ValueError) as error:
        return Made(job.name, error=str(error).removeprefix(f"{job.path}: "))
    return Made(job.name, tuple(stimulus for stimulus, _ in pairs), tuple(data for _, data in pairs))


def _stimuli(job: MakeJob) -> Iterator[tuple[Stimulus, bytes]]:
    design = job.design
    whole = np.asarray(in_8_bits(seen(read_picture(job.path))), dtype=np.uint8)
    pixels = _middle(whole, design.stimuli.max_side)
    if design.study.method == "same-different":
        for name, patch in _patches(job.name, pixels, design):
            yield from _series(name, patch, design)
    else:
        yield from _series(job.name, pixels, design)
    if design.study.method == "quality-ruler":
        yield from _rulers(job.name, pixels, design)


def _series(name: str, pixels: Pixels, design: StudyDesign) -> Iterator[tuple[Stimulus, bytes]]:
    wanted = design.stimuli
    boosted = design.study.method == "btc"
    shown = _zoomed(pixels, wanted.boost_zoom) if boosted else pixels
    yield _stimulus(name, shown, f"{name}", "reference", None, 0.0, None)
    for kind in wanted.distortions or wanted.codecs:
        change = change_of(kind, pixels, wanted.seed)
        for level in levels_of(change, pixels, wanted, viewing_of(design)):
            changed = change.at(level)
            if boosted:
                changed = _boosted(pixels, changed, design)
            if design.study.method in ALTERNATING and not wanted.allow_flashes:
                share = flash_share(shown, changed)
                if share > LARGEST_SHARE:
                    raise ConfigurationError(
                        f"{kind} at level {level:g} changes the light of {share:.0%} of the picture so much that its "
                        "flicker could harm people with photosensitive epilepsy; leave out such levels, or set "
                        "stimuli.allow_flashes = true and warn participants"
                    )
            identity = f"{name}|{kind}|{level:g}"
            yield _stimulus(name, changed, identity, "test", kind, level, change.setting(level))


def _rulers(name: str, pixels: Pixels, design: StudyDesign) -> Iterator[tuple[Stimulus, bytes]]:
    light = srgb_to_linear(pixels / 255.0)
    per_degree = viewing_of(design).pixels_per_degree * design.display.scale
    for step, quality in enumerate(ruler_qualities(design.stimuli.ruler_steps)):
        blurred = np.clip(ruler_picture(light, float(quality), per_degree), 0.0, 1.0)
        code = np.where(blurred > 0.0031308, 1.055 * blurred ** (1 / 2.4) - 0.055, 12.92 * blurred)
        changed = np.asarray(np.round(code * 255), dtype=np.uint8)
        yield _stimulus(name, changed, f"{name}|ruler|{step}", "ruler", "ruler", float(step), float(quality))


def _stimulus(
    source: str,
    pixels: Pixels,
    identity: str,
    role: str,
    kind: str | None,
    level: float,
    setting: float | None,
) -> tuple[Stimulus, bytes]:
    data = lossless_bytes(Picture(np.ascontiguousarray(pixels)), ".png")
    height, width = pixels.shape[:2]
    digest = hashlib.sha256(data).hexdigest()
    return Stimulus(identity, source, role, kind, setting, level, digest, width, height), data


def _middle(pixels: Pixels, side: int) -> Pixels:
    if not side:
        return pixels
    height, width = pixels.shape[:2]
    top, left = max(0, height - side) // 2, max(0, width - side) // 2
    return pixels[top : top + side, left : left + side]


def _patches(name: str, pixels: Pixels, design: StudyDesign) -> Iterator[tuple[str, Pixels]]:
    size = design.stimuli.patch_size
    height, width = pixels.shape[:2]
    if min(height, width) < size:
        raise ConfigurationError(f"has {width} x {height} pixels, less than a patch of {size}")
    rng = np.random.default_rng([design.stimuli.seed, int(hashlib.sha256(name.encode()).hexdigest()[:8], 16)])
    for number in range(design.stimuli.patches):
        top, left = int(rng.integers(height - size + 1)), int(rng.integers(width - size + 1))
        yield f"{name}-{number}", np.ascontiguousarray(pixels[top : top + size, left : left + size])


def _zoomed(pixels: Pixels, zoom: int) -> Pixels:
    """The middle, so much smaller, enlarged by Lanczos to the size of the whole [AIC-3]."""
    height, width = pixels.shape[:2]
    inner_height, inner_width = height // zoom, width // zoom
    top, left = (height - inner_height) // 2, (width - inner_width) // 2
    inner = np.ascontiguousarray(pixels[top : top + inner_height, left : left + inner_width])
    size = (inner_width * zoom, inner_height * zoom)
    return np.asarray(cv2.resize(inner, size, interpolation=cv2.INTER_LANCZOS4), dtype=np.uint8)


def _boosted(reference: Pixels, changed: Pixels, design: StudyDesign) -> Pixels:
    """The difference amplified, v + a (v' − v) clamped, after the zoom."""
    zoom, gain = design.stimuli.boost_zoom, design.stimuli.boost_amplification
    one, other = (_zoomed(picture, zoom).astype(np.float64) for picture in (reference, changed))
    return np.asarray(np.clip(np.round(one + gain * (other - one)), 0, 255), dtype=np.uint8)
