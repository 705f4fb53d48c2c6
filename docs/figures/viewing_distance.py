"""Further away, pixels are finer and less is seen: pixels per degree over the distance, and one picture's JPEGs from there."""

import io

import numpy as np
from _canvas import BLUE, FAINT, GREEN, GREY, ORANGE, figure
from PIL import Image
from skimage import data

from jnd.observer import Observer
from jnd.viewing import pixels_per_degree, viewing_conditions

MAKES = ("viewing-distance.svg",)
DISPLAYS = {"standard_fhd": BLUE, "standard_4k": ORANGE, "standard_phone": GREEN}
QUALITIES = {50: "#a9c6d8", 75: "#6fa0bf", 90: BLUE}
DISTANCES_CM = np.array([30, 40, 50, 60, 80, 100, 125, 160, 200])


def main() -> None:
    photograph = np.ascontiguousarray(data.coffee())
    changed = {}
    for quality in QUALITIES:
        file = io.BytesIO()
        Image.fromarray(photograph).save(file, "JPEG", quality=quality)
        changed[quality] = np.asarray(Image.open(file))
    display = viewing_conditions("standard_fhd").display
    satisfied = {quality: [] for quality in QUALITIES}
    for distance in DISTANCES_CM:
        seen_from = viewing_conditions("standard_fhd", pixels_per_degree(display, distance / 100))
        observer = Observer(photograph, seen_from)
        for quality, pixels in changed.items():
            satisfied[quality].append(observer.look(pixels).satisfied)
    with figure(MAKES[0], 7.4, 3.0, 2) as (geometry, people):
        distance = np.linspace(20, 120, 101)
        for name, colour in DISPLAYS.items():
            condition = viewing_conditions(name)
            shown = [pixels_per_degree(condition.display, each / 100) for each in distance]
            geometry.plot(distance, shown, color=colour, label=name)
            geometry.plot(100 * condition.distance_m, condition.pixels_per_degree, "o", color=colour)
        geometry.legend(fontsize=8.5, loc="upper left")
        geometry.set(
            title="Pixels per degree",
            xlabel="distance in cm; the dot is the named condition",
            xlim=(20, 120),
            ylim=(0, 260),
        )
        for quality, colour in QUALITIES.items():
            people.plot(
                DISTANCES_CM,
                satisfied[quality],
                "o-",
                color=colour,
                markersize=4,
                label=f"JPEG quality {quality}",
            )
        people.axhline(0.75, color=GREY, linewidth=1, linestyle=":")
        people.text(200, 0.735, "3 in 4", fontsize=8.5, color=FAINT, va="top", ha="right")
        people.legend(fontsize=8.5, loc="lower right")
        people.set(
            title="People who see no difference (Full HD)",
            xlabel="distance in cm",
            ylabel="share",
            ylim=(0, 1.02),
        )


if __name__ == "__main__":
    main()
