"""Quantisation tables of JPEG: those a file declares, and the way from them to a quality.

In: the bytes of a JPEG, or a table. Out: tables in row order (not zigzag), chroma subsampling, quality 1 to 100.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from jnd.codecs.jpeg_segments import segments
from jnd.vision.ijg_tables import LARGEST_STEP, QUALITIES, Table, ijg_table


@dataclass(frozen=True, slots=True)
class JpegHeader:
    """What a JPEG says of how it was compressed."""

    tables: tuple[Table, ...]
    """(8, 8) of each component: index 0 is the vertical frequency."""
    sampling: tuple[tuple[int, int], ...]
    """Horizontal and vertical sampling factor of each component."""
    progressive: bool

    @property
    def chroma_subsampling(self) -> str | None:
        """4:4:4, 4:2:2, 4:2:0, 4:4:0, 4:1:1, or the factors; None for grey."""
        if len(self.sampling) < 3:
            return None
        (h, v), *others = self.sampling[:3]
        names = {
            (1, 1): "4:4:4",
            (2, 1): "4:2:2",
            (2, 2): "4:2:0",
            (1, 2): "4:4:0",
            (4, 1): "4:1:1",
            (4, 2): "4:1:0",
        }
        if len(set(others)) == 1 and h % others[0][0] == 0 and v % others[0][1] == 0:
            ratio = h // others[0][0], v // others[0][1]
            if ratio in names:
                return names[ratio]
        return ",".join(f"{a}x{b}" for a, b in self.sampling)

    @property
    def missing_chroma(self) -> float:
        """Share of the samples of both chroma planes that is not stored, 0 to 1; 0 for grey."""
        if len(self.sampling) < 3:
            return 0.0
        across, down = max(h for h, _ in self.sampling[:3]), max(v for _, v in self.sampling[:3])
        return 1 - sum(h * v for h, v in self.sampling[1:3]) / (2 * across * down)


def table_quality(table: Table, *, chroma: bool = False) -> tuple[int, float]:
    """The quality whose IJG table is nearest, and the mean difference of the logarithms of the steps: 0 is exact.

    Steps above 255 count as 255, the most that the scale has. Two qualities at the same distance: the higher.

    >>> table_quality(ijg_table(83))
    (83, 0.0)
    """
    steps = np.log(np.clip(table, 1, LARGEST_STEP))
    distances = {
        quality: float(np.abs(steps - np.log(ijg_table(quality, chroma=chroma))).mean())
        for quality in QUALITIES
    }
    best = min(reversed(QUALITIES), key=lambda quality: distances[quality])
    return best, distances[best]


def read_header(jpeg: bytes) -> JpegHeader | None:
    """Tables and sampling of the first picture in ``jpeg``; None if it has no frame header that can be read.

    Damage behind the header does not matter.
    """
    tables: dict[int, Table] = {}
    components: list[bytes] = []
    progressive = False
    try:
        for marker, segment in segments(jpeg):
            if marker == _DEFINE_TABLES:
                tables |= _tables(segment[4:])
            elif marker in _FRAMES:
                components = [segment[10 + 3 * i : 13 + 3 * i] for i in range(segment[9])]
                progressive = marker == _PROGRESSIVE
            elif marker == _START_OF_SCAN:
                break
    except (ValueError, IndexError):  # a scan without an end is one, too
        pass
    if not components or any(len(part) < 3 or part[2] not in tables for part in components):
        return None
    sampling = tuple((part[1] >> 4, part[1] & 15) for part in components)
    return JpegHeader(tuple(tables[part[2]] for part in components), sampling, progressive)


_DEFINE_TABLES, _PROGRESSIVE, _START_OF_SCAN = 0xDB, 0xC2, 0xDA
_FRAMES = frozenset([0xC0, 0xC1, 0xC2, 0xC9, 0xCA])
"""Frames of the DCT with Huffman or arithmetic coding (ITU-T T.81, table B.1)."""


def zigzag() -> npt.NDArray[np.int64]:
    """Index in row order of each of the 64 places of the zigzag sequence (ITU-T T.81, figure A.6).

    >>> zigzag()[:6].tolist()
    [0, 1, 8, 16, 9, 2]
    """
    places = [(row, column) for row in range(8) for column in range(8)]
    places.sort(key=lambda p: (p[0] + p[1], p[0] if (p[0] + p[1]) % 2 else p[1]))
    return np.array([8 * row + column for row, column in places])


def _tables(data: bytes) -> dict[int, Table]:
    found, at = {}, 0
    while at < len(data):
        wide, number = data[at] >> 4, data[at] & 15
        size = 128 if wide else 64
        values = np.frombuffer(data[at + 1 : at + 1 + size], ">u2" if wide else "u1")
        table = np.zeros(64, np.int64)
        table[zigzag()] = values
        found[number] = table.reshape(8, 8)
        at += 1 + size
    return found
