"""The kinds of distortion of the same/different method: BAPPS' 20 single ones, and pairs in sequence [Zhang2018]."""

from typing import Final

SINGLE: Final = (
    "brightness", "colour_shift", "contrast", "saturation", "noise_uniform", "noise_gaussian", "noise_pink", "noise_blue",
    "noise_coloured", "checkerboard", "gaussian_blur", "bilateral", "shift", "affine", "homography", "linear_warp",
    "cubic_warp", "ghosting", "chromatic_aberration", "jpeg",
)  # fmt: skip

SEQUENCES: Final = tuple(
    f"{one}+{other}" for one, other in zip(SINGLE, (*SINGLE[7:], *SINGLE[:7]), strict=True)
)
"""Each kind once first and once second. Which pairs BAPPS drew is not published."""

BAPPS_KINDS: Final = (*SINGLE, *SEQUENCES)
