"""``jnd encode``: pictures to the smallest files that almost nobody can tell from them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

if TYPE_CHECKING:
    from jnd.cli.encode_printer import EncodePrinter
    from jnd.search.batch import Request
    from jnd.search.report import ReportWriter

# What is imported above is loaded by every `jnd --help`; the library itself waits until a command runs.

DEFAULT_TARGET = "web"
DEFAULT_REPORT_MB = 300

Value = TypeVar("Value")


def encode(
    sources: Annotated[
        list[Path],
        typer.Argument(
            metavar="SOURCE",
            help="Pictures and folders of pictures (JPEG, PNG, WebP, AVIF, TIFF, PPM, BMP).",
            show_default=False,
        ),
    ],
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            metavar="FOLDER",
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
            "(19 in 20).",
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
    exact: Annotated[
        bool,
        typer.Option("--exact", help="Try until the next worse setting is known to fail; a few more trials."),
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

    Sources are never changed. A file of the same name in FOLDER is replaced. A source that already is
    smaller than any encoding in its format is copied as it is.

    **Exit status:** 0 when every picture has an output, 1 when one has none (it failed, or no setting
    reaches the target) or the report could not be written, 2 when the command was not understood.
    """
    from jnd.cli.encode_printer import EncodePrinter
    from jnd.search import batch
    from jnd.search import sources as source_files
    from jnd.search.workers import available_cores

    request = _request(
        format_name,
        target,
        satisfied,
        protocol,
        viewing,
        pixels_per_degree,
        exact,
        chroma,
        effort,
        keep_metadata,
    )
    plan = _or_usage_error(lambda: source_files.plan(sources, output), "SOURCE")
    if not plan.jobs:
        raise typer.BadParameter(
            f"no pictures in {', '.join(map(str, sources))}; name files or folders that hold some",
            param_hint="SOURCE",
        )
    printer = EncodePrinter(request, output, len(plan.jobs), plan.skipped, as_json=as_json, quiet=quiet)
    writer = None if report is None else _report_writer(report, request, report_size)
    records = batch.run(plan.jobs, request, workers=workers or available_cores(), report=writer)
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
) -> "Request":
    """The arguments as the library wants them; a value that does not exist ends with status 2."""
    from jnd._lookup import lookup
    from jnd.codecs import CODECS
    from jnd.observer import PROTOCOLS
    from jnd.picture import policy_named
    from jnd.search import FORMATS, TARGETS, Choices, SatisfiedUsers
    from jnd.search.batch import Request
    from jnd.viewing import viewing_conditions

    if target is not None and satisfied is not None:
        raise typer.BadParameter("say either --target or --satisfied, not both", param_hint="--satisfied")
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
    codecs = [CODECS[name] for name in FORMATS[format_name]]
    for option, choices in (
        ("--format", Choices()),
        ("--chroma", Choices(chroma, None)),
        ("--effort", Choices(None, effort)),
        ("--chroma and --effort", Choices(chroma, effort)),
    ):
        _or_usage_error(partial(choices.check, codecs), option)
    return Request(format_name, share, protocol, conditions, exact, chroma, effort, keep_metadata)


def _report_writer(path: Path, request: "Request", megabytes: int) -> "ReportWriter":
    """Made before any work, so that a page that cannot be written is known at once."""
    from jnd.search import SatisfiedUsers
    from jnd.search.report import ReportWriter

    option = "--report"
    if path.suffix.lower() not in (".html", ".htm"):
        raise typer.BadParameter(
            f"the report is a page: its name must end in .html, got {path}; for example report.html",
            param_hint=option,
        )
    if path.is_dir():
        raise typer.BadParameter(f"{path} is a folder; name a file in it", param_hint=option)
    criterion = SatisfiedUsers(request.satisfied, request.protocol, request.viewing)
    try:
        return ReportWriter(path, criterion, size_limit=megabytes * 1_000_000)
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
