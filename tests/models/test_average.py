from __future__ import annotations

from pathlib import Path

import pytest
import torch

from models.__main__ import main
from models.architectures import build
from models.checkpoint import load_averaged, load_checkpoint


def saved(path: Path, arch: str, seed: int) -> Path:
    torch.manual_seed(seed)
    torch.save({"arch": arch, "average": build(arch).state_dict()}, path)
    return path


def test_the_mean_lies_between_both(tmp_path: Path) -> None:
    first, second = saved(tmp_path / "a.pt", "student", 1), saved(tmp_path / "b.pt", "student", 2)
    out = tmp_path / "mean.pt"
    assert main(["average", str(first), str(second), "--share", "0.25", "--out", str(out)]) == 0
    a, b, mean = (load_checkpoint(path)["average"] for path in (first, second, out))
    for key, value in mean.items():
        wanted = 0.75 * a[key] + 0.25 * b[key] if value.is_floating_point() else a[key]
        torch.testing.assert_close(value, wanted)
    load_averaged(out, "student")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.pt", "b.pt", "mean.pt"]


@pytest.mark.parametrize(
    ("second", "share", "said"),
    [
        ("mobilenet", "0.5", "name two of one architecture"),
        ("student", "1.5", "--share must be 0..1, not 1.5"),
        ("student", "nan", "--share must be 0..1, not nan"),
        ("gone", "0.5", "there is no "),
    ],
)
def test_what_cannot_be_averaged_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], second: str, share: str, said: str
) -> None:
    first, other = saved(tmp_path / "a.pt", "student", 1), tmp_path / "b.pt"
    if second != "gone":
        saved(other, second, 2)
    target = tmp_path / "mean.pt"
    assert main(["average", str(first), str(other), "--share", share, "--out", str(target)]) == 2
    assert said in capsys.readouterr().err
    assert not target.exists()
