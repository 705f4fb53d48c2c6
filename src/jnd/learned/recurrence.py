"""Recurrent cells unrolled step by step, and the two ways in which models ``rnn`` and ``lstm`` read a picture.

*Patches*: the patches of a picture, in reading order, are the time steps; the last state gives the parameters of the
JND curves. *Levels*: the distortion levels of a codec are the time steps; each step sees features of the reference
and of what that level changes, and says whether people notice.
"""

import math
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor, nn

from jnd.learned.cnn import BandEnergies, CnnOptions, CurveHead, PatchFeatures, block_statistics, opponent

State = tuple[Tensor, ...]
"""Tensors (B, hidden); the first is what a step gives out."""


@dataclass(frozen=True, slots=True)
class RecurrentOptions(CnnOptions):
    """``[network]`` of the models that read patches as a sequence."""

    hidden: int = 32
    truncation: int = 10
    """Steps that gradients travel back; 0 is all the way."""


class Cell(Protocol):
    """One step of a recurrence."""

    hidden: int

    def begin(self, like: Tensor) -> State:
        """The state before the first step, for inputs like this (B, features)."""
        ...

    def __call__(self, features: Tensor, state: State) -> State:
        """The state after a step that saw (B, features)."""
        ...


def unroll(cell: Cell, sequence: Tensor, truncation: int = 0) -> Tensor:
    """Run a cell over a sequence, one step after the other.

    Truncated back-propagation through time [Werbos1990, Williams1990]: every ``truncation`` steps the state goes on
    as a number without a history, so a gradient crosses at most ``truncation`` steps. What is computed does not
    change.

    Parameters
    ----------
    sequence : (T, B, features).

    Returns
    -------
    (T, B, hidden).
    """
    state = cell.begin(sequence[0])
    given_out = []
    for step in range(sequence.shape[0]):
        if truncation and step and step % truncation == 0:
            state = tuple(tensor.detach() for tensor in state)
        state = cell(sequence[step], state)
        given_out.append(state[0])
    return torch.stack(given_out)


class PatchSequence(nn.Module):
    """Patches as time steps → parameters of the JND curves; in and out as :class:`jnd.learned.cnn.Cnn`."""

    def __init__(self, options: RecurrentOptions, cell: Cell, codecs: int) -> None:
        super().__init__()
        self.options = options
        self.patch_features = PatchFeatures(options)
        self.cell = cell
        features = options.hidden + 4 * self.patch_features.channels
        self.head = CurveHead(features, 2 * options.width, codecs, options.dropout)

    def forward(self, patches: Tensor) -> tuple[Tensor, Tensor]:
        """(B, P, S, S, 3) → (B, codecs, components + 1), (B, channels)."""
        batch, count, size = patches.shape[0], patches.shape[1], patches.shape[2]
        embedding, blocks = self.patch_features(patches.reshape(batch * count, size, size, 3))
        sequence = embedding.reshape(batch, count, -1).transpose(0, 1)  # (P, B, width)
        last = unroll(self.cell, sequence, self.options.truncation if self.training else 0)[-1]  # (B, hidden)
        statistics, mean = block_statistics(blocks.reshape(batch, count, -1))
        return self.head(torch.cat([last, statistics], dim=1)), mean


@dataclass(frozen=True, slots=True)
class LevelOptions:
    """``[network]`` of the models that read levels as a sequence."""

    patches: int = 8
    patch_size: int = 32
    levels: int = 12
    """Time steps: so many levels of the codec's axis."""
    last_share: float = 0.7
    """Of the axis that they cover, from the best quality on."""
    filters: int = 12
    width: int = 24
    hidden: int = 24
    truncation: int = 6


class LevelSequence(nn.Module):
    """Reference and distortion levels → probability that people notice, per level, never falling.

    Each step adds a hazard of at least 0: noticed(t) = 1 - exp(-(h₁ + … + h_t)). So the answer is monotone by
    construction, as in survival analysis, where ``level`` is the time and noticing the event.
    """

    def __init__(self, options: LevelOptions, cell: Cell) -> None:
        super().__init__()
        self.options = options
        self.energies = BandEnergies(options.filters)
        channels = self.energies.channels
        self.normalise = nn.BatchNorm1d(2 * channels)
        self.embedding = nn.Sequential(nn.Linear(4 * channels, options.width), nn.ReLU())
        self.cell = cell
        self.hazard = nn.Linear(options.hidden, 1)
        nn.init.constant_(self.hazard.bias, -2.0)

    def forward(self, reference: Tensor, distorted: Tensor) -> Tensor:
        """Patches of the reference and of each level → probability that people notice.

        Parameters
        ----------
        reference : (B, P, S, S, 3) sRGB code values.
        distorted : (B, T, P, S, S, 3) the same places, from the best to the worst level.

        Returns
        -------
        (B, T), non-decreasing along T.
        """
        noticed: Tensor = 1 - torch.exp(-self.cumulative_hazard(reference, distorted))
        return noticed

    def cumulative_hazard(self, reference: Tensor, distorted: Tensor) -> Tensor:
        """(B, T), 0 and more, non-decreasing; arguments as :meth:`forward`."""
        batch, steps, count, size = distorted.shape[:4]
        original = opponent(reference.reshape(-1, size, size, 3))  # (B P, 3, S, S)
        change = opponent((distorted - reference[:, None]).reshape(-1, size, size, 3)) + _GREY.to(distorted)
        masking = self.energies(original).mean(dim=(2, 3)).reshape(batch, 1, count, -1)
        error = self.energies(change).mean(dim=(2, 3)).reshape(batch, steps, count, -1)
        both = torch.cat([masking.expand_as(error), error], dim=-1)  # (B, T, P, 2 C)
        both = self.normalise(both.reshape(-1, both.shape[-1])).reshape(both.shape)
        pooled = torch.cat([both.mean(dim=2), both.amax(dim=2)], dim=-1)  # (B, T, 4 C)
        sequence = self.embedding(pooled).transpose(0, 1)  # (T, B, width)
        states = unroll(self.cell, sequence, self.options.truncation if self.training else 0)
        hazard = nn.functional.softplus(self.hazard(states)).squeeze(-1)  # (T, B)
        return hazard.cumsum(dim=0).transpose(0, 1)


_GREY = torch.tensor([0.5, 0.0, 0.0]).reshape(1, 3, 1, 1)
"""What :func:`jnd.learned.cnn.opponent` takes off the luma, which a difference does not have."""


def parameter(*shape: int, inputs: int) -> nn.Parameter:
    """Weights drawn evenly within ±1 / √inputs, as usual for recurrent layers."""
    bound = 1 / math.sqrt(inputs)
    return nn.Parameter(torch.empty(*shape).uniform_(-bound, bound))
