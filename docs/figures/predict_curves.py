"""What `jnd predict --plot` draws for scikit-image's coffee."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from _canvas import IMAGES
from PIL import Image
from skimage import data

MAKES = ("predict.svg",)


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        Image.fromarray(data.coffee()).save(f"{scratch}/coffee.png")
        # The same figure twice is the same file: no date, no random names inside.
        Path(scratch, "matplotlibrc").write_text("svg.hashsalt: jnd\n", "utf-8")
        same = {**os.environ, "MATPLOTLIBRC": scratch, "SOURCE_DATE_EPOCH": "0"}
        command = [
            sys.executable,
            "-m",
            "jnd",
            "predict",
            f"{scratch}/coffee.png",
            "--plot",
            str(IMAGES / MAKES[0]),
        ]
        subprocess.run(command, check=True, env=same, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
