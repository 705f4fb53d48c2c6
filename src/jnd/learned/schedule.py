"""The learning rate over the steps of a training, and the optimisers."""

import math

import torch
from torch import nn

from jnd.learned.config import OptimiserOptions

FACTOR = "rate_factor"
"""Of a group of parameters: its learning rate over the schedule's."""
COSINE_END = 0.01
"""Share of the learning rate that is left at the last step."""


def learning_rate(options: OptimiserOptions, step: int, steps: int) -> float:
    """At ``step`` of ``steps``, from 0.

    >>> [round(learning_rate(OptimiserOptions(learning_rate=1.0), step, 100), 3) for step in (0, 50, 99)]
    [1.0, 0.505, 0.01]
    """
    if step < options.warmup_steps:
        return options.learning_rate * (step + 1) / options.warmup_steps
    progress = (step - options.warmup_steps) / max(steps - options.warmup_steps, 1)
    if options.schedule == "cosine":  # [Loshchilov2017], without restarts
        return options.learning_rate * (
            COSINE_END + (1 - COSINE_END) * (1 + math.cos(math.pi * progress)) / 2
        )
    if options.schedule == "step":
        return options.learning_rate * options.decay ** sum(progress >= share for share in options.milestones)
    return options.learning_rate


def optimiser_of(
    options: OptimiserOptions, network: nn.Module, bias_rate: float = 1.0
) -> torch.optim.Optimizer:
    """The optimiser of a configuration; its learning rates are set anew at each step by :func:`set_rate`.

    ``bias_rate`` multiplies the rate of biases: of everything that is called so in the network.
    """
    named = list(network.named_parameters())
    biases = [] if bias_rate == 1.0 else [value for name, value in named if name.split(".")[-1] == "bias"]
    others = [value for _, value in named if not any(value is bias for bias in biases)]
    parameters = [{"params": others, FACTOR: 1.0}]
    if biases:
        parameters.append({"params": biases, FACTOR: bias_rate})
    if options.name == "adamw":
        return torch.optim.AdamW(parameters, lr=options.learning_rate, weight_decay=options.weight_decay)
    return torch.optim.SGD(
        parameters,
        lr=options.learning_rate,
        momentum=options.momentum,
        nesterov=options.nesterov and options.momentum > 0,
        weight_decay=options.weight_decay,
    )


def set_rate(optimiser: torch.optim.Optimizer, rate: float) -> None:
    """The learning rate of the next step, for each group of parameters by its factor."""
    for group in optimiser.param_groups:
        group["lr"] = rate * group[FACTOR]
