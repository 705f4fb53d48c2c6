"""Model ``rnn``: a simple recurrent network (Elman), over patches or over levels.

h_t = tanh(W_x x_t + W_h h_(t-1) + b)   [Elman1990]; tanh in place of his logistic
"""

import torch
from torch import Tensor, nn

from jnd.learned.curve_task import curve_task
from jnd.learned.level_task import level_task
from jnd.learned.recurrence import PatchSequence, RecurrentOptions, State, parameter


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


def _patch_network(options: RecurrentOptions, codecs: int) -> nn.Module:
    return PatchSequence(options, RnnCell(options.width, options.hidden), codecs)


PATCH_TASK = curve_task(
    "rnn",
    "patches sampled by saliency as a sequence, a simple recurrent network, JND curve per codec",
    RecurrentOptions,
    _patch_network,
)
LEVEL_TASK = level_task(
    "rnn-levels",
    "distortion levels as a sequence, a simple recurrent network, noticeable or not per level",
    RnnCell,
)
