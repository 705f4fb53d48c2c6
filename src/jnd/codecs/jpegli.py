"""JPEG by jpegli, which needs fewer bytes than libjpeg-turbo for the same quality and is the default for JPEG.

The binding (pyjpegli) takes RGB and a quality and nothing else: it writes baseline files with 4:2:0 chroma. Full
chroma, which the search asks for where 4:2:0 cannot reach the target, is therefore left to libjpeg-turbo.
"""

import pyjpegli

from jnd.codecs.codec import Codec, CodecLimits, QualityAxis
from jnd.codecs.jpeg_segments import with_metadata
from jnd.codecs.libjpeg_turbo import LIBJPEG_TURBO, MAX_SIDE, METADATA
from jnd.picture import Picture


def _encode(picture: Picture, quality: int, chroma_subsampling: str | None) -> bytes:
    if chroma_subsampling == "4:4:4":
        return LIBJPEG_TURBO.encode_function(picture, quality, chroma_subsampling)
    height, width = picture.pixels.shape[:2]
    jpeg = pyjpegli.encode(picture.pixels.tobytes(), width, height, quality)
    return with_metadata(jpeg, picture)


JPEGLI = Codec(
    name="jpeg",
    file_format="jpeg",
    extension=".jpg",
    encoder=f"jpegli (pyjpegli {pyjpegli.__version__}); 4:4:4: {LIBJPEG_TURBO.encoder}",
    limits=CodecLimits(
        max_side=MAX_SIDE,
        alpha=False,
        bit_depths=(8,),
        grey=False,
        chroma_subsampling=("4:2:0", "4:4:4"),
        metadata=METADATA,
    ),
    axis=QualityAxis("quality", tuple(range(100, 0, -1))),
    encode_function=_encode,
)
