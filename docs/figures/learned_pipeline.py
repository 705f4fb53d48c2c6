"""How a picture becomes a JND curve per codec: scikit-image's astronaut and the model that ships with jnd."""

from _canvas import IMAGES
from matplotlib import pyplot as plt
from matplotlib.patches import FancyArrowPatch, Rectangle
from skimage import data

from jnd.learned.patches import activity_map, patch_corners, patches_at
from jnd.learned.predictor import Predictor, pjnd_predictions

MAKES = ("learned-pipeline.webp",)
SIZE = 64


def main() -> None:
    pixels = data.astronaut()
    predictor = Predictor()
    corners = patch_corners(pixels, 40, SIZE)
    figure = plt.figure(figsize=(12, 3.4), layout="constrained")
    picture, saliency, patches, network, curves = figure.subplots(1, 5, width_ratios=(1, 1, 1, 1.1, 1.5))
    picture.imshow(pixels)
    for y, x in corners:
        picture.add_patch(Rectangle((x, y), SIZE, SIZE, fill=False, edgecolor="white", linewidth=0.6))
    picture.set_title("picture, 40 patches")
    saliency.imshow(activity_map(pixels), cmap="magma")
    saliency.set_title("what draws the eye")
    chosen = patches_at(pixels, corners[:: len(corners) // 9][:9], SIZE)
    patches.imshow(chosen.reshape(3, 3, SIZE, SIZE, 3).swapaxes(1, 2).reshape(3 * SIZE, 3 * SIZE, 3))
    patches.set_title("patches, own resolution")
    for axes in (picture, saliency, patches, network):
        axes.axis("off")
    steps = ("filters on 3 scales,\nlog energy per block", "two convolutions", "weighted mean\nover patches", "curve parameters\nper codec")  # fmt: skip
    for i, text in enumerate(steps):
        y = 0.88 - 0.25 * i
        network.text(0.5, y, text, ha="center", va="center", fontsize=9, transform=network.transAxes, bbox={"boxstyle": "round,pad=0.35", "facecolor": "#dde7f3", "edgecolor": "#1f4e8c"})  # fmt: skip
        if i:
            network.add_patch(FancyArrowPatch((0.5, y + 0.17), (0.5, y + 0.08), transform=network.transAxes, arrowstyle="-|>", mutation_scale=9, color="#1f4e8c"))  # fmt: skip
    network.set_title("network")
    for record in pjnd_predictions(predictor.predict(pixels), "astronaut", ["jpeg", "webp", "avif"]):
        curves.plot(record.settings, record.sur.satisfied, label=record.codec)
    curves.axhline(0.75, color="#888", linestyle=":", linewidth=0.8)
    curves.set_xlim(100, 0)
    curves.set_ylim(0, 1.02)
    curves.set_xlabel("quality")
    curves.set_ylabel("share who notice nothing")
    curves.legend(fontsize=8)
    curves.set_title("JND curves")
    figure.savefig(IMAGES / MAKES[0], dpi=100, pil_kwargs={"quality": 88})


if __name__ == "__main__":
    main()
