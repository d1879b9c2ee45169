"""What holds for every test of the models."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from tests.models.samples import write_data

# Two tests run side by side on two cores: more threads each would wait for one another.
torch.set_num_threads(1)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data set of drawn faces."""
    return write_data(tmp_path_factory.mktemp("data") / "faces.npz")
