"""Inference with an INT8 TFLite classifier; the only module that uses LiteRT.

It imports no training package, so that the agent starts fast.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from agent.errors import ModelError, PictureError
from agent.values import LABELS
from models.card import ModelCard, load_card, load_weights
from models.native import native_output
from models.weights import EXPRESSION

LARGEST = 64
"""Maximum batch size in crops, which bounds memory; more crops are read in several batches."""


class Classifier(Protocol):
    """A classifier of expressions from aligned face crops."""

    @property
    def card(self) -> ModelCard:
        """The model's card: input, labels, temperature, abstention, figures."""

    def classify(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Probabilities (N, 7) in the order of LABELS, rows summing to 1, for crops uint8 (N, 48, 48, 1)."""

    def close(self) -> None:
        """Release the model; idempotent."""


class LiteRTClassifier:
    """A TFLite classifier in LiteRT, INT8 or float; scale and zero point come from its tensors.

    To be used by one thread at a time. Raises ModelError if the file is no TFLite model, or if its input or
    output contradicts its card.
    """

    def __init__(self, card: ModelCard, weights: bytes, threads: int = 1) -> None:
        self._card = card
        self._interpreter: Any = _open(weights, card.file, max(1, min(threads, os.cpu_count() or 1)))
        self._input = self._interpreter.get_input_details()[0]
        self._output = self._interpreter.get_output_details()[0]
        _check_tensor(card, "input", self._input, card.input.shape)
        _check_tensor(card, "output", self._output, (len(LABELS),))
        self._table = _input_table(card, self._input)
        self._batch = 0

    @property
    def card(self) -> ModelCard:
        """The model's card."""
        return self._card

    def classify(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Probabilities float32 (N, 7) in the order of LABELS, rows summing to 1.

        ``crops`` are grey uint8 (N, 48, 48, 1); N may be 0. Raises PictureError for another dtype or shape,
        ModelError after ``close``.
        """
        self._check(crops)
        parts = [self._run(crops[start : start + LARGEST]) for start in range(0, len(crops), LARGEST)]
        if not parts:
            return np.empty((0, len(LABELS)), np.float32)
        return softmax(np.concatenate(parts) / self._card.temperature)

    def close(self) -> None:
        """Release the model; idempotent."""
        self._interpreter = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _check(self, crops: NDArray[np.uint8]) -> None:
        if self._interpreter is None:
            raise ModelError(f"the classifier {self._card.name} is closed; load it again")
        wanted = self._card.input.shape
        if not isinstance(crops, np.ndarray) or crops.dtype != np.uint8 or crops.shape[1:] != wanted:
            got = f"{crops.dtype} {crops.shape}" if isinstance(crops, np.ndarray) else type(crops).__name__
            raise PictureError(f"face crops must be uint8 (N, {', '.join(map(str, wanted))}), got {got}")

    def _run(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Logits of 1 to 64 crops, with the input tensor resized to exactly their number.

        CPU time on one thread, of the model that reads each face and its mirror image (128 million
        multiply-adds): 0.73 to 0.76 ms a face in batches of 2 to 64, 0.78 ms for a single face. Resizing
        takes 9 µs. LiteRT uses XNNPACK by default; without it a face takes 2.5 ms.
        """
        try:
            if len(crops) != self._batch:
                self._interpreter.resize_tensor_input(self._input["index"], crops.shape)
                self._interpreter.allocate_tensors()
                self._batch = len(crops)
            self._interpreter.set_tensor(self._input["index"], self._table[crops])
            self._interpreter.invoke()
        except (RuntimeError, ValueError) as error:
            # The resize may be incomplete: the next call must repeat it.
            self._batch = 0
            raise ModelError(f"{self._card.file} failed on {len(crops)} faces: {error}") from error
        found = self._interpreter.get_tensor(self._output["index"])
        return _real(found, self._output)


def load_classifier(directory: Path | None = None, threads: int = 1) -> LiteRTClassifier:
    """Load the classifier in a folder with ``model.json``; by default the shipped one.

    ``threads`` is limited to the number of cores: with more threads a single face took 6.7 times as long.
    Raises ModelError if card or weights are missing, altered or truncated, or do not match.
    """
    folder = EXPRESSION if directory is None else directory
    card = load_card(folder)
    return LiteRTClassifier(card, load_weights(folder, card), threads)


def softmax(logits: NDArray[np.floating[Any]]) -> NDArray[np.float32]:
    """Logits (N, 7) to probabilities (N, 7)."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: NDArray[np.float32] = (powers / powers.sum(axis=1, keepdims=True)).astype(np.float32)
    return shares


def _open(weights: bytes, name: str, threads: int) -> Any:
    try:
        from ai_edge_litert.interpreter import Interpreter
    except ImportError:
        try:
            from tflite_runtime.interpreter import Interpreter
        except ImportError as error:
            raise ModelError("no TFLite runtime is installed", "pip install ai-edge-litert") from error
    try:
        with native_output():
            interpreter = Interpreter(model_content=weights, num_threads=threads)
            interpreter.allocate_tensors()
    except (ValueError, RuntimeError) as error:
        raise ModelError(
            f"{name} is no TFLite model that runs here: {error}", "restore the file that came with its card"
        ) from error
    return interpreter


def _check_tensor(card: ModelCard, which: str, details: Any, wanted: tuple[int, ...]) -> None:
    shape = tuple(int(side) for side in details["shape"])
    if shape[1:] != wanted:
        raise ModelError(
            f"{card.file}: its {which} is {shape}, but its card says (N, {', '.join(map(str, wanted))})",
            "restore the file that came with the card",
        )
    if details["dtype"] not in (np.int8, np.uint8, np.float32):
        raise ModelError(
            f"{card.file}: its {which} is {details['dtype'].__name__}, not int8, uint8 or float32"
        )


def _input_table(card: ModelCard, details: Any) -> NDArray[Any]:
    """The input tensor's value for each of the 256 grey levels, (256,)."""
    seen = (np.arange(256, dtype=np.float32) - card.input.mean) / card.input.scale
    if details["dtype"] == np.float32:
        return seen
    scale, zero = details["quantization"]
    limits = np.iinfo(details["dtype"])
    quantised: NDArray[Any] = np.clip(np.round(seen / scale + zero), limits.min, limits.max)
    return quantised.astype(details["dtype"])


def _real(values: NDArray[Any], details: Any) -> NDArray[np.float32]:
    if values.dtype == np.float32:
        return values.astype(np.float32)
    scale, zero = details["quantization"]
    real: NDArray[np.float32] = (values.astype(np.float32) - zero) * np.float32(scale)
    return real


def load_tflite(weights: bytes, name: str) -> Callable[[NDArray[Any]], NDArray[Any]]:
    """A TFLite model with one input and one output, as a function of an input (N, ...) of the model's dtype.

    Used to compare other models with this one. Raises ModelError if the model does not run here, or not with
    a batch of N.
    """
    return _runner(_open(weights, name, 1), name)


def load_runner(weights: bytes, name: str) -> Callable[[int], None]:
    """A TFLite model as a function that reads a batch of up to 64 noise inputs, to measure its time."""
    interpreter = _open(weights, name, 1)
    details, run = interpreter.get_input_details()[0], _runner(interpreter, name)
    most = 127 if np.issubdtype(details["dtype"], np.integer) else 1
    noise = np.random.default_rng(0).uniform(0, most, (LARGEST, *details["shape"][1:]))
    inputs = noise.astype(details["dtype"])

    def read(batch: int) -> None:
        run(inputs[:batch])

    return read


def _runner(interpreter: Any, name: str) -> Callable[[NDArray[Any]], NDArray[Any]]:
    given, wanted = interpreter.get_input_details()[0], interpreter.get_output_details()[0]

    def run(batch: NDArray[Any]) -> NDArray[Any]:
        try:
            if batch.shape != tuple(interpreter.get_input_details()[0]["shape"]):
                interpreter.resize_tensor_input(given["index"], batch.shape)
                interpreter.allocate_tensors()
            interpreter.set_tensor(given["index"], batch)
            interpreter.invoke()
        except (RuntimeError, ValueError) as error:
            raise ModelError(f"{name} failed on an input {batch.dtype} {batch.shape}: {error}") from error
        found: NDArray[Any] = interpreter.get_tensor(wanted["index"])
        return found

    return run
