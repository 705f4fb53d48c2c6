"""``jnd prefilter``: take out what cannot be seen before an encoder spends bits on it."""

from pathlib import Path
from typing import Annotated, Any

import typer

from jnd.cli.limit_options import DEFAULT_MAX_MEGAPIXELS, MaxPixels, pixels_of
from jnd.cli.refusal import or_failure, or_usage_error

TABLES = "jpeg-tables"
LOSSLESS_SUFFIXES = frozenset({".png", ".tif", ".tiff", ".ppm", ".pgm", ".bmp"})
"""Frames of these formats keep their name; others become PNG."""


def prefilter(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="PICTURE", help="A picture, a folder of frames, or a .y4m file.", show_default=False
        ),
    ],
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="A lossless picture (.png, .webp, .tiff …), a folder for frames, a .y4m file; .jpg with jpeg-tables.",
            show_default=False,
        ),
    ],
    method: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="dct (coefficients below threshold to zero), block-mean (each pixel toward the mean of its 8x8 block "
            "by at most the JND; our observer sees the blocks) or jpeg-tables (a JPEG with a quantisation table "
            "made for the picture).",
        ),
    ] = "dct",
    model: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="A model of `jnd models`.",
            show_default="zhang2005, wu2017 or watson1993, by the method",
        ),
    ] = None,
    perceptual_error: Annotated[
        float,
        typer.Option(
            "--error", metavar="N", help="Target of jpeg-tables: 1 is just noticeable by the model's pooling."
        ),
    ] = 1.0,
    chroma_subsampling: Annotated[
        str, typer.Option("--chroma", metavar="NAME", help="Of jpeg-tables: 4:2:0, 4:2:2 or 4:4:4.")
    ] = "4:2:0",
    frames_per_second: Annotated[
        float, typer.Option("--fps", metavar="N", help="Of a folder of frames, for models of motion.")
    ] = 30.0,
    max_pixels: MaxPixels = DEFAULT_MAX_MEGAPIXELS,
) -> None:
    """Remove what a JND model says is invisible, in luma.

    Whether an encoder then needs fewer bytes *at equal visibility* is another question; measurements are in the
    guide to JND maps.

    **Exit status:** 0 when everything was written, 1 when something could not be read or written, 2 when the
    command was not understood.
    """
    from jnd._lookup import lookup
    from jnd.cli.luma_sources import is_y4m
    from jnd.redundancy.quantisation import CHROMA_SUBSAMPLINGS
    from jnd.redundancy.removal import DCT_MODELS, REMOVALS

    most = pixels_of(max_pixels)
    if method == TABLES:
        name = model or "watson1993"
        or_usage_error(lambda: lookup(DCT_MODELS, name, kind="DCT model"), "--model")
        if chroma_subsampling not in CHROMA_SUBSAMPLINGS:
            raise typer.BadParameter(
                f"must be one of {', '.join(CHROMA_SUBSAMPLINGS)}, got {chroma_subsampling}",
                param_hint="--chroma",
            )
        if not 0 < perceptual_error < float("inf"):
            raise typer.BadParameter(
                f"must be positive, got {perceptual_error}; 1 is just noticeable", param_hint="--error"
            )
        if output.suffix.lower() not in {".jpg", ".jpeg"} or is_y4m(source) or source.is_dir():
            raise typer.BadParameter(
                "jpeg-tables makes one .jpg of one picture; use block-mean or dct for frames", param_hint="-o"
            )
        or_failure(lambda: _jpeg(source, most, output, name, perceptual_error, chroma_subsampling))
        return
    if not 0 < frames_per_second < float("inf"):
        raise typer.BadParameter(
            f"must be positive, got {frames_per_second}; films have 24", param_hint="--fps"
        )
    known = {**REMOVALS, TABLES: None}
    or_usage_error(lambda: lookup(known, method, kind="way to remove redundancy"), "--method")
    name = model or REMOVALS[method].default_model
    or_usage_error(lambda: lookup(REMOVALS[method].models, name, kind=f'model for "{method}"'), "--model")
    if is_y4m(source):
        if not is_y4m(output):
            raise typer.BadParameter(f"{output.name} must end in .y4m, as the source does", param_hint="-o")
        or_failure(lambda: _video(source, output, method, name))
    elif source.is_dir():
        or_failure(lambda: _folder(source, most, output, method, name, frames_per_second))
    else:
        or_failure(lambda: _picture(source, most, output, method, name))


def _picture(source: Path, max_pixels: int, output: Path, method: str, model: str) -> None:
    from dataclasses import replace

    from jnd.picture import read_picture, write_picture
    from jnd.redundancy.removal import remove_redundancy

    picture = read_picture(source, max_pixels=max_pixels)
    changed = remove_redundancy(picture.pixels, method=method, model=model)
    write_picture(replace(picture, pixels=changed), output, overwrite=True)
    _say(source, output, changed, picture.pixels)


def _folder(
    source: Path, max_pixels: int, output: Path, method: str, model: str, frames_per_second: float
) -> None:
    from dataclasses import replace
    from itertools import tee

    from jnd.frames import frame_files
    from jnd.picture import read_picture, write_picture
    from jnd.redundancy.removal import remove_from_frames, with_luma_change
    from jnd.vision.luma import luma_of

    output.mkdir(parents=True, exist_ok=True)
    if output.resolve() == source.resolve():
        raise ValueError(f"{output} is the source itself, which is never changed; name another folder")
    files = frame_files(source)
    pictures, measured = tee(read_picture(path, max_pixels=max_pixels) for path in files)
    changed = remove_from_frames(
        (luma_of(picture.pixels) for picture in measured),
        method=method,
        model=model,
        frames_per_second=frames_per_second,
    )
    for path, picture, luma in zip(files, pictures, changed, strict=True):
        pixels = with_luma_change(picture.pixels, luma - luma_of(picture.pixels))
        kept = path.suffix.lower() in LOSSLESS_SUFFIXES
        target = output / (path.name if kept else f"{path.stem}.png")
        write_picture(replace(picture, pixels=pixels), target, overwrite=True)
        _say(path, target, pixels, picture.pixels)


def _video(source: Path, output: Path, method: str, model: str) -> None:
    from dataclasses import replace
    from itertools import chain, tee

    import numpy as np

    from jnd.frames import read_y4m, write_y4m
    from jnd.redundancy.removal import remove_from_frames

    frames = read_y4m(source)
    first = next(frames)
    shown, measured = tee(chain([first], frames))
    changed = remove_from_frames(
        (frame.luma for frame in measured),
        method=method,
        model=model,
        frames_per_second=float(first.header.frames_per_second),
    )
    pairs = zip(shown, changed, strict=True)
    count = write_y4m((replace(frame, luma=luma.astype(np.float32)) for frame, luma in pairs), output)
    typer.echo(f"{source.name}  {count} frames → {output}", err=True)


def _jpeg(
    source: Path, max_pixels: int, output: Path, model: str, perceptual_error: float, chroma_subsampling: str
) -> None:
    import numpy as np

    from jnd.picture import read_picture, write_bytes_atomically
    from jnd.redundancy.quantisation import encode_jpeg, quantisation_tables

    picture = read_picture(source, max_pixels=max_pixels)
    if picture.alpha is not None:
        raise ValueError(f"{source}: has transparent pixels, which JPEG cannot hold; flatten it first")
    deep = picture.pixels.dtype == np.uint16
    pixels = np.rint(picture.pixels / (257 if deep else 1)).astype(np.uint8)
    tables = quantisation_tables(pixels, perceptual_error=perceptual_error, model=model)
    data = encode_jpeg(
        pixels,
        tables,
        chroma_subsampling=chroma_subsampling,
        icc_profile=picture.icc_profile,
    )
    write_bytes_atomically(output, data)
    typer.echo(
        f"{source.name}  {len(data)} bytes, perceptual error {tables.perceptual_error:.2f} by {model} → {output}",
        err=True,
    )


def _say(source: Path, output: Path, changed: Any, original: Any) -> None:
    import numpy as np

    difference = np.abs(changed.astype(np.float64) - original)
    unit = 257 if original.dtype == np.uint16 else 1
    typer.echo(
        f"{source.name}  mean change {difference.mean() / unit:.2f}, largest {difference.max() / unit:.0f} "
        f"grey levels → {output}",
        err=True,
    )
