"""JND-Pano [Liu2018]: JPEG quality factors at which each subject noticed, in panoramas seen on a head-mounted display.

40 panoramas of 5000x2500. We know the data set from papers that use it, not its files, and no public page names them.
So this is our layout, the one of MCL-JCI: ``SRC01.png`` …, ``SRC01_001.jpg`` (quality factor 1) to ``_100.jpg``, and a
table with the columns source, subject, jnd1_qf … Viewing differs from every other data set: pixels per degree are
those of the headset.
"""

from pathlib import Path
from typing import Final

from jnd.datasets.collection import Collection, FileIndex, one_table, readable_rows
from jnd.datasets.mcl_jci import read_mcl_jci
from jnd.datasets.quality_ladders import load_ladders

FOLDERS: Final = ("JND-Pano", "JND_Pano", "jnd-pano")
SIGNS: Final = ("SRC[0-9][0-9].*",)
SOURCES: Final = 40


def load_jnd_pano(root: Path) -> Collection:
    """Panoramas, JPEGs and answers below ``root``; see the head of this file for the layout.

    Raises
    ------
    UnusableDatasetError
        No table of answers, or several.
    """
    index = FileIndex(root)
    table, problems = readable_rows(
        one_table(index, ("source", "subject", "jnd1_qf"), "table of answers"), read_mcl_jci
    )
    return load_ladders(
        "jnd-pano", root, index, read_mcl_jci(table), stem="SRC{:02d}", folds={}, expected=SOURCES,
        problems=problems,
    )  # fmt: skip
