"""ColorVideoVDP for still pictures [Mantiuk2024]: how far apart two pictures look, in JOD.

In: two pictures of one size as sRGB code values, and how they are viewed. Out: 10 JOD when nobody could
tell them apart, one less for each step by which the quality drops; also per window and per pixel.

Our own implementation after the paper and its published parameters. Equal to pip ``cvvdp`` 0.5.7 within
0.001 JOD (0.005 where a side is under 64 pixels), including what only its code tells: the right edge of
the reduce step, the small constant in its powers, the weights of the first and last band. Differs:
grey pictures are seen as equal red, green and blue; a picture one pixel wide has a value.

It cannot see a change of the whole picture's luminance or colour, because each picture's contrast is
divided by its own luminance: :mod:`jnd.observer` guards against that.
"""

from jnd.metrics.colorvideovdp.heat_map import heat_map
from jnd.metrics.colorvideovdp.reference import Difference, Reference
from jnd.picture import CodeValues
from jnd.viewing import ViewingConditions

__all__ = ["Difference", "Reference", "colorvideovdp", "heat_map"]


def colorvideovdp(
    reference: CodeValues, changed: CodeValues, viewing: ViewingConditions | None = None
) -> float:
    """Quality of ``changed`` against ``reference`` in JOD: 10 is no visible difference.

    Parameters
    ----------
    reference, changed : (H, W, 3) or (H, W) uint8 or uint16 sRGB code values, full range; one size.
        Their types may differ: 255 of 8 bits and 65535 of 16 bits are the same white.
    viewing : display and pixels per degree; ``standard_fhd`` when None.

    Raises
    ------
    ValueError
        Shapes differ, or an array is no picture.

    >>> import numpy as np
    >>> from jnd.viewing import viewing_conditions
    >>> grey = np.full((64, 64, 3), 128, np.uint8)
    >>> spot = grey.copy()
    >>> spot[30:34, 30:34] = 138
    >>> round(colorvideovdp(grey, spot, viewing_conditions("standard_fhd")), 2)
    9.48
    """
    return Reference(reference, viewing, keep_state=False).compare(changed).jod
