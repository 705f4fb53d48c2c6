"""Make the observer labels that models are trained and tested on, and say what is in them.

    python reproduce/observer_labels.py FOLDER            makes what FOLDER lacks, then the table
    python reproduce/observer_labels.py FOLDER --table    the table only
    python reproduce/observer_labels.py FOLDER --steps 4  how far a threshold read from labels is from a scan of every
                                                          level, on so many pictures of CID22's training set

FOLDER gets clic.parquet, free.parquet, cid22_train.parquet, kodak.parquet and cid22_validation.parquet, and the crops
that the first two are made of. Needs the pictures outside of the repository (set JND_SHARED to the folder that holds
data/images) and scikit-image; the picture "face" needs SciPy's (pip install pooch, or --face with the face.dat of
scipy 1.9 and earlier, which is the same file). About an hour on one core; a run that was stopped goes on where it
was. The table is written to reproduce/results/observer_labels.txt.
"""

import argparse
import bz2
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np
from level_scans import shared_images

from jnd.codecs import CODECS as CODECS_BY_NAME
from jnd.datasets.crops import write_crops
from jnd.datasets.labelled import LabelledPicture
from jnd.datasets.observer_labels import provenance, read_observer_labels
from jnd.learned.label_request import STEPS, LabelRequest
from jnd.learned.label_scan import label_picture, scan
from jnd.learned.labels import LabelJob, label
from jnd.observer import jod_of_satisfied
from jnd.picture import Picture, read_picture, write_picture
from jnd.viewing import viewing_conditions

RESULTS = Path(__file__).parent / "results" / "observer_labels.txt"
RESULTS_OF_STEPS = Path(__file__).parent / "results" / "observer_label_steps.txt"
CODECS = ("jpeg", "jpeg:turbo", "webp", "avif", "jpegxl")
FREE = {
    # name: (crop, scales, licence and author as scikit-image's or SciPy's documentation gives them)
    "astronaut": (384, (1.0, 0.75), "public domain, NASA (Great Images in NASA)"),
    "brick": (384, (1.0,), "CC0, CC0Textures"),
    "camera": (384, (1.0,), "CC0, Lav Varshney"),
    "cat": (288, (1.0,), "CC0, Stefan van der Walt"),
    "clock": (288, (1.0,), "public domain, Stefan van der Walt"),
    "coffee": (384, (1.0,), "CC0, Rachel Michetti"),
    "face": (512, (1.0, 0.7), "public domain, public-domain-image.com (scipy.datasets)"),
    "grass": (384, (1.0,), "CC0, linolafett (DeviantArt)"),
    "gravel": (384, (1.0,), "CC0, CC0Textures"),
    "hubble_deep_field": (384, (1.0, 0.5), "public domain, NASA (HubbleSite)"),
    "retina": (512, (1.0, 0.5), "CC0, Mikael Häggström"),
    "rocket": (384, (1.0,), "public domain, SpaceX"),
}
"""Left out, because no licence is stated or it only says that no restriction is known: moon, page, coins, ihc."""

LICENCES = {
    "clic": "Unsplash licence (CLIC 2025 validation): free use, also commercial; not CC0",
    "free": "CC0 or public domain, picture by picture below",
    "cid22_train": "CC BY-SA 4.0",
    "kodak": "unrestricted, by Kodak",
    "cid22_validation": "CC BY-SA 4.0",
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--table", action="store_true")
    parser.add_argument("--steps", type=int)
    parser.add_argument("--face", type=Path)
    arguments = parser.parse_args()
    folder: Path = arguments.folder
    if arguments.steps:
        check_steps(files(shared_images("cid22") / "CID22-512" / "training"), arguments.steps)
        return
    if not arguments.table:
        for name, jobs in pictures(folder, arguments.face).items():
            if not (folder / f"{name}.parquet").exists():
                make(folder / f"{name}.parquet", jobs)
    lines = table(folder)
    RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


def pictures(folder: Path, face: Path | None) -> dict[str, list[LabelJob]]:
    """What is labelled, the pictures of no licence trouble first."""
    clic = []
    for photograph in sorted(shared_images("clic2025").joinpath("validation").glob("*.webp")):
        crops = write_crops(photograph, folder / "crops" / "clic", 512, (1.0, 0.7, 0.5))
        clic += [LabelJob(path, f"{photograph.stem}/{path.stem}", photograph.stem) for path in crops]
    free = []
    for name, (size, scales, _) in FREE.items():
        crops = free_crops(name, folder, size, scales, face)
        free += [LabelJob(path, f"{path.parent.name}/{path.stem}", path.parent.name) for path in crops]
    cid22 = shared_images("cid22") / "CID22-512"
    return {
        "clic": clic,
        "free": free,
        "cid22_train": files(cid22 / "training"),
        "kodak": files(shared_images("kodak")),
        "cid22_validation": files(cid22 / "validation"),
    }


def files(folder: Path) -> list[LabelJob]:
    return [LabelJob(path, path.stem, path.stem) for path in sorted(folder.glob("*.webp"))]


def free_crops(
    name: str, folder: Path, size: int, scales: tuple[float, ...], face: Path | None
) -> list[Path]:
    from skimage import data

    source = folder / "free_sources" / f"{'chelsea' if name == 'cat' else name}.png"
    if not source.exists():
        if name != "face":
            pixels = getattr(data, name)()
        elif face is not None:
            pixels = np.frombuffer(bz2.decompress(face.read_bytes()), np.uint8).reshape(768, 1024, 3)
        else:
            from scipy import datasets

            pixels = datasets.face()
        source.parent.mkdir(parents=True, exist_ok=True)
        write_picture(Picture(np.ascontiguousarray(pixels)), source)
    return write_crops(source, folder / "crops" / "free", size, scales)


SECONDS_PER_PICTURE = 8
"""Of 512x512 pixels and all five codecs on one core, for the estimate that is printed first."""


def make(output: Path, jobs: list[LabelJob]) -> None:
    minutes = len(jobs) * SECONDS_PER_PICTURE / 60
    print(f"{output.name}: {len(jobs)} pictures, about {minutes:.0f} minutes on one core", file=sys.stderr)
    begin = time.perf_counter()
    request = LabelRequest(CODECS, viewing_conditions())
    for done, record in enumerate(label(jobs, request, output, command=" ".join(sys.argv)), 1):
        left = (time.perf_counter() - begin) / done * (len(jobs) - done)
        print(f"  {record.name}: {record.status}, {left / 60:.0f} minutes left", file=sys.stderr, flush=True)


def table(folder: Path) -> list[str]:
    threshold = float(jod_of_satisfied(0.75))
    lines = [
        "Observer labels: python reproduce/observer_labels.py FOLDER",
        "Answers of the metric, not of people. JOD at levels of five codecs, dense from 9.0 to 9.97 JOD.",
        "",
        f"{'set':<17} pictures groups megapixels  labels per picture and codec (median)      labels  licence",
    ]
    sets = [name for name in LICENCES if (folder / f"{name}.parquet").exists()]
    curves = {name: read_observer_labels(folder / f"{name}.parquet") for name in sets}
    for name in sets:
        of_set = curves[name]
        made = provenance(folder / f"{name}.parquet")
        sizes = {c.picture: c.width * c.height for c in of_set}
        counts = {
            codec: int(np.median([len(c.level) for c in of_set if c.codec == codec])) for codec in CODECS
        }
        per_codec = " ".join(f"{codec} {count}" for codec, count in counts.items())
        lines.append(
            f"{name:<17} {made['pictures']:8d} {made['groups']:6d} {sum(sizes.values()) / 1e6:10.1f}  {per_codec:<41} "
            f"{sum(len(c.level) for c in of_set):6d}  {LICENCES[name]}"
        )
    lines += [
        "",
        f"Setting at which 75 % of people are satisfied ({threshold:.3f} JOD, protocol aic3, standard_fhd): median and",
        "quartiles over pictures, and pictures that never reach it (beyond the best) in brackets",
    ]
    never: list[str] = []
    for name in sets:
        cells = []
        for codec in CODECS:
            settings = [pjnd(c, threshold) for c in curves[name] if c.codec == codec]
            found = np.array([s for s in settings if s is not None])
            low, middle, high = np.percentile(found, [25, 50, 75])
            missing = len(settings) - len(found)
            never += [
                curve.group
                for curve in curves[name]
                if curve.codec == codec and pjnd(curve, threshold) is None
            ]
            cells.append(
                f"{codec} {middle:.3g} ({low:.3g} to {high:.3g})" + (f" [{missing}]" if missing else "")
            )
        lines.append(f"{name:<17} " + "; ".join(cells))
    if never:
        lines.append(f"Never reached in crops of: {', '.join(sorted(set(never)))} (chroma 4:2:0)")
    absent = [name for name in LICENCES if name not in sets]
    if absent:
        lines.append(f"Not made yet: {', '.join(absent)}")
    if sets:
        made = provenance(folder / f"{sets[0]}.parquet")
        lines += ["", "Made by"]
        lines += [
            f"  {key}: {made[key]}"
            for key in ("metric", "protocol", "viewing", "pixels_per_degree", "effort")
        ]
        lines += [f"  {codec}: {encoder}" for codec, encoder in made["encoders"].items()]
        lines += [f"  levels between two labels: {made['steps']}"]
    if "free" in sets:
        groups = Counter({c.group: 0 for c in curves["free"]})
        groups.update(c.group for c in curves["free"] if c.codec == CODECS[0])
        lines += ["", "Free pictures (crops per picture), licence and author"]
        lines += [
            f"  {name:<18} {groups['chelsea' if name == 'cat' else name]:2d}  {licence}"
            for name, (_, _, licence) in FREE.items()
        ]
    return lines


def check_steps(jobs: list[LabelJob], count: int) -> None:
    """Every level once; the labels are those of them that a request asks for."""
    thresholds = [round(float(t), 2) for t in jod_of_satisfied([0.95, 0.90, 0.75, 0.50])] + [9.33]
    chosen = jobs[:: len(jobs) // count][:count]
    misses: dict[str, list[float]] = {codec: [] for codec in CODECS}
    labels: dict[str, list[int]] = {codec: [] for codec in CODECS}
    for job in chosen:
        picture = read_picture(job.source)
        for codec in CODECS:
            request = LabelRequest((codec,), viewing_conditions(), step=1)
            every = {int(r["level"]): float(r["jod"]) for r in label_picture(picture, request)}  # type: ignore[arg-type]
            # Beyond the dense range step 1 leaves levels out; they do not matter to thresholds inside it.
            full = np.array(sorted(every)), np.array([every[level] for level in sorted(every)])
            asked: list[int] = []

            def measure(level: int, every: dict[int, float] = every, asked: list[int] = asked) -> float:
                asked.append(level)
                nearest = min(every, key=lambda known: abs(known - level))
                return every[nearest]

            scan(CODECS_BY_NAME[codec].levels, STEPS[codec], measure)
            kept = np.array(sorted(level for level in asked if level in every))
            labels[codec].append(len(asked))
            coarse = kept, np.array([every[level] for level in kept])
            for threshold in thresholds:
                levels = [crossing(*curve, threshold) for curve in (full, coarse)]
                if None not in levels:
                    misses[codec].append(abs(levels[0] - levels[1]))  # type: ignore[operator]
            print(f"{job.name} {codec}", file=sys.stderr, flush=True)
    lines = [
        f"Threshold read from labels against a scan of every level: python reproduce/observer_labels.py FOLDER --steps {count}",
        f"{count} pictures of CID22's training set, thresholds {thresholds} JOD; difference in levels",
        f"{'codec':<12} step  labels  thresholds   mean  largest",
    ]
    lines += [
        f"{codec:<12} {STEPS[codec]:4d} {np.median(labels[codec]):7.0f} {len(found):11d} {np.mean(found):6.2f} {max(found):8.2f}"
        for codec, found in misses.items()
    ]
    RESULTS_OF_STEPS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


def crossing(levels: np.ndarray, jod: np.ndarray, threshold: float) -> float | None:
    """Level where the running minimum falls below the threshold, linear between levels."""
    lowest = np.minimum.accumulate(jod)
    below = np.flatnonzero(lowest < threshold)
    if not len(below) or below[0] == 0:
        return None
    i = int(below[0])
    share = (lowest[i - 1] - threshold) / (lowest[i - 1] - lowest[i])
    return float(levels[i - 1] + share * (levels[i] - levels[i - 1]))


def pjnd(curve: LabelledPicture, threshold: float) -> float | None:
    """The setting where the running minimum of the JOD crosses the threshold, between levels linearly."""
    assert curve.jod is not None
    if curve.jod.min() >= threshold:
        return float(curve.setting[-1])
    level = crossing(curve.level, curve.jod, threshold)
    return None if level is None else float(np.interp(level, curve.level, curve.setting))


if __name__ == "__main__":
    main()
