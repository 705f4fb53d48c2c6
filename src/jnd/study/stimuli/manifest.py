"""``stimuli.json``: what can be shown, by content. Files are named by their SHA-256, so none can be another than it says."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from jnd.errors import UnusableDatasetError
from jnd.picture import write_bytes_atomically

MANIFEST_NAME: Final = "stimuli.json"
STIMULI_FOLDER: Final = "stimuli"
FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class Stimulus:
    """One picture that can be shown."""

    id: str
    source: str
    """The picture that it is, or was made from."""
    role: str
    """"reference", "test" or "ruler"."""
    codec: str | None
    """Codec or distortion that made it."""
    setting: float | None
    """What that was told, in its own numbers; of a ruler its SQS2."""
    level: float | None
    """Distortion level, larger is worse; of a ruler its step, from 0; of a reference 0."""
    sha256: str
    width: int
    height: int

    @property
    def series(self) -> str:
        """Of a test: source and codec, which an adaptive search belongs to."""
        return f"{self.source}|{self.codec}"


class Manifest:
    """All stimuli of a study."""

    def __init__(self, stimuli: Iterable[Stimulus], *, sha256: str = "") -> None:
        self.stimuli = tuple(stimuli)
        self.sha256 = sha256
        """Of the file."""

    @cached_property
    def by_id(self) -> dict[str, Stimulus]:
        """Id → stimulus."""
        return {stimulus.id: stimulus for stimulus in self.stimuli}

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """Names of the pictures, in order."""
        return tuple(dict.fromkeys(stimulus.source for stimulus in self.stimuli))

    @cached_property
    def series(self) -> dict[str, tuple[Stimulus, ...]]:
        """Series → its tests, level rising."""
        found: dict[str, list[Stimulus]] = {}
        for stimulus in self.stimuli:
            if stimulus.role == "test":
                found.setdefault(stimulus.series, []).append(stimulus)
        return {
            name: tuple(sorted(tests, key=lambda test: test.level or 0.0)) for name, tests in found.items()
        }

    def levels(self, series: str) -> tuple[float, ...]:
        """Distortion levels of a series, rising."""
        return tuple(float(test.level or 0.0) for test in self.series[series])

    def reference(self, source: str) -> Stimulus:
        """The picture itself."""
        return self._references[source]

    def at(self, series: str, level: float) -> Stimulus:
        """The test of a series nearest to a level."""
        return min(self.series[series], key=lambda test: abs((test.level or 0.0) - level))

    def rulers(self, source: str) -> tuple[Stimulus, ...]:
        """Ruler pictures of a source, best first."""
        return self._rulers.get(source, ())

    @cached_property
    def _references(self) -> dict[str, Stimulus]:
        return {stimulus.source: stimulus for stimulus in self.stimuli if stimulus.role == "reference"}

    @cached_property
    def _rulers(self) -> dict[str, tuple[Stimulus, ...]]:
        found: dict[str, list[Stimulus]] = {}
        for stimulus in self.stimuli:
            if stimulus.role == "ruler":
                found.setdefault(stimulus.source, []).append(stimulus)
        return {
            name: tuple(sorted(steps, key=lambda step: step.level or 0.0)) for name, steps in found.items()
        }


def asset_path(folder: Path, sha256: str) -> Path:
    """Where a stimulus lies."""
    return folder / STIMULI_FOLDER / f"{sha256}.png"


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write it, whole or not at all."""
    content = {"format": FORMAT, "stimuli": [asdict(stimulus) for stimulus in manifest.stimuli]}
    write_bytes_atomically(folder / MANIFEST_NAME, (json.dumps(content, indent=1) + "\n").encode())


def read_manifest(folder: Path) -> Manifest:
    """The stimuli of a study.

    Raises
    ------
    UnusableDatasetError
        Not there, damaged, a name twice, a file missing, or a reference of another size than its tests.
    """
    path = folder / MANIFEST_NAME
    try:
        data = path.read_bytes()
        content = json.loads(data)
        if content["format"] != FORMAT:
            raise UnusableDatasetError(
                f"{path} is of format {content['format']}; this jnd reads format {FORMAT}"
            )
        manifest = Manifest(
            (Stimulus(**entry) for entry in content["stimuli"]), sha256=hashlib.sha256(data).hexdigest()
        )
    except OSError as error:
        raise UnusableDatasetError(
            f"cannot read {path}: {error.strerror or error}; jnd study init makes the stimuli"
        ) from None
    except (ValueError, KeyError, TypeError) as error:
        raise UnusableDatasetError(f"{path} is damaged: {error}; make the stimuli again") from None
    for problem in problems(folder, manifest):
        raise UnusableDatasetError(problem)
    return manifest


def problems(folder: Path, manifest: Manifest) -> Iterator[str]:
    """What is wrong with the stimuli, in words."""
    seen: set[str] = set()
    sizes: dict[str, tuple[int, int]] = {}
    for stimulus in manifest.stimuli:
        if stimulus.id in seen:
            yield f'the stimulus "{stimulus.id}" is there twice in {MANIFEST_NAME}; names must differ'
        seen.add(stimulus.id)
        if not asset_path(folder, stimulus.sha256).exists():
            yield f'the file of the stimulus "{stimulus.id}" is missing in {STIMULI_FOLDER}; make the stimuli again'
        size = sizes.setdefault(stimulus.source, (stimulus.width, stimulus.height))
        if size != (stimulus.width, stimulus.height):
            yield (
                f'the stimulus "{stimulus.id}" has {stimulus.width} x {stimulus.height} pixels, others of '
                f"{stimulus.source} {size[0]} x {size[1]}: pictures of one source must have one size"
            )
    for series, tests in manifest.series.items():
        levels = [test.level for test in tests]
        if len(set(levels)) < len(levels) or None in levels:
            yield f"the levels of {series} are not all different; a level axis must rise"
        if tests[0].source not in {s.source for s in manifest.stimuli if s.role == "reference"}:
            yield f"{tests[0].source} has no reference"


def content_of(path: Path) -> dict[str, Any]:
    """The file as it is, for exports."""
    content: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return content
