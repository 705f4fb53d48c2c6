"""Speed of fingerprints and of matching on one core, against a plain numpy and scipy program in the same run.

    python benchmarks/camera_speed.py

Pictures are made here (noise on smooth light, JPEG files). Goals: identify a 12-megapixel picture, from its file and with a
loaded fingerprint, in under 2 s; a fingerprint of 10 pictures of 6 megapixels in under 30 s. The peer does the same
filtering in 64 bits as one would write it down, on arrays of 3 megapixels: full convolutions of which every second
value is kept, scipy.ndimage.uniform_filter, numpy.fft. Writes benchmarks/results/camera_speed.txt.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import io
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from measuring import median_seconds
from PIL import Image
from scipy.ndimage import convolve1d, uniform_filter

from jnd.camera.prnu.correlation import match_fingerprint, picture_noise
from jnd.camera.prnu.daubechies import HIGH, LOW
from jnd.camera.prnu.fingerprint import estimate_fingerprint
from jnd.camera.prnu.fingerprint_file import load_fingerprint, save_fingerprint
from jnd.camera.prnu.noise_residual import noise_residual
from jnd.camera.sensor_picture import sensor_picture
from jnd.vision.luma import BT601

Array = npt.NDArray[np.float64]
Pixels = npt.NDArray[np.uint8]

RESULT_FILE = Path(__file__).resolve().parent / "results" / "camera_speed.txt"
RUNS = 7


def picture(height: int, width: int, seed: int) -> Pixels:
    random = np.random.default_rng(seed)
    coarse = random.uniform(60, 190, (height // 100 + 2, width // 100 + 2)).astype(np.float32)
    light = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    noisy = light[..., None] + random.standard_normal((height, width, 3), np.float32) * 3
    return noisy.clip(0, 255).astype(np.uint8)


def jpeg(pixels: Pixels) -> bytes:
    data = io.BytesIO()
    Image.fromarray(pixels).save(data, "JPEG", quality=92)
    return data.getvalue()


def plain_residual(pixels: Pixels) -> Array:
    """The same denoiser written down plainly: periodic, so pixels near the edges differ."""
    total = np.zeros(pixels.shape[:2])
    for weight, number in zip(BT601, range(3), strict=True):
        plane = pixels[..., number].astype(np.float64)
        bands = []
        for _ in range(4):
            low, high = (decimated(plane, taps, 1) for taps in (LOW, HIGH))
            plane = decimated(low, LOW, 0)
            bands.append(
                [
                    plain_noise(band)
                    for band in (decimated(low, HIGH, 0), decimated(high, LOW, 0), decimated(high, HIGH, 0))
                ]
            )
        noise = np.zeros_like(plane)
        for low_high, high_low, high_high in reversed(bands):
            low = expanded(noise, LOW, 0) + expanded(low_high, HIGH, 0)
            high = expanded(high_low, LOW, 0) + expanded(high_high, HIGH, 0)
            noise = expanded(low, LOW, 1) + expanded(high, HIGH, 1)
        total += weight * noise
    return total


def decimated(plane: Array, taps: Array, axis: int) -> Array:
    whole = convolve1d(plane, taps[::-1], axis=axis, mode="wrap")
    return whole[::2] if axis == 0 else whole[:, ::2]


def expanded(band: Array, taps: Array, axis: int) -> Array:
    shape = (2 * band.shape[0], band.shape[1]) if axis == 0 else (band.shape[0], 2 * band.shape[1])
    spread = np.zeros(shape)
    spread[(slice(None, None, 2), slice(None)) if axis == 0 else (slice(None), slice(None, None, 2))] = band
    return convolve1d(spread, taps, axis=axis, mode="wrap", origin=-1)


def plain_noise(band: Array) -> Array:
    energy = np.minimum.reduce([uniform_filter(band**2, side) for side in (3, 5, 7, 9)])
    return band * 9 / np.maximum(energy, 9)


def plain_correlation(evidence: Array, prnu: Array) -> float:
    correlation = np.fft.ifft2(np.conj(np.fft.fft2(evidence)) * np.fft.fft2(prnu)).real
    return float(correlation[0, 0] / correlation.std())


def main() -> None:
    cv2.setNumThreads(1)
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        small = [Path(folder) / f"{number}.jpg" for number in range(10)]
        for number, path in enumerate(small):
            path.write_bytes(jpeg(picture(2000, 3008, number)))
        begin = time.perf_counter()
        estimate_fingerprint(small, label="made here")
        seconds = time.perf_counter() - begin
        lines.append(f"fingerprint of 10 pictures of 6 megapixels, from files: {seconds:.2f} s (goal 30 s)")

        large = Path(folder) / "large.jpg"
        large.write_bytes(jpeg(picture(3000, 4000, 1)))
        other = Path(folder) / "other.jpg"
        other.write_bytes(jpeg(picture(3000, 4000, 2)))
        kept = Path(folder) / "kept.npz"
        save_fingerprint(estimate_fingerprint([other], label="made here"), kept)
        known = load_fingerprint(kept)
        pixels = sensor_picture(large).pixels
        evidence = picture_noise(pixels)
        whole, loading, reading, noise, first = median_seconds(
            RUNS,
            lambda: match_fingerprint(sensor_picture(large).pixels, known),
            lambda: load_fingerprint(kept),
            lambda: sensor_picture(large),
            lambda: picture_noise(pixels),
            lambda: match_fingerprint(evidence, known),
        )
        lines += [
            f"identify a 12-megapixel picture, from its file: {whole:.2f} s (goal 2 s)",
            f"  of it reading {reading:.2f} s, noise {noise:.2f} s, correlation {first:.2f} s for each fingerprint",
            f"  loading a fingerprint {loading:.2f} s, once",
        ]
    three = picture(1536, 2048, 3)
    prnu = np.random.default_rng(0).normal(0, 1, three.shape[:2])
    ours, plain = median_seconds(3, lambda: noise_residual(three), lambda: plain_residual(three))
    agreement = np.corrcoef(
        noise_residual(three)[128:-128, 128:-128].ravel(), plain_residual(three)[128:-128, 128:-128].ravel()
    )[0, 1]
    lines.append(
        f"noise residual of 3 megapixels: {ours:.3f} s, plainly {plain:.2f} s: {plain / ours:.1f} times faster "
        f"(correlation of both {agreement:.4f})"
    )
    evidence = picture_noise(three)
    as_float = evidence.evidence.astype(np.float64)
    fingerprint = type(known)(
        prnu=prnu.astype(np.float32),
        label="",
        pictures=1,
        source_sha256=(),
        sigma=3.0,
        orientation_rule="",
        jnd_version="",
    )
    ours, plain = median_seconds(
        3, lambda: match_fingerprint(evidence, fingerprint), lambda: plain_correlation(as_float, prnu)
    )
    lines.append(
        f"correlation of 3 megapixels: {ours:.3f} s, plainly {plain:.2f} s: {plain / ours:.1f} times faster"
    )
    text = "\n".join(lines)
    print(text)
    RESULT_FILE.write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
