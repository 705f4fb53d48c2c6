"""Where material lies that is not part of the project: most of these pictures and answers state no licence."""

import os
import sys
from pathlib import Path


def shared(needed: str) -> Path:
    """A file or folder such as "data/images/kodak" below JND_SHARED; without that, below ``shared`` beside the checkout.

    Ends the script with a hint where it is not there.
    """
    given = os.environ.get("JND_SHARED")
    beside = Path(__file__).resolve().parents[2] / "shared"
    root = Path(given) if given else beside
    if not (root / needed).exists():
        sys.exit(f"no {needed} at {root}: set JND_SHARED to the folder that holds it")
    return root / needed
