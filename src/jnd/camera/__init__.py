"""Which camera took a picture: the fingerprint of its sensor, networks that learned models, and the weight of evidence.

In go pictures and their claimed cameras, out come fingerprints, scores and calibrated likelihood ratios.
Device by device the fingerprint decides (``prnu``); networks tell brands and models apart (``networks``); ``auc``, ``cllr``
and ``likelihood_ratio`` weigh what either says, and ``identification`` puts all of it side by side.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jnd.camera.networks import CAMERA_NETWORKS, CameraNetwork
    from jnd.camera.prnu.correlation import PictureNoise, match_fingerprint, picture_noise
    from jnd.camera.prnu.fingerprint import Fingerprint, estimate_fingerprint
    from jnd.camera.prnu.fingerprint_file import load_fingerprint, save_fingerprint
    from jnd.camera.prnu.match import FingerprintMatch, verdict_of
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
    "Fingerprint": "prnu.fingerprint",
    "FingerprintMatch": "prnu.match",
    "PictureNoise": "prnu.correlation",
    "SensorPicture": "sensor_picture",
    "estimate_fingerprint": "prnu.fingerprint",
    "load_fingerprint": "prnu.fingerprint_file",
    "match_fingerprint": "prnu.correlation",
    "picture_noise": "prnu.correlation",
    "save_fingerprint": "prnu.fingerprint_file",
    "verdict_of": "prnu.match",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
