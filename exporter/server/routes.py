"""The agent's routes: the feed, the pages, health, metrics, history and the schema."""

from __future__ import annotations

import mimetypes
import re
from pathlib import Path
from typing import Any, get_args
from urllib.parse import parse_qsl

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket

from agent.errors import FeedError
from exporter.access.gate import problem
from exporter.access.refusal_page import nothing_here, schema_index
from exporter.protocol.schema import asyncapi, feed_schema
from exporter.server import metrics
from exporter.server.client_record import ClientRecord
from exporter.server.hub import Hub
from exporter.server.views import FeedOptions, FeedView

PAGES = Path(__file__).parents[1] / "pages"
LOWEST_HZ, HIGHEST_HZ = 0.001, 1000.0
RATE = re.compile(r"[0-9]+(\.[0-9]+)?")
OPTIONS = ("token", "ack", "hz", "view")
"""Query parameters of the feed's address; others are refused: a misspelt ``view`` would send every tile."""

FULL = "too many clients follow the feed: close some of them"

# Windows takes media types from its registry, where other programs may have set .js to text/plain; browsers
# run no module of that type.
mimetypes.add_type("text/javascript", ".js")


def feed_options(query: str) -> FeedOptions:
    """Parse the query of the feed's address; the token is allowed in it.

    Raises FeedError for an unknown option, a wrong value, or an option given twice.
    """
    given: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True, max_num_fields=100):
        if name in given:
            raise FeedError(f"{name} is given twice: keep one")
        if name not in OPTIONS:
            raise FeedError(f"{name[:40]!r} is no option of the feed: it takes {', '.join(OPTIONS[1:])}")
        given[name] = value
    ack, view = given.get("ack", "0"), given.get("view", "tiles")
    if ack not in {"0", "1"}:
        raise FeedError(f"ack is {ack!r}, but must be 0 or 1")
    if view not in get_args(FeedView):
        raise FeedError(f"view is {view!r}, but must be one of {', '.join(get_args(FeedView))}")
    return FeedOptions(ack=ack == "1", hz=_rate(given.get("hz")), view="room" if view == "room" else "tiles")


def feed_routes(hub: Hub) -> list[BaseRoute]:
    """The routes that serve this hub."""

    async def feed(websocket: WebSocket) -> None:
        try:
            options = feed_options(websocket.url.query)
        except (FeedError, ValueError) as error:
            await websocket.send_denial_response(problem(400, "Bad Request", str(error)))
            return
        with hub.reserve_client() as is_free:
            if not is_free:
                await websocket.send_denial_response(problem(503, "Service Unavailable", FULL))
                return
            await websocket.accept()
            address = websocket.client.host if websocket.client else ""
            hub.on_client(ClientRecord(address, options.view, websocket.headers.get("user-agent", "")))
            await hub.serve(websocket, options)

    async def nowhere(websocket: WebSocket) -> None:
        # Otherwise it is refused with an empty 403, which looks like a wrong token.
        detail = f"no WebSocket is at {websocket.url.path[:80]}: the feed is at /feed"
        await websocket.send_denial_response(problem(404, "Not Found", detail))

    async def upgrade(_: Request) -> Response:
        answer = problem(426, "Upgrade Required", "this is a WebSocket: connect with ws://, not http://")
        answer.headers["Upgrade"] = "websocket"
        return answer

    async def health(_: Request) -> Response:
        state = _health(hub)
        return _json(state, 503 if state["status"] == "lost" else 200)

    async def numbers(request: Request) -> Response:
        # Browsers do not show the OpenMetrics type; they save it as a file.
        kind = "text/plain; charset=utf-8" if _is_browser(request) else metrics.CONTENT_TYPE
        return Response(hub.metrics.render(), headers={"Content-Type": kind})

    async def history(_: Request) -> Response:
        return _json(hub.history.tell(hub.clock()))

    return [
        WebSocketRoute("/feed", feed),
        WebSocketRoute("/{path:path}", nowhere),
        Route("/feed", upgrade),
        Route("/healthz", health),
        Route("/metrics", numbers),
        Route("/history", history),
    ]


def page_routes() -> list[BaseRoute]:
    """The routes of the pages and the feed's schemas, which contain no readings."""

    async def dashboard(_: Request) -> Response:
        return FileResponse(PAGES / "dashboard.html")

    async def overlay(_: Request) -> Response:
        return FileResponse(PAGES / "overlay.html")

    async def index(_: Request) -> Response:
        return HTMLResponse(schema_index())

    async def schema(_: Request) -> Response:
        return _json(feed_schema(), media_type="application/schema+json")

    async def description(request: Request) -> Response:
        return _json(asyncapi(request.url.netloc, is_safe=request.url.scheme == "https"))

    return [
        Route("/", dashboard),
        Route("/overlay", overlay),
        Route("/schema/", index),
        Route("/schema/feed.json", schema),
        Route("/schema/asyncapi.json", description),
        Mount("/static", StaticFiles(directory=PAGES)),
    ]


async def missing(request: Request, _: Exception) -> Response:
    """The response at an unknown address: a page for browsers, a problem text for programs."""
    if _is_browser(request):
        return HTMLResponse(nothing_here(request.query_params.get("token")), 404)
    return problem(
        404, "Not Found", f"nothing is at {request.url.path[:80]}: see /, /overlay, /share, /schema/"
    )


async def wrong_method(request: Request, error: Exception) -> Response:
    """The response to a method that an address does not allow; lists the allowed methods."""
    headers = error.headers if isinstance(error, HTTPException) and error.headers else {}
    allowed = headers.get("Allow", "GET, HEAD")
    answer = problem(
        405, "Method Not Allowed", f"{request.method[:20]} is not for this address: use {allowed}"
    )
    answer.headers["Allow"] = allowed
    return answer


def _is_browser(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")


def _rate(text: str | None) -> float | None:
    if text is None:
        return None
    # Stricter than float(), which accepts 1_0 as ten and the digits of other scripts.
    hz = float(text) if RATE.fullmatch(text) else 0.0
    if not LOWEST_HZ <= hz <= HIGHEST_HZ:
        raise FeedError(f"hz is {text!r}, but must be a number from {LOWEST_HZ:g} to {HIGHEST_HZ:g}")
    return hz


def _health(hub: Hub) -> dict[str, Any]:
    newest, age = hub.newest, hub.age
    return {
        "status": "starting" if newest is None else newest.source.state,
        "seq": None if newest is None else newest.seq,
        "age_s": None if age is None else round(age, 3),
        "clients": hub.metrics.clients,
    }


def _json(value: Any, status: int = 200, media_type: str = "application/json") -> Response:
    return Response(msgspec.json.encode(value), status, media_type=media_type)
