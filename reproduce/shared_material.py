"""Where material lies that is not part of the project: most of these pictures and answers state no licence."""

import os
import sys
from pathlib import Path


def shared(needed: str) -> Path:
    """A file or folder such as "data/images/kodak" below JND_SHARED, or below ``shared`` beside the checkout.

    Ends the script with a hint where it is in neither.
    """
    given = os.environ.get("JND_SHARED")
    beside = Path(__file__).resolve().parents[2] / "shared"
    for root in (Path(given), beside) if given else (beside,):
        if (root / needed).exists():
            return root / needed
    sys.exit(f"{needed} is not here: set JND_SHARED to the folder that holds it (see CONTRIBUTING)")
