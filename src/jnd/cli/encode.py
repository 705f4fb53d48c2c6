"""``jnd encode``: pictures to the smallest files that almost nobody can tell from them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from jnd.cli.cluster_option import ClusterAddress, place_argument, workers_of
from jnd.cli.max_pixels import DEFAULT_MAX_MEGAPIXELS, MaxPixels, pixels_of

if TYPE_CHECKING:
    from jnd.cli.encode_printer import EncodePrinter
    from jnd.search.report import ReportWriter
    from jnd.search.request import MaxSize, Request

# What is imported above is loaded by every `jnd --help`; the library itself waits until a command runs.

DEFAULT_TARGET = "web"
DEFAULT_REPORT_MB = 300
LOSSLESS_TARGET = "lossless"

Value = TypeVar("Value")


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
    viewing: Annotated[
        str, typer.Option(metavar="NAME", help="Display and distance, for example standard_phone.")
    ] = "standard_fhd",
    pixels_per_degree: Annotated[
        float | None,
        typer.Option(
            "--ppd", metavar="N", help="Pixels per degree at the eye, in place of the viewing's own."
        ),
    ] = None,
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
    timeout: Annotated[
        float | None,
        typer.Option(
            min=0,
            metavar="SECONDS",
            help="Give up a picture after this time; 0 for never.",
            show_default="by its size, minutes to hours",
        ),
    ] = None,
    worker_memory: Annotated[
        int | None,
        typer.Option(
            min=0,
            metavar="MB",
            help="Memory that the work on one picture may take (on Linux); 0 for no limit.",
            show_default="by its size, from 1610",
        ),
    ] = None,
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
    report_size: Annotated[
        int,
        typer.Option(
            min=1, metavar="MB", help="Largest size of that page; beyond it the last originals are left out."
        ),
    ] = DEFAULT_REPORT_MB,
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
    from jnd.search.limits import FileLimits
    from jnd.workers import available_cores

    lossless = target == LOSSLESS_TARGET
    if lossless:
        _check_lossless(format_name, satisfied=satisfied, chroma=chroma, effort=effort, finish=finish_effort)
    request = _request(
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
        max_size=None if max_size is None else _max_size(max_size),
        min_saving=0.0 if min_saving is None else _min_saving(min_saving),
        verify=not no_verify,
    )
    if no_verify:
        _check_no_verify(
            lossless=lossless,
            exact=exact,
            worst_window=worst_window,
            finish_effort=finish_effort,
            report=report,
        )
    plan = _or_usage_error(lambda: source_files.plan(sources, output), "SOURCE")
    if not plan.jobs:
        raise typer.BadParameter(
            f"no pictures in {', '.join(map(str, sources))}; name files or folders that hold some",
            param_hint="SOURCE",
        )
    printer = EncodePrinter(
        request, output, len(plan.jobs), plan.skipped, as_json=as_json, quiet=quiet, dry_run=dry_run
    )
    writer = None if report is None else _report_writer(report, request, report_size)
    limits = FileLimits(
        pixels_of(max_pixels), timeout, None if worker_memory is None else worker_memory * 1_000_000
    )
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


def _request(
    format_name: str,
    target: str | None,
    satisfied: float | None,
    protocol: str,
    viewing_name: str,
    pixels_per_degree: float | None,
    exact: bool,
    chroma: str | None,
    effort: str | None,
    keep_metadata: str,
    *,
    finish_effort: str | None,
    worst_window: bool,
    lossless: bool,
    max_size: "MaxSize | None",
    min_saving: float,
    verify: bool,
) -> "Request":
    """The arguments as the library wants them; a value that does not exist ends with status 2."""
    from jnd._lookup import lookup
    from jnd.codecs import CODECS
    from jnd.observer import PROTOCOLS
    from jnd.picture import policy_named
    from jnd.search import FORMATS, TARGETS, Choices, SatisfiedUsers
    from jnd.search.request import Request
    from jnd.viewing import viewing_conditions

    if target is not None and satisfied is not None:
        raise typer.BadParameter("say either --target or --satisfied, not both", param_hint="--satisfied")
    if not lossless:
        _or_usage_error(lambda: lookup(FORMATS, format_name, kind="format"), "--format")
    _or_usage_error(lambda: lookup(PROTOCOLS, protocol, kind="protocol"), "--protocol")
    name = target or DEFAULT_TARGET
    share = _or_usage_error(lambda: lookup(TARGETS, name, kind="target"), "--target")
    conditions = _or_usage_error(lambda: viewing_conditions(viewing_name), "--viewing")
    if pixels_per_degree is not None:
        conditions = _or_usage_error(lambda: viewing_conditions(viewing_name, pixels_per_degree), "--ppd")
    share = share if satisfied is None else satisfied
    _or_usage_error(lambda: SatisfiedUsers(share, protocol, conditions).threshold_jod, "--satisfied")
    _or_usage_error(lambda: policy_named(keep_metadata), "--keep-metadata")
    codecs = [] if lossless else [CODECS[name] for name in FORMATS[format_name]]
    for option, choices in (
        ("--format", Choices()),
        ("--chroma", Choices(chroma)),
        ("--effort", Choices(None, effort)),
        ("--finish-effort", Choices(None, None, finish_effort)),
        ("--chroma and --effort", Choices(chroma, effort, finish_effort)),
    ):
        _or_usage_error(partial(choices.check, codecs), option)
    return Request(
        format_name,
        share,
        protocol,
        conditions,
        exact,
        chroma,
        effort,
        keep_metadata,
        finish_effort,
        worst_window,
        lossless,
        max_size,
        verify,
        min_saving,
    )


def _check_lossless(format_name: str, **given: object) -> None:
    """A target that loses nothing has no use for options about loss; saying them is a misunderstanding."""
    from jnd._lookup import lookup
    from jnd.codecs.lossless import LOSSLESS
    from jnd.search import LOSSLESS_FORMATS

    for option, value in given.items():
        if value is not None:
            name = {"finish": "finish-effort"}.get(option, option)
            raise typer.BadParameter(
                f"--target lossless has no use for --{name}; leave it out", param_hint=f"--{name}"
            )
    names = _or_usage_error(lambda: lookup(LOSSLESS_FORMATS, format_name, kind="lossless format"), "--format")
    missing = [LOSSLESS[name].missing for name in names]
    if all(missing):
        raise typer.BadParameter(
            f"{format_name} is not installed; to get it: {missing[0]}", param_hint="--format"
        )


def _check_no_verify(*, lossless: bool, **given: object) -> None:
    """What needs a look at trials cannot be had without one."""
    if lossless:
        raise typer.BadParameter(
            "--target lossless predicts nothing; leave --no-verify out", param_hint="--no-verify"
        )
    for name, value in given.items():
        if value:
            option = f"--{name.replace('_', '-')}"
            raise typer.BadParameter(
                f"{option} needs a look at the results, which --no-verify leaves out; drop one of the two",
                param_hint="--no-verify",
            )


def _max_size(text: str) -> "MaxSize":
    width, cross, height = text.lower().replace("×", "x").partition("x")
    try:
        sides = int(width) if width else None, int(height) if height else None
    except ValueError:
        sides = 0, 0
    if not cross or sides == (None, None) or any(side is not None and side < 1 for side in sides):
        raise typer.BadParameter(
            f"must be WIDTHxHEIGHT in pixels, for example 1920x1080, 1920x or x1080; got {text}",
            param_hint="--max-size",
        )
    return sides


def _min_saving(text: str) -> float:
    number, sign, rest = text.partition("%")
    try:
        share = float(number) / 100
    except ValueError:
        share = -1.0
    if not sign or rest.strip() or not 0 <= share < 1:
        raise typer.BadParameter(
            f"must be a percentage from 0% to below 100%, for example 5%; got {text}",
            param_hint="--min-saving",
        )
    return share


def _report_writer(path: Path, request: "Request", megabytes: int) -> "ReportWriter":
    """Made before any work, so that a page that cannot be written is known at once."""
    from jnd.search.report import ReportWriter

    option = "--report"
    if path.suffix.lower() not in (".html", ".htm"):
        raise typer.BadParameter(
            f"the report is a page: its name must end in .html, got {path}; for example report.html",
            param_hint=option,
        )
    if path.is_dir():
        raise typer.BadParameter(f"{path} is a folder; name a file in it", param_hint=option)
    try:
        return ReportWriter(path, request.criterion, size_limit=megabytes * 1_000_000)
    except OSError as error:
        raise typer.BadParameter(
            f"cannot write {path}: {error.strerror or error}; choose another place", param_hint=option
        ) from error


def _close_report(writer: "ReportWriter", printer: "EncodePrinter", stopped_of: int | None = None) -> bool:
    """Write the page; False, and said why, if that fails."""
    try:
        writer.close(stopped_of=stopped_of)
    except OSError as error:
        printer.report_failed(writer.path, error.strerror or str(error))
        return False
    printer.report_written(writer.path)
    return True


def _or_usage_error(call: Callable[[], Value], option: str) -> Value:
    from jnd.errors import CodecError

    try:
        return call()
    except (ValueError, CodecError) as error:
        raise typer.BadParameter(str(error), param_hint=option) from error
