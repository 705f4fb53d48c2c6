"""One picture along the level axis of codecs: what the observer says where labels are wanted."""

from collections.abc import Callable, Generator
from itertools import pairwise

from jnd.codecs import CODECS, Codec
from jnd.datasets.observer_labels import picture_hash
from jnd.learned.label_request import COARSE, DENSE_JOD, LOWEST_JOD, LabelRequest
from jnd.metrics.psnr import psnr_rgb
from jnd.observer import Observer
from jnd.picture import CodeValues, Picture, seen

Row = dict[str, str | int | float | None]
"""One level: column → value, of :data:`jnd.datasets.observer_labels.COLUMNS`."""


def label_picture(picture: Picture, request: LabelRequest) -> Generator[Row, None, None]:
    """The rows of one opaque picture, codec after codec; columns as in the file, without name, path and group.

    Raises
    ------
    UnsupportedPictureError, CodecError
        A codec cannot hold the picture, or its encoder failed.
    """
    pixels = seen(picture)
    observer = Observer(pixels, request.viewing, request.protocol)
    height, width = pixels.shape[:2]
    about: Row = {"picture": picture_hash(pixels), "width": width, "height": height}
    for name in request.codecs:
        codec = CODECS[name]
        measured: dict[int, Row] = {}

        def measure(level: int, codec: Codec = codec, measured: dict[int, Row] = measured) -> float:
            row, jod = _measured(picture, pixels, codec, request, observer, level)
            measured[level] = about | row
            return jod

        scan(codec.levels, request.step_of(name), measure)
        yield from (measured[level] for level in sorted(measured))


def scan(levels: range, step: int, measure: Callable[[int], float]) -> None:
    """Call ``measure`` (level → JOD) where labels are wanted, each level at most once.

    First every ``COARSE * step`` levels from the best on, until one is below :data:`LOWEST_JOD`; then every
    ``step`` levels between two of these where the curve crosses any part of :data:`DENSE_JOD`.
    """
    low, high = DENSE_JOD
    found: dict[int, float] = {}
    coarse = range(levels.start, levels.stop, COARSE * step)
    for level in dict.fromkeys([*coarse, levels[-1]]):
        found[level] = measure(level)
        if found[level] < LOWEST_JOD:
            break
    for better, worse in pairwise(sorted(found)):
        if min(found[better], found[worse]) < high and max(found[better], found[worse]) > low:
            for level in range(better + step, worse, step):
                measure(level)


def _measured(
    picture: Picture,
    pixels: CodeValues,
    codec: Codec,
    request: LabelRequest,
    observer: Observer,
    level: int,
) -> tuple[Row, float]:
    """The columns that depend on the codec and its level, and the JOD among them."""
    data = codec.encode(picture, level, chroma_subsampling=request.chroma_subsampling, effort=request.effort)
    changed = seen(codec.decode(data))
    sight = observer.look(changed)
    ((parameter, setting),) = codec.setting(level).items()
    chroma = None
    if picture.pixels.ndim == 3:
        chroma = request.chroma_subsampling or codec.limits.chroma_subsampling[0]
    efforts = codec.effort_setting(request.effort or "medium")
    row: Row = {
        "codec": codec.name,
        "encoder": codec.encoder,
        "chroma_subsampling": chroma,
        "effort": " ".join(f"{key} {value}" for key, value in efforts.items()) or None,
        "level": level,
        "parameter": parameter,
        "setting": float(setting),
        "bytes": len(data),
        "jod": sight.jod,
        "jnd": sight.jnd,
        "worst_window_jod": sight.worst_window_jod,
        "psnr": psnr_rgb(pixels, changed),
        "viewing": request.viewing.name,
        "pixels_per_degree": request.viewing.pixels_per_degree,
        "protocol": request.protocol,
    }
    return row, sight.jod
