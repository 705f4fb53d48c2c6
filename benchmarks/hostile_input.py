"""Damaged, lying and crafted files through every reader: what becomes of them, how long it takes, how much memory.

    python benchmarks/hostile_input.py [damaged files per kind of file]

The same files every time, made by tests/picture/crafted.py: small pictures in every format and kind of compression
that are cut off, have bits flipped, bytes replaced by extreme values, spans removed, doubled or taken from another
format (PNG with its checksums repaired in every second case), and crafted ones: huge declared sizes, deflate bombs,
circles, deep boxes, animations, disguises, metadata that are rubbish. Every reader has a process of its own, which
is stopped when fifty files take more than two minutes. Writes benchmarks/results/hostile_input.txt; exit status 1 if
anything happened but a picture or an ``UnreadablePictureError`` of one line.
"""

import resource
import sys
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "picture"))
from crafted import crafted, damaged, whole_files

from jnd.errors import UnreadablePictureError
from jnd.picture import policy_named, read_picture
from jnd.workers import JobLimits, WorkerDied, in_processes

RESULTS = Path(__file__).parent / "results" / "hostile_input.txt"
CHUNK = 50
LIMITS = JobLimits(seconds=120, memory_bytes=3 * 2**30)
CRAFTED = "crafted"


@dataclass(frozen=True)
class Chunk:
    """Files ``first`` to ``last`` of a kind; of crafted files those of one reader."""

    kind: str
    first: int
    last: int
    reader: str = ""


@dataclass(frozen=True)
class Tally:
    """What became of them."""

    files: int
    read: int
    other: tuple[str, ...]
    slowest: tuple[float, str]
    peak_bytes: int


def limits(chunk: Chunk) -> JobLimits:
    return LIMITS


def read_chunk(chunk: Chunk) -> Tally:
    """Try every file of the chunk; a file that hangs ends the process."""
    files = whole_files()
    if chunk.kind == CRAFTED:
        made = [(name, make) for name, make in crafted() if name.split(":")[0] == chunk.reader]
    else:
        made = [
            (f"{chunk.kind} {number}", lambda number=number: damaged(files, chunk.kind, number))
            for number in range(chunk.first, chunk.last)
        ]
    read, other, slowest = 0, [], (0.0, "")
    for name, make in made:
        data = make()
        begin = time.perf_counter()
        try:
            picture = read_picture(data)
            read += 1
            for policy in ("default", "none"):
                policy_named(policy)(picture)
        except UnreadablePictureError as error:
            if "\n" in str(error):
                other.append(f"{name}: a message of several lines: {error!r}")
        except BaseException as error:  # noqa: BLE001 - what else there is, is the question
            other.append(f"{name}: {type(error).__name__}: {error}")
        slowest = max(slowest, (time.perf_counter() - begin, name))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return Tally(len(made), read, tuple(other), slowest, peak)


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    groups = {
        kind: [Chunk(kind, first, min(first + CHUNK, count)) for first in range(0, count, CHUNK)]
        for kind in sorted(whole_files())
    }
    for reader in sorted({name.split(":")[0] for name, _ in crafted()}):
        groups[f"crafted {reader}"] = [Chunk(CRAFTED, 0, 0, reader)]
    lines = [
        f"python benchmarks/hostile_input.py {count}",
        "",
        "A row is a process. Its peak memory includes Python and the libraries, some 70 MiB, and what makes the files.",
        "",
        "files                    number   read  refused  slowest s  peak MiB  slowest file",
    ]
    total, problems = 0, []
    for group, chunks in groups.items():
        tallies = []
        for chunk, tally in in_processes(read_chunk, chunks, 1, limits):
            if isinstance(tally, WorkerDied):
                problems.append(f"{group} {chunk.first}-{chunk.last}: {tally}")
            else:
                tallies.append(tally)
                problems += tally.other
        files, read = sum(tally.files for tally in tallies), sum(tally.read for tally in tallies)
        total += files
        seconds, name = max((tally.slowest for tally in tallies), default=(0.0, ""))
        peak = max((tally.peak_bytes for tally in tallies), default=0) / 2**20
        lines.append(f"{group:24} {files:6} {read:6} {files - read:8} {seconds:10.2f} {peak:9.0f}  {name}")
        print(lines[-1], flush=True)
    lines += [
        "",
        f"{total} files; anything but a picture or a refusal of one line: {len(problems)}",
        *problems,
    ]
    RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines[-1 - len(problems) :]))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
