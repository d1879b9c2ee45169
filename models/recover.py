"""Recovers a checkpoint from a shipped INT8 student, to continue training if its own checkpoint is missing.

The precision lost by quantisation is not recovered. From the previously shipped file, with 0.699 on public,
the recovered network had 0.701 with the mirror image and 0.690 without. The model shipped now is the mean of
that network and of a run that continued from it (``models.average``).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from agent.errors import ModelError
from models.architectures.student import Student
from models.augment import augment
from models.card import load_card, load_weights
from models.checkpoint import save_averaged
from models.data import load
from models.predict import normalise

LAYERS = frozenset({"CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"})
MEASURED_FACES = 4096
"""Number of augmented training faces for measuring mean and variance of each convolution's output."""


def recover(folder: Path, data: Path, out: Path) -> None:
    """Write the student in ``folder`` (with ``model.json``) to ``out`` as a checkpoint.

    Raises ModelError for another architecture, DataError for unfit data.
    """
    card = load_card(folder)
    arch, *others = card.architecture.split(" + ")
    if arch != "student" or set(others) - {arch}:
        raise ModelError(f"{folder} holds {card.architecture!r}: only a student can be recovered")
    network = Student()
    layers = _layers(load_weights(folder, card))
    try:
        for convolution, norm in _pairs(network):
            weight, bias = next(layers)
            convolution.weight.data.copy_(weight.permute(0, 3, 1, 2).reshape(convolution.weight.shape))
            _as_identity(norm, bias)
        weight, bias = next(layers)
        network.head.weight.data.copy_(weight)
        network.head.bias.data.copy_(bias)
    except (StopIteration, RuntimeError) as error:
        raise ModelError(f"{folder}: {card.file} does not have the layers of a {arch}: {error}") from error
    faces = load(data, "train").pixels
    rows = np.random.default_rng(0).permutation(len(faces))[:MEASURED_FACES]
    pixels = augment(torch.from_numpy(faces[rows]).unsqueeze(1), torch.Generator().manual_seed(0), 0.45)
    _measure(network, normalise(pixels))
    save_averaged(out, arch, network)


def _layers(weights: bytes) -> Iterator[tuple[Tensor, Tensor]]:
    """Weight and bias of the convolutions and the linear layer in their order, dequantised to float32."""
    from ai_edge_quantizer.utils import tfl_flatbuffer_utils as flatbuffer

    model: Any = flatbuffer.read_model(weights)
    tensors = model.subgraphs[0].tensors
    for operator in model.subgraphs[0].operators:
        name = str(
            flatbuffer.TFL_OP_CODE_TO_NAME.get(model.operatorCodes[operator.opcodeIndex].builtinCode, "")
        )
        kind = name.rpartition(".")[2]
        if kind in LAYERS:
            weight, bias = (_real(tensors[index], model.buffers) for index in operator.inputs[1:3])
            # A depthwise kernel with one input channel has the shape (1, H, W, out).
            yield (weight.permute(3, 1, 2, 0) if kind == "DEPTHWISE_CONV_2D" else weight), bias


def _real(tensor: Any, buffers: Any) -> Tensor:
    from ai_edge_quantizer.utils import tfl_flatbuffer_utils as flatbuffer

    stored: NDArray[np.generic] = flatbuffer.get_tensor_data(tensor, buffers)
    shape = [1] * stored.ndim
    shape[tensor.quantization.quantizedDimension] = -1
    scale = np.asarray(tensor.quantization.scale).reshape(shape)
    return torch.from_numpy((stored.astype(np.float64) * scale).astype(np.float32))


def _pairs(network: nn.Module) -> Iterator[tuple[nn.Conv2d, nn.BatchNorm2d]]:
    """Each convolution with its following normalisation, in the network's order."""
    layers = [layer for layer in network.modules() if isinstance(layer, (nn.Conv2d, nn.BatchNorm2d))]
    convolutions = [layer for layer in layers if isinstance(layer, nn.Conv2d)]
    norms = [layer for layer in layers if isinstance(layer, nn.BatchNorm2d)]
    yield from zip(convolutions, norms, strict=True)


def _as_identity(norm: nn.BatchNorm2d, bias: Tensor) -> None:
    """Make a normalisation only add ``bias``: conversion has folded its scale into the kernel."""
    norm.weight.data.fill_((1 + norm.eps) ** 0.5)
    norm.bias.data.copy_(bias)


@torch.inference_mode()
def _measure(network: nn.Module, faces: Tensor) -> None:
    """Set each normalisation's mean and variance from its inputs for ``faces``; the outputs stay the same."""
    seen: dict[nn.BatchNorm2d, Tensor] = {}

    def note(norm: nn.BatchNorm2d, answers: Tensor) -> None:
        seen[norm] = torch.stack((answers.mean((0, 2, 3)), answers.var((0, 2, 3))))

    hooks = [
        norm.register_forward_hook(lambda layer, inputs, _: note(layer, inputs[0]))
        for _, norm in _pairs(network)
    ]
    network.eval()(faces)
    for hook in hooks:
        hook.remove()
    for norm, (mean, variance) in seen.items():
        norm.running_mean, norm.running_var = mean.clone(), variance.clone()
        norm.weight.data.copy_((variance + norm.eps).sqrt())
        norm.bias.data.add_(mean)
