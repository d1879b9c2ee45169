"""A feed server that takes pictures, for the tests of senders that are not ours."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.sources.webrtc.sessions import Senders
from exporter.server.feed_server import FeedServer, ServerSettings
from exporter.server.whip import share_routes
from tests.exporter.samples import ABOUT, serving


@pytest.fixture
def senders() -> Iterator[Senders]:
    with Senders() as opened:
        yield opened


@pytest.fixture
def server(senders: Senders, tmp_path: Path) -> Iterator[FeedServer]:
    settings = ServerSettings(port=0, connection_folder=tmp_path)
    with FeedServer(settings, ABOUT, routes=share_routes(senders)) as served:
        yield served


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FeedServer]:
    """A server for all tests of a file: none of them may change it."""
    with serving(tmp_path_factory.mktemp("connection")) as running:
        yield running
