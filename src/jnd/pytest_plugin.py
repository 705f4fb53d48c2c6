"""The pytest plug-in: a fixture that fails when people would see a difference.

In go ``--jnd-update`` and ``--jnd-output``, out comes the fixture ``assert_imperceptible``.
"""

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from jnd.records import Comparison

DEFAULT_OUTPUT = "jnd-differences"


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of the plug-in."""
    group = parser.getgroup("jnd", "pictures that people cannot tell apart")
    group.addoption(
        "--jnd-update",
        action="store_true",
        help="Write baselines that are missing or that people can tell from what was made.",
    )
    group.addoption(
        "--jnd-output",
        metavar="FOLDER",
        default=None,
        help=f"Where pictures of failed comparisons go ({DEFAULT_OUTPUT} in the root folder).",
    )


@pytest.fixture(name="assert_imperceptible")
def assert_imperceptible_fixture(request: pytest.FixtureRequest) -> Callable[..., Comparison]:
    """``assert_imperceptible(actual, expected, **options)``, as of :func:`jnd.difference.assert_imperceptible`.

    A failure holds the path of a PNG: expected, actual and the map of visible difference side by side.
    """
    from jnd.difference.assertion import assert_imperceptible

    folder = request.config.getoption("--jnd-output")
    output = Path(folder) if folder else request.config.rootpath / DEFAULT_OUTPUT
    name = re.sub(r"[^\w.-]+", "-", request.node.nodeid).strip("-")
    calls = 0

    def numbered(*arguments: object, **options: object) -> Comparison:
        nonlocal calls
        calls += 1
        options.setdefault("output", output / (f"{name}.png" if calls == 1 else f"{name}-{calls}.png"))
        return check(*arguments, **options)

    check: Callable[..., Comparison] = partial(
        assert_imperceptible, update=bool(request.config.getoption("--jnd-update"))
    )
    return numbered
