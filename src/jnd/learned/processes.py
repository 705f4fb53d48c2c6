"""Training in several processes, started by torchrun: each takes a part of every batch, gradients are summed.

Without torchrun there is one process, and nothing here does anything.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, distributed, nn


@dataclass(frozen=True, slots=True)
class Processes:
    """Which process of how many this is."""

    rank: int = 0
    count: int = 1

    @property
    def first(self) -> bool:
        """Whether this process writes files and reports."""
        return self.rank == 0

    def part(self, indices: Sequence[int]) -> list[int]:
        """The part of a batch that this process takes; it may be empty."""
        return list(indices[self.rank :: self.count])

    def same_start(self, network: nn.Module) -> None:
        """Give every process the weights and statistics of the first."""
        if self.count > 1:
            for tensor in network.state_dict().values():
                distributed.broadcast(tensor, 0)

    def summed(self, value: Tensor) -> Tensor:
        """The sum over processes."""
        if self.count > 1:
            value = value.clone()
            distributed.all_reduce(value)
        return value

    def sum_gradients(self, network: nn.Module) -> None:
        """Replace every gradient by its sum over processes, in one message."""
        if self.count == 1:
            return
        parameters = [parameter for parameter in network.parameters() if parameter.requires_grad]
        for parameter in parameters:
            if parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
        gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
        flat = torch.cat([gradient.flatten() for gradient in gradients])
        distributed.all_reduce(flat)
        for gradient, part in zip(gradients, torch.split(flat, [g.numel() for g in gradients]), strict=True):
            gradient.copy_(part.view_as(gradient))

    def wait(self) -> None:
        """Until all processes are here."""
        if self.count > 1:
            distributed.barrier()


@contextmanager
def started_processes(device: torch.device) -> Iterator[Processes]:
    """Join the processes that torchrun started (it sets WORLD_SIZE), for as long as the block runs."""
    count = int(os.environ.get("WORLD_SIZE", "1"))
    if count == 1:
        yield Processes()
        return
    distributed.init_process_group("nccl" if device.type == "cuda" else "gloo")
    try:
        yield Processes(distributed.get_rank(), count)
    finally:
        distributed.destroy_process_group()
