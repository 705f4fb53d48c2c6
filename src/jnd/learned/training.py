"""The training loop: in goes a configuration, out come events, at the end a model file.

The same configuration gives the same weights on the same machine and number of processes: everything random hangs
on the seed and the step alone, so a training that was killed and continued ends where it would have ended.
"""

import math
import os
import platform
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import nn

from jnd.errors import ConfigurationError, TrainingStoppedError
from jnd.learned import task_named
from jnd.learned.checkpoint import load_checkpoint, save_checkpoint
from jnd.learned.config import TaskOf, TrainConfig
from jnd.learned.export_onnx import export_onnx
from jnd.learned.processes import Processes, started_processes
from jnd.learned.schedule import learning_rate, optimiser_of, set_rate
from jnd.learned.task import Batch, Task, TaskData
from jnd.learned.training_events import Began, EpochDone, Row, StepDone, Trained, TrainingEvent
from jnd.learned.training_log import TensorBoard, write_csv
from jnd.picture import remove_abandoned_parts


@dataclass(slots=True)
class _Run:
    """What changes during a training; all of it is in a checkpoint."""

    step: int = 0
    seconds: float = 0.0
    loss_sum: float = 0.0
    """Over the steps of the epoch so far."""
    history: list[Row] = field(default_factory=list)
    best: Row | None = None
    best_weights: dict[str, Any] | None = None
    epochs_without: int = 0


def train(
    config: TrainConfig, *, resume: bool = True, task_of: TaskOf | None = None
) -> Iterator[TrainingEvent]:
    """Train as ``config`` says; go on from its last checkpoint where there is one.

    ``task_of`` is where models are looked up, as in :func:`jnd.learned.config.read_config`.
    Writes to ``config.output``: ``checkpoint.pt``, ``log.csv``, at the end ``model.onnx``.

    Raises
    ------
    CheckpointError
        A checkpoint of another model, configuration or version lies there (``resume`` False ignores it).
    TrainingStoppedError
        The loss is no longer a number, or a checkpoint cannot be written.
    UnusableAnswersError, ConfigurationError
        Data that cannot be trained on.
    """
    device = _device(config)
    if config.training.threads:
        torch.set_num_threads(config.training.threads)
    task = (task_of or task_named)(config.model)
    config.output.mkdir(parents=True, exist_ok=True)
    remove_abandoned_parts(config.output)
    with started_processes(device) as processes:
        yield from _Training(config, task, device, processes).events(resume=resume)


def _device(config: TrainConfig) -> torch.device:
    wanted = config.training.device
    if wanted == "cuda" and not torch.cuda.is_available():
        raise ConfigurationError('training.device is "cuda", but PyTorch sees no GPU; use "auto" or "cpu"')
    if wanted == "cpu" or not torch.cuda.is_available():
        return torch.device("cpu")
    return torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))


class _Training:
    def __init__(self, config: TrainConfig, task: Task, device: torch.device, processes: Processes) -> None:
        self.config, self.task, self.device, self.processes = config, task, device, processes
        self.data: TaskData = task.load(config.data, config.network)
        if not len(self.data.training) or not len(self.data.validation):
            raise ConfigurationError(
                f"{len(self.data.training)} pictures to train on and {len(self.data.validation)} to validate with; "
                "both must be at least 1: name more labels in [data], or fewer folds"
            )
        torch.manual_seed(config.seed)
        self.network = task.network(config.network, self.data.description).to(device)
        processes.same_start(self.network)
        self.optimiser = optimiser_of(config.optimiser, self.network, task.bias_rate)
        self.batches = -(-len(self.data.training) // config.training.batch_size)
        self.steps = self.batches * config.training.epochs
        self.run = _Run()
        self.half = _mixed_precision(config, device)
        self.scaler = torch.amp.GradScaler(device.type, enabled=self.half == torch.float16)

    def events(self, *, resume: bool) -> Iterator[TrainingEvent]:
        resumed_at = self._resume() if resume else None
        yield Began(
            len(self.data.training),
            len(self.data.validation),
            self.data.skipped,
            sum(parameter.numel() for parameter in self.network.parameters()),
            self.config.training.epochs,
            resumed_at,
            str(self.device) + (f", {self.half}" if self.half else ""),
            self.processes.count,
        )
        board = (
            TensorBoard(self.config.output / "tensorboard")
            if self.config.training.tensorboard and self.processes.first
            else None
        )
        begin, begin_step = time.monotonic(), self.run.step
        already, saved_at = self.run.seconds, begin
        patience = self.config.training.patience
        while self.run.step < self.steps and not (patience and self.run.epochs_without >= patience):
            self._step()
            now = time.monotonic()
            self.run.seconds = already + now - begin
            left = (now - begin) / (self.run.step - begin_step) * (self.steps - self.run.step)
            yield StepDone(self.run.step, self.steps, left)
            if self.run.step % self.batches == 0:
                best = self._end_epoch()
                yield EpochDone(self.run.history[-1], best)
                self._save()
                if self.processes.first:
                    write_csv(self.config.output / "log.csv", self.run.history)
                    if board is not None:
                        board.add(self.run.history[-1])
                saved_at = now
            elif self._agreed(now - saved_at > self.config.training.checkpoint_seconds):
                self._save()
                saved_at = now
        yield self._finish()

    def _step(self) -> None:
        run, training = self.run, self.config.training
        epoch, position = divmod(run.step, self.batches)
        order = np.random.default_rng([self.config.seed, epoch]).permutation(len(self.data.training))
        batch = order[position * training.batch_size : (position + 1) * training.batch_size].tolist()
        part = self.processes.part(batch)
        set_rate(self.optimiser, learning_rate(self.config.optimiser, run.step, self.steps))
        self.network.train()
        self.optimiser.zero_grad(set_to_none=True)
        # Everything random in this step comes from these two, so that a continued training needs no other state.
        seed = np.random.SeedSequence([self.config.seed, run.step, self.processes.rank])
        torch.manual_seed(int(seed.generate_state(1)[0]))
        share = len(part) / len(batch)
        loss = torch.zeros((), device=self.device)
        if part:
            tensors = self._on_device(self.data.training.batch(part, np.random.default_rng(seed)))
            with torch.autocast(self.device.type, dtype=self.half, enabled=self.half is not None):
                loss = self.task.loss(self.network, tensors) * share
            self.scaler.scale(loss).backward()  # type: ignore[no-untyped-call]
        total = float(self.processes.summed(loss.detach()))
        if not math.isfinite(total):
            self._stop_at_nan(total, epoch, batch)
        self.scaler.unscale_(self.optimiser)
        self.processes.sum_gradients(self.network)
        if self.config.optimiser.clip_norm > 0:
            nn.utils.clip_grad_norm_(self.network.parameters(), self.config.optimiser.clip_norm)
        self.scaler.step(self.optimiser)
        self.scaler.update()
        run.step += 1
        run.loss_sum += total

    def _stop_at_nan(self, total: float, epoch: int, batch: list[int]) -> None:
        names = self.data.training.names(batch)
        shown = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
        last = f"epoch {int(self.run.history[-1]['epoch'])}" if self.run.history else "no epoch yet"
        raise TrainingStoppedError(
            f"the loss is {total} at step {self.run.step} (epoch {epoch + 1}, pictures {shown}). Nothing of this step "
            f"was kept; the last good state ({last}) is in {self.config.output}. A smaller optimiser.learning_rate "
            "or optimiser.clip_norm usually helps"
        )

    def _end_epoch(self) -> bool:
        run = self.run
        self.processes.same_start(self.network)  # running statistics differ between processes
        self.network.eval()
        with torch.no_grad():
            metrics = self.task.metrics(self.network, self.data.validation)
        row: Row = {
            "epoch": run.step // self.batches,
            "step": run.step,
            "seconds": run.seconds,
            "learning_rate": learning_rate(self.config.optimiser, run.step - 1, self.steps),
            "training_loss": run.loss_sum / self.batches,
            **metrics,
        }
        monitor = self.task.monitor
        if not math.isfinite(row[monitor]):
            raise TrainingStoppedError(
                f"{monitor} is {row[monitor]} after epoch {row['epoch']:g}; the checkpoint before is in "
                f"{self.config.output}. A smaller optimiser.learning_rate usually helps"
            )
        best = run.best is None or row[monitor] < run.best[monitor]
        if best:
            run.best = row
            run.best_weights = {k: v.detach().cpu().clone() for k, v in self.network.state_dict().items()}
        run.epochs_without = 0 if best else run.epochs_without + 1
        run.history.append(row)
        run.loss_sum = 0.0
        return best

    def _finish(self) -> Trained:
        run = self.run
        assert run.best is not None and run.best_weights is not None
        model_file = self.config.output / "model.onnx"
        if self.processes.first:
            self.network.load_state_dict(run.best_weights)
            graph = self.task.export(self.network.cpu().eval(), self.data, self.config.network)
            export_onnx(graph, model_file, self._metadata())
        self.processes.wait()
        early = run.step < self.steps
        return Trained(model_file, run.best, early, run.seconds)

    def _metadata(self) -> dict[str, Any]:
        import jnd

        return {
            "model": self.config.model,
            "licence": self.config.provenance.licence,
            "provenance": self.config.provenance.data,
            "recipe": {
                "configuration": self.config.to_json(),
                "hardware": _hardware(self.device),
                "processes": self.processes.count,
                "hours": round(self.run.seconds / 3600, 4),
                "epochs": len(self.run.history),
                "training_examples": len(self.data.training),
                "validation_examples": len(self.data.validation),
                "validation": self.run.best,
                "versions": {"jnd": jnd.__version__, "torch": torch.__version__},
            },
        }

    def _save(self) -> None:
        if self.processes.first:
            run = self.run
            save_checkpoint(
                self.config,
                {
                    "network": self.network.state_dict(),
                    "optimiser": self.optimiser.state_dict(),
                    "scaler": self.scaler.state_dict(),
                    "run": {name: getattr(run, name) for name in _Run.__slots__},
                },
            )
        self.processes.wait()

    def _resume(self) -> int | None:
        state = load_checkpoint(self.config)
        if state is None:
            return None
        self.network.load_state_dict(state["network"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.scaler.load_state_dict(state["scaler"])
        self.run = _Run(**state["run"])
        return self.run.step

    def _agreed(self, wish: bool) -> bool:
        """The first process decides for all."""
        if self.processes.count == 1:
            return wish
        mine = torch.tensor(float(wish and self.processes.first), device=self.device)
        return bool(self.processes.summed(mine) > 0)

    def _on_device(self, batch: Batch) -> Batch:
        return {name: tensor.to(self.device, non_blocking=True) for name, tensor in batch.items()}


def _mixed_precision(config: TrainConfig, device: torch.device) -> torch.dtype | None:
    if not config.training.mixed_precision or device.type != "cuda":
        return None
    return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16


def _hardware(device: torch.device) -> str:
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"{platform.machine()} CPU, {torch.get_num_threads()} threads, {platform.system()}"
