"""``jnd map``: the smallest visible change of each pixel, by the JND models of the literature."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from jnd.cli.limit_options import DEFAULT_MAX_MEGAPIXELS, MaxPixels, pixels_of
from jnd.cli.refusal import or_failure, or_usage_error
from jnd.cli.viewing_options import conditions_of

if TYPE_CHECKING:
    from jnd.cli.luma_sources import LumaFrame

SUFFIXES = (".png", ".npy", ".tiff", ".tif")


def map_command(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="PICTURE",
            help="A picture, a folder of frames, or a .y4m file.",
            show_default=False,
        ),
    ],
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help=".png: colours with a bar in grey levels; .npy and .tiff: the thresholds as 32-bit floats. "
            "Frames get their number before the ending.",
            show_default=False,
        ),
    ],
    model: Annotated[
        str,
        typer.Option(
            metavar="NAME", help="A model of `jnd models`, or all: one sheet that compares them (.png)."
        ),
    ] = "wu2017",
    variant: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="paper, code (the authors' program) or own.",
            show_default="the model's first",
        ),
    ] = None,
    border: Annotated[
        str,
        typer.Option(metavar="NAME", help="reflect mirrors the picture at its edges, zero pads with black."),
    ] = "reflect",
    top: Annotated[
        float | None,
        typer.Option(
            "--top", metavar="LEVELS", help="End of the colour bar in grey levels.", show_default="by the map"
        ),
    ] = None,
    viewing: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Display and distance, for models that depend on them, for example standard_fhd.",
            show_default="the paper's",
        ),
    ] = None,
    frames_per_second: Annotated[
        float | None,
        typer.Option(
            "--fps", metavar="N", help="Of a folder of frames, for models of motion.", show_default="30"
        ),
    ] = None,
    max_pixels: MaxPixels = DEFAULT_MAX_MEGAPIXELS,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object per map on standard output.")
    ] = False,
) -> None:
    """Draw or save the smallest visible change of each pixel.

    Thresholds are in grey levels of luma (BT.601): a change below them is, by the model, not seen. Sub-band
    models are shown as the change of pixels when every coefficient is moved by its threshold.

    **Exit status:** 0 when every map was written, 1 when a source could not be read or a map not written,
    2 when the command was not understood.
    """
    import numpy as np

    from jnd._lookup import lookup
    from jnd.cli.luma_sources import luma_frames
    from jnd.models import JND_MODELS
    from jnd.models.luma_input import check_border
    from jnd.models.model_entry import chosen_variant

    if output.suffix.lower() not in SUFFIXES:
        raise typer.BadParameter(
            f"{output.name} must end in .png, .npy or .tiff; the ending decides what is written",
            param_hint="-o",
        )
    or_usage_error(lambda: check_border(border), "--border")
    most = pixels_of(max_pixels)
    options: dict[str, Any] = {"border": border}
    if top is not None and not (np.isfinite(top) and top > 0):
        raise typer.BadParameter(
            f"the bar must end above 0, got {top}; 20 suits most maps", param_hint="--top"
        )
    if frames_per_second is not None and not (np.isfinite(frames_per_second) and frames_per_second > 0):
        raise typer.BadParameter(
            f"must be positive, got {frames_per_second}; films have 24", param_hint="--fps"
        )
    conditions = None
    if viewing is not None:
        conditions = conditions_of(viewing)
    if model == "all":
        if output.suffix.lower() != ".png" or variant is not None:
            raise typer.BadParameter(
                "all models make one .png sheet, each in its default variant; name one model for more",
                param_hint="--model",
            )
        or_failure(
            lambda: _compare(source, most, output, options, conditions, top, frames_per_second, as_json)
        )
        return
    entry = or_usage_error(lambda: lookup(JND_MODELS, model, kind="JND model"), "--model")
    options["variant"] = or_usage_error(
        lambda: chosen_variant(variant, entry.variants, model=model), "--variant"
    )
    if conditions is not None:
        if not depends_on_viewing(model):
            raise typer.BadParameter(
                f'"{model}" does not depend on the viewing; leave --viewing out', param_hint="--viewing"
            )
        options["viewing"] = conditions
    or_failure(
        lambda: _maps(
            luma_frames(source, max_pixels=most), model, output, options, top, frames_per_second, as_json
        )
    )


def depends_on_viewing(model: str) -> bool:
    """Whether the named model has an option for display and distance."""
    import inspect

    from jnd.models import JND_MODELS

    entry = JND_MODELS[model]
    return "viewing" in inspect.signature(entry.thresholds or entry.function).parameters


def _maps(
    frames: Any,
    model: str,
    output: Path,
    options: dict[str, Any],
    top: float | None,
    frames_per_second: float | None,
    as_json: bool,
) -> None:
    from itertools import chain, tee

    from jnd.cli.luma_sources import MAP_FRAME_RATE, numbered
    from jnd.models.sequence import jnd_maps

    first: LumaFrame = next(frames)
    rate = frames_per_second or first.frames_per_second or MAP_FRAME_RATE
    described, seen_frames = tee(chain([first], frames))
    maps = jnd_maps((frame.luma for frame in seen_frames), model=model, frames_per_second=rate, **options)
    for threshold, frame in zip(maps, described, strict=True):
        path = numbered(output, frame.number)
        write_map(path, threshold, f"{model}: smallest visible change, grey levels", top)
        _report(frame, model, options["variant"], options["border"], threshold, path, as_json)


def _compare(
    source: Path,
    max_pixels: int,
    output: Path,
    options: dict[str, Any],
    conditions: Any,
    top: float | None,
    frames_per_second: float | None,
    as_json: bool,
) -> None:
    import numpy as np

    from jnd.cli.luma_sources import MAP_FRAME_RATE, luma_frames, numbered
    from jnd.models import JND_MODELS
    from jnd.models.rendering import render_comparison
    from jnd.models.sequence import jnd_maps

    previous = None
    for frame in luma_frames(source, max_pixels=max_pixels):
        rate = frames_per_second or frame.frames_per_second or MAP_FRAME_RATE
        maps, path = {}, numbered(output, frame.number)
        for name, entry in JND_MODELS.items():
            height, width = entry.smallest_size
            if frame.luma.shape[0] < height or frame.luma.shape[1] < width:
                typer.echo(f"{name} left out: it needs {width}x{height} pixels", err=True)
                continue
            more = {"viewing": conditions} if conditions is not None and depends_on_viewing(name) else {}
            pair = [frame.luma] if previous is None else [previous, frame.luma]
            *_, maps[name] = jnd_maps(pair, model=name, frames_per_second=rate, **options, **more)
        previous = frame.luma
        sheet = render_comparison(
            np.rint(frame.luma).astype(np.uint8),
            maps,
            title=f"{frame.source.name}: smallest visible change in grey levels, one scale",
            top=top,
        )
        _write_png(path, sheet)
        for name, threshold in maps.items():
            _report(frame, name, JND_MODELS[name].variants[0], options["border"], threshold, path, as_json)


def write_map(path: Path, threshold: Any, title: str, top: float | None) -> None:
    """One map in the format of the ending of ``path``."""
    import io

    import numpy as np

    from jnd.models.rendering import render_map
    from jnd.picture import write_bytes_atomically

    suffix = path.suffix.lower()
    if suffix == ".png":
        _write_png(path, render_map(threshold, title, top=top))
        return
    data = io.BytesIO()
    if suffix == ".npy":
        np.save(data, threshold.astype(np.float32))
    else:
        from PIL import Image

        Image.fromarray(threshold.astype(np.float32)).save(data, "TIFF", compression="tiff_adobe_deflate")
    write_bytes_atomically(path, data.getvalue())


def _write_png(path: Path, pixels: Any) -> None:
    from jnd.picture import Picture, write_picture

    write_picture(Picture(pixels), path, overwrite=True)


def _report(
    frame: "LumaFrame", model: str, variant: str, border: str, threshold: Any, path: Path, as_json: bool
) -> None:
    import json

    import numpy as np

    low, middle, high = (float(value) for value in np.percentile(threshold, [5, 50, 95]))
    mean, largest = float(threshold.mean()), float(threshold.max())
    if as_json:
        fields = {
            "source": str(frame.source),
            "frame": frame.number,
            "model": model,
            "variant": variant,
            "border": border,
            "width": int(threshold.shape[1]),
            "height": int(threshold.shape[0]),
            "mean": round(mean, 4),
            "p5": round(low, 4),
            "p50": round(middle, 4),
            "p95": round(high, 4),
            "maximum": round(largest, 4),
            "output": str(path),
        }
        typer.echo(json.dumps(fields))
    else:
        name = frame.source.name if frame.number is None else f"{frame.source.name} frame {frame.number}"
        typer.echo(
            f"{name}  {model} ({variant})  median {middle:.1f}, 5 to 95 % of pixels {low:.1f} to {high:.1f}, "
            f"largest {largest:.1f} grey levels → {path}",
            err=True,
        )
