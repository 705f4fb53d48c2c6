"""What `jnd inspect` finds in pictures that were changed in a known way, and where: scikit-image's coffee."""

import textwrap

import cv2
import numpy as np
from _canvas import IMAGES, sheet_of_pictures
from PIL import Image
from skimage import data

from jnd.artifacts import ARTIFACTS, Subject
from jnd.distortions import distort
from jnd.models.rendering import TOP_PERCENTILE, painted

MAKES = ("inspect-findings.webp",)
CHANGES = {  # the detector: kind and level of the distortion that it shall find
    "blockiness": ("jpeg", 0.8),
    "ringing": ("ringing", 0.3),
    "banding": ("banding", 0.9),
    "noise": ("noise_gaussian", 0.3),
}
SEED = 3
SIZE = (340, 227)
LINE = 27
"""Characters that fit under a tile."""


def main() -> None:
    photograph = np.ascontiguousarray(data.coffee())
    above, below = [], []
    for detector, (kind, level) in CHANGES.items():
        changed = distort(photograph, kind, level, SEED)
        finding = ARTIFACTS[detector].detect(Subject(changed))
        assert finding.found
        assert finding.map is not None
        drawn = painted(finding.map, float(np.percentile(finding.map, TOP_PERCENTILE)))
        above.append((cv2.resize(changed, SIZE, interpolation=cv2.INTER_AREA), f"{kind} at {level:g}"))
        words = finding.words.partition(",")[0]
        below.append(
            (
                cv2.resize(drawn, SIZE, interpolation=cv2.INTER_AREA),
                f"{detector}\n{textwrap.fill(words, LINE)}",
            )
        )
    rows = [
        sheet_of_pictures(*zip(*row, strict=True), columns=len(CHANGES), gap=8, text=23)
        for row in (above, below)
    ]
    sheet = Image.fromarray(np.concatenate([np.asarray(row) for row in rows]))
    sheet.save(IMAGES / MAKES[0], quality=78, method=6)


if __name__ == "__main__":
    main()
