"""The same JPEG quality is not the same to people from picture to picture: the observer's curves and where three in four still see nothing."""

import io

import numpy as np
from _canvas import COLOURS, FAINT, GREY, figure
from PIL import Image
from skimage import data

from jnd.observer import Observer

MAKES = ("pjnd.svg",)
QUALITIES = np.arange(20, 101, 4)
TARGET = 0.75
PHOTOGRAPHS = {
    "rocket": data.rocket,
    "cat": data.chelsea,
    "coffee": data.coffee,
    "astronaut": data.astronaut,
    "motorcycle": lambda: data.stereo_motorcycle()[0][:400, :600],
}


def main() -> None:
    with figure(MAKES[0], 7.4, 3.2) as axes:
        for (name, photograph), colour in zip(PHOTOGRAPHS.items(), COLOURS, strict=False):
            pixels = np.ascontiguousarray(photograph())
            observer = Observer(pixels)
            satisfied = []
            for quality in QUALITIES:
                file = io.BytesIO()
                Image.fromarray(pixels).save(file, "JPEG", quality=int(quality))
                satisfied.append(observer.look(np.asarray(Image.open(file))).satisfied)
            # The lowest quality from which on the target holds, between the settings that were looked at.
            last_miss = int(np.flatnonzero(np.array(satisfied) < TARGET)[-1])
            reaches = np.interp(
                TARGET, satisfied[last_miss : last_miss + 2], QUALITIES[last_miss : last_miss + 2]
            )
            axes.plot(QUALITIES, satisfied, color=colour, label=f"{name}: from quality {reaches:.0f} on")
            axes.plot([reaches, reaches], [0, TARGET], color=colour, linewidth=1, linestyle=":")
            axes.plot(reaches, TARGET, "o", color=colour, markersize=5)
        axes.axhline(TARGET, color=GREY, linewidth=1, linestyle=":")
        axes.text(20, TARGET + 0.015, "three in four see no difference", fontsize=8.5, color=FAINT)
        axes.legend(loc="upper left", bbox_to_anchor=(0.0, 0.72), fontsize=8.5)
        axes.set(xlabel="JPEG quality (libjpeg-turbo)", ylabel="people who see no difference", ylim=(0, 1.02))


if __name__ == "__main__":
    main()
