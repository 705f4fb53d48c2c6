"""What a command waits for before it starts: `import jnd` and `jnd --help` beside Python itself and numpy.

    scripts/bench import_time [--runs 15]

Medians of fresh processes, taken in turn so that a busy moment hits all of them alike.
"""

import argparse
import statistics
import subprocess
import sys
import time
from pathlib import Path

PYTHON = [sys.executable, "-c"]
COMMANDS = {
    "python": [*PYTHON, "pass"],
    "import jnd": [*PYTHON, "import jnd"],
    "import numpy": [*PYTHON, "import numpy"],
    "jnd.colorvideovdp": [*PYTHON, "import jnd; jnd.colorvideovdp"],
    "jnd --help": [str(Path(sys.executable).with_name("jnd")), "--help"],
}


def main(runs: int) -> None:
    seconds: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(runs + 1):
        for name, command in COMMANDS.items():
            begin = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            seconds[name].append(time.perf_counter() - begin)
    bare = statistics.median(seconds["python"][1:])
    for name, taken in seconds.items():
        median = statistics.median(taken[1:])  # the first fills the disk cache
        print(f"{name:20} {median:6.3f} s   {median / bare:5.1f} times bare Python")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=15)
    main(parser.parse_args().runs)
