"""Faults in the middle of a session: what was running goes on, or ends loudly; the feed tells the truth."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from agent.errors import ModelError
from models.runtime import load_classifier
from models.weights import EXPRESSION
from tests.paths import ROOT
from tests.program import TOKEN, environment

BROKEN = """
import sys
from agent import pipeline
from agent.__main__ import main
real, calls = pipeline.Analyzer.analyze, []
def analyze(self, frame):
    calls.append(frame)
    if len(calls) > 10:
        raise ZeroDivisionError("a bug")
    return real(self, frame)
pipeline.Analyzer.analyze = analyze
sys.exit(main(["demo", "--no-open", "--port", "0", "--participants", "4"]))
"""


def test_a_bug_in_the_worker_ends_the_feed_and_the_program_with_its_traceback() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", BROKEN],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=environment(),
    )
    assert process.stdout is not None
    port = next(int(line.split(":")[2].split("/")[0]) for line in process.stdout if "Dashboard" in line)
    code, last = asyncio.run(asyncio.wait_for(follow_to_the_end(port), 60))
    _, said = process.communicate(timeout=30)
    assert code == 1001
    assert last["seq"] == 10
    assert process.returncode == 1
    assert "ZeroDivisionError: a bug" in said


async def follow_to_the_end(port: int) -> tuple[int, dict[str, object]]:
    """The close code of a feed, and the last message before it."""
    last: dict[str, object] = {}
    async with connect(f"ws://127.0.0.1:{port}/feed?token={TOKEN}", proxy=None) as feed:
        try:
            while True:
                last = json.loads(await feed.recv())
        except ConnectionClosed as closed:
            assert closed.rcvd is not None
            return closed.rcvd.code, last


def test_a_model_that_is_replaced_under_a_running_agent_changes_nothing_until_the_next_start(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "model"
    shutil.copytree(EXPRESSION, folder)
    crops = np.random.default_rng(1).integers(0, 256, (3, 48, 48, 1), dtype=np.uint8)
    with load_classifier(folder) as classifier:
        before = classifier.classify(crops)
        (folder / classifier.card.file).write_bytes(b"another model")
        np.testing.assert_array_equal(classifier.classify(crops), before)
    with pytest.raises(ModelError, match="altered"):
        load_classifier(folder)
