"""JPEG's quantisation tables as most programs make them: the standard's examples, scaled by a quality.

The example tables are those of ITU-T T.81, annex K.1, from experiments on what people see; the scale from quality to
table is that of the Independent JPEG Group's library (``jpeg_quality_scaling``), which libjpeg-turbo and Pillow use.
"""

from functools import cache

import numpy as np
import numpy.typing as npt

Table = npt.NDArray[np.int64]

LUMA = np.array(
    [
        [16, 11, 10, 16, 24, 40, 51, 61],
        [12, 12, 14, 19, 26, 58, 60, 55],
        [14, 13, 16, 24, 40, 57, 69, 56],
        [14, 17, 22, 29, 51, 87, 80, 62],
        [18, 22, 37, 56, 68, 109, 103, 77],
        [24, 35, 55, 64, 81, 104, 113, 92],
        [49, 64, 78, 87, 103, 121, 120, 101],
        [72, 92, 95, 98, 112, 100, 103, 99],
    ]
)
"""ITU-T T.81, table K.1."""
CHROMA = np.array(
    [
        [17, 18, 24, 47, 99, 99, 99, 99],
        [18, 21, 26, 66, 99, 99, 99, 99],
        [24, 26, 56, 99, 99, 99, 99, 99],
        [47, 66, 99, 99, 99, 99, 99, 99],
        *([[99] * 8] * 4),
    ]
)
"""ITU-T T.81, table K.2."""
QUALITIES = range(1, 101)
LARGEST_STEP = 255
"""Of baseline JPEG, which is what Pillow and most programs write."""


@cache
def ijg_table(quality: int, *, chroma: bool = False) -> Table:
    """(8, 8) steps of the IJG's scale at a quality of 1 to 100.

    >>> ijg_table(50)[0, :3].tolist(), ijg_table(100).max(), ijg_table(90)[0, 0]
    ([16, 11, 10], np.int64(1), np.int64(3))
    """
    if quality not in QUALITIES:
        raise ValueError(f"quality must be an integer from 1 to 100, got {quality}")
    scale = 5000 // quality if quality < 50 else 200 - 2 * quality
    table: Table = np.clip(((CHROMA if chroma else LUMA) * scale + 50) // 100, 1, LARGEST_STEP)
    table.flags.writeable = False
    return table
