"""JPEG, through libjpeg-turbo as most programs use it."""

import numpy as np

from jnd.codecs import codec
from jnd.distortions.distortion import Distortion, LevelAxis, Pixels, Planes
from jnd.picture import Picture

QUALITY = LevelAxis("quality of libjpeg, chroma 4:2:0", 100.0, 1.0)


def _jpeg(pixels: Pixels, quality: float, random: np.random.Generator) -> Planes:
    encoder = codec("jpeg:turbo")
    data = encoder.encode(Picture(pixels), encoder.level(quality=round(quality)), chroma_subsampling="4:2:0")
    return encoder.decode(data).pixels.astype(np.float64)


JPEG = Distortion("jpeg", "JPEG", "compression", QUALITY, _jpeg, "nothing", "JPEG")
