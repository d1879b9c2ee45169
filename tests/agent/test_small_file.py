"""Files that a user names are read, but nothing that has no end or that waits."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from agent.configuration.loading import load_config
from agent.errors import ConfigError
from agent.privacy.consent_list import load_consent_list
from agent.small_file import MOST_BYTES, read_small

posix = pytest.mark.skipif(os.name != "posix", reason="pipes and devices of POSIX")


def test_a_file_is_read_up_to_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"x" * MOST_BYTES)
    assert len(read_small(path)) == MOST_BYTES
    path.write_bytes(b"x" * (MOST_BYTES + 1))
    with pytest.raises(OSError, match="it has more than 1 MB"):
        read_small(path)


def test_the_null_device_is_an_empty_file() -> None:
    assert read_small(Path(os.devnull)) == b""


@posix
def test_a_configuration_or_list_that_never_ends_is_refused(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (pipe, Path("/dev/zero")):
        with pytest.raises(ConfigError, match=r"cannot be read \(it is a device or pipe, not a file\)"):
            load_config(path)
        with pytest.raises(ConfigError, match=r"cannot be read \(it is a device or pipe, not a file\)"):
            load_consent_list(path)
