"""Damaged and lying files through every reader: how many are read or refused, how long and how much memory it takes.

    python benchmarks/hostile_input.py [files per reader]

The same files every time: small pictures with noise and metadata are cut off, have bits flipped, bytes replaced by
extreme values, spans removed, doubled or taken from a file of another format. Each chunk of files has a process of its own that is killed when
one file takes more than a minute. Writes benchmarks/results/hostile_input.txt; exit status 1 if anything happened
but a picture or an ``UnreadablePictureError`` of one line.
"""

import io
import resource
import signal
import sys
import time
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from jnd.codecs import CODECS
from jnd.errors import UnreadablePictureError
from jnd.picture import Picture, read_picture
from jnd.workers import WorkerDied, in_processes

RESULTS = Path(__file__).parent / "results" / "hostile_input.txt"
LIMIT_SECONDS = 60
CHUNK = 50
EXTREMES = (b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x80\0\0\0", b"\0\0\0\x01")
PILLOW = {
    "jpeg": "JPEG",
    "png": "PNG",
    "webp": "WEBP",
    "avif": "AVIF",
    "tiff": "TIFF",
    "pnm": "PPM",
    "bmp": "BMP",
}


@dataclass(frozen=True)
class Chunk:
    """Files ``first`` to ``last`` of a reader."""

    reader: str
    first: int
    last: int


@dataclass(frozen=True)
class Tally:
    """What became of them."""

    read: int
    refused: int
    other: tuple[str, ...]
    slowest_seconds: float
    peak_bytes: int


def whole_files() -> dict[str, bytes]:
    """A small picture in every format that can be written here."""
    pixels = np.random.default_rng(0).integers(0, 256, (64, 80, 3), dtype=np.uint8)
    exif = Image.Exif()
    exif[0x0112], exif[0x8298] = 6, "somebody"
    files = {}
    for reader, name in PILLOW.items():
        buffer = io.BytesIO()
        extra = {} if name in ("PPM", "BMP") else {"exif": exif}
        if name == "TIFF":
            extra["compression"] = "tiff_adobe_deflate"
        Image.fromarray(pixels).save(buffer, name, **extra)
        files[reader] = buffer.getvalue()
    for reader in ("jpegxl", "heic"):
        codec = CODECS[reader]
        if codec.installed:
            middle = len(codec.axis.values) // 2
            files[reader] = codec.encode(Picture(pixels), middle)
    return files


def damaged(files: dict[str, bytes], reader: str, number: int) -> bytes:
    """File ``number`` of a reader; the same for the same files."""
    rng = np.random.default_rng([zlib.crc32(reader.encode()), number])
    data = bytearray(files[reader])
    # Half of the damage is done where the header is, which pixels would otherwise outnumber.
    reach = min(len(data), 512) if number % 2 else len(data)
    at = int(rng.integers(reach))
    match number // 2 % 6:
        case 0:
            del data[at:]
        case 1:
            for place in rng.integers(reach, size=int(rng.integers(1, 12))):
                data[place] ^= 1 << int(rng.integers(8))
        case 2:
            data[at : at + 4] = EXTREMES[rng.integers(len(EXTREMES))]
        case 3:
            del data[at : at + int(rng.integers(1, 64))]
        case 4:
            data[at:at] = data[at : at + int(rng.integers(1, 256))]
        case _:
            other = files[sorted(files)[rng.integers(len(files))]]
            data[at:] = other[at:]
    return bytes(data)


def read_chunk(chunk: Chunk) -> Tally:
    """Try every file of the chunk; a file that hangs ends the process."""
    files = whole_files()
    read = refused = 0
    other, slowest = [], 0.0
    for number in range(chunk.first, chunk.last):
        data = damaged(files, chunk.reader, number)
        signal.alarm(LIMIT_SECONDS)  # its default is to kill, which also stops a decoder that never returns
        begin = time.perf_counter()
        try:
            read_picture(data)
            read += 1
        except UnreadablePictureError as error:
            refused += 1
            if "\n" in str(error):
                other.append(f"{number}: a message of several lines: {error!r}")
        except BaseException as error:  # noqa: BLE001 - what else there is, is the question
            other.append(f"{number}: {type(error).__name__}: {error}")
        slowest = max(slowest, time.perf_counter() - begin)
        signal.alarm(0)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return Tally(read, refused, tuple(other), slowest, peak)


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    readers = sorted(whole_files())
    chunks = [
        Chunk(reader, first, min(first + CHUNK, count))
        for reader in readers
        for first in range(0, count, CHUNK)
    ]
    tallies: dict[str, list[Tally]] = {reader: [] for reader in readers}
    problems = []
    for chunk, tally in in_processes(read_chunk, chunks, 1):
        if isinstance(tally, WorkerDied):
            problems.append(f"{chunk.reader} {chunk.first}-{chunk.last}: {tally}")
        else:
            tallies[chunk.reader].append(tally)
            problems += [f"{chunk.reader} {line}" for line in tally.other]
    lines = [
        f"python benchmarks/hostile_input.py {count}",
        "",
        "reader    files   read  refused  slowest s  peak MiB of the process so far",
    ]
    for reader, parts in tallies.items():
        if parts:
            read, refused = sum(part.read for part in parts), sum(part.refused for part in parts)
            slowest = max(part.slowest_seconds for part in parts)
            peak = max(part.peak_bytes for part in parts) / 2**20
            lines.append(f"{reader:8} {count:6} {read:6} {refused:8} {slowest:10.2f} {peak:9.0f}")
    lines += ["", f"anything else: {len(problems)}", *problems]
    RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
