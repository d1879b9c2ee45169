"""What holds for every test of the models."""

from __future__ import annotations

import torch

# Two tests run side by side on two cores: more threads each would wait for one another.
torch.set_num_threads(1)
