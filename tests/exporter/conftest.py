"""A feed server that takes pictures, for the tests of senders that are not ours."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.sources.senders import Senders
from exporter.server import FeedServer, Settings
from exporter.whip import share_routes
from tests.exporter.samples import ABOUT


@pytest.fixture
def senders() -> Iterator[Senders]:
    with Senders() as opened:
        yield opened


@pytest.fixture
def server(senders: Senders, tmp_path: Path) -> Iterator[FeedServer]:
    settings = Settings(port=0, ticket_folder=tmp_path)
    with FeedServer(settings, ABOUT, routes=share_routes(senders)) as served:
        yield served
