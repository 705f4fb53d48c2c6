"""From features to kinds and levels: a small ensemble of networks, fitted by ``reproduce/fit_change_kinds.py``."""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

CLIP = 6.0
"""Standardised features are kept within, so that a picture unlike all others is not off the map."""
FIRST = 0.5
"""Probability from which the most likely kind is named."""
FURTHER = 0.2
"""Probability from which a second kind is named beside it: chosen on held-out training pairs, where a lower one names
few more pairs and many a kind that is not there."""
MOST = 2
"""Kinds named at most: the network was fitted to single changes and sequences of two."""


@dataclass(frozen=True, slots=True)
class Network:
    """Two hidden layers with rectifiers per member; the mean of the members' outputs counts."""

    mean: Array
    deviation: Array
    layers: tuple[tuple[Array, Array], ...]
    """(members, inputs, outputs) weights and (members, outputs) biases."""

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Network":
        """From the arrays of the file."""
        count = sum(name.startswith("weight ") for name in stored)
        return cls(
            np.asarray(stored["mean"], dtype=np.float64),
            np.asarray(stored["deviation"], dtype=np.float64),
            tuple(
                (
                    np.asarray(stored[f"weight {number}"], dtype=np.float64),
                    np.asarray(stored[f"bias {number}"], dtype=np.float64),
                )
                for number in range(count)
            ),
        )

    def __call__(self, features: npt.NDArray[Any]) -> tuple[Array, Array]:
        """(N, features) → (N, kinds) probabilities and (N, kinds) levels, both from 0 to 1."""
        values = np.clip((features - self.mean) / self.deviation, -CLIP, CLIP)[np.newaxis]
        for number, (weight, bias) in enumerate(self.layers):
            values = values @ weight + bias[:, np.newaxis]
            if number + 1 < len(self.layers):
                values = np.maximum(values, 0.0)
        output = 1.0 / (1.0 + np.exp(-values.mean(axis=0)))
        kinds = output.shape[1] // 2
        return output[:, :kinds], output[:, kinds:]


def named_rows(probability: Array, further: float = FURTHER) -> list[int]:
    """Indices of the kinds that are named, the most likely first; none where nothing is likely enough."""
    order = np.argsort(-probability, kind="stable")[:MOST]
    return [
        int(kind)
        for place, kind in enumerate(order)
        if probability[kind] >= (FIRST if place == 0 else further)
    ]


@dataclass(frozen=True, slots=True)
class FittedNetwork:
    """The network of the package, the names of what goes in and out, and where it comes from."""

    network: Network
    features: tuple[str, ...]
    kinds: tuple[str, ...]
    provenance: dict[str, Any]


@cache
def fitted_network() -> FittedNetwork:
    """Read once from the package."""
    data = (files("jnd.difference.kinds") / "network.npz").read_bytes()
    with np.load(io.BytesIO(data), allow_pickle=False) as stored:
        return FittedNetwork(
            Network.of(stored),
            tuple(map(str, stored["names"])),
            tuple(map(str, stored["kinds"])),
            json.loads(str(stored["provenance"])),
        )
