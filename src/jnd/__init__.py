"""jnd: which changes of a picture people can see, where, and the smallest file that almost nobody can tell.

The names most people need are here and load when first used; the rest lives in the rooms: ``jnd.codecs``,
``jnd.difference``, ``jnd.metrics``, ``jnd.models``, ``jnd.observer``, ``jnd.search``, ``jnd.picture``, ``jnd.viewing``.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jnd.difference import assert_imperceptible, compare
    from jnd.metrics.colorvideovdp import colorvideovdp
    from jnd.models import jnd_map
    from jnd.observer import notice_probability, satisfied_users
    from jnd.picture import Picture, read_picture
    from jnd.records import Attempt, Comparison, EncodeResult, Found, NotFound
    from jnd.search import encode
    from jnd.viewing import ViewingConditions, viewing_conditions

__all__ = [
    "Attempt",
    "Comparison",
    "EncodeResult",
    "Found",
    "NotFound",
    "Picture",
    "ViewingConditions",
    "assert_imperceptible",
    "colorvideovdp",
    "compare",
    "encode",
    "jnd_map",
    "notice_probability",
    "read_picture",
    "satisfied_users",
    "viewing_conditions",
]

_HOMES = {
    "Attempt": "jnd.records",
    "Comparison": "jnd.records",
    "EncodeResult": "jnd.records",
    "Found": "jnd.records",
    "NotFound": "jnd.records",
    "Picture": "jnd.picture",
    "ViewingConditions": "jnd.viewing",
    "assert_imperceptible": "jnd.difference",
    "colorvideovdp": "jnd.metrics.colorvideovdp",
    "compare": "jnd.difference",
    "encode": "jnd.search",
    "jnd_map": "jnd.models",
    "notice_probability": "jnd.observer",
    "read_picture": "jnd.picture",
    "satisfied_users": "jnd.observer",
    "viewing_conditions": "jnd.viewing",
}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import PackageNotFoundError, version

        try:
            return version("jnd")
        except PackageNotFoundError:  # a source tree on the path
            return "0+source"
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
