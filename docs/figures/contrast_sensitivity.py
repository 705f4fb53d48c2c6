"""What contrast the eye needs, by fineness of the pattern and light; and how fine the pixels of displays are."""

import numpy as np
from _canvas import BLUE, GREEN, GREY, ORANGE, figure

from jnd.viewing import viewing_conditions
from jnd.vision.castle_csf import contrast_sensitivity

MAKES = ("contrast-sensitivity.svg",)
DISPLAYS = ("standard_fhd", "standard_4k", "standard_phone")


def main() -> None:
    frequency = np.geomspace(0.25, 60, 200)
    with figure(MAKES[0], 7.4, 3.2, 2, sharey=True) as (light, colour):
        for luminance, shade in ((1.0, "#a9c6d8"), (10.0, "#6fa0bf"), (100.0, BLUE), (1000.0, "#123d55")):
            curve = [contrast_sensitivity(luminance, f)[0] for f in frequency]
            light.loglog(frequency, curve, color=shade, label=f"{luminance:g} cd/m²")
        light.legend(loc="lower left")
        light.set(
            title="Light and dark, by background",
            xlabel="cycles per degree",
            ylabel="sensitivity, 1 / smallest contrast",
            ylim=(1, 700),
        )
        names = ("light and dark", "red and green", "violet and yellow")
        for channel, (name, shade) in enumerate(zip(names, (BLUE, ORANGE, GREEN), strict=True)):
            curve = [contrast_sensitivity(100.0, f)[channel] for f in frequency]
            colour.loglog(frequency, curve, color=shade, label=name)
        for name in DISPLAYS:
            finest = viewing_conditions(name).pixels_per_degree / 2
            colour.axvline(finest, color=GREY, linewidth=1, linestyle=":")
            colour.text(
                finest * 0.94, 600, name, rotation=90, fontsize=7.5, color="#666a70", va="top", ha="right"
            )
        colour.legend(loc="lower left")
        colour.set(title="Colours, each in its own contrast, 100 cd/m²", xlabel="cycles per degree")
        for axes in (light, colour):
            axes.set_xticks([0.5, 1, 2, 4, 8, 16, 32, 60], ["0.5", "1", "2", "4", "8", "16", "32", "60"])
            axes.minorticks_off()


if __name__ == "__main__":
    main()
