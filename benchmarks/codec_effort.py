"""What each encoder's effort costs and saves: bytes at equal visible quality, and seconds per megapixel.

    [JND_SHARED=...] python benchmarks/codec_effort.py

Every variant encodes the same pictures at several levels; its bytes are interpolated (logarithm of bytes over JOD)
at the two JOD of the observer's protocols and compared with the first variant of its group, in the same run, on one
core. The pictures are scikit-image's photographs, and six of Kodak's where JND_SHARED has them. Writes
benchmarks/results/codec_effort.txt.
"""

import io
import os
import platform
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyjpegli
from PIL import Image
from skimage import data

from jnd.codecs import CODECS, Codec
from jnd.codecs.codec import EncodeFunction, EncoderSettings
from jnd.metrics.colorvideovdp.reference import Reference
from jnd.picture import Picture, read_picture, seen
from jnd.viewing import viewing_conditions

RESULT_FILE = Path(__file__).resolve().parent / "results" / "codec_effort.txt"
TARGETS_JOD = (9.69, 9.33)
KODAK = ("1", "5", "7", "13", "19", "23")


@dataclass(frozen=True)
class Variant:
    name: str
    codec: Codec
    chroma: str | None = None
    effort: str | None = None


def baseline_turbo(picture: Picture, settings: EncoderSettings) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(picture.pixels).save(
        buffer,
        "JPEG",
        quality=int(settings.value),
        optimize=True,
        subsampling=settings.chroma_subsampling,
    )
    return buffer.getvalue()


def jpegli_as_rgb(picture: Picture, settings: EncoderSettings) -> bytes:
    rgb = np.repeat(picture.pixels[..., np.newaxis], 3, axis=2)
    return pyjpegli.encode(rgb.tobytes(), rgb.shape[1], rgb.shape[0], int(settings.value))


def with_function(codec: Codec, function: EncodeFunction) -> Codec:
    return replace(codec, encode_function=function)


def pictures() -> dict[str, Picture]:
    found = {name: Picture(getattr(data, name)()) for name in ("astronaut", "coffee", "chelsea", "rocket")}
    folder = Path(os.environ.get("JND_SHARED", "")) / "data" / "images" / "kodak"
    if "JND_SHARED" in os.environ and folder.is_dir():
        found |= {f"kodak {name}": read_picture(folder / f"{name}.webp") for name in KODAK}
    else:
        print("JND_SHARED is not set: without Kodak", file=sys.stderr)
    return found


@dataclass
class Measured:
    log_bytes: list[list[float]]  # per picture, per target; NaN where the target is out of reach
    encode_s_per_mp: float
    decode_s_per_mp: float


def measure(variant: Variant, sources: dict[str, Picture]) -> Measured:
    encode = decode = megapixels = 0.0
    rows = []
    levels = [
        variant.codec.levels[round(share * (len(variant.codec.levels) - 1))]
        for share in (0.0, 0.04, 0.08, 0.12, 0.18, 0.25, 0.35, 0.5, 0.65, 0.8)
    ]
    for picture in sources.values():
        reference = Reference(np.ascontiguousarray(seen(picture)), viewing_conditions())
        points = []
        for level in levels:
            begin = time.perf_counter()
            file = variant.codec.encode(
                picture, level, chroma_subsampling=variant.chroma, effort=variant.effort
            )
            middle = time.perf_counter()
            changed = variant.codec.decode(file)
            decode += time.perf_counter() - middle
            encode += middle - begin
            megapixels += picture.pixels.shape[0] * picture.pixels.shape[1] / 1e6
            points.append((reference.compare(np.ascontiguousarray(seen(changed))).jod, np.log(len(file))))
        jod, size = np.array(sorted(points)).T
        rows.append(
            [float(np.interp(t, jod, size)) if jod[0] <= t <= jod[-1] else np.nan for t in TARGETS_JOD]
        )
    return Measured(rows, encode / megapixels, decode / megapixels)


def report(title: str, variants: list[Variant], sources: dict[str, Picture]) -> list[str]:
    lines = [f"{title}: {len(sources)} pictures"]
    first: Measured | None = None
    for variant in variants:
        found = measure(variant, sources)
        first = first or found
        changes = 100 * (np.exp(np.array(found.log_bytes) - np.array(first.log_bytes)) - 1)
        cells = []
        for t, column in zip(TARGETS_JOD, changes.T, strict=True):
            known = column[~np.isnan(column)]
            cells.append(
                f"{known.mean():+6.1f} % at {t} JOD (n = {len(known)})" if len(known) else f"– at {t} JOD"
            )
        lines.append(
            f"  {variant.name:34} {'  '.join(cells)}  encode {found.encode_s_per_mp:.3f} "
            f"decode {found.decode_s_per_mp:.3f} s/MP"
        )
        print(lines[-1], file=sys.stderr)
    return lines


def main() -> None:
    colour = pictures()
    grey = {name: Picture(np.ascontiguousarray(picture.pixels[..., 1])) for name, picture in colour.items()}
    jpeg, turbo, webp_codec, avif_codec = (CODECS[name] for name in ("jpeg", "jpeg:turbo", "webp", "avif"))
    lines = [
        f"{platform.machine()}, one core; {'; '.join(codec.encoder for codec in CODECS.values() if codec.installed)}"
    ]
    lines += report(
        "JPEG",
        [
            Variant("jpegli 4:2:0", jpeg, "4:2:0"),
            Variant("libjpeg-turbo 4:2:0, progressive", turbo, "4:2:0"),
            Variant("libjpeg-turbo 4:2:0, baseline", with_function(turbo, baseline_turbo), "4:2:0"),
            Variant("libjpeg-turbo 4:4:4, progressive", turbo, "4:4:4"),
        ],
        colour,
    )
    lines += report(
        "grey JPEG",
        [
            Variant("jpegli, stored as RGB", with_function(jpeg, jpegli_as_rgb)),
            Variant("libjpeg-turbo, stored as grey", turbo),
        ],
        grey,
    )
    lines += report("WebP", [Variant(f"method {m}", webp_codec, None, str(m)) for m in (6, 5, 4, 3)], colour)
    lines += report(
        "AVIF 4:2:0",
        [Variant(f"speed {s}", avif_codec, "4:2:0", str(s)) for s in (6, 5, 7, 8, 9)],
        colour,
    )
    lines += report("AVIF chroma", [Variant(c, avif_codec, c) for c in ("4:2:0", "4:4:4")], colour)
    RESULT_FILE.parent.mkdir(exist_ok=True)
    RESULT_FILE.write_text("\n".join(lines) + "\n")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
