"""Where material lies that is not part of the project: most of these pictures and answers state no licence."""

import os
import sys
from pathlib import Path


def shared(needed: str) -> Path:
    """A file or folder such as "data/images/kodak" below JND_SHARED, or, where that is not set, ``shared`` beside the checkout.

    Ends the script with a hint where it is not there.
    """
    beside = Path(__file__).resolve().parents[2] / "shared"
    found = Path(os.environ.get("JND_SHARED") or beside) / needed
    if not found.exists():
        sys.exit(f"{found} is not there: set JND_SHARED to the folder that holds {needed} (see CONTRIBUTING)")
    return found
