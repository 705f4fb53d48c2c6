"""``jnd doctor``: what is installed here, in which version and under which licence, and how to get the rest."""

from importlib.util import find_spec

import typer

PACKAGES = ("numpy", "onnxruntime", "opencv-python-headless", "pillow", "pyjpegli", "rich", "scipy", "typer")
"""What every installation of jnd has."""

EXTRAS = {
    "cluster": ("distributed", "many machines, and files at addresses such as s3://"),
    "heic": ("pillow_heif", "HEIC"),
    "jxl": ("pyjpegxl", "JPEG XL"),
    "plot": ("matplotlib", "plots of fits and predictions"),
    "postgres": ("psycopg", "studies in PostgreSQL"),
    "serve": ("prometheus_client", "jnd serve"),
    "study": ("sqlalchemy", "jnd study"),
    "train": ("torch", "jnd train, jnd camera train"),
}
"""Extra → a module that it brings, and what it is for."""


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
    typer.echo("extras")
    for extra, (module, use) in EXTRAS.items():
        there = "installed" if find_spec(module) else f'not installed; to get it: pip install "jnd[{extra}]"'
        typer.echo(f"  {extra:{width}}  {use}: {there}")
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
