"""One simulated person in front of the study's server: every step of a session over HTTP, as the page does it."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from jnd.errors import JndError
from jnd.psychometrics.simulated_observer import SimulatedObserver
from jnd.study.frames import frames_per_phase

CLIENT_BUILD: Final = "jnd study simulate"
LONGEST_WAIT: Final = 20.0
"""Seconds after which a server that is too busy is given up."""

Answer = Callable[[str, SimulatedObserver, np.random.Generator, int], Any]
"""(trial id, observer, generator, number of the trial) → value."""


class SimulationError(JndError, RuntimeError):
    """A server that did not go on as it must."""


@dataclass(frozen=True, slots=True)
class Participant:
    """Who takes part."""

    number: int
    observer: SimulatedObserver
    seed: int
    pixels_per_degree: float
    refresh_hz: float = 60.0


@dataclass(slots=True)
class Taken:
    """What became of a session."""

    session: str = ""
    answers: int = 0
    practice: int = 0
    completed: bool = False
    completion: dict[str, Any] | None = None
    times: list[float] = field(default_factory=list)
    """Seconds per answer, of the request alone."""


def begin_session(client: Any, study: str) -> dict[str, Any]:
    """A new session: its token and what the page would see.

    Raises
    ------
    SimulationError
        The server refused it.
    """
    body = {"study": study, "external": {}, "locale": "en", "client_build": CLIENT_BUILD}
    return _post(client, "/api/session?bearer=1", body)


def take_part(
    client: Any, begun: dict[str, Any], participant: Participant, answer: Answer, screening: dict[str, Any],
    *, on_answer: Callable[[], None] = lambda: None,
) -> Taken:  # fmt: skip
    """Go through a whole session.

    Parameters
    ----------
    client : ``httpx.Client`` with the server's address.
    begun : of :func:`begin_session`.
    answer : what the observer answers; it may look at the trial in the database, never at the page.
    screening : right answers to the screening.

    Raises
    ------
    SimulationError
        The server refused a step; the message has its words.
    """
    rng = np.random.default_rng([participant.seed, participant.number])
    client.headers["Authorization"] = f"Bearer {begun['token']}"
    view = begun["session"]
    taken = Taken(session=view["id"])
    for _ in range(20):
        step = view["step"]
        if step in ("trials", "done"):
            break
        if step in ("withdrawn", "closed"):
            raise SimulationError(f"the session of simulated observer {participant.number} is {step}")
        view = _post(client, f"/api/session/{step}", _step_body(step, view, participant, screening))
    found = _get(client, "/api/session/next")
    while True:
        kind = found["kind"]
        if kind == "done":
            taken.completed, taken.completion = True, found.get("completion")
            return taken
        if kind == "trial":
            trial = found["trial"]
            value = answer(trial["id"], participant.observer, rng, taken.answers + taken.practice)
            body = _answer_body(value, trial, participant, rng)
            start = time.perf_counter()
            found = _post(client, f"/api/trials/{trial['id']}/answer?next=1", body)["next"]
            taken.times.append(time.perf_counter() - start)
            taken.answers += trial["stage"] == "main"
            taken.practice += trial["stage"] == "practice"
            on_answer()
            continue
        if kind == "break":
            _post(client, "/api/events", {"events": [{"kind": "break", "t_client": 0, "data": {}}]})
        elif kind == "step":
            body = _step_body(found["step"], view, participant, screening)
            _post(client, f"/api/session/{found['step']}", body)
        else:
            raise SimulationError(f'the server said "{kind}", which the simulation does not know')
        found = _get(client, "/api/session/next")


def _step_body(
    step: str, view: dict[str, Any], participant: Participant, screening: dict[str, Any]
) -> dict[str, Any]:
    ppd = participant.pixels_per_degree
    distance_mm = 600.0
    # Device pixels per degree = pixels per mm · mm per degree.
    css_px_per_mm = ppd / (2 * distance_mm * np.tan(np.radians(0.5)))
    bodies: dict[str, dict[str, Any]] = {
        "consent": {"sha256": view["study"].get("consent", {}).get("sha256"), "agreed": True, "statements": {}},
        "device": {
            "user_agent": CLIENT_BUILD, "screen": [1920, 1080], "dpr": 1.0, "zoom": 1.0,
            "refresh_hz": participant.refresh_hz, "refresh_gaps": [1000 / participant.refresh_hz] * 8, "color_gamut": "srgb",
            "dynamic_range": "standard", "fullscreen": True, "pointer": "mouse", "timezone": "UTC",
        },
        "calibration": {
            "css_px_per_mm": css_px_per_mm, "card_px": css_px_per_mm * 85.60, "distance_mm": distance_mm,
            "distance_source": "asked", "distance_sd_mm": None, "ppd_device": ppd, "ppd_image": ppd,
        },
        "screening": screening,
        "instructions": {"read_ms": 5000},
    }  # fmt: skip
    if step not in bodies:
        raise SimulationError(f'the server asks for a step "{step}" that the simulation does not know')
    return bodies[step]


def _answer_body(
    value: Any, trial: dict[str, Any], participant: Participant, rng: np.random.Generator
) -> dict[str, Any]:
    rt_ms = float(np.round(400 + rng.gamma(3.0, 300.0), 1))
    phase = trial["params"].get("phase_ms")
    period = 1000 / participant.refresh_hz
    timing: dict[str, Any] = {
        "refresh_hz": participant.refresh_hz, "nominal_hz": participant.refresh_hz, "frames": int(rt_ms / period),
        "frames_dropped": 0, "long_tasks": 0, "visibility_lost": 0, "first_frame_ms": period,
    }  # fmt: skip
    if phase:
        frames = frames_per_phase(phase, participant.refresh_hz)
        timing |= {
            "frames_per_phase": frames, "phase_ms_nominal": phase, "phase_ms_real": frames * period,
            "swaps": int(rt_ms / (frames * period)),
        }  # fmt: skip
    sizes = [asset for asset in trial["assets"].values() if "width" in asset]
    telemetry = {
        "displayed_px": [sizes[0]["width"], sizes[0]["height"]] if sizes else None, "dpr": 1.0, "scale": 1,
        "fullscreen": True, "window": [1920, 1080], "ppd_image": participant.pixels_per_degree, "pointer": "mouse",
        "toggles": 2, "direction_changes": 1, "track": [], "clicks": [], "reloads": 0,
    }  # fmt: skip
    return {
        "value": value, "rt_ms": rt_ms, "answered_at": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime()),
        "timing": timing, "telemetry": telemetry, "client_build": CLIENT_BUILD, "nudges": 0,
    }  # fmt: skip


def _post(client: Any, path: str, body: dict[str, Any]) -> dict[str, Any]:
    return _asked(lambda: client.post(path, json=body, headers={"X-JND": "1"}), path)


def _get(client: Any, path: str) -> dict[str, Any]:
    return _asked(lambda: client.get(path), path)


def _asked(ask: Callable[[], Any], path: str) -> dict[str, Any]:
    """The answer; where the server asks for patience, as a page would."""
    waited = 0.0
    while True:
        response = ask()
        if response.status_code not in (429, 503) or waited > LONGEST_WAIT:
            break
        pause = float(response.headers.get("Retry-After", 1))
        waited += pause
        time.sleep(pause)
    if response.status_code >= 400:
        raise SimulationError(f"{path}: the server answered {response.status_code}: {response.text[:300]}")
    content: dict[str, Any] = response.json()
    return content
