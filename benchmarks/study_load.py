"""A crowd at a study: 100 observers give 20,000 answers over HTTP, on SQLite and on PostgreSQL, without and with trouble.

    python benchmarks/study_load.py [--observers 100] [--answers 20000]

All observers share one search per picture (QUEST+, the collective observer), which is the hardest case: each answer takes
its place under a lock that all processes want. Every observer asks as fast as the server answers. Client, server processes
and database share the machine, so a server alone is faster. After each run every acknowledged answer must be stored once,
and each search must equal a replay of its answers. Writes benchmarks/results/study_load.txt.
"""

import argparse
import os
import platform
import signal
import sys
import tempfile
from pathlib import Path

import cv2
import skimage

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "study"))
from conftest import PostgresServer
from crowd import Told, answered_by_a_crowd, check_that_nothing_is_lost, served_by_processes, worker_of

from jnd.study.design import design_from, read_design
from jnd.study.design.template import toml_of
from jnd.study.stimuli import make_stimuli, viewing_of

RESULTS = Path(__file__).resolve().parent / "results" / "study_load.txt"
PICTURES = ("astronaut", "chelsea", "coffee", "rocket")
LEVELS = [0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0]
GOAL = 300


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--observers", type=int, default=100)
    parser.add_argument("--answers", type=int, default=20_000)
    chosen = parser.parse_args()
    size = f"{chosen.observers} observers, {chosen.answers} answers, {len(PICTURES)} shared searches"
    lines = [
        "A crowd at a study: answers over HTTP, with the trial that follows, from all observers at once",
        "",
        f"{size}; client, server and database on the same {os.cpu_count()} cores; Python {platform.python_version()}",
        "",
        f"{'database':<12}{'processes':>9}  {'trouble':<26}{'answers/s':>9}{'median':>9}{'p99':>9}{'asked again':>12}",
    ]
    with tempfile.TemporaryDirectory(prefix="jnd-load-") as temporary:
        folder = Path(temporary)
        folder.chmod(0o755)
        cluster = folder / "postgres"
        cluster.mkdir()
        postgres = PostgresServer(cluster)
        postgres.make()
        postgres.start()
        try:
            runs = [
                ("SQLite", 1, ""), ("SQLite", 2, ""), ("PostgreSQL", 2, ""), ("SQLite", 2, "a process killed"),
                ("PostgreSQL", 2, "a process killed"), ("PostgreSQL", 2, "the database crashed"),
            ]  # fmt: skip
            for number, (database, processes, trouble) in enumerate(runs):
                study = study_in(folder / str(number), chosen.observers, chosen.answers)
                url = postgres.url() if database == "PostgreSQL" else None
                told = run(study, url, processes, trouble, postgres, chosen)
                check_that_nothing_is_lost(study, told, url)
                lines.append(
                    f"{database:<12}{processes:>9}  {trouble or 'none':<26}{chosen.answers / told.wall:>9.0f}"
                    f"{told.percentile(0.5):>6.0f} ms{told.percentile(0.99):>6.0f} ms{told.retries:>12}"
                )
                print(lines[-1], flush=True)
        finally:
            postgres.stop("immediate")
    lines += [
        "",
        "In every run: all acknowledged answers stored once and as given, places in each search without a gap, the state of each",
        f"search that of a replay of its answers. The goal is {GOAL} answers/s on SQLite. PostgreSQL runs with fsync off, as",
        "in the tests; a crash is its immediate stop. An answer's time runs from its first try, waiting in line included.",
    ]
    RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")


def study_in(folder: Path, observers: int, answers: int) -> Path:
    """A study that has more trials than are asked for."""
    pictures = folder / "pictures"
    pictures.mkdir(parents=True)
    for name in PICTURES:
        cv2.imwrite(str(pictures / f"{name}.png"), getattr(skimage.data, name)()[:64, :64, ::-1])
    design = design_from({
        "study": {"name": "crowded", "method": "flicker"},
        "stimuli": {"pictures": str(pictures), "codecs": [], "distortions": ["gaussian_blur"], "levels": LEVELS, "allow_flashes": True},
        "trials": {
            "adaptive": "quest_plus", "scope": "collective", "practice_trials": 0, "catch_share": 0.0,
            "repeat_share": 0.0, "break_every": 0, "per_picture": -(-answers // observers // len(PICTURES)) + 30,
        },
        "server": {"rate_limit_per_minute": 1_000_000},
    })  # fmt: skip
    (folder / "study.toml").write_text(toml_of(design), "utf-8")
    for made in make_stimuli(design, {name: pictures / f"{name}.png" for name in PICTURES}, folder):
        assert made.error is None, made.error
    return folder


def run(
    study: Path,
    url: str | None,
    processes: int,
    trouble: str,
    postgres: PostgresServer,
    chosen: argparse.Namespace,
) -> Told:
    """One run; the trouble comes after a third of the answers."""
    ppd = viewing_of(read_design(study)).pixels_per_degree
    done = []

    with served_by_processes(study, processes, url) as (port, keeper):

        def disturb(told: Told) -> None:
            if done or len(told.acknowledged) < chosen.answers // 3:
                return
            done.append(trouble)
            if trouble == "a process killed":
                os.kill(worker_of(keeper), signal.SIGKILL)
            elif trouble:
                postgres.stop("immediate")
                postgres.start()

        return answered_by_a_crowd(port, "crowded", ppd, chosen.observers, chosen.answers, trouble=disturb)


if __name__ == "__main__":
    main()
