"""The real feed server for the pages' tests, on a free port, with its connection file in a folder of its
own."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

from agent.values import PolicyName, Snapshot, SourceInfo
from exporter.privacy import PrivacyPolicy
from exporter.protocol.client_commands import ClientCommand
from exporter.protocol.messages import ModelPart
from exporter.server.feed_server import About, FeedServer, ServerSettings

ABOUT = SourceInfo("demo", "a drawn class", 1920, 1080)
MODEL = ModelPart(name="test-model", sha256="0" * 64, input=(48, 48, 1))


class Agent:
    """A feed server as a context manager; ``url`` gives addresses with the token.

    ``commands`` takes what the pages ask for; without it they may ask for nothing.
    """

    def __init__(
        self,
        privacy: PrivacyPolicy | None = None,
        *,
        port: int = 0,
        token: str | None = None,
        source: SourceInfo = ABOUT,
        policy: PolicyName = "none",
        commands: Callable[[ClientCommand], None] | None = None,
    ) -> None:
        self._folder = tempfile.TemporaryDirectory()
        settings = ServerSettings(port=port, token=token, connection_folder=Path(self._folder.name))
        about = About(source, MODEL, privacy or PrivacyPolicy(legal_policy=policy))
        self._server = FeedServer(settings, about, commands=commands)

    @property
    def port(self) -> int:
        return self._server.port

    @property
    def token(self) -> str:
        return self._server.token

    def publish(self, snapshot: Snapshot) -> None:
        self._server.publish(snapshot)

    def publish_earlier(self, snapshot: Snapshot, seconds: float) -> None:
        """Publish a snapshot so many seconds ago, by the hub's clock."""
        hub, before = self._server.hub, self._server.hub.newest
        hub.clock = lambda: time.monotonic() - seconds
        hub.publish(snapshot)
        while hub.newest is before:
            time.sleep(0.002)
        hub.clock = time.monotonic

    def url(self, path: str) -> str:
        """The address of a page, with the token beside the options that the path already has."""
        place, _, options = path.partition("?")
        return self._server.page(place) + (f"&{options}" if options else "")

    def url_once(self, path: str) -> str:
        """The address of a page as a browser is started with it."""
        return self._server.page_once(path)

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._server.close()
        self._folder.cleanup()
