"""``jnd datasets label``: pictures to observer labels in one Parquet file."""

import json
import shlex
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Self

import typer

from jnd.cli.limit_options import DEFAULT_MAX_MEGAPIXELS, MaxPixels, Timeout, WorkerMemory, limits_of
from jnd.cli.progress import bar
from jnd.cli.refusal import or_usage_error
from jnd.cli.viewing_options import PixelsPerDegree, Viewing, conditions_of
from jnd.cli.work_options import ClusterAddress, place_argument, workers_of
from jnd.places import is_remote

if TYPE_CHECKING:
    from jnd.learned.label_request import LabelRequest
    from jnd.learned.labels import LabelJob, LabelRecord

DEFAULT_CODECS = ("jpeg", "jpeg:turbo", "webp", "avif", "jpegxl")
"""Those of them that are installed."""

GROUPS = ("file", "folder")


def label_command(
    sources: Annotated[
        list[Path],
        typer.Argument(
            metavar="PICTURES",
            parser=place_argument,
            help="Pictures and folders of pictures; also at addresses such as s3://bucket/folder.",
            show_default=False,
        ),
    ],
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE.parquet",
            parser=place_argument,
            help="Where the labels go.",
            show_default=False,
        ),
    ],
    codecs: Annotated[
        list[str] | None,
        typer.Option(
            "--codec",
            metavar="NAME",
            help="A codec; again for more.",
            show_default="jpeg, jpeg:turbo, webp, avif and jpegxl, as far as installed",
        ),
    ] = None,
    group: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="What is one source photograph, never split between training and test: file (each picture its own) "
            "or folder (all pictures of a folder).",
        ),
    ] = "file",
    step: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help="Levels between two labels where people begin to notice.",
            show_default="2 to 4, by the codec",
        ),
    ] = None,
    chroma: Annotated[
        str | None,
        typer.Option(metavar="RATIO", help="Chroma subsampling.", show_default="each codec's usual one"),
    ] = None,
    effort: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="How hard encoders try: low, medium or high.", show_default="medium"
        ),
    ] = None,
    protocol: Annotated[
        str, typer.Option(metavar="NAME", help="Scale of the column jnd: aic3 or konjnd-flicker.")
    ] = "aic3",
    viewing: Viewing = "standard_fhd",
    pixels_per_degree: PixelsPerDegree = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Pictures worked on at once.", show_default="all cores"),
    ] = None,
    cluster: ClusterAddress = None,
    max_pixels: MaxPixels = DEFAULT_MAX_MEGAPIXELS,
    timeout: Timeout = None,
    worker_memory: WorkerMemory = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object per picture on standard output, as they finish.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
) -> None:
    """Scan pictures along the level axis of codecs and write what the observer says, for training.

    These are *observer labels*: answers of the metric, calibrated on people's, not answers of people. Every picture
    that is done is kept in FILE.parquet.parts at once: a run that was stopped goes on where it was.

    **Exit status:** 0 when every picture is labelled, 1 when one failed (the others are in the file), 2 when the
    command was not understood, 130 when it was stopped.
    """
    from jnd.learned.labels import label
    from jnd.workers import available_cores

    if group not in GROUPS:
        raise typer.BadParameter(f'must be {" or ".join(GROUPS)}, got "{group}"', param_hint="--group")
    if output.is_dir():
        raise typer.BadParameter(f"{output} is a folder; name a file in it", param_hint="--output")
    request = _request(codecs, step, chroma, effort, protocol, viewing, pixels_per_degree)
    jobs = _jobs(sources, output, group)
    limits = limits_of(max_pixels, timeout, worker_memory)
    command = shlex.join(["jnd", *sys.argv[1:]])
    printer = _Printer(len(jobs), as_json=as_json, quiet=quiet)
    try:
        with workers_of(cluster, workers or available_cores()) as pool, printer:
            records = label(jobs, request, output, workers=pool, limits=limits, command=command)
            for record in records:
                printer.show(record)
    except KeyboardInterrupt:
        printer.say("Stopped. The same command goes on from here.")
        raise typer.Exit(130) from None
    except OSError as error:
        typer.echo(f"Error: cannot write {error.filename or output}: {error.strerror or error}", err=True)
        raise typer.Exit(1) from None
    printer.say(f"Written to {output}" if printer.succeeded else "Nothing was written.")
    raise typer.Exit(1 if printer.failed or not printer.succeeded else 0)


def _request(
    codecs: list[str] | None,
    step: int | None,
    chroma: str | None,
    effort: str | None,
    protocol: str,
    viewing: str,
    pixels_per_degree: float | None,
) -> "LabelRequest":
    from jnd._lookup import lookup
    from jnd.codecs import CODECS
    from jnd.learned.label_request import LabelRequest

    for name in codecs or ():
        or_usage_error(lambda name=name: lookup(CODECS, name, kind="codec"), "--codec")  # type: ignore[misc]
    chosen = tuple(dict.fromkeys(codecs or [n for n in DEFAULT_CODECS if CODECS[n].installed]))
    conditions = conditions_of(viewing, pixels_per_degree)
    request = LabelRequest(chosen, conditions, protocol, chroma, effort, step)
    or_usage_error(request.check, "--codec, --chroma, --effort, --step or --protocol")
    return request


def _jobs(sources: list[Path], output: Path, group: str) -> "list[LabelJob]":
    from jnd.learned.label_parts import parts_folder
    from jnd.learned.labels import LabelJob
    from jnd.search import sources as source_files

    folder = parts_folder(output)
    plan = or_usage_error(lambda: source_files.plan(sources, folder), "PICTURES")
    if not plan.jobs:
        raise typer.BadParameter(f"no pictures in {', '.join(map(str, sources))}", param_hint="PICTURES")
    jobs = []
    for job in plan.jobs:
        name = str(job.source) if job.conflict else job.stem.relative_to(folder).as_posix()
        jobs.append(LabelJob(job.source, name, name if group == "file" else _folder_name(job.source)))
    return jobs


def _folder_name(path: Path) -> str:
    return str(path.parent.name if is_remote(path) else path.resolve().parent.name)


class _Printer:
    """A line per picture on standard error, JSON on standard output, and the time left."""

    def __init__(self, count: int, *, as_json: bool, quiet: bool) -> None:
        from rich.console import Console

        self._as_json, self._quiet = as_json, quiet
        self.failed = self.succeeded = 0
        self._console = Console(stderr=True, highlight=False, markup=False, emoji=False)
        self._progress = bar("Labelling", self._console, quiet=quiet)
        self._task = self._progress.add_task("", total=count)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def show(self, record: "LabelRecord") -> None:
        """One picture."""
        from jnd.report.words import printable

        self.failed += record.status == "failed"
        self.succeeded += record.status != "failed"
        if self._as_json:
            typer.echo(json.dumps(asdict(record)))
        if record.status == "failed" or not self._quiet:
            what = record.error or record.note or f"{record.labels} labels in {record.seconds:.1f} s"
            if record.status == "known":
                what = "labelled in an earlier run"
            style = "red" if record.status == "failed" else None
            line = f"{printable(record.source)}  {record.status}: {printable(what)}"
            self._console.print(line, style=style, soft_wrap=True)
        self._progress.advance(self._task)

    def say(self, text: str) -> None:
        """A closing line."""
        if not self._quiet:
            self._console.print(text, soft_wrap=True)
