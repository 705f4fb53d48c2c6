"""JPEG by jpegli, and by libjpeg-turbo what jpegli's binding cannot: grey and full chroma.

The binding (pyjpegli) takes RGB and a quality and nothing else: it writes baseline files with 4:2:0 chroma. Grey
pictures stored as RGB need about an eighth more bytes for the same visible quality than libjpeg-turbo's true grey
(benchmarks/results/codec_effort.txt), and full chroma is asked for where 4:2:0 cannot reach a target.

jpegli was tuned for close looks (butteraugli). By ColorVideoVDP at the default viewing conditions it is no saving:
"jpeg:turbo" needs 5 % fewer bytes at 9.69 JOD and 12 % fewer at 9.33 (ten pictures, same file of results).
"""

import pyjpegli

from jnd.codecs.codec import Codec, CodecLimits, EncoderSettings, QualityAxis
from jnd.codecs.jpeg_segments import with_metadata
from jnd.codecs.libjpeg_turbo import LIBJPEG_TURBO, MAX_SIDE, METADATA
from jnd.picture import Picture


def _encode(picture: Picture, settings: EncoderSettings) -> bytes:
    if settings.chroma_subsampling != "4:2:0":  # None is grey
        return LIBJPEG_TURBO.encode_function(picture, settings)
    height, width = picture.pixels.shape[:2]
    jpeg = pyjpegli.encode(picture.pixels.tobytes(), width, height, int(settings.value))
    return with_metadata(jpeg, picture)


JPEGLI = Codec(
    name="jpeg",
    file_format="jpeg",
    extension=".jpg",
    encoder=f"jpegli (pyjpegli {pyjpegli.__version__}); grey and 4:4:4: {LIBJPEG_TURBO.encoder}",
    licence="BSD-3-Clause",
    limits=CodecLimits(
        max_side=MAX_SIDE,
        alpha=False,
        bit_depths=(8,),
        grey=True,
        chroma_subsampling=("4:2:0", "4:4:4"),
        metadata=METADATA,
    ),
    axis=QualityAxis("quality", tuple(range(100, 0, -1))),
    encode_function=_encode,
)
