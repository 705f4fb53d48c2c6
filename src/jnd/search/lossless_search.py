"""The smallest file without loss: one trial per format.

In go a picture and lossless formats, out come attempts, and in the end :class:`~jnd.records.Found` or
:class:`~jnd.records.NotFound`.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from jnd.codecs.lossless import LosslessFormat
from jnd.errors import JndError
from jnd.picture import CodeValues, Picture
from jnd.records import Attempt, EncodeResult, Found, NotFound

SETTING = {"mode": "lossless"}

SAMPLED_ROWS = 128
FLAT_SHARE = 0.5
"""Share of pixels like their left neighbour from which a picture counts as drawn. Kodak's photographs have 0.03 to 0.20,
CLIC's up to 0.48 (a sky), diagrams and screenshots 0.7 to 0.95."""


def looks_drawn(pixels: CodeValues) -> bool:
    """Whether (H, W) or (H, W, 3) code values are so flat that a file without loss may be the smallest."""
    rows = pixels[:: max(1, pixels.shape[0] // SAMPLED_ROWS)].reshape(-1, pixels.shape[1], pixels[0, 0].size)
    if rows.shape[1] < 2:
        return True
    return float((rows[:, 1:] == rows[:, :-1]).all(axis=2).mean()) >= FLAT_SHARE


@dataclass(slots=True)
class LosslessSearch:
    """One format without loss."""

    picture: Picture
    jpeg: bytes | None
    format: LosslessFormat
    _outcome: Found | NotFound | None = None

    def attempts(self) -> Iterator[Attempt]:
        """The one trial; none where the format cannot hold the picture."""
        begin = time.perf_counter()
        try:
            data = self.format.encode(self.picture, self.jpeg)
        except JndError as error:
            self._outcome = NotFound(self.format.name, f"left out: {error}", None, ())
            return
        height, width = self.picture.pixels.shape[:2]
        attempt = Attempt(
            codec=self.format.name,
            distortion_level=None,
            setting=dict(SETTING),
            chroma_subsampling=None,
            size_bytes=len(data),
            jod=10.0,
            notice=0.0,
            satisfied=1.0,
            worst_window_jod=10.0,
            worst_window=(0, 0, width, height),
            meets_target=True,
            encode_seconds=time.perf_counter() - begin,
            look_seconds=0.0,
        )
        self._outcome = Found(
            EncodeResult(
                data=data,
                codec=self.format.name,
                file_format=self.format.file_format,
                extension=self.format.extension,
                encoder=self.format.encoder,
                width=width,
                height=height,
                attempt=attempt,
                attempts=(attempt,),
                bits_per_pixel=8 * len(data) / (width * height),
                target=1.0,
                protocol=None,
                viewing=None,
                pixels_per_degree=None,
            )
        )
        yield attempt

    def outcome(self) -> Found | NotFound:
        """What it came to; asked when :meth:`attempts` has ended."""
        assert self._outcome is not None, "attempts() has ended"
        return self._outcome
