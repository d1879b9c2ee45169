"""A feed server that takes pictures, for the tests of senders that are not ours."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.sources.webrtc.sessions import Senders
from exporter.server.feed_server import FeedServer, ServerSettings
from exporter.server.whip import share_routes
from tests.exporter.samples import ABOUT


@pytest.fixture
def senders() -> Iterator[Senders]:
    with Senders() as opened:
        yield opened


@pytest.fixture
def server(senders: Senders, tmp_path: Path) -> Iterator[FeedServer]:
    settings = ServerSettings(port=0, ticket_folder=tmp_path)
    with FeedServer(settings, ABOUT, routes=share_routes(senders)) as served:
        yield served
