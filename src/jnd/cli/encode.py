"""``jnd encode``: pictures to the smallest files that almost nobody can tell from them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from jnd.cli.encode_request import (
    DEFAULT_TARGET,
    LOSSLESS_TARGET,
    check_lossless,
    check_no_verify,
    encode_request,
    saving_of,
    size_of,
)
from jnd.cli.limit_options import DEFAULT_MAX_MEGAPIXELS, MaxPixels, Timeout, WorkerMemory, limits_of
from jnd.cli.refusal import or_usage_error
from jnd.cli.report_options import DEFAULT_REPORT_MB, ReportSize, page_at
from jnd.cli.viewing_options import PixelsPerDegree, Viewing
from jnd.cli.work_options import ClusterAddress, place_argument, workers_of

if TYPE_CHECKING:
    from jnd.cli.encode_printer import EncodePrinter
    from jnd.search.report import ReportWriter
    from jnd.search.request import Request

# What is imported above is loaded by every `jnd --help`; the library itself waits until a command runs.


def encode(
    sources: Annotated[
        list[Path],
        typer.Argument(
            metavar="SOURCE",
            parser=place_argument,
            help="Pictures and folders of pictures (JPEG, PNG, WebP, AVIF, TIFF, PPM, BMP); also at addresses such as "
            "s3://bucket/folder.",
            show_default=False,
        ),
    ],
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            metavar="FOLDER",
            parser=place_argument,
            help="Where the files go. A folder's tree keeps its shape: a/b.png becomes FOLDER/a/b.avif.",
            show_default=False,
        ),
    ],
    format_name: Annotated[
        str,
        typer.Option(
            "--format",
            "--codec",
            metavar="NAME",
            help="auto (the smallest of jpeg, webp and avif), auto:all (of every installed codec), jpeg (made "
            "by jpegli), jpeg:turbo (libjpeg-turbo), jpeg:mozjpeg, webp, avif, jpegxl or heic (`jnd doctor` says how to get "
            "them).",
        ),
    ] = "auto",
    target: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="How many people must see no difference: web (at least 3 in 4), careful (9 in 10) or archive "
            "(19 in 20); or lossless, which keeps every pixel (WebP, PNG, JPEG XL).",
            show_default=DEFAULT_TARGET,
        ),
    ] = None,
    satisfied: Annotated[
        float | None,
        typer.Option(metavar="SHARE", help="The same as a number between 0 and 1, in place of --target."),
    ] = None,
    protocol: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="How people look for the difference: aic3 (original and result shown in place, one after the "
            "other) or konjnd-flicker (the two alternate; from accepted answer ranges of six pictures, "
            "range, not sample).",
        ),
    ] = "aic3",
    viewing: Viewing = "standard_fhd",
    pixels_per_degree: PixelsPerDegree = None,
    chroma: Annotated[
        str | None,
        typer.Option(
            metavar="RATIO",
            help="Chroma subsampling: 4:2:0, 4:2:2 or 4:4:4. Without it the codec's usual one, then 4:4:4 where "
            "that cannot reach the target.",
        ),
    ] = None,
    effort: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="How hard encoders try: low, medium or high; with one codec also its own value, for example 4.",
            show_default="medium",
        ),
    ] = None,
    finish_effort: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Search at --effort, then encode the chosen setting once more at this one; what is written is "
            "checked again.",
            show_default="--effort",
        ),
    ] = None,
    worst_window: Annotated[
        bool,
        typer.Option(
            "--worst-window",
            help="The target must hold for the worst part of 4° by 4°, not only for the picture as a whole.",
        ),
    ] = False,
    max_size: Annotated[
        str | None,
        typer.Option(
            metavar="WxH",
            help="Make larger pictures fit this many pixels first, for example 1920x1080, 1920x or x1080.",
            show_default=False,
        ),
    ] = None,
    min_saving: Annotated[
        str | None,
        typer.Option(
            metavar="PERCENT",
            help="Keep the source where the result would not be smaller by this much, for example 5%.",
            show_default=False,
        ),
    ] = None,
    keep_metadata: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="default (artist, copyright and licence; no place, camera or time), all or none. The colour "
            "profile is always kept, and orientation applied.",
        ),
    ] = "default",
    workers: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Pictures worked on at once.", show_default="all cores"),
    ] = None,
    cluster: ClusterAddress = None,
    max_pixels: MaxPixels = DEFAULT_MAX_MEGAPIXELS,
    timeout: Timeout = None,
    worker_memory: WorkerMemory = None,
    exact: Annotated[
        bool,
        typer.Option(
            "--exact",
            help="Try until the next worse setting is known to fail: about one more trial, 1 to 2 % smaller files.",
        ),
    ] = False,
    no_verify: Annotated[
        bool,
        typer.Option(
            "--no-verify",
            help="Encode once at the predicted setting and do not look at the result: fast, and about one file in "
            "three misses the target.",
        ),
    ] = False,
    overwrite: Annotated[
        bool,
        typer.Option(
            "--overwrite",
            help="Also replace files in FOLDER that jnd did not write, or that were changed since.",
        ),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Do everything but write pictures: see what would be saved.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object per picture on standard output, as they finish.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
    report: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.html",
            help="Write one page to compare originals and results by eye; it works without a network.",
            show_default=False,
        ),
    ] = None,
    report_size: ReportSize = DEFAULT_REPORT_MB,
) -> None:
    """Make the smallest files that almost nobody can tell from the originals.

    Every setting is searched per picture, and each result was decoded from its final bytes and checked.
    How many people see a difference is an estimate calibrated on published experiments.

    Sources are never changed. A source that already is smaller than any encoding in its format is copied as
    it is. What is finished is noted in FOLDER: the same command goes on where a run ended, and encodes again
    only what has changed.

    **Exit status:** 0 when every picture has an output, 1 when one has none (it failed, or no setting
    reaches the target) or the report could not be written, 2 when the command was not understood.
    """
    from jnd.cli.encode_printer import EncodePrinter
    from jnd.search import batch
    from jnd.search import sources as source_files
    from jnd.workers import available_cores

    lossless = target == LOSSLESS_TARGET
    if lossless:
        check_lossless(format_name, satisfied=satisfied, chroma=chroma, effort=effort, finish=finish_effort)
    request = encode_request(
        format_name,
        None if lossless else target,
        satisfied,
        protocol,
        viewing,
        pixels_per_degree,
        exact,
        chroma,
        effort,
        keep_metadata,
        finish_effort=finish_effort,
        worst_window=worst_window,
        lossless=lossless,
        max_size=None if max_size is None else size_of(max_size),
        min_saving=0.0 if min_saving is None else saving_of(min_saving),
        verify=not no_verify,
    )
    if no_verify:
        check_no_verify(
            lossless=lossless,
            exact=exact,
            worst_window=worst_window,
            finish_effort=finish_effort,
            report=report,
        )
    plan = or_usage_error(lambda: source_files.plan(sources, output), "SOURCE")
    if not plan.jobs:
        raise typer.BadParameter(
            f"no pictures in {', '.join(map(str, sources))}; name files or folders that hold some",
            param_hint="SOURCE",
        )
    printer = EncodePrinter(
        request, output, len(plan.jobs), plan.skipped, as_json=as_json, quiet=quiet, dry_run=dry_run
    )
    writer = None if report is None else _report_writer(report, request, report_size)
    limits = limits_of(max_pixels, timeout, worker_memory)
    with workers_of(cluster, workers or available_cores()) as pool:
        records = batch.run(
            plan.jobs,
            request,
            output,
            workers=pool,
            report=writer,
            overwrite=overwrite,
            dry_run=dry_run,
            limits=limits,
        )
        try:
            with printer:
                for record in records:
                    printer.show(record)
        except KeyboardInterrupt:
            records.close()  # stops the workers; files that are finished stay, no others were begun
            printer.stopped()
            if writer is not None:
                _close_report(writer, printer, stopped_of=len(plan.jobs))
            raise typer.Exit(130) from None
    printer.close()
    complete = writer is None or _close_report(writer, printer)
    raise typer.Exit(0 if complete and printer.every_picture_has_an_output else 1)


def _report_writer(path: Path, request: "Request", megabytes: int) -> "ReportWriter":
    from jnd.search.report import ReportWriter

    return page_at(path, lambda: ReportWriter(path, request.criterion, size_limit=megabytes * 1_000_000))


def _close_report(writer: "ReportWriter", printer: "EncodePrinter", stopped_of: int | None = None) -> bool:
    """Write the page; False, and said why, if that fails."""
    try:
        writer.close(stopped_of=stopped_of)
    except OSError as error:
        printer.report_failed(writer.path, error.strerror or str(error))
        return False
    printer.report_written(writer.path)
    return True
