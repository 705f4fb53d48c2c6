"""What a cluster costs beside the processes of one machine: `jnd encode` with 1 and 2 workers, from and to an S3 server.

    python benchmarks/cluster.py [--pictures 200]

Tiny pictures show the overhead per picture, scikit-image's photographs the throughput. All runs are on this machine, in turn,
scheduler and S3 server included, so two workers on two cores share them with these. Writes benchmarks/results/cluster.txt.
"""

import argparse
import io
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import skimage
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "cluster"))
from conftest import DaskProcesses, s3_server

RESULT = Path(__file__).resolve().parent / "results" / "cluster.txt"
PHOTOGRAPHS = ("astronaut", "chelsea", "coffee", "rocket", "hubble_deep_field", "immunohistochemistry")
MILLION = 1_000_000


def tiny(count: int) -> dict[str, bytes]:
    rng = np.random.default_rng(0)
    base = skimage.data.astronaut()
    names = {}
    for number in range(count):
        row, column = (int(value) for value in rng.integers(0, 440, 2))
        names[f"p{number:04}.png"] = _png(base[row : row + 48, column : column + 64])
    return names


def photographs() -> dict[str, bytes]:
    """Crops of 0.4 megapixels or the whole picture, each three times with another noise, so that all differ."""
    rng = np.random.default_rng(0)
    found = {}
    for name in PHOTOGRAPHS:
        pixels = getattr(skimage.data, name)()[:512, :768]
        for copy in range(2):
            noisy = np.clip(pixels + rng.integers(0, 2, pixels.shape), 0, 255).astype(np.uint8)
            found[f"{name}-{copy}.png"] = _png(noisy)
    return found


def _png(pixels: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def seconds_of(environment: dict[str, str], *arguments: str) -> float:
    begin = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "jnd", "encode", *arguments, "--quiet"], env=environment, check=True
    )
    return time.perf_counter() - begin


def main(count: int) -> None:
    lines = [__doc__.splitlines()[0], "", f"{platform.machine()}, Python {platform.python_version()}", ""]
    with tempfile.TemporaryDirectory() as temporary, s3_server(Path(temporary)) as environment:
        folder = Path(temporary)
        sets = {f"{count} pictures of 64 x 48": tiny(count), "12 photographs of 0.1 to 0.4 MP": photographs()}
        import os

        os.environ.update({k: v for k, v in environment.items() if k.startswith("AWS_")})
        import boto3

        bucket = boto3.resource("s3").Bucket("bucket")
        bucket.create()
        for number, (name, pictures) in enumerate(sets.items()):
            source = folder / f"in{number}"
            source.mkdir()
            for file, content in pictures.items():
                (source / file).write_bytes(content)
                bucket.put_object(Key=f"in{number}/{file}", Body=content)
            lines += [name, "                              seconds   per picture   pictures/s"]
            for workers in (1, 2):
                dask = DaskProcesses(folder, environment)
                try:
                    dask.start(workers)
                    warm = folder / "warm.png"
                    warm.write_bytes(next(iter(tiny(1).values())))
                    for turn in range(workers):  # each worker loads jnd once, as a long run does
                        seconds_of(
                            environment,
                            str(warm),
                            "-o",
                            str(folder / f"warm{turn}"),
                            "--cluster",
                            dask.address,
                        )
                    there = seconds_of(
                        environment, f"s3://bucket/in{number}", "-o", f"s3://bucket/out{number}{workers}",
                        "--cluster", dask.address,
                    )  # fmt: skip
                finally:
                    dask.stop()
                here = seconds_of(
                    environment,
                    str(source),
                    "-o",
                    str(folder / f"out{number}{workers}"),
                    "--workers",
                    str(workers),
                )
                for where, taken in (("processes, local files", here), ("cluster, S3", there)):
                    lines.append(
                        f"{workers} {where:24} {taken:9.2f} {1000 * taken / len(pictures):10.1f} ms {len(pictures) / taken:12.1f}"
                    )
                    print(lines[-1], flush=True)
            lines.append("")
            if number == 1:
                megapixels = sum(_megapixels(content) for content in pictures.values())
                hours = there * 2 / megapixels * 0.4 * MILLION / 3600
                lines.append(
                    f"From this, a million photographs of 0.4 MP: {hours:,.0f} core hours, {hours / 24:,.0f} cores for a day."
                )
    RESULT.write_text("\n".join(lines) + "\n", "utf-8")
    print(RESULT.read_text("utf-8"))


def _megapixels(png: bytes) -> float:
    width, height = Image.open(io.BytesIO(png)).size
    return width * height / 1e6


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pictures", type=int, default=200, help="tiny ones")
    main(parser.parse_args().pictures)
