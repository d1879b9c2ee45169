"""One-time tokens: a browser is started with an address that opens a page once.

All users of the machine can read command lines, so the session token must not be on one. A one-time token is
valid for one minute and one visit, which is redirected to the page's address with the session token.
"""

from __future__ import annotations

import json
import secrets
import threading
import time
import urllib.request
from collections.abc import Callable

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from agent.errors import FeedError
from exporter.access.tls_trust import ssl_context_for
from exporter.access.token import ConnectionInfo

GOOD_FOR = 60.0
"""Seconds that a one-time token is valid; a browser takes a while to start on a slow machine."""
MOST = 32
"""Maximum number of valid one-time tokens; issuing more invalidates the oldest."""
TIMEOUT = 3.0
"""Maximum seconds to wait for an agent to issue a one-time token; a window is blocked meanwhile."""


class OneTimeTokens:
    """Issues and redeems one-time tokens; thread-safe. ``clock`` gives monotonic seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._ends: dict[str, float] = {}

    def issue(self) -> str:
        """Create a one-time token."""
        one = secrets.token_urlsafe(24)
        with self._lock:
            self._ends[one] = self._clock() + GOOD_FOR
            while len(self._ends) > MOST:
                del self._ends[next(iter(self._ends))]
        return one

    def redeem(self, one: str) -> bool:
        """Whether the one-time token is valid; each can be redeemed once."""
        with self._lock:
            end = self._ends.pop(one, None)
        return end is not None and self._clock() < end


def one_time_token_route(one_time_tokens: OneTimeTokens) -> Route:
    """The route ``POST /pass``: gives a one-time token to programs that have the session token."""

    async def give(_: Request) -> Response:
        return Response(msgspec.json.encode({"pass": one_time_tokens.issue()}), media_type="application/json")

    return Route("/pass", give, methods=["POST"])


def opened_once(page: str, info: ConnectionInfo) -> str:
    """The address ``page`` with a one-time token in place of the session token.

    Unchanged if the agent issues none: without a running agent the session token is useless to others.
    """
    one = ask_for_one_time_token(info)
    return page if one is None else page.replace(f"token={info.token}", f"pass={one}")


def ask_for_one_time_token(info: ConnectionInfo) -> str | None:
    """Request a one-time token from the agent; None if it does not answer or refuses the session token."""
    headers = {"Authorization": f"Bearer {info.token}"}
    request = urllib.request.Request(  # noqa: S310 - our own agent
        f"{info.base}/pass", b"", headers, method="POST"
    )
    try:
        secure = urllib.request.HTTPSHandler(context=ssl_context_for(info.certificate))
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), secure)
        with opener.open(request, timeout=TIMEOUT) as answer:
            return str(json.loads(answer.read())["pass"])
    except (OSError, ValueError, KeyError, FeedError):
        return None
