"""``jnd camera identify``: which camera took a picture, and whether its metadata agree."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from jnd.camera.identification import Identification
    from jnd.camera.likelihood_ratio import Fusion


def identify(
    pictures: Annotated[
        list[Path],
        typer.Argument(metavar="PICTURE...", help="Pictures, and folders of them.", show_default=False),
    ],
    model: Annotated[
        Path | None,
        typer.Option(metavar="FILE.onnx", help="What `jnd camera train` made.", show_default=False),
    ] = None,
    fingerprints: Annotated[
        list[Path] | None,
        typer.Option(
            "--fingerprint",
            "-f",
            metavar="FILE.npz",
            help="What `jnd camera fingerprint` made; again for more.",
            show_default=False,
        ),
    ] = None,
    calibration: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.json",
            help='Scores of pairs whose truth is known: {"same": [...], "different": [...]} of `jnd camera match '
            "--json` (calibration_score); without it no likelihood ratio is given.",
            show_default=False,
        ),
    ] = None,
    search: Annotated[
        str, typer.Option(metavar="NAME", help="none: the whole picture; crop: a part of it; scale: scaled.")
    ] = "none",
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object per picture on standard output.")
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print nothing but errors (and JSON where asked for).")
    ] = False,
) -> None:
    """Say which camera took a picture: by a network, by fingerprints, or by both; and what the metadata claim.

    A fingerprint that matches decides: it belongs to one sensor. The network names brands, models or devices that it has
    learned, or says "none of these".

    **Exit status:** 0 when every picture could be judged, 1 when one could not, 2 when the command was not understood.
    """
    from jnd.camera.identification import identify as identified
    from jnd.camera.networks.predictor import CameraModel
    from jnd.camera.prnu.fingerprint_file import load_fingerprint
    from jnd.camera.prnu.match import SEARCHES
    from jnd.errors import JndError
    from jnd.picture.files import picture_files

    if model is None and not fingerprints:
        raise typer.BadParameter("name a --model, a --fingerprint, or both", param_hint="--model")
    if search not in SEARCHES:
        raise typer.BadParameter(f"must be one of {', '.join(SEARCHES)}, got {search}", param_hint="--search")
    try:
        network = None if model is None else CameraModel(model)
        known = [load_fingerprint(path) for path in fingerprints or ()]
        calibrated = None if calibration is None else _calibration(calibration)
    except (JndError, OSError) as error:
        typer.echo(f"Error: {error}", err=True)
        raise typer.Exit(1) from None
    failed = False
    for path in picture_files(pictures):
        try:
            result = identified(
                path, model=network, fingerprints=known, calibration=calibrated, search=search,
            )  # fmt: skip
        except (JndError, OSError) as error:
            failed = True
            typer.echo(f"Error: {path}: {str(error).removeprefix(f'{path}: ')}", err=True)
            continue
        failed |= result.answer is None
        if as_json:
            content = result.to_json() | {"parameters": _parameters(model, known, search)}
            typer.echo(json.dumps(content))
        elif not quiet:
            _print(result)
    raise typer.Exit(1 if failed else 0)


def _parameters(model: Path | None, fingerprints: list[Any], search: str) -> dict[str, Any]:
    import hashlib

    return {
        "model_sha256": None if model is None else hashlib.sha256(model.read_bytes()).hexdigest(),
        "fingerprints": [fingerprint.label for fingerprint in fingerprints],
        "search": search,
    }


def _calibration(path: Path) -> "Fusion":
    from jnd._lookup import lookup
    from jnd.camera.identification import SCORES
    from jnd.camera.likelihood_ratio import fit_fusion
    from jnd.errors import UnusableDatasetError

    try:
        content = json.loads(path.read_text("utf-8"))
        known = {score: score for score in SCORES}
        names = [lookup(known, name, kind="score") for name in content.get("names", SCORES[:1])]
        same, different = (
            [
                [
                    float("nan") if cell is None else float(cell)
                    for cell in (row if isinstance(row, list) else [row])
                ]
                for row in rows
            ]
            for rows in (content["same"], content["different"])
        )
        return fit_fusion(same, different, names=names)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnusableDatasetError(
            f'{path} is no calibration: {error}; it holds {{"same": [...], "different": [...]}}, scores of pairs, or with '
            '"names": ["fingerprint", "network"] rows of two scores'
        ) from None


def _print(result: "Identification") -> None:
    from jnd.camera.likelihood_ratio import verbal_scale

    typer.echo(
        f"{result.path}: {result.answer or 'cannot be judged'}"
        + (f" (by {result.answer_by})" if result.answer_by else "")
    )
    claimed = result.claim.camera or "nothing"
    agrees = {True: "; the pixels agree", False: "; the pixels disagree", None: ""}[result.claim_agrees]
    software = f"; written by {result.claim.software}" if result.claim.software else ""
    typer.echo(f"  metadata claim {claimed}{agrees}{software}")
    for place, (match, verdict) in enumerate(zip(result.matches, result.verdicts, strict=True)):
        ratio = ""
        if result.match_log10_lr is not None:
            value = result.match_log10_lr[place]
            ratio = f", log10 LR {value:+.1f}: {verbal_scale(value)}"
        typer.echo(f"  fingerprint {match.label}: {verdict}, PCE {match.pce:.0f}{ratio}")
    if result.network is not None:
        answer = result.network
        stands = (
            f"unknown (score {answer.score:.2f} below {answer.threshold:.2f})"
            if answer.unknown
            else answer.best
        )
        typer.echo(
            f"  network, {answer.level}: {stands}; of those it knows {answer.best} at {answer.probability:.0%}, "
            f"{max(answer.votes)} of {answer.patches} patches"
        )
    if result.hypotheses is not None:
        typer.echo("  " + "; ".join(result.hypotheses))
    elif result.matches:
        typer.echo("  not calibrated: scores and a rate of false alarms, but no likelihood ratio")
    for problem in result.problems:
        typer.echo(f"  {problem}")
