"""A prediction as the JSON object of ``jnd predict --json`` and of the service."""

from dataclasses import asdict
from typing import Any

from jnd.records import PjndPrediction


def prediction_json(record: PjndPrediction) -> dict[str, Any]:
    """Of JSON types only; the curve is a list of points with the encoder's number at each."""
    content = asdict(record)
    sur = content.pop("sur")
    content["sur"] = [
        {"level": int(level), record.parameter: setting, "satisfied": s, "low": low, "high": high}
        for level, setting, s, low, high in zip(
            sur["level"], content.pop("settings"), sur["satisfied"], sur["low"], sur["high"], strict=True
        )
    ]
    return content
