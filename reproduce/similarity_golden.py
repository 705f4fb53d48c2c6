"""Golden values of metrics from other people's programs, in 64 bits: tests/golden/similarity.csv.

Run in an environment with ``piq==0.8.0 scikit-image==0.26.* psnr-hvsm`` (jnd is not needed):

    python reproduce/similarity_golden.py
"""

import csv
import runpy
from pathlib import Path

import numpy as np
import piq
import psnr_hvsm
import torch
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

GOLDEN = Path(__file__).parents[1] / "tests/golden"
LUMA = np.array([0.299, 0.587, 0.114])


def main() -> None:
    rows = []
    for name, (reference, changed) in runpy.run_path(str(GOLDEN / "score_pairs.py"))["pairs"]().items():
        pictures = [picture.astype(np.float64) for picture in (reference, changed)]
        luma = [picture @ LUMA for picture in pictures]
        colour = [torch.from_numpy(picture).permute(2, 0, 1)[None] for picture in pictures]
        grey = [torch.from_numpy(plane)[None, None] for plane in luma]
        whole = [np.ascontiguousarray(y[: y.shape[0] // 8 * 8, : y.shape[1] // 8 * 8]) / 255 for y in luma]
        smallest = min(reference.shape[:2])
        values = {
            "psnr-rgb": peak_signal_noise_ratio(reference, changed, data_range=255),
            "psnr-y": peak_signal_noise_ratio(*luma, data_range=255),
            "psnr-hvs-m": float(psnr_hvsm.psnr_hvs_hvsm(*whole)[1]),
            "gmsd": float(piq.gmsd(*colour, data_range=255)),
        }
        if smallest >= 11:
            options = {"gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False}
            values["ssim"] = structural_similarity(*luma, data_range=255, **options)
        if smallest >= 16:
            values["haarpsi"] = float(piq.haarpsi(*colour, data_range=255))
        if smallest >= 25:
            values["fsimc"] = float(piq.fsim(*colour, data_range=255))
        if smallest >= 41:
            values["vifp"] = float(piq.vif_p(*colour, data_range=255))
        if smallest >= 161:
            values["ms-ssim"] = float(piq.multi_scale_ssim(*grey, data_range=255))
            values["iw-ssim"] = float(piq.information_weighted_ssim(*colour, data_range=255))
        rows += [[name, metric, f"{value:.9f}"] for metric, value in values.items()]
    with (GOLDEN / "similarity.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["pair", "metric", "value"])
        writer.writerows(rows)


if __name__ == "__main__":
    main()
