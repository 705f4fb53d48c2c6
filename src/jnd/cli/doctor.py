"""``jnd doctor``: what is installed here, in which version and under which licence, and how to get the rest."""

import typer

PACKAGES = ("numpy", "onnxruntime", "opencv-python-headless", "pillow", "pyjpegli", "rich", "scipy", "typer")
"""What every installation of jnd has."""


def doctor() -> None:
    """Say what is installed: the codecs or how to get them, versions, licences, and the native kernel.

    **Exit status:** 0.
    """
    import platform

    import jnd
    from jnd.codecs import CODECS

    typer.echo(f"jnd {jnd.__version__}, Python {platform.python_version()} on {platform.platform()}")
    typer.echo(f"kernel   {_kernel()}")
    typer.echo("codecs")
    width = max(map(len, CODECS))
    for name, codec in CODECS.items():
        typer.echo(f"  {name:{width}}  {codec.encoder if codec.installed else 'not installed'}")
        if codec.missing is not None:
            typer.echo(f"  {'':{width}}  to get it: {codec.missing}")
        typer.echo(f"  {'':{width}}  licence: {codec.licence}")
    typer.echo("packages")
    for package in PACKAGES:
        typer.echo(f"  {package} {_version(package)}")


def _kernel() -> str:
    from jnd.metrics.colorvideovdp.bands import NativePath, band_path

    try:
        path = band_path()
    except (ImportError, ValueError) as error:
        return f"none: {error}"
    if isinstance(path, NativePath):
        return "native"
    return (
        "numpy: the same numbers, more slowly. A wheel brings the native one; from source it needs a C compiler "
        "and Python's headers"
    )


def _version(package: str) -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError:
        return "(version unknown)"
