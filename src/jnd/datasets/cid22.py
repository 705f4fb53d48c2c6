"""CID22 (Sneyers, Ben Baruch and Vaxman, 2023): opinion scores of photographs of 512x512 compressed by six codecs.

Data set, after programs that read it: ``CID22_validation_set.csv`` with the columns reference_img, distorted_img,
encoder, setting, bpp, MCOS, RMOS, paths from the folder that holds it; the encoder of a reference is "Reference". Scores are
no thresholds: they test a predictor, and the references are pictures to label (``jnd datasets label``). 49 references
in the published validation set. Pictures are under CC BY-SA 4.0.
"""

from pathlib import Path
from typing import Final

import numpy as np

from jnd.datasets.collection import Collection, FileIndex, Problem, one_table
from jnd.datasets.labelled import ScoredPicture
from jnd.errors import UnusableAnswersError

FOLDERS: Final = ("CID22", "CID22_validation_set", "cid22")
SIGNS: Final = ("CID22_validation_set.csv",)
REFERENCES: Final = 49
SCALE: Final = "MCOS, 0 to 100"


def load_cid22(root: Path) -> Collection:
    """Scores with their pictures below ``root``; see the head of this file for the layout.

    Raises
    ------
    UnusableDatasetError
        No table of scores, or several.
    """
    index = FileIndex(root)
    table = one_table(
        index, ("reference_img", "distorted_img", "encoder", "setting", "mcos"), "table of scores"
    )
    folder = next(path for path in index.files if path.name == table.name).parent
    scored, problems = [], []
    for i, encoder in enumerate(table.text("encoder")):
        if encoder.lower() == "reference":
            continue
        place = f"{table.name}, line {table.lines[i]}"
        reference, distorted = (folder / table.text(name)[i] for name in ("reference_img", "distorted_img"))
        missing = [str(path.relative_to(folder)) for path in (reference, distorted) if not path.is_file()]
        if missing:
            problems.append(Problem(place, f"no picture {' and '.join(missing)}"))
            continue
        try:
            score = float(table.rows(np.arange(len(table)) == i).numbers("mcos")[0])
        except UnusableAnswersError as error:
            problems.append(Problem(place, str(error).removeprefix(f"{place}: ")))
            continue
        if not -100 <= score <= 100:
            problems.append(Problem(place, f"MCOS {score:g} is not from -100 to 100"))
            continue
        setting = table.text("setting")[i]
        scored.append(ScoredPicture(reference, distorted, reference.stem, encoder, setting, score, SCALE))
    notes: tuple[str, ...] = ()
    references = {picture.group for picture in scored}
    if len(references) != REFERENCES:
        notes = (f"scores of {len(references)} references; the published validation set has {REFERENCES}",)
    return Collection("cid22", root, scored=tuple(scored), problems=tuple(problems), notes=notes)
