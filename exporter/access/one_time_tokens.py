"""Addresses that open a page once: a browser is started with one where all users of the machine can read it.

So the token stands on no command line. A pass is good for a minute and one visit, which is sent on to the
page's address with the token.
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
"""Seconds: a browser that is not open yet takes a while on a slow machine."""
MOST = 32
"""Tokens that are good at a time; with more the oldest is no more."""
TIMEOUT = 3.0
"""Seconds that an agent may take to give out a pass; a window waits for it."""


class OneTimeTokens:
    """Gives out passes and takes them, from any thread; ``clock`` gives monotonic seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._ends: dict[str, float] = {}

    def issue(self) -> str:
        """A new pass."""
        one = secrets.token_urlsafe(24)
        with self._lock:
            self._ends[one] = self._clock() + GOOD_FOR
            while len(self._ends) > MOST:
                del self._ends[next(iter(self._ends))]
        return one

    def redeem(self, one: str) -> bool:
        """Whether a pass is good; it is not a second time."""
        with self._lock:
            end = self._ends.pop(one, None)
        return end is not None and self._clock() < end


def one_time_token_route(one_time_tokens: OneTimeTokens) -> Route:
    """Where programs that have the token get a pass: ``POST /pass``."""

    async def give(_: Request) -> Response:
        return Response(msgspec.json.encode({"pass": one_time_tokens.issue()}), media_type="application/json")

    return Route("/pass", give, methods=["POST"])


def opened_once(page: str, info: ConnectionInfo) -> str:
    """The address of an agent's ``page``, which holds its token, with a pass in its place.

    As it is where the agent gives out none: to one that is not there it is of no use to anybody.
    """
    one = ask_for_one_time_token(info)
    return page if one is None else page.replace(f"token={info.token}", f"pass={one}")


def ask_for_one_time_token(info: ConnectionInfo) -> str | None:
    """A pass of the agent that left this connection file; None where it does not answer, or not to this
    token."""
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
