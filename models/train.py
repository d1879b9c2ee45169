"""Trains by local SGD: each core trains its own copy, and every few steps the copies are averaged.

On two cores shared with other work, one process with two threads was two to four times slower (126 instead of
34 s an epoch at 32x32), because each operation waits for the slowest thread. Copies that are averaged every 8
steps hardly wait (Lin et al. 2020, "Don't use large mini-batches, use local SGD").

A run's schedule (``models.schedule``) follows its progress through a number of epochs or of minutes.
"""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.distributed as dist
import torch.multiprocessing as mp
import torch.nn.functional as F
from rich.console import Console
from rich.progress import Progress
from torch import Tensor, nn

from agent.errors import ConfigError
from agent.whole_file import whole_file
from models.architectures import build
from models.augment import augment
from models.checkpoint import RUN_KEYS, load_averaged, load_checkpoint, load_teachers
from models.data import load, load_both
from models.predict import normalise, predict, score
from models.schedule import rate_at, side_at
from models.settings import TrainingSettings
from models.targets import label_weights, soft_targets

MEASURED_EVERY = 6
AVERAGE_DECAY = 0.99


def train(settings: TrainingSettings) -> None:
    """Train by ``settings``; writes ``last.pt`` (after each epoch) and ``log.jsonl`` to the folder ``out``.

    Ctrl-C loses the current epoch. Raises DataError, ConfigError or ModelError for unfit data, an unknown
    architecture, an unfit checkpoint, or an ``out`` that already has a run and is not resumed.
    """
    out = Path(settings.out)
    # Loaded here too, because an error in a worker arrives only as text.
    load_both(Path(settings.data))
    load_teachers(settings.teachers)
    if settings.device == "cuda" and not torch.cuda.is_available():
        raise ConfigError("device cuda: PyTorch found no usable GPU; train with --device cpu")
    _begun(settings)
    if settings.resume:
        load_checkpoint(out / "last.pt", settings.arch, RUN_KEYS)
    elif (out / "last.pt").exists():
        raise ConfigError(f"{out} already has a run: continue it with --resume, or choose another --out")
    out.mkdir(parents=True, exist_ok=True)
    (out / "settings.json").write_text(json.dumps(asdict(settings), indent=1), encoding="utf-8")
    rendezvous = out / f"rendezvous-{os.getpid()}"
    try:
        _run(settings, str(rendezvous.resolve()))
    finally:
        # An interrupted progress bar leaves the terminal's cursor hidden.
        Console(stderr=True).show_cursor(True)
        rendezvous.unlink(missing_ok=True)


def _run(settings: TrainingSettings, rendezvous: str) -> None:
    """Run the workers; a single worker runs in this process, which saves the 3 s for starting another."""
    if settings.workers == 1:
        threads = torch.get_num_threads()
        try:
            _work(0, settings, rendezvous)
        finally:
            torch.set_num_threads(threads)
        return
    workers: Any = mp.spawn(  # type: ignore[attr-defined,no-untyped-call]
        _worker, (settings, rendezvous), nprocs=settings.workers, join=False, daemon=True
    )
    try:
        while not workers.join():
            pass
    finally:
        for worker in workers.processes:
            worker.terminate()


def _worker(rank: int, settings: TrainingSettings, rendezvous: str) -> None:
    """Run one of several workers. SIGINT is ignored: the terminal sends it to all, the parent handles it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _work(rank, settings, rendezvous)


def _work(rank: int, settings: TrainingSettings, rendezvous: str) -> None:
    torch.set_num_threads(1)
    dist.init_process_group(
        "gloo", init_method=f"file://{rendezvous}", rank=rank, world_size=settings.workers
    )
    try:
        with Progress(console=Console(stderr=True), disable=rank != 0) as bar:
            Trainer(settings, rank, bar).run()
    finally:
        dist.destroy_process_group()


class Trainer:
    """Trains one copy; rank 0 also keeps the running average, the checkpoints and the log."""

    def __init__(self, settings: TrainingSettings, rank: int, bar: Progress) -> None:
        self.settings, self.rank, self.bar = settings, rank, bar
        self.task = bar.add_task(settings.arch, total=1.0)
        torch.manual_seed(settings.seed)
        self.device = torch.device(settings.device)
        self.model = _begun(settings).to(self.device)
        self.model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.teachers = [teacher.to(self.device) for teacher in load_teachers(settings.teachers)]
        self.optimizer = torch.optim.SGD(
            _decayed(self.model, settings.decay), settings.rate, settings.momentum, nesterov=True
        )
        self.faces = load(Path(settings.data), "train")
        self.pixels = torch.from_numpy(self.faces.pixels).unsqueeze(1)
        self.targets = soft_targets(self.faces, settings.label_share)
        self.weights = label_weights(self.faces.labels, settings.balance)[torch.from_numpy(self.faces.labels)]
        self.generator = torch.Generator().manual_seed(settings.seed * 1000 + rank)
        self.average = {key: value.clone() for key, value in self.model.state_dict().items()}
        self.step = self.syncs = 0
        self.elapsed = 0.0
        self.measured: list[float] = []
        if settings.resume:
            self._load(Path(settings.out) / "last.pt")

    def run(self) -> None:
        """Train until the progress reaches 1; rank 0 reports and saves each epoch."""
        steps = max(len(self.faces) // self.settings.workers // self.settings.batch, 1)
        before, start = self.elapsed, time.monotonic()
        progress = self._agree(self._progress(steps))
        while progress < 1:
            epoch, losses = self.step // steps, []
            for rows in self._batches(epoch, steps, self.step % steps):
                losses.append(self._learn(rows, progress))
                self.step += 1
                self.elapsed = before + time.monotonic() - start
                if self.step % self.settings.period == 0:
                    progress = self._agree(self._progress(steps))
                    if progress >= 1:
                        break
            if self.rank == 0:
                # The mean over the steps done: a run may begin or end within an epoch.
                self._report(epoch, progress, float(np.mean(losses)))

    def _progress(self, steps: int) -> float:
        """The run's progress, 0..1; 1 also if ``patience`` is exceeded without improvement."""
        patience, measured = self.settings.patience, self.measured
        if patience and len(measured) > patience and max(measured[:-patience]) >= max(measured[-patience:]):
            return 1.0
        if self.settings.minutes:
            return self.elapsed / 60 / self.settings.minutes
        return self.step / (steps * self.settings.epochs)

    def _batches(self, epoch: int, steps: int, skip: int) -> Iterator[Tensor]:
        order = np.random.default_rng((self.settings.seed, epoch)).permutation(len(self.faces))
        mine = torch.from_numpy(order[self.rank :: self.settings.workers])
        for step in range(skip, steps):
            yield mine[step * self.settings.batch : (step + 1) * self.settings.batch]

    def _learn(self, rows: Tensor, progress: float) -> float:
        self.model.train()
        faces = normalise(augment(self.pixels[rows], self.generator, self.settings.realism))
        faces, targets = self._mixed(faces, self.targets[rows])
        side = side_at(progress)
        if side != faces.shape[2]:
            faces = F.interpolate(faces, size=(side, side), mode="bilinear", antialias=True)
        for group in self.optimizer.param_groups:
            group["lr"] = self.settings.rate * rate_at(progress)
        faces = faces.to(self.device, memory_format=torch.channels_last)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.settings.bfloat16):
            logits = self.model(faces)
            targets = self._taught(faces, targets.to(self.device))
        losses = F.cross_entropy(logits.float(), targets, reduction="none")
        loss = (losses * self.weights[rows].to(self.device)).mean()
        self.optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        self.optimizer.step()
        return float(loss.detach())

    def _mixed(self, faces: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """Blend faces and targets with those of other rows (Zhang et al. 2018, "mixup")."""
        if not self.settings.mixup:
            return faces, targets
        seed = (self.settings.seed, self.rank, self.step)
        share = float(np.random.default_rng(seed).beta(self.settings.mixup, self.settings.mixup))
        share = max(share, 1 - share)
        order = torch.randperm(len(faces), generator=self.generator)
        return torch.lerp(faces[order], faces, share), torch.lerp(targets[order], targets, share)

    def _taught(self, faces: Tensor, targets: Tensor) -> Tensor:
        """Mix the targets with the teachers' outputs for the same augmented faces.

        A teacher that sees the same input as the student is consistent (Beyer et al. 2022, "Knowledge
        distillation: a good teacher is patient and consistent").
        """
        if not self.teachers:
            return targets
        with torch.no_grad():
            answers = torch.stack([teacher(faces).float().softmax(1) for teacher in self.teachers]).mean(0)
        return torch.lerp(targets, answers, self.settings.teacher_share)

    def _agree(self, progress: float) -> float:
        """Average the weights of all copies, and return the progress of rank 0, which all copies use."""
        values = [value for value in self.model.state_dict().values() if value.is_floating_point()]
        mine = torch.tensor([progress * self.settings.workers if self.rank == 0 else 0.0])
        # gloo reduces in main memory, whatever the device.
        flat = torch.cat([value.flatten().cpu() for value in values] + [mine])
        dist.all_reduce(flat)
        flat /= self.settings.workers
        start = 0
        for value in values:
            value.copy_(flat[start : start + value.numel()].view_as(value))
            start += value.numel()
        self.syncs += 1
        if self.rank == 0:
            self._follow()
        self.bar.update(self.task, completed=float(flat[-1]))
        return float(flat[-1])

    def _follow(self) -> None:
        """Update the running average of the weights, with a faster decay during the first averages."""
        share = 1 - min(AVERAGE_DECAY, self.syncs / (self.syncs + 10))
        for key, value in self.model.state_dict().items():
            if value.is_floating_point():
                self.average[key].lerp_(value, share)

    def _report(self, epoch: int, progress: float, loss: float) -> None:
        line = {
            "epoch": epoch,
            "progress": round(progress, 4),
            "minutes": round(self.elapsed / 60, 2),
            "loss": loss,
        }
        if epoch % MEASURED_EVERY == MEASURED_EVERY - 1 or progress >= 1:
            public = load(Path(self.settings.data), "public")
            averaged = build(self.settings.arch)
            averaged.load_state_dict(self.average)
            found = score(predict(averaged, public), public)
            self.measured.append(found["accuracy"])
            line |= found
            self.bar.console.print(f"epoch {epoch}: accuracy on public {found['accuracy']:.4f}")
        self.bar.update(self.task, completed=progress, description=f"epoch {epoch}, loss {loss:.3f}")
        with (Path(self.settings.out) / "log.jsonl").open("a", encoding="utf-8") as log:
            log.write(json.dumps(line) + "\n")
        self._save(Path(self.settings.out) / "last.pt")

    def _save(self, path: Path) -> None:
        state = {
            "arch": self.settings.arch,
            "model": self.model.state_dict(),
            "average": self.average,
            "optimizer": self.optimizer.state_dict(),
            "step": self.step,
            "syncs": self.syncs,
            "elapsed": self.elapsed,
            "measured": self.measured,
        }
        with whole_file(path, 0o666) as partial:
            torch.save(state, partial)

    def _load(self, path: Path) -> None:
        state = load_checkpoint(path, self.settings.arch, RUN_KEYS)
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.average = {key: value.to(self.device) for key, value in state["average"].items()}
        self.step, self.syncs, self.elapsed = state["step"], state["syncs"], state["elapsed"]
        self.measured = state["measured"]
        # Otherwise a resumed run would repeat the random augmentation of its first epochs.
        self.generator.manual_seed(self.settings.seed * 1000 + self.rank + 7919 * self.step)


def _begun(settings: TrainingSettings) -> nn.Module:
    """The initial network of a run: untrained, or with the averaged weights of ``start``."""
    if not settings.start or settings.resume:
        return build(settings.arch)
    return load_averaged(Path(settings.start), settings.arch)[0].requires_grad_(True)


def _decayed(model: nn.Module, decay: float) -> list[dict[str, object]]:
    """Parameter groups with weight decay for kernels, not for normalisation and bias (He et al. 2019)."""
    kernels = [p for p in model.parameters() if p.ndim > 1]
    others = [p for p in model.parameters() if p.ndim <= 1]
    return [{"params": kernels, "weight_decay": decay}, {"params": others, "weight_decay": 0.0}]
