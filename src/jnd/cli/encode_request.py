"""What the options of ``jnd encode`` ask of the library; what they cannot mean ends with status 2."""

from functools import partial
from typing import TYPE_CHECKING

import typer

from jnd.cli.refusal import or_usage_error
from jnd.cli.viewing_options import conditions_of

if TYPE_CHECKING:
    from jnd.search.request import MaxSize, Request

DEFAULT_TARGET = "web"
LOSSLESS_TARGET = "lossless"


def encode_request(
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

    if target is not None and satisfied is not None:
        raise typer.BadParameter("say either --target or --satisfied, not both", param_hint="--satisfied")
    if not lossless:
        or_usage_error(lambda: lookup(FORMATS, format_name, kind="format"), "--format")
    or_usage_error(lambda: lookup(PROTOCOLS, protocol, kind="protocol"), "--protocol")
    name = target or DEFAULT_TARGET
    share = or_usage_error(lambda: lookup(TARGETS, name, kind="target"), "--target")
    conditions = conditions_of(viewing_name, pixels_per_degree)
    share = share if satisfied is None else satisfied
    or_usage_error(lambda: SatisfiedUsers(share, protocol, conditions).threshold_jod, "--satisfied")
    or_usage_error(lambda: policy_named(keep_metadata), "--keep-metadata")
    codecs = [] if lossless else [CODECS[name] for name in FORMATS[format_name]]
    for option, choices in (
        ("--format", Choices()),
        ("--chroma", Choices(chroma)),
        ("--effort", Choices(None, effort)),
        ("--finish-effort", Choices(None, None, finish_effort)),
        ("--chroma and --effort", Choices(chroma, effort, finish_effort)),
    ):
        or_usage_error(partial(choices.check, codecs), option)
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


def check_lossless(format_name: str, **given: object) -> None:
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
    names = or_usage_error(lambda: lookup(LOSSLESS_FORMATS, format_name, kind="lossless format"), "--format")
    missing = [LOSSLESS[name].missing for name in names]
    if all(missing):
        raise typer.BadParameter(
            f"{format_name} is not installed; to get it: {missing[0]}", param_hint="--format"
        )


def check_no_verify(*, lossless: bool, **given: object) -> None:
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


def size_of(text: str) -> "MaxSize":
    """--max-size as (width, height), either None."""
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


def saving_of(text: str) -> float:
    """--min-saving as a share."""
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
