"""The options that say on which screen and from where pictures are seen."""

from typing import TYPE_CHECKING, Annotated

import typer

from jnd.cli.refusal import or_usage_error

if TYPE_CHECKING:
    from jnd.viewing import ViewingConditions

Viewing = Annotated[
    str, typer.Option("--viewing", metavar="NAME", help="Display and distance, for example standard_phone.")
]
PixelsPerDegree = Annotated[
    float | None,
    typer.Option("--ppd", metavar="N", help="Pixels per degree at the eye, in place of the viewing's own."),
]


def conditions_of(viewing: str, pixels_per_degree: float | None = None) -> "ViewingConditions":
    """What the options name; what does not exist ends with status 2."""
    from jnd.viewing import viewing_conditions

    conditions = or_usage_error(lambda: viewing_conditions(viewing), "--viewing")
    if pixels_per_degree is None:
        return conditions
    return or_usage_error(lambda: viewing_conditions(viewing, pixels_per_degree), "--ppd")
