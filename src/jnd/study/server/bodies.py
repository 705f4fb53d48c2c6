"""What the page may send. Everything has a limit; what is not known is refused."""

from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, field_validator

from jnd.study.design.records import LOCALE

Text = Annotated[str, Field(max_length=512)]
Milliseconds = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]
Facts = dict[Text, Any]
Value = TypeVar("Value")

DEEPEST = 6
"""Levels of nesting in free facts."""


class Body(BaseModel):
    """What all bodies share."""

    model_config = ConfigDict(extra="forbid", strict=False, str_max_length=20_000)


class Begin(Body):
    """``POST /api/session``."""

    study: Text
    external: dict[Text, Text] = Field(default_factory=dict, max_length=20)
    locale: Annotated[str, Field(pattern=f"^({LOCALE.pattern})?$")] = ""
    client_build: Text = ""


class Answer(Body):
    """``POST /api/trials/{id}/answer``."""

    value: str | bool | int | float | None
    rt_ms: Milliseconds | None = None
    answered_at: Annotated[str, Field(max_length=40)] = ""
    timing: Facts = Field(default_factory=dict)
    telemetry: Facts = Field(default_factory=dict)
    client_build: Text = ""
    nudges: Annotated[int, Field(ge=0, le=1000)] = 0

    @field_validator("timing", "telemetry")
    @classmethod
    def plain(cls, value: Facts) -> Facts:
        """JSON that a database takes."""
        return checked(value)

    @field_validator("value")
    @classmethod
    def short(cls, value: Any) -> Any:
        """No answer is long, and none is no number."""
        return checked({"value": value[:256] if isinstance(value, str) else value})["value"]


class Void(Body):
    """``POST /api/trials/{id}/void``."""

    reason: Annotated[str, Field(min_length=1, max_length=64)]
    timing: Facts = Field(default_factory=dict)
    telemetry: Facts = Field(default_factory=dict)

    @field_validator("timing", "telemetry")
    @classmethod
    def plain(cls, value: Facts) -> Facts:
        """JSON that a database takes."""
        return checked(value)


class Event(Body):
    """One event."""

    kind: Annotated[str, Field(min_length=1, max_length=64)]
    t_client: Annotated[float, Field(allow_inf_nan=False)] | None = None
    data: Facts = Field(default_factory=dict)

    @field_validator("data")
    @classmethod
    def plain(cls, value: Facts) -> Facts:
        """JSON that a database takes."""
        return checked(value)


class Events(Body):
    """``POST /api/events``."""

    events: Annotated[list[Event], Field(max_length=100)]


class Step(BaseModel):
    """``POST /api/session/{step}``: facts of the step, see the guide."""

    model_config = ConfigDict(extra="allow")


def checked(value: Value, depth: int = 0) -> Value:
    """The value, if it is JSON that every database takes: finite numbers of a usual size, no null characters, not too deep.

    Raises
    ------
    ValueError
        It is not.
    """
    if depth > DEEPEST:
        raise ValueError(f"nested more than {DEEPEST} deep")
    if isinstance(value, str):
        if "\x00" in value or any("\ud800" <= sign <= "\udfff" for sign in value):
            raise ValueError("text with characters that cannot be stored")
    elif isinstance(value, dict):
        for key, entry in value.items():
            checked(key, depth + 1)
            checked(entry, depth + 1)
    elif isinstance(value, list):
        for entry in value:
            checked(entry, depth + 1)
    elif isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):  # noqa: PLR0124 - not a number
            raise ValueError("numbers must be finite")
    elif isinstance(value, int) and not isinstance(value, bool) and abs(value) > 2**53:
        raise ValueError("whole numbers must be below 2^53")
    return value
