"""``jnd camera match``: whether pictures carry the fingerprints of sensors."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from jnd.cli.limit_options import DEFAULT_MAX_MEGAPIXELS, MaxPixels, pixels_of
from jnd.cli.refusal import or_usage_error

if TYPE_CHECKING:
    from jnd.camera.prnu.correlation import PictureNoise
    from jnd.camera.prnu.fingerprint import Fingerprint
    from jnd.camera.prnu.match import Search

WIDE = 110


def match(
    pictures: Annotated[
        list[Path],
        typer.Argument(metavar="PICTURE...", help="Pictures, and folders of them.", show_default=False),
    ],
    fingerprints: Annotated[
        list[Path],
        typer.Option(
            "--fingerprint",
            "-f",
            metavar="FILE.npz",
            help="What `jnd camera fingerprint` made; may be given several times.",
            show_default=False,
        ),
    ],
    search: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="none: the whole picture; crop: a part of it, anywhere; scale: scaled, then perhaps cropped.",
        ),
    ] = "none",
    scales: Annotated[
        list[float] | None,
        typer.Option(
            "--scale",
            metavar="FACTOR",
            help="With --search scale: pixels of the picture per pixel of the sensor; may be given several times.",
            show_default="from 1 down to what fits",
        ),
    ] = None,
    threshold: Annotated[
        float, typer.Option(metavar="PCE", help="Peak-to-correlation energy of a match.")
    ] = 60.0,
    false_alarm: Annotated[
        float,
        typer.Option(
            metavar="RATE", help="Of false matches, by theory, at all places and scales searched together."
        ),
    ] = 1e-6,
    max_pixels: MaxPixels = DEFAULT_MAX_MEGAPIXELS,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object per picture and fingerprint on standard output.")
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print nothing but errors (and JSON where asked for).")
    ] = False,
) -> None:
    """Find out whether pictures were taken by cameras whose fingerprints are known.

    Pixels count as the sensor stored them: EXIF orientation is ignored, and a picture whose width and height are those of the
    sensor exchanged is turned both ways. No match does not exclude a camera: strong compression, scaling and smoothing
    take fingerprints away.

    **Exit status:** 0 when every picture was compared with a fingerprint at least, whatever was found; 1 when one could not
    be; 2 when the command was not understood.
    """
    import math

    from rich.console import Console
    from rich.text import Text

    from jnd._lookup import lookup
    from jnd.camera.prnu.fingerprint_file import load_fingerprint
    from jnd.camera.prnu.match import SEARCHES
    from jnd.cli.progress import counted
    from jnd.errors import JndError
    from jnd.picture.files import picture_files
    from jnd.report.words import printable

    or_usage_error(lambda: lookup({name: name for name in SEARCHES}, search, kind="search"), "--search")
    if not 0 < false_alarm < 0.5:
        raise typer.BadParameter(
            f"must lie between 0 and 0.5, got {false_alarm:g}; 1e-6 is usual", param_hint="--false-alarm"
        )
    if not math.isfinite(threshold):
        raise typer.BadParameter(f"must be a number, got {threshold}; 60 is usual", param_hint="--threshold")
    if scales and (search != "scale" or not all(math.isfinite(scale) and scale > 0 for scale in scales)):
        raise typer.BadParameter(
            "must be above 0, and goes with --search scale; pictures made half as wide have 0.5",
            param_hint="--scale",
        )
    most = pixels_of(max_pixels)
    errors = Console(stderr=True, highlight=False, markup=False, emoji=False)
    known: list[tuple[Path, Fingerprint]] = []
    paths = picture_files(pictures)
    failed = not paths
    if failed:
        errors.print(
            f"Error: no pictures in {', '.join(map(str, pictures))}; name files or folders", style="red"
        )
    try:
        known += [(path, load_fingerprint(path)) for path in fingerprints]
    except JndError as error:
        errors.print(Text(f"Error: {printable(str(error))}", style="red"), soft_wrap=True)
        raise typer.Exit(1) from None
    printer = _Printer(as_json=as_json, quiet=quiet)
    with counted("Comparing", len(paths), quiet=quiet or as_json) as advance:
        for number, path in enumerate(paths):
            rows = []
            for row in _compared(path, known, search, scales, threshold, false_alarm, most):
                rows.append(row)
                if as_json:
                    typer.echo(json.dumps(row, ensure_ascii=False, allow_nan=False))
            if all(row["error"] is not None for row in rows):
                failed = True
                if not as_json:
                    errors.print(Text(f"Error: {printable(rows[0]['error'])}", style="red"), soft_wrap=True)
            else:
                printer.show(path, rows)
            advance(number + 1)
    raise typer.Exit(1 if failed else 0)


def _compared(
    path: Path,
    known: "list[tuple[Path, Fingerprint]]",
    search: Any,
    scales: list[float] | None,
    threshold: float,
    false_alarm: float,
    max_pixels: int,
) -> Iterator[dict[str, Any]]:
    """A row per fingerprint, or one that says why the picture cannot be compared."""
    from jnd.camera.prnu.correlation import match_fingerprint, picture_noise
    from jnd.camera.prnu.match import verdict_of
    from jnd.camera.prnu.peak import score_threshold
    from jnd.camera.sensor_picture import sensor_picture
    from jnd.errors import JndError

    noises: dict[float, PictureNoise] = {}
    sha256: str | None = None
    kind: Search = search
    try:
        picture = sensor_picture(path, max_pixels=max_pixels)
        sha256 = picture.sha256
        for sigma in {fingerprint.sigma for _, fingerprint in known}:
            noises[sigma] = picture_noise(picture.pixels, sigma=sigma)
    except JndError as error:
        text = str(error)
        yield _row(path, sha256, None, None, text if text.startswith(str(path)) else f"{path}: {text}")
        return
    for file, fingerprint in known:
        try:
            found = match_fingerprint(noises[fingerprint.sigma], fingerprint, search=kind, scales=scales)
        except JndError as error:
            yield _row(path, sha256, file, fingerprint.label, f"{path}, {fingerprint.label}: {error}")
            continue
        fields = asdict(found) | {
            "peak": list(found.peak),
            "calibration_score": found.calibration_score,
            "false_alarm_probability": found.false_alarm_probability,
            "pce_threshold": threshold,
            "score_threshold": score_threshold(false_alarm, found.shifts),
            "verdict": verdict_of(found, threshold=threshold, false_alarm=false_alarm),
            "usable_share": noises[fingerprint.sigma].usable_share,
        }
        yield _row(path, sha256, file, fingerprint.label, None) | fields


def _row(
    path: Path, sha256: str | None, fingerprint: Path | None, label: str | None, error: str | None
) -> dict[str, Any]:
    return {
        "source": str(path),
        "sha256": sha256,
        "fingerprint": None if fingerprint is None else str(fingerprint),
        "label": label,
        "error": error,
    }


_WORDS = {"match": "the same sensor", "unclear": "unclear", "no match": "no sign of it"}


class _Printer:
    """A table per picture, best match first."""

    def __init__(self, *, as_json: bool, quiet: bool) -> None:
        self._silent = as_json or quiet

    def show(self, path: Path, rows: list[dict[str, Any]]) -> None:
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        from jnd.report.words import printable

        if self._silent:
            return
        rows = sorted(rows, key=lambda row: (row["error"] is not None, -row.get("pce", 0.0)))
        console = Console(highlight=False, markup=False, emoji=False)
        if not console.is_terminal:
            console = Console(highlight=False, markup=False, emoji=False, width=WIDE)
        console.print(Text(printable(str(path)), style="bold"))
        table = Table(box=None, padding=(0, 2, 0, 0))
        for name in ("camera", "PCE", "by chance", "", ""):
            table.add_column(name, justify="right" if name == "PCE" else "left")
        for row in rows:
            if row["error"] is not None:
                table.add_row(
                    Text(printable(row["label"]), style="dim"),
                    "–",
                    "",
                    Text("of another size", style="dim"),
                )
                continue
            table.add_row(
                Text(printable(row["label"])),
                f"{row['pce']:.1f}",
                _chance(row["log10_false_alarm"]),
                Text(_WORDS[row["verdict"]], style="green" if row["verdict"] == "match" else ""),
                _place(row),
            )
        console.print(table)


def _chance(logarithm: float) -> str:
    """Of a false alarm, in a table."""
    return "< 1e-9" if logarithm < -9 else f"{10**logarithm:.2g}"


def _place(row: dict[str, Any]) -> str:
    parts = []
    if row["verdict"] != "no match":
        if row["scale"] != 1:
            parts.append(f"scaled by {row['scale']:.4g}")
        if row["search"] != "none":
            parts.append(f"from column {row['peak'][1]}, row {row['peak'][0]}")
        if row["rotation"]:
            parts.append(f"turned by {row['rotation']}°")
    return ", ".join(parts)
