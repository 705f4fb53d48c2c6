"""The two classical factors of a pixel's threshold, and how models join them."""

import numpy as np
from _canvas import figure

from jnd.vision.contrast_masking import nonlinear_additivity, spatial_masking
from jnd.vision.luminance_adaptation import luminance_adaptation

MAKES = ("thresholds.svg",)


def main() -> None:
    levels = np.linspace(0, 255, 256)
    gradient = np.linspace(0, 60, 200)
    with figure(MAKES[0], 7.4, 2.7, 3) as (background, contrast, joined):
        background.plot(levels, luminance_adaptation(levels.copy()))
        background.set(
            title="Luminance adaptation",
            xlabel="mean of the background",
            ylabel="threshold (grey levels)",
            ylim=(0, 21),
        )
        for around in (50.0, 127.0, 200.0):
            masking = np.maximum(spatial_masking(gradient.copy(), np.full_like(gradient, around)), 0)
            contrast.plot(gradient, masking, label=f"{around:g}")
        contrast.legend(title="background", fontsize=8, title_fontsize=8)
        contrast.set(title="Contrast masking", xlabel="largest mean gradient")
        masking = np.maximum(spatial_masking(gradient.copy(), np.full_like(gradient, 127.0)), 0)
        adaptation = luminance_adaptation(np.full_like(gradient, 127.0))
        joined.plot(gradient, np.maximum(masking, adaptation), label="larger (Chou and Li)")
        joined.plot(
            gradient, nonlinear_additivity(masking, adaptation, 0.3), label="both less overlap (Yang)"
        )
        joined.legend(fontsize=8, loc="upper left")
        joined.set(title="Joined, background 127", xlabel="largest mean gradient", ylim=(2, 11.5))


if __name__ == "__main__":
    main()
