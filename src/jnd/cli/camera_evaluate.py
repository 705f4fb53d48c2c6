"""``jnd camera evaluate``: how well a network tells cameras apart, on pictures that it was not trained on."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from jnd.camera.networks.evaluation import NetworkEvaluation, Share


def evaluate(
    model: Annotated[
        Path, typer.Argument(metavar="MODEL.onnx", help="What `jnd camera train` made.", show_default=False)
    ],
    folder: Annotated[
        Path, typer.Argument(metavar="PICTURES", help="Folder of pictures.", show_default=False)
    ],
    layout: Annotated[
        str, typer.Option(metavar="NAME", help="dresden, vision, miche, forchheim, sp-cup or folder.")
    ] = "folder",
    part: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="test: the part that the model's training held back, by its own split; all: every picture, where "
            "none of them was trained on.",
        ),
    ] = "test",
    kinds: Annotated[
        list[str] | None,
        typer.Option(
            "--kind", metavar="NAME", help="Of pictures; again for more.", show_default="as in training"
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """Accuracy of patches and of voted pictures with exact intervals, confusion, weight of evidence, unknown cameras.

    **Exit status:** 0 when it was evaluated, 1 when it could not be, 2 when the command was not understood.
    """
    if part not in ("test", "all"):
        raise typer.BadParameter(f"must be test or all, got {part}", param_hint="--part")
    result = _evaluated(model, folder, layout, part, kinds)
    if as_json:
        typer.echo(json.dumps(result.to_json()))
    else:
        _print(result)


def _evaluated(
    model_file: Path, folder: Path, layout: str, part: str, kinds: list[str] | None
) -> "NetworkEvaluation":
    from jnd.camera.networks.evaluation import evaluate_network
    from jnd.camera.networks.predictor import CameraModel
    from jnd.camera.splits import split_pictures
    from jnd.datasets.camera_pictures import load_camera_pictures, renamed

    model = CameraModel(model_file)
    data: dict[str, Any] = model.about["recipe"]["configuration"]["data"]
    wanted = set(kinds or data["kinds"])
    pictures = [
        renamed(picture, data["merged"])
        for picture in load_camera_pictures(folder, layout)
        if picture.kind in wanted
    ]
    if part == "test":
        split = split_pictures(
            pictures, by=data["split"], level=data["level"],
            shares=(data["validation_share"], data["test_share"]), seed=data["split_seed"],
        )  # fmt: skip
        pictures = list(split.test)
    return evaluate_network(model, pictures)


def _print(result: "NetworkEvaluation") -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False, markup=False, emoji=False)
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    rows = {
        "Patches": _share(result.patch_accuracy),
        "Pictures, mean of scores": _share(result.voted_accuracy),
        "Pictures, majority": _share(result.majority_accuracy),
        "Cllr": "–" if result.cllr is None else f"{result.cllr:.3f} (1 is no information)",
        "Known, called unknown": _share(result.rejected_known),
    }
    if result.rejected_strangers is not None:
        rows["Unknown, called unknown"] = _share(result.rejected_strangers)
    for name, text in rows.items():
        table.add_row(name, text)
    console.print(table)
    console.print(f"\nTruth (rows) and answer, pictures per {result.level}")
    confusion = Table(box=None, padding=(0, 2, 0, 0))
    confusion.add_column("")
    for name in result.classes:
        confusion.add_column(name, justify="right")
    for name, row in zip(result.classes, result.confusion, strict=True):
        confusion.add_row(name, *map(str, row))
    console.print(confusion)
    for line in result.skipped:
        typer.echo(f"left out: {line}", err=True)


def _share(share: "Share") -> str:
    low, high = share.interval
    return f"{share.value:.1%} ({share.right} of {share.of}, 95 % interval {low:.1%} to {high:.1%})"
