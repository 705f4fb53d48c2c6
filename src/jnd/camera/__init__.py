"""Which camera took a picture: the fingerprint of its sensor, networks that learned models, and the weight of evidence.

In go pictures and their claimed cameras, out come fingerprints, scores and calibrated likelihood ratios.
Device by device the fingerprint decides; networks tell brands and models apart.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jnd.camera.correlation import (
        FingerprintMatch,
        PictureNoise,
        match_fingerprint,
        picture_noise,
        verdict_of,
    )
    from jnd.camera.fingerprint import Fingerprint, estimate_fingerprint
    from jnd.camera.fingerprint_file import load_fingerprint, save_fingerprint
    from jnd.camera.networks import CAMERA_NETWORKS, CameraNetwork
    from jnd.camera.sensor_picture import SensorPicture

__all__ = [
    "CAMERA_NETWORKS",
    "CameraNetwork",
    "Fingerprint",
    "FingerprintMatch",
    "PictureNoise",
    "SensorPicture",
    "estimate_fingerprint",
    "load_fingerprint",
    "match_fingerprint",
    "picture_noise",
    "save_fingerprint",
    "verdict_of",
]

_HOMES = {
    "CAMERA_NETWORKS": "networks",
    "CameraNetwork": "networks",
    "Fingerprint": "fingerprint",
    "FingerprintMatch": "correlation",
    "PictureNoise": "correlation",
    "SensorPicture": "sensor_picture",
    "estimate_fingerprint": "fingerprint",
    "load_fingerprint": "fingerprint_file",
    "match_fingerprint": "correlation",
    "picture_noise": "correlation",
    "save_fingerprint": "fingerprint_file",
    "verdict_of": "correlation",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
