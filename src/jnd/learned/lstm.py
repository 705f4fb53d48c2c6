"""Model ``lstm``: long short-term memory, over patches or over levels.

Gates as in the literature [Hochreiter1997], with the forget gate of [Gers2000] and without peepholes:

f_t = σ(W_f x_t + U_f h_(t-1) + b_f)        forget gate
i_t = σ(W_i x_t + U_i h_(t-1) + b_i)        input gate
g_t = tanh(W_g x_t + U_g h_(t-1) + b_g)     candidate
o_t = σ(W_o x_t + U_o h_(t-1) + b_o)        output gate
c_t = f_t c_(t-1) + i_t g_t,   h_t = o_t tanh(c_t)
"""

import torch
from torch import Tensor, nn

from jnd.learned.curve_task import curve_task
from jnd.learned.level_task import level_task
from jnd.learned.recurrence import PatchSequence, RecurrentOptions, State, parameter

FORGET_BIAS = 1.0
"""The forget gate begins open, so that gradients reach early steps from the start [Gers2000]."""


class Gate(nn.Module):
    """W x + U h + b, before its non-linearity: (B, features), (B, hidden) → (B, hidden)."""

    def __init__(self, features: int, hidden: int, bias: float = 0.0) -> None:
        super().__init__()
        self.from_input = parameter(hidden, features, inputs=hidden)
        self.from_state = parameter(hidden, hidden, inputs=hidden)
        self.bias = nn.Parameter(torch.full((hidden,), bias))

    def forward(self, features: Tensor, before: Tensor) -> Tensor:
        """(B, features), (B, hidden) → (B, hidden)."""
        return features @ self.from_input.T + before @ self.from_state.T + self.bias


class LstmCell(nn.Module):
    """One step: (B, features) and (hidden state, cell state) before → both after."""

    def __init__(self, features: int, hidden: int) -> None:
        super().__init__()
        self.hidden = hidden
        self.forget_gate = Gate(features, hidden, FORGET_BIAS)
        self.input_gate = Gate(features, hidden)
        self.candidate = Gate(features, hidden)
        self.output_gate = Gate(features, hidden)

    def begin(self, like: Tensor) -> State:
        """Zeros."""
        zeros = like.new_zeros(like.shape[0], self.hidden)
        return zeros, zeros

    def forward(self, features: Tensor, state: State) -> State:
        """(B, features), ((B, hidden), (B, hidden)) → ((B, hidden), (B, hidden))."""
        hidden, cell = state
        forget = torch.sigmoid(self.forget_gate(features, hidden))
        admit = torch.sigmoid(self.input_gate(features, hidden))
        candidate = torch.tanh(self.candidate(features, hidden))
        show = torch.sigmoid(self.output_gate(features, hidden))
        cell = forget * cell + admit * candidate
        return show * torch.tanh(cell), cell


def _patch_network(options: RecurrentOptions, codecs: int) -> nn.Module:
    return PatchSequence(options, LstmCell(options.width, options.hidden), codecs)


PATCH_TASK = curve_task(
    "lstm",
    "patches sampled by saliency as a sequence, long short-term memory, JND curve per codec",
    RecurrentOptions,
    _patch_network,
)
LEVEL_TASK = level_task(
    "lstm-levels",
    "distortion levels as a sequence, long short-term memory, noticeable or not per level",
    LstmCell,
)
