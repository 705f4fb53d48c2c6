"""Every picture of README and documentation, made by one command; scripts/gallery sets up and calls it.

    python docs/figures              makes all of them, some minutes
    python docs/figures NAME ...     makes these: names of files in this folder
    python docs/figures --list       names them, and what each makes

Photographs are those that scikit-image ships. Nothing else is needed but Chromium, for pictures of pages.
"""

import importlib
import sys
import time
from pathlib import Path

from _canvas import IMAGES

HERE = Path(__file__).parent
FIGURES = sorted(path.stem for path in HERE.glob("*.py") if not path.stem.startswith("_"))


def main(names: list[str]) -> None:
    """Make the pictures of these scripts."""
    unknown = sorted(set(names) - {*FIGURES, "--list"})
    if unknown:
        sys.exit(f"no figure {', '.join(unknown)}; there are {', '.join(FIGURES)}")
    for name in FIGURES:
        if names and name not in names and names != ["--list"]:
            continue
        module = importlib.import_module(name)
        if names == ["--list"]:
            print(f"{name:22} {', '.join(module.MAKES)}")
            continue
        begin = time.perf_counter()
        module.main()
        missing = [made for made in module.MAKES if not (IMAGES / made).exists()]
        if missing:
            sys.exit(f"{name} did not make {', '.join(missing)}")
        sizes = ", ".join(f"{made} {(IMAGES / made).stat().st_size / 1000:.0f} kB" for made in module.MAKES)
        print(f"{name:22} {time.perf_counter() - begin:5.1f} s  {sizes}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
