"""Simulated observers through the study's real server: started here, spoken to over HTTP, by several at a time.

What a simulated observer sees of its trial is read from the database on the server's side; the participant's interface
tells it no more than it tells a browser.
"""

import queue
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from jnd.errors import ConfigurationError, needing
from jnd.psychometrics.simulated_observer import SimulatedObserver, population
from jnd.study.design import read_design
from jnd.study.design.records import StudyDesign
from jnd.study.methods import STUDY_METHODS
from jnd.study.simulation.participant import Participant, Taken, begin_session, take_part
from jnd.study.stimuli import viewing_of
from jnd.study.stimuli.manifest import Manifest, read_manifest

TIMEOUT: Final = 60.0
"""Seconds for one request."""


@dataclass(frozen=True, slots=True)
class SimulationRequest:
    """Who takes part."""

    observers: int
    threshold: float | None = None
    """Distortion level of which half is detected; None is the middle of the study's levels."""
    threshold_sd: float = 0.0
    """Spread over observers, in levels."""
    width: float | None = None
    """Levels between 5 % and 95 % detected; None is a third of the study's range."""
    lapse_rate: float = 0.02
    bias: float = 0.0
    rating_noise: float = 0.5
    contraction: float = 0.0
    seed: int = 0
    parallel: int = 4


@dataclass(frozen=True, slots=True)
class SimulationProgress:
    """How far it is; the last one holds the result."""

    sessions: int
    answers: int
    result: dict[str, Any] | None = None


def simulate_study(folder: Path, request: SimulationRequest) -> Iterator[SimulationProgress]:
    """Run everybody through a server on a free port of this machine.

    The same seed gives the same observers; with one observer at a time also the same answers, with several the order in
    which a shared search is told depends on the machine.

    Raises
    ------
    ConfigurationError, UnusableDatasetError
        A study that cannot be read.
    SimulationError
        The server refused somebody.
    MissingExtraError
        ``jnd[study]`` is not installed.
    """
    with needing("study", "the simulation"):
        import httpx

        from jnd.study.server import running
        from jnd.study.simulation.server_side import ServerSide

    design, manifest = read_design(folder), read_manifest(folder)
    people, threshold, width = observers_of(request, design, manifest)
    method = STUDY_METHODS[design.study.method]
    ppd = viewing_of(design).pixels_per_degree
    began = time.perf_counter()
    waiting: queue.SimpleQueue[tuple[Participant, dict[str, Any]]] = queue.SimpleQueue()
    events: queue.SimpleQueue[Taken | BaseException | None] = queue.SimpleQueue()
    stop = threading.Event()
    with running(folder) as server:
        inside = ServerSide(server.context)
        inside.draw_seeds_from(request.seed)
        with httpx.Client(base_url=server.address, timeout=TIMEOUT) as client:
            # One after the other, so that each gets the same seed in every run.
            for number, observer in enumerate(people):
                waiting.put(
                    (
                        Participant(number, observer, request.seed, ppd),
                        begin_session(client, design.study.name),
                    )
                )

        def answer(trial: str, observer: SimulatedObserver, rng: np.random.Generator, number: int) -> Any:
            if stop.is_set():
                raise KeyboardInterrupt
            return method.simulate(design, manifest, inside.drawn(trial), observer, rng, number)

        def work() -> None:
            while not stop.is_set():
                try:
                    participant, begun = waiting.get_nowait()
                except queue.Empty:
                    return
                try:
                    with httpx.Client(base_url=server.address, timeout=TIMEOUT) as client:
                        taken = take_part(
                            client,
                            begun,
                            participant,
                            answer,
                            inside.screening_answers(),
                            on_answer=lambda: events.put(None),
                        )
                    events.put(taken)
                except BaseException as error:  # noqa: BLE001  # goes to the caller's thread
                    events.put(error)
                    return

        threads = [
            threading.Thread(target=work, daemon=True) for _ in range(min(request.parallel, len(people)))
        ]
        for thread in threads:
            thread.start()
        done: list[Taken] = []
        answers = 0
        try:
            while len(done) < len(people):
                event = events.get()
                if isinstance(event, BaseException):
                    raise event
                if event is None:
                    answers += 1
                else:
                    done.append(event)
                yield SimulationProgress(len(done), answers)
        finally:
            stop.set()
            for thread in threads:
                thread.join(timeout=60)
    seconds = time.perf_counter() - began
    times = np.array([t for taken in done for t in taken.times])
    yield SimulationProgress(
        len(done),
        answers,
        {
            "study": design.study.name, "method": design.study.method, "folder": str(folder), "simulated": True,
            "observers": len(people), "completed": sum(taken.completed for taken in done), "answers": answers,
            "scored_answers": sum(taken.answers for taken in done), "threshold": threshold,
            "threshold_sd": request.threshold_sd, "width": width, "lapse_rate": request.lapse_rate, "bias": request.bias,
            "rating_noise": request.rating_noise, "contraction": request.contraction, "seed": request.seed,
            "parallel": request.parallel, "seconds": seconds, "answers_per_second": answers / seconds,
            "median_ms": float(np.median(times) * 1000) if times.size else None,
            "p99_ms": float(np.quantile(times, 0.99) * 1000) if times.size else None,
        },
    )  # fmt: skip


def observers_of(
    request: SimulationRequest, design: StudyDesign, manifest: Manifest
) -> tuple[list[SimulatedObserver], float, float]:
    """The people, their mean threshold and the width of each one's function.

    Raises
    ------
    ConfigurationError
        A threshold that is not above 0: level 0 is the picture itself.
    """
    levels = [level for series in manifest.series for level in manifest.levels(series)]
    low, high = min(levels, default=0.0), max(levels, default=1.0)
    threshold = 0.5 * (low + high) if request.threshold is None else request.threshold
    if threshold <= 0:
        raise ConfigurationError(f"a threshold must be a distortion level above 0, got {threshold:g}")
    width = max((high - low) / 3, 1e-6) if request.width is None else request.width
    if width <= 0:
        raise ConfigurationError(f"a width must be above 0 levels, got {width:g}")
    template = SimulatedObserver(
        threshold=threshold, width=width, lapse_rate=request.lapse_rate, bias=request.bias, rating_noise=request.rating_noise,
        contraction=request.contraction,
    )  # fmt: skip
    rng = np.random.default_rng(request.seed)
    people = population(
        request.observers, rng, threshold=threshold, threshold_sd=request.threshold_sd, template=template
    )
    return people, threshold, width
