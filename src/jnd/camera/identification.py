"""Which camera took a picture: what a network, sensors' fingerprints and the file's own claims say, side by side.

Likelihood ratios come with their hypotheses and from calibrated scores alone; without a calibration there are scores, and a
verdict at a stated rate of false alarms, but no probability.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from jnd.camera.likelihood_ratio import Fusion, verbal_scale
from jnd.camera.metadata import CameraClaim, camera_claim, same_camera
from jnd.camera.networks.predictor import CameraModel, NetworkAnswer, identify_by_network
from jnd.camera.networks.voting import log10_ratios
from jnd.camera.prnu.correlation import match_fingerprint, picture_noise
from jnd.camera.prnu.fingerprint import Fingerprint
from jnd.camera.prnu.match import FingerprintMatch, Search, verdict_of
from jnd.camera.sensor_picture import in_colour, sensor_picture
from jnd.errors import JndError

NONE_OF_THESE = "none of these"
FINGERPRINT, NETWORK = "fingerprint", "network"
SCORES = (FINGERPRINT, NETWORK)
"""What a calibration may combine: ``FingerprintMatch.calibration_score``, and the network's log10 likelihood ratio of the camera
that the fingerprint is called after."""


@dataclass(frozen=True, slots=True)
class Identification:
    """The answer about one picture."""

    path: str
    sha256: str
    answer: str | None
    """The camera, "none of these", or None where nothing could be judged."""
    answer_by: str
    """"fingerprint", "network" or ""."""
    claim: CameraClaim
    claim_agrees: bool | None
    """Whether the claimed camera is that of the answer; None where one of both is missing."""
    network: NetworkAnswer | None
    network_log10_lr: tuple[float, ...] | None
    """Of each class against the others, equal priors, from probabilities calibrated on the validation pictures."""
    matches: tuple[FingerprintMatch, ...]
    verdicts: tuple[str, ...]
    match_log10_lr: tuple[float, ...] | None
    """Of each fingerprint, if a calibration was given."""
    hypotheses: tuple[str, str] | None
    problems: tuple[str, ...]
    """What could not be judged, and why."""

    def to_json(self) -> dict[str, Any]:
        """As JSON holds it, with versions."""
        content = asdict(self)
        content["network"] = (
            None if self.network is None else _network_json(self.network, self.network_log10_lr)
        )
        del content["network_log10_lr"]
        content["matches"] = [
            {
                **asdict(match), "verdict": verdict, "false_alarm_probability": match.false_alarm_probability,
                "log10_likelihood_ratio": None if self.match_log10_lr is None else self.match_log10_lr[place],
                "in_words": None if self.match_log10_lr is None else verbal_scale(self.match_log10_lr[place]),
            }
            for place, (match, verdict) in enumerate(zip(self.matches, self.verdicts, strict=True))
        ]  # fmt: skip
        for name in ("verdicts", "match_log10_lr"):
            del content[name]
        content["versions"] = {name: version(name) for name in ("jnd", "numpy", "pillow", "onnxruntime")}
        return content


def identify(
    path: Path,
    *,
    model: CameraModel | None = None,
    fingerprints: Sequence[Fingerprint] = (),
    calibration: Fusion | None = None,
    search: Search = "none",
    threshold: float = 60.0,
    false_alarm: float = 1e-6,
) -> Identification:
    """Identify the camera of one picture.

    Parameters
    ----------
    calibration : of the scores in :data:`SCORES`, or of the first alone; of each fingerprint both count, the network's where it
        knows a class of the fingerprint's label.

    A fingerprint that matches decides, since it belongs to one sensor; else the network's answer stands, which knows brands,
    models or devices that it was trained on, or calls the camera unknown.

    Raises
    ------
    UnreadablePictureError
        The file is no picture that can be read.
    """
    picture = sensor_picture(path)
    claim = camera_claim(path)
    problems: list[str] = []
    answer = _by_network(picture.pixels, model, problems)
    matches = _by_fingerprints(picture.pixels, fingerprints, search, problems)
    verdicts = tuple(verdict_of(match, threshold=threshold, false_alarm=false_alarm) for match in matches)
    ratios = None
    if calibration is not None and matches:
        rows = [[_score(name, match, answer) for name in calibration.names] for match in matches]
        ratios = tuple(float(ratio) for ratio in calibration.log10_likelihood_ratio(np.array(rows)))
    found, by = _decided(matches, verdicts, answer)
    return Identification(
        path=str(path), sha256=picture.sha256, answer=found, answer_by=by, claim=claim,
        claim_agrees=None if found in (None, NONE_OF_THESE) else same_camera(claim.camera, found or ""),
        network=answer,
        network_log10_lr=None if answer is None else tuple(float(r) for r in log10_ratios(answer.log_probabilities)),
        matches=matches, verdicts=verdicts, match_log10_lr=ratios,
        hypotheses=None if calibration is None else (calibration.calibrations[0].hypothesis_same, calibration.calibrations[0].hypothesis_different),
        problems=tuple(problems),
    )  # fmt: skip


def _score(name: str, match: FingerprintMatch, answer: NetworkAnswer | None) -> float:
    """One of :data:`SCORES` of a fingerprint's camera; nan where there is none."""
    if name == FINGERPRINT:
        return match.calibration_score
    if answer is None or match.label not in answer.classes:
        return float("nan")
    return float(log10_ratios(answer.log_probabilities)[answer.classes.index(match.label)])


def _by_network(pixels: Any, model: CameraModel | None, problems: list[str]) -> NetworkAnswer | None:
    if model is None:
        return None
    try:
        return identify_by_network(in_colour(pixels), model)
    except JndError as error:
        problems.append(f"network: {error}")
        return None


def _by_fingerprints(
    pixels: Any, fingerprints: Sequence[Fingerprint], search: Search, problems: list[str]
) -> tuple[FingerprintMatch, ...]:
    if not fingerprints:
        return ()
    try:
        noise = picture_noise(pixels, sigma=fingerprints[0].sigma)
    except JndError as error:
        problems.append(f"fingerprints: {error}")
        return ()
    found = []
    for fingerprint in fingerprints:
        try:
            found.append(match_fingerprint(noise, fingerprint, search=search))
        except JndError as error:
            problems.append(f"{fingerprint.label}: {error}")
    return tuple(sorted(found, key=lambda match: -match.score))


def _decided(
    matches: Sequence[FingerprintMatch], verdicts: Sequence[str], answer: NetworkAnswer | None
) -> tuple[str | None, str]:
    for match, verdict in zip(matches, verdicts, strict=True):
        if verdict == "match":
            return match.label, "fingerprint"
    if answer is not None:
        return (NONE_OF_THESE if answer.unknown else answer.best), "network"
    return (NONE_OF_THESE, "fingerprint") if matches else (None, "")


def _network_json(answer: NetworkAnswer, ratios: tuple[float, ...] | None) -> dict[str, Any]:
    return {
        "level": answer.level, "best": answer.best, "unknown": answer.unknown, "probability": answer.probability,
        "score": answer.score, "threshold": answer.threshold, "patches": answer.patches,
        "classes": [
            {"name": name, "probability": float(np.exp(log_p)), "votes": votes, "log10_likelihood_ratio": ratio}
            for name, log_p, votes, ratio in zip(
                answer.classes, answer.log_probabilities, answer.votes, ratios or (), strict=True
            )
        ],
        "hypotheses": [
            f"H1: a camera of this {answer.level}",
            f"H0: another {answer.level} of those that the network knows, all equally probable before",
        ],
    }  # fmt: skip
