"""What JPEG compression a picture went through: from the file's tables, or from the pixels if they were saved without loss.

Strength: 101 - quality of the strongest compression found, 0 for none: 1 at quality 100, 51 at quality 50.
The two ways are in ``jpeg_tables`` and ``dct_histogram``; a compression before the last one is looked for by
``double_compression`` if its grid is the same; on another grid it is not looked for.
"""

import io

import numpy as np
import numpy.typing as npt
from PIL import Image

from jnd.artifacts.dct_histogram import HistogramEstimate
from jnd.artifacts.double_compression import first_compression
from jnd.artifacts.finding import Artifact, Detail, Finding
from jnd.artifacts.jpeg_tables import JpegHeader, read_header, table_quality
from jnd.artifacts.subject import Subject

EXACT = 1e-9
"""A table at this distance or less is one of the IJG's."""
HALF_BLOCK = 4


def detect(subject: Subject) -> Finding:
    """JPEG quality, grid and earlier compression; see the module."""
    header = read_header(subject.jpeg) if subject.jpeg is not None else None
    if header is not None:
        return _of_file(subject, header)
    return _of_pixels(subject)


def _of_file(subject: Subject, header: JpegHeader) -> Finding:
    quality, distance = table_quality(header.tables[0])
    standard = distance <= EXACT
    name = (
        f"JPEG of quality {quality}" if standard else f"JPEG with tables of its own, about quality {quality}"
    )
    details: dict[str, Detail] = {
        "source": "tables",
        "quality": quality,
        "standard_tables": standard,
        "offset": [0, 0],
        "progressive": header.progressive,
        "first_quality": None,
    }
    if len(header.tables) >= 3:
        details["chroma_quality"] = table_quality(header.tables[1], chroma=True)[0]
    strongest = quality
    if subject.upright_as_stored:
        first = first_compression(np.rint(subject.luma), subject.clipped, (0, 0), header.tables[0])
        if first is not None:
            name += f", compressed before at about quality {first.quality}"
            details["first_quality"] = first.quality
            strongest = min(strongest, first.quality)
    return Finding(True, float(101 - strongest), name, details)


def _of_pixels(subject: Subject) -> Finding:
    found = subject.compression
    if found is None:
        return Finding(
            False, 0.0, "no JPEG compression found in the pixels", {"source": None, "quality": None}
        )
    words = f"was a JPEG of {'' if found.standard else 'about '}quality {found.quality}"
    words += _where(found)
    first = None
    if not found.turned:
        first = first_compression(np.rint(subject.luma), subject.clipped, found.offset, found.table)
    if first is not None:
        words += f", compressed before at about quality {first.quality}"
    details: dict[str, Detail] = {
        "source": "histogram",
        "quality": found.quality,
        "standard_tables": found.standard,
        "offset": list(found.offset),
        "turned": found.turned,
        "log_likelihood_per_block": round(found.gain, 2),
        "first_quality": None if first is None else first.quality,
    }
    strongest = found.quality if first is None else min(found.quality, first.quality)
    return Finding(True, float(101 - strongest), words, details)


def _where(found: HistogramEstimate) -> str:
    x, y = found.offset
    turned = " and turned by a quarter" if found.turned else ""
    if (x, y) == (0, 0):
        return turned
    return f"{turned}, cut out since: its grid begins at {x}, {y}"


def compressed_once_more(subject: Subject, finding: Finding) -> npt.NDArray[np.uint8] | None:
    """The picture as a JPEG of the quality found, 4:2:0, with its grid half a block away from the old one.

    On the old grid nothing would change any more.
    """
    offset = finding.details["offset"]
    assert isinstance(offset, list)
    left, top = ((HALF_BLOCK - place) % 8 for place in offset)
    quality = 101 - int(finding.strength)
    pad = ((top, 0), (left, 0), (0, 0))[: subject.pixels.ndim]
    buffer = io.BytesIO()
    Image.fromarray(np.pad(subject.pixels, pad, mode="edge")).save(buffer, "JPEG", quality=quality)
    return np.asarray(Image.open(buffer))[top:, left:]


JPEG_HISTORY = Artifact(
    title="JPEG history",
    unit="101 - quality",
    detect=detect,
    imitated=compressed_once_more,
    effect_method="applied once more",
    reference="Fan2003",
    smallest_side=48,
)
