"""``jnd compare``: would anyone notice the difference, where, and how much."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from jnd.cli.limit_options import DEFAULT_MAX_MEGAPIXELS, MaxPixels, Timeout, WorkerMemory, limits_of
from jnd.cli.refusal import or_usage_error
from jnd.cli.report_options import DEFAULT_REPORT_MB, ReportSize, page_at
from jnd.cli.viewing_options import PixelsPerDegree, Viewing, conditions_of
from jnd.cli.work_options import ClusterAddress, place_argument, workers_of

if TYPE_CHECKING:
    from jnd.cli.compare_printer import ComparePrinter
    from jnd.difference.comparison import Compared
    from jnd.difference.report import ComparisonPage
    from jnd.difference.request import CompareRequest


def compare(
    reference: Annotated[
        Path,
        typer.Argument(
            metavar="REFERENCE",
            parser=place_argument,
            help="A picture, or a folder of them; also at an address such as s3://bucket/folder.",
            show_default=False,
        ),
    ],
    changed: Annotated[
        Path,
        typer.Argument(
            metavar="CHANGED",
            parser=place_argument,
            help="The picture to judge, or a folder; files are paired by name.",
            show_default=False,
        ),
    ],
    notice: Annotated[
        float,
        typer.Option(
            metavar="P",
            help="A change is visible when the average observer notices it with this probability. Where nothing "
            "differs by more than one code value it is 0.75 at least.",
        ),
    ] = 0.25,
    pool: Annotated[
        str,
        typer.Option(
            metavar="NAME", help="What decides: window (the worst 4° by 4°) or picture (the whole of it)."
        ),
    ] = "window",
    protocol: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="How people look for the difference: aic3 (both shown in place, one after the other) or "
            "konjnd-flicker (the two alternate; from accepted answer ranges of six pictures, range, not sample).",
        ),
    ] = "aic3",
    viewing: Viewing = "standard_fhd",
    pixels_per_degree: PixelsPerDegree = None,
    ignore: Annotated[
        list[str] | None,
        typer.Option(
            metavar="X,Y,W,H",
            help="A rectangle of REFERENCE whose changes do not count: a clock, an advertisement. Repeatable.",
            show_default=False,
        ),
    ] = None,
    ignore_mask: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="A picture of REFERENCE's size: what is not black does not count.",
            show_default=False,
        ),
    ] = None,
    align: Annotated[
        bool,
        typer.Option(
            "--align",
            help="Where CHANGED as a whole was moved, scaled or turned, bring it back before judging.",
        ),
    ] = False,
    direction: Annotated[
        bool,
        typer.Option(
            "--direction",
            help="Also say which artifacts are weaker or stronger than in REFERENCE, and whether the picture got better "
            "or worse, where that can be told.",
        ),
    ] = False,
    heatmap: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write the map of visible difference: .png in colours, .npy as JOD lost per pixel. Of two files.",
            show_default=False,
        ),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.html",
            help="Write one page to compare both sides by eye; it works without a network.",
            show_default=False,
        ),
    ] = None,
    report_size: ReportSize = DEFAULT_REPORT_MB,
    junit: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.xml", help="Write the results as JUnit XML, a test per pair.", show_default=False
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Pairs compared at once.", show_default="all cores"),
    ] = None,
    cluster: ClusterAddress = None,
    max_pixels: MaxPixels = DEFAULT_MAX_MEGAPIXELS,
    timeout: Timeout = None,
    worker_memory: WorkerMemory = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object per pair on standard output, as they finish.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
) -> None:
    """Would anyone notice the difference between two pictures, where, and how much?

    The verdict is identical, invisible or visible, and the worst window of 4° by 4° decides it, so that one
    changed letter in a large screenshot is not averaged away. How often people notice is an estimate calibrated on
    published experiments with whole photographs.

    Orientation, colour profile, bit depth and opacity are brought to one space first.

    **Exit status:** 0 when nothing is visible, 1 when something is, 2 when a pair could not be compared, an
    output could not be written, or the command was not understood.
    """
    from jnd.cli.compare_printer import ComparePrinter
    from jnd.difference.folders import Pair, compare_pairs, pairs_of_folders
    from jnd.workers import available_cores

    request = _request(
        notice, pool, protocol, viewing, pixels_per_degree, ignore or [], ignore_mask, align, direction
    )
    if reference.is_dir() != changed.is_dir():
        folder, other = (reference, changed) if reference.is_dir() else (changed, reference)
        raise typer.BadParameter(
            f"{folder} is a folder and {other} is not; name two pictures or two folders", param_hint="CHANGED"
        )
    pairs: tuple[Pair, ...]
    if reference.is_dir():
        pairs = or_usage_error(lambda: pairs_of_folders(reference, changed), "REFERENCE")
        if heatmap is not None:
            raise typer.BadParameter(
                "a map is written of two files; --report holds the maps of folders", param_hint="--heatmap"
            )
    else:
        pairs = (Pair(changed.name, reference, changed),)
    if heatmap is not None and heatmap.suffix.lower() not in (".png", ".npy"):
        raise typer.BadParameter(
            f"{heatmap.name} must end in .png or .npy; the ending decides what is written",
            param_hint="--heatmap",
        )
    limits = limits_of(max_pixels, timeout, worker_memory)
    page = None if report is None else _page(report, request, report_size)
    printer = ComparePrinter(request, len(pairs), as_json=as_json, quiet=quiet)
    compared: Compared | None = None
    try:
        with workers_of(cluster, workers or available_cores()) as processes, printer:
            results = compare_pairs(
                pairs,
                request,
                workers=processes,
                limits=limits,
                with_entries=page is not None,
                with_pixels=heatmap is not None,
            )
            for pair, result in results:
                printer.show(pair.name, result.record)
                if page is not None:
                    page.add(pair.name, result.record, result.entry)
                compared = result.compared
    except KeyboardInterrupt:
        printer.stopped()
        if page is not None:
            _closed(page, printer, stopped_of=len(pairs))
        raise typer.Exit(130) from None
    printer.close()
    complete = page is None or _closed(page, printer)
    if heatmap is not None and compared is not None:
        complete = _heatmap_written(heatmap, compared, printer) and complete
    if junit is not None:
        complete = _junit_written(junit, printer) and complete
    raise typer.Exit(printer.exit_status if complete else 2)


def _request(
    notice: float,
    pool: str,
    protocol: str,
    viewing_name: str,
    pixels_per_degree: float | None,
    ignore: list[str],
    ignore_mask: Path | None,
    align: bool,
    direction: bool,
) -> "CompareRequest":
    """The arguments as the library wants them; a value that does not exist ends with status 2."""
    from jnd._lookup import lookup
    from jnd.difference.request import CompareRequest
    from jnd.observer import PROTOCOLS
    from jnd.picture import read_picture

    or_usage_error(lambda: lookup(PROTOCOLS, protocol, kind="protocol"), "--protocol")
    conditions = conditions_of(viewing_name, pixels_per_degree)
    boxes = tuple(or_usage_error(lambda text=text: _box(text), "--ignore") for text in ignore)  # type: ignore[misc]
    mask = None
    if ignore_mask is not None:
        mask = or_usage_error(lambda: read_picture(ignore_mask).pixels, "--ignore-mask")
    if pool not in ("window", "picture"):
        raise typer.BadParameter(f"must be window or picture, got {pool!r}", param_hint="--pool")
    or_usage_error(lambda: CompareRequest(ignore=boxes), "--ignore")
    return or_usage_error(
        lambda: CompareRequest(
            notice,
            pool,  # type: ignore[arg-type]
            protocol,
            conditions,
            boxes,
            mask,
            align,
            direction=direction,
        ),
        "--notice",
    )


def _box(text: str) -> tuple[int, int, int, int]:
    try:
        x, y, width, height = (int(part) for part in text.split(","))
    except ValueError:
        raise ValueError(
            f"a rectangle is X,Y,WIDTH,HEIGHT in whole pixels, got {text!r}; for example 0,0,200,40"
        ) from None
    return x, y, width, height


def _page(path: Path, request: "CompareRequest", megabytes: int) -> "ComparisonPage":
    from jnd.difference.report import ComparisonPage

    return page_at(path, lambda: ComparisonPage(path, request, size_limit=megabytes * 1_000_000))


def _closed(page: "ComparisonPage", printer: "ComparePrinter", stopped_of: int | None = None) -> bool:
    try:
        page.close(stopped_of=stopped_of)
    except OSError as error:
        printer.not_written("report", page.path, error)
        return False
    printer.written("Report", page.path)
    return True


def _heatmap_written(path: Path, compared: "Compared", printer: "ComparePrinter") -> bool:
    import io

    import numpy as np

    from jnd.difference.pictures import heat_map_picture
    from jnd.picture import Picture, write_bytes_atomically, write_picture

    try:
        if path.suffix.lower() == ".png":
            write_picture(Picture(heat_map_picture(compared)), path, overwrite=True)
        else:
            lost = compared.jod_lost
            buffer = io.BytesIO()
            shape = compared.reference.pixels.shape[:2]
            np.save(buffer, np.zeros(shape, np.float32) if lost is None else lost)
            write_bytes_atomically(path, buffer.getvalue())
    except OSError as error:
        printer.not_written("map", path, error)
        return False
    printer.written("Map", path)
    return True


def _junit_written(path: Path, printer: "ComparePrinter") -> bool:
    from jnd.difference.junit import junit_xml
    from jnd.picture import write_bytes_atomically

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_bytes_atomically(path, junit_xml(printer.results).encode())
    except OSError as error:
        printer.not_written("JUnit file", path, error)
        return False
    printer.written("JUnit", path)
    return True
