"""How a search finds the smallest file: the trials of one picture on its axis of settings, beside every other setting."""

import io

import numpy as np
from _canvas import BLUE, GREY, ORANGE, figure
from PIL import Image
from skimage import data

import jnd
from jnd.observer import Observer, jod_of_satisfied

MAKES = ("search.svg",)
TARGET = 0.75
QUALITIES = range(30, 100, 2)


def main() -> None:
    photograph = data.coffee()
    observer = Observer(photograph)
    sizes, looks = [], []
    for quality in QUALITIES:
        file = io.BytesIO()
        Image.fromarray(photograph).save(file, "WEBP", quality=quality)
        sizes.append(len(file.getvalue()) / 1000)
        looks.append(observer.look(np.asarray(Image.open(file).convert("RGB"))).jod)
    *trials, last = jnd.encode(jnd.Picture(photograph), format="webp", satisfied=TARGET)
    assert isinstance(last, jnd.Found)
    with figure(MAKES[0], 7.4, 3.0, 2, sharex=True) as (quality, size):
        quality.plot(QUALITIES, looks, color=GREY, linewidth=1.2)
        size.plot(QUALITIES, sizes, color=GREY, linewidth=1.2, label="every second setting")
        for number, trial in enumerate([*trials], 1):
            at = trial.setting["quality"]
            colour = BLUE if trial.meets_target else ORANGE
            quality.plot(at, trial.jod, "o", color=colour)
            aside = (5, -10) if number % 2 == 0 else (-10, 5)
            quality.annotate(str(number), (at, trial.jod), aside, textcoords="offset points", fontsize=8.5)
            size.plot(at, trial.size_bytes / 1000, "o", color=colour)
        chosen = last.result.attempt
        size.annotate(
            f"written: quality {chosen.setting['quality']}, {len(last.result.data) / 1000:.1f} kB",
            (chosen.setting["quality"], chosen.size_bytes / 1000), (-150, 30), textcoords="offset points", fontsize=8.5,
            arrowprops={"arrowstyle": "-", "color": GREY},
        )  # fmt: skip
        quality.axhline(float(jod_of_satisfied(TARGET)), color=GREY, linestyle=":", linewidth=1)
        quality.text(
            30,
            float(jod_of_satisfied(TARGET)) + 0.01,
            "3 in 4 people see no difference",
            fontsize=8,
            color="#666a70",
        )
        quality.set(title="Quality by the observer; numbered: trials", xlabel="WebP quality", ylabel="JOD")
        size.set(title="Size", xlabel="WebP quality", ylabel="kB")


if __name__ == "__main__":
    main()
