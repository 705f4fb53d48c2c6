"""Model ``rnn``: a simple recurrent network (Elman), over patches or over levels.

h_t = tanh(W_x x_t + W_h h_(t-1) + b)   [Elman1990]; tanh in place of his logistic
"""

from typing import Any

import torch
from torch import Tensor, nn

from jnd.learned.curve_labels import CurveDataOptions
from jnd.learned.curve_task import (
    curve_loss,
    curve_metrics,
    export_curves,
    load_curves,
    with_loss,
)
from jnd.learned.curves import CurveBasis
from jnd.learned.level_task import LevelDataOptions, export_levels, level_loss, level_metrics, load_levels
from jnd.learned.recurrence import (
    LevelOptions,
    LevelSequence,
    PatchSequence,
    RecurrentOptions,
    State,
    parameter,
)
from jnd.learned.task import Task


class RnnCell(nn.Module):
    """One step: (B, features) and the state before → the state after."""

    def __init__(self, features: int, hidden: int) -> None:
        super().__init__()
        self.hidden = hidden
        self.from_input = parameter(hidden, features, inputs=hidden)
        self.from_state = parameter(hidden, hidden, inputs=hidden)
        self.bias = nn.Parameter(torch.zeros(hidden))

    def begin(self, like: Tensor) -> State:
        """Zeros."""
        return (like.new_zeros(like.shape[0], self.hidden),)

    def forward(self, features: Tensor, state: State) -> State:
        """(B, features), ((B, hidden),) → ((B, hidden),)."""
        (before,) = state
        return (torch.tanh(features @ self.from_input.T + before @ self.from_state.T + self.bias),)


def _patch_network(options: RecurrentOptions, description: dict[str, Any]) -> nn.Module:
    bases = [CurveBasis.from_json(basis) for basis in description["bases"]]
    cell = RnnCell(options.width, options.hidden)
    return with_loss(PatchSequence(options, cell, len(bases)), bases)


def _level_network(options: LevelOptions, description: dict[str, Any]) -> nn.Module:
    return LevelSequence(options, RnnCell(options.width, options.hidden))


PATCH_TASK = Task(
    name="rnn",
    summary="patches sampled by saliency as a sequence, a simple recurrent network, JND curve per codec",
    data_options=CurveDataOptions,
    network_options=RecurrentOptions,
    load=load_curves,
    network=_patch_network,
    loss=curve_loss,
    metrics=curve_metrics,
    monitor="validation_loss",
    export=export_curves,
)

LEVEL_TASK = Task(
    name="rnn-levels",
    summary="distortion levels as a sequence, a simple recurrent network, noticeable or not per level",
    data_options=LevelDataOptions,
    network_options=LevelOptions,
    load=load_levels,
    network=_level_network,
    loss=level_loss,
    metrics=level_metrics,
    monitor="validation_loss",
    export=export_levels,
)
