"""Small labelled pictures for tests: noise of different strength, and the curves that would go with it."""

import json
from pathlib import Path

import numpy as np

from jnd.codecs import CODECS
from jnd.datasets.observer_labels import COLUMNS, METADATA_KEY, pyarrow
from jnd.picture import Picture, write_picture

SIDE = 40


def write_pictures(folder: Path, count: int = 6) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for i in range(count):
        generator = np.random.default_rng(i)
        noise = generator.normal(128, 4 + 8 * i, (SIDE, SIDE, 3))
        path = folder / f"picture{i}.png"
        write_picture(Picture(np.clip(noise, 0, 255).astype(np.uint8)), path)
        paths.append(path)
    return paths


def write_labels(path: Path, pictures: list[Path], codecs: tuple[str, ...] = ("jpeg", "webp")) -> Path:
    """Busier pictures hide more: their JOD falls later."""
    rows = []
    for i, picture in enumerate(pictures):
        for codec in codecs:
            axis = CODECS[codec].axis
            for level in range(0, len(axis.values), 5):
                jod = 10 - 0.02 * np.exp(level / 25) * 3 / (1 + i)
                rows.append(
                    {
                        "picture": str(i), "name": picture.stem, "path": str(picture), "group": picture.stem,
                        "width": SIDE, "height": SIDE, "codec": codec, "encoder": "made up",
                        "chroma_subsampling": "4:2:0", "effort": "medium", "level": level,
                        "parameter": axis.parameter, "setting": float(axis.values[level]), "bytes": 1000 - level,
                        "jod": float(jod), "jnd": float(3.17 * (10 - jod)), "worst_window_jod": float(jod),
                        "psnr": 60.0 - 0.3 * level, "viewing": "standard_fhd", "pixels_per_degree": 37.8,
                        "protocol": "aic3",
                    }
                )  # fmt: skip
    arrow = pyarrow()
    table = arrow.table(
        {
            name: arrow.array([row[name] for row in rows], type=getattr(arrow, kind)())
            for name, kind in COLUMNS.items()
        }
    ).replace_schema_metadata({METADATA_KEY: json.dumps({"made": "by a test"}).encode()})
    arrow.parquet.write_table(table, path)
    return path


def write_config(folder: Path, labels: Path, model: str = "cnn", **changes: object) -> Path:
    """A configuration of a few seconds; ``changes`` are "table.key" → value."""
    network: dict[str, object] = {"patches": 4, "patch_size": 16, "filters": 4, "width": 6}
    tables: dict[str, dict[str, object]] = {
        "data": {"labels": [str(labels)], "folds": 3},
        "network": network,
        "optimiser": {"learning_rate": 0.01},
        "training": {"epochs": 2, "batch_size": 2, "threads": 1, "device": "cpu"},
        "provenance": {"licence": "CC0-1.0", "data": "noise"},
    }
    if model.endswith("levels"):
        tables["network"] = {
            "patches": 2,
            "patch_size": 16,
            "levels": 5,
            "filters": 4,
            "width": 6,
            "hidden": 5,
        }
    for place, value in changes.items():
        table, key = place.split(".")
        tables[table][key] = value
    lines = [f'model = "{model}"', 'output = "run"', "seed = 3"]
    for name, table in tables.items():
        lines += [f"[{name}]", *(f"{key} = {_toml(value)}" for key, value in table.items())]
    path = folder / "config.toml"
    path.write_text("\n".join(lines))
    return path


def _toml(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else json.dumps(value)
