"""Runs the program as its user does: another process, its output, its exit code."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from websockets.asyncio.client import connect

from tests.paths import ROOT

TOKEN = "0123456789abcdef0123456789abcdef"  # noqa: S105 - guards nothing but a test's own feed


def environment(**extra: str) -> dict[str, str]:
    """This process's environment with a known token and no settings of the person who runs the tests."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("READTHEROOM_")}
    # The audit log of whoever runs the tests is none of theirs.
    own = {"READTHEROOM_TOKEN": TOKEN, "READTHEROOM_RECORD_AUDIT": "false", "PYTHONUNBUFFERED": "1"}
    return {**clean, **own, **extra}


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "agent", *arguments]


def call(*arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    return subprocess.run(
        command(*arguments),
        check=False,
        capture_output=True,
        text=True,
        timeout=90,
        cwd=ROOT,
        env=environment(**extra),
    )


@contextmanager
def running(*arguments: str, **extra: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """The live program on a free port: the process and that port; killed at the end if it still runs."""
    process = subprocess.Popen(
        command(*arguments, "--port", "0"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=ROOT,
        env=environment(**extra),
    )
    try:
        assert process.stdout is not None
        seen = []
        for line in process.stdout:
            seen.append(line)
            if line.startswith("Dashboard"):
                yield process, int(line.split(":")[2].split("/")[0])
                return
        raise AssertionError("the program ended early:\n" + "".join(seen))
    finally:
        process.kill()
        process.wait(timeout=30)
        if process.stdout is not None:
            process.stdout.close()


def follow(port: int, enough: Callable[[dict[str, Any]], bool], most: int = 200) -> list[dict[str, Any]]:
    """Follow the feed, acknowledging, until ``enough`` of a room message; hello is the first of the list."""

    async def read() -> list[dict[str, Any]]:
        messages: list[dict[str, Any]] = []
        async with connect(f"ws://127.0.0.1:{port}/feed?ack=1&token={TOKEN}") as feed:
            async for text in feed:
                message = json.loads(text)
                messages.append(message)
                if message["type"] == "room":
                    if enough(message) or len(messages) > most:
                        break
                    await feed.send(json.dumps({"type": "ack", "seq": message["seq"]}))
        return messages

    return asyncio.run(asyncio.wait_for(read(), 60))
