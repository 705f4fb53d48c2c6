"""Encoders that come with an extra: which of their packages is installed, in which version.

The packages' own metadata answer, so that nothing is loaded before it encodes.
"""

from importlib.metadata import PackageNotFoundError, version


def installed_version(package: str) -> str | None:
    """Version of the distribution ``package``; None if it is not installed.

    >>> installed_version("no-such-package") is None
    True
    """
    try:
        return version(package)
    except PackageNotFoundError:
        return None
