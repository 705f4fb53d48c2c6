"""Stimuli: what a study shows, made from pictures, and the manifest that lists them.

In go pictures and a design, out come lossless files named by content, and ``stimuli.json``.
"""

from jnd.study.stimuli.making import Made, make_stimuli, pictures_of, viewing_of
from jnd.study.stimuli.manifest import Manifest, Stimulus, asset_path, read_manifest

__all__ = [
    "Made",
    "Manifest",
    "Stimulus",
    "asset_path",
    "make_stimuli",
    "pictures_of",
    "read_manifest",
    "viewing_of",
]
