"""What `jnd predict --plot` draws for scikit-image's coffee."""

import subprocess
import sys
import tempfile

from _canvas import IMAGES
from PIL import Image
from skimage import data

MAKES = ("predict.svg",)


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        Image.fromarray(data.coffee()).save(f"{scratch}/coffee.png")
        command = [
            sys.executable,
            "-m",
            "jnd",
            "predict",
            f"{scratch}/coffee.png",
            "--plot",
            str(IMAGES / MAKES[0]),
        ]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
