"""Banding: false contours in smooth gradients, one or a few code values high.

Strength: the mean over the worst tenth of places of the contrast of Tandon et al. (2021) [Tandon2021], CAMBI: at a
pixel, p(0) · max over k of |k| p(k) / (p(0) + p(k)), where p(k) is the share of the neighbourhood that lies k code values
away, k = ±1 to ±4, here also ±8 and ±16, as heavy as ±4. A place counts only where the picture is locally constant, as bands are. Differs: one scale instead of five
and no visibility model of brightness, so the scale is not CAMBI's; pictures of more than 0.3 megapixels are looked at in every n-th
pixel.
"""

import cv2
import numpy as np
import numpy.typing as npt

from jnd.artifacts.finding import Artifact, Finding
from jnd.artifacts.subject import Plane, Subject

STEPS = (1, 2, 3, 4, 8, 16)
LARGEST_WEIGHT = 4
WINDOW = 63
FLAT_WINDOW, FLAT_SHARE = 7, 0.6
"""A place is flat if of the pixels around it this share equals its right and lower neighbours, as in CAMBI's spatial mask."""
MOST_PIXELS = 300_000
WORST_SHARE = 0.1
FOUND_STRENGTH = 0.25
"""Limit ours: untouched pictures of Kodak reach 0.03 and of CLIC 0.23 (benchmarks/results/artifacts.txt)."""
SMOOTHING = 33
"""Pixels: bands up to about this width are taken out for the effect."""


def detect(subject: Subject) -> Finding:
    """Banding of luma; the map holds the contrast of bands, 0 to about 2."""
    luma = np.rint(subject.luma).astype(np.uint8)
    every = int(np.ceil(np.sqrt(luma.size / MOST_PIXELS)))
    # Flatness is that of neighbouring pixels, whatever is left out afterwards.
    flat = _flat(luma)[::every, ::every]
    contrast = band_contrast(np.ascontiguousarray(luma[::every, ::every]), np.ascontiguousarray(flat))
    worst = np.sort(contrast, axis=None)[-max(1, int(WORST_SHARE * contrast.size)) :]
    strength = float(worst.mean())
    found = strength > FOUND_STRENGTH
    share = float((contrast > FOUND_STRENGTH).mean())
    details = {"share": round(share, 4)}
    if not found:
        return Finding(False, round(strength, 4), "no false contours", details)
    large = np.asarray(cv2.resize(contrast, luma.shape[::-1], interpolation=cv2.INTER_NEAREST), np.float32)
    return Finding(
        True, round(strength, 4), f"false contours in {100 * share:.0f} % of the picture", details, large
    )


def _flat(luma: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    same_right = np.zeros(luma.shape, bool)
    same_right[:, :-1] = luma[:, :-1] == luma[:, 1:]
    same_below = np.zeros(luma.shape, bool)
    same_below[:-1] = luma[:-1] == luma[1:]
    same = (same_right & same_below).astype(np.float32)
    flat: npt.NDArray[np.bool_] = cv2.boxFilter(same, -1, (FLAT_WINDOW, FLAT_WINDOW)) > FLAT_SHARE
    return flat


def band_contrast(luma: npt.NDArray[np.uint8], flat: npt.NDArray[np.bool_]) -> Plane:
    """(H, W) contrast of bands around each flat pixel of a grey picture, 0 elsewhere."""
    contrast = np.zeros(luma.shape, np.float32)
    if not flat.any():
        return contrast
    shares: dict[int, Plane] = {}

    def share(value: int) -> Plane:
        if value not in shares:
            here = (flat & (luma == value)).astype(np.float32)
            shares[value] = cv2.boxFilter(here, -1, (WINDOW, WINDOW), borderType=cv2.BORDER_REFLECT)
        return shares[value]

    for value in np.unique(luma[flat]).tolist():
        for gone in [v for v in shares if v < value - max(STEPS)]:
            del shares[gone]
        here = flat & (luma == value)
        own = share(value)[here]
        best = np.zeros_like(own)
        for step in STEPS:
            for other in (value - step, value + step):
                if 0 <= other <= 255:
                    beside = share(other)[here]
                    best = np.maximum(best, min(step, LARGEST_WEIGHT) * beside / (own + beside))
        contrast[here] = own * best
    return contrast


def without_bands(subject: Subject, finding: Finding) -> npt.NDArray[np.uint16] | None:
    """The picture in 16 bits with its bands smoothed: mean of the pixels around that are at most 4 code values away."""
    assert finding.map is not None
    picture = subject.pixels.astype(np.float32)
    planes = [picture] if picture.ndim == 2 else [np.ascontiguousarray(picture[..., i]) for i in range(3)]
    smooth = []
    reach = np.float32(LARGEST_WEIGHT)
    for plane in planes:
        mean = plane
        for _ in range(3):
            change = cv2.boxFilter(mean, -1, (SMOOTHING, SMOOTHING), borderType=cv2.BORDER_REFLECT) - plane
            mean = plane + np.clip(change, -reach, reach) * (np.abs(change) <= 2 * reach)
        smooth.append(np.where(finding.map > FOUND_STRENGTH, np.clip(mean, plane - 1.5, plane + 1.5), plane))
    joined = smooth[0] if picture.ndim == 2 else np.stack(smooth, axis=2)
    return np.asarray(np.clip(np.rint(joined * 257), 0, 65535), np.uint16)


BANDING = Artifact(
    title="Banding",
    unit="contrast of bands",
    detect=detect,
    imitated=without_bands,
    effect_method="taken out",
    reference="Tandon2021",
)
