"""WHIP, the WebRTC-HTTP ingestion protocol (RFC 9725): how a browser, OBS or FFmpeg offers a picture.

This is the HTTP side: methods, headers and statuses. The sessions themselves are behind ``Sessions``, so that
nothing here touches media. The gate in front of all routes has checked host, origin and token before.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from agent.errors import (
    BusyError,
    EndedSessionError,
    NoSessionError,
    OfferError,
    OutdatedError,
    SenderError,
    UnfitOfferError,
)
from agent.values import Answer
from exporter.gate import problem
from exporter.routes import PAGES

SDP = "application/sdp"
FRAGMENT = "application/trickle-ice-sdpfrag"

LARGEST_OFFER = 64 * 1024
"""Bytes; a browser's offer of sound and picture with 20 candidates has about 10,000."""

LARGEST_FRAGMENT = 16 * 1024
RETRY_AFTER = "5"

STATUSES: tuple[tuple[type[SenderError], int, str], ...] = (
    (OfferError, 400, "Bad offer"),
    (UnfitOfferError, 422, "Nothing to read"),
    (NoSessionError, 404, "No such session"),
    (EndedSessionError, 410, "Session ended"),
    (OutdatedError, 412, "Not the present state"),
    (BusyError, 503, "Too many senders"),
)
"""Which status answers which error."""

ENDPOINT_METHODS, SESSION_METHODS = "POST, OPTIONS", "PATCH, DELETE, OPTIONS"
NOT_READING = (
    "This agent does not take a shared picture: it reads something else.\n\n"
    "Start it with `readtheroom run --source webrtc` and open the address for sharing that it prints.\n"
)


class Sessions(Protocol):
    """Where senders' sessions live; everything is raised as a SenderError of ``STATUSES``."""

    async def open(self, offer: str, camera: bool) -> Answer:
        """Begin a session from an SDP offer; ``camera`` is whether a camera takes the picture."""

    async def trickle(self, session: str, tag: str | None, fragment: str) -> None:
        """Add candidates to a session whose state had this tag."""

    async def end(self, session: str) -> None:
        """End a session."""


class _RefusedError(Exception):
    """A request that is answered with a problem before it reaches the sessions."""

    def __init__(self, status: int, title: str, detail: str) -> None:
        super().__init__(detail)
        self.status, self.title, self.detail = status, title, detail


def share_routes(sessions: Sessions | None, ice_servers: Sequence[str] = ()) -> list[BaseRoute]:
    """The routes ``/whip`` and ``/share``; without sessions both say how to start the agent for them.

    ``ice_servers`` are told to senders as they are.
    """
    if sessions is None:
        return _closed_routes()
    endpoint = _Endpoint(sessions, ice_servers)

    async def share(_: Request) -> Response:
        return FileResponse(PAGES / "share.html")

    return [
        Route("/share", share),
        Route("/whip", endpoint.offer, methods=["POST"]),
        Route("/whip", endpoint.options, methods=["OPTIONS"]),
        Route("/whip", _refuser(ENDPOINT_METHODS), methods=["GET", "PUT", "PATCH", "DELETE"]),
        Route("/whip/{session}", endpoint.trickle, methods=["PATCH"]),
        Route("/whip/{session}", endpoint.end, methods=["DELETE"]),
        Route("/whip/{session}", endpoint.session_options, methods=["OPTIONS"]),
        Route("/whip/{session}", _refuser(SESSION_METHODS), methods=["GET", "PUT", "POST"]),
    ]


class _Endpoint:
    """The handlers; each answers with a problem text whatever went wrong."""

    def __init__(self, sessions: Sessions, ice_servers: Sequence[str]) -> None:
        self._sessions = sessions
        self._links = [f'<{address}>; rel="ice-server"' for address in ice_servers]

    async def offer(self, request: Request) -> Response:
        try:
            body = await _body(request, SDP, LARGEST_OFFER, "offer")
            # Of our own: RFC 9725 leaves the address of an endpoint to whoever serves it.
            camera = request.query_params.get("picture") == "camera"
            answer = await self._sessions.open(body, camera)
        except (SenderError, _RefusedError) as error:
            return _dressed(request, _problem(error))
        response = Response(answer.sdp, 201, media_type=SDP)
        response.headers["Location"] = f"/whip/{answer.session}"
        response.headers["ETag"] = f'"{answer.tag}"'
        response.headers["Accept-Patch"] = FRAGMENT
        return _dressed(request, self._linked(response))

    async def trickle(self, request: Request) -> Response:
        try:
            tag = _tag(request.headers.get("if-match"))
            body = await _body(request, FRAGMENT, LARGEST_FRAGMENT, "fragment")
            await self._sessions.trickle(request.path_params["session"], tag, body)
        except (SenderError, _RefusedError) as error:
            return _dressed(request, _problem(error))
        return _dressed(request, Response(status_code=204))

    async def end(self, request: Request) -> Response:
        try:
            await self._sessions.end(request.path_params["session"])
        except SenderError as error:
            return _dressed(request, _problem(error))
        return _dressed(request, Response(status_code=200))

    async def options(self, request: Request) -> Response:
        response = Response(status_code=204, headers={"Allow": ENDPOINT_METHODS, "Accept-Post": SDP})
        return _dressed(request, self._linked(response), ENDPOINT_METHODS)

    async def session_options(self, request: Request) -> Response:
        response = Response(status_code=204, headers={"Allow": SESSION_METHODS, "Accept-Patch": FRAGMENT})
        return _dressed(request, response, SESSION_METHODS)

    def _linked(self, response: Response) -> Response:
        for link in self._links:
            response.headers.append("Link", link)
        return response


def _refuser(allowed: str) -> Callable[[Request], Awaitable[Response]]:
    async def refuse(request: Request) -> Response:
        response = problem(405, "Method Not Allowed", f"{request.url.path} takes {allowed}")
        response.headers["Allow"] = allowed
        return _dressed(request, response)

    return refuse


def _closed_routes() -> list[BaseRoute]:
    async def share(_: Request) -> Response:
        return PlainTextResponse(NOT_READING, 404)

    async def whip(_: Request) -> Response:
        return problem(404, "Not sharing", " ".join(NOT_READING.split()))

    methods = ["GET", "POST", "PATCH", "DELETE", "OPTIONS"]
    return [Route("/share", share), Route("/whip", whip, methods=methods)]


async def _body(request: Request, kind: str, largest: int, name: str) -> str:
    """The text of a request, read no further than it may be long."""
    given = request.headers.get("content-type", "")
    if given.partition(";")[0].strip().lower() != kind:
        raise _RefusedError(
            415, "Wrong content type", f"the {name} must come as {kind}, not {given or 'untyped'!r}"
        )
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > largest:
            raise _RefusedError(413, "Too large", f"the {name} is longer than {largest} bytes")
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise _RefusedError(400, "Bad text", f"the {name} is not UTF-8 text") from None


def _tag(if_match: str | None) -> str | None:
    """The tag in an If-Match header, ``*`` as it is.

    Raises _RefusedError for none: RFC 9725 has every PATCH say which ICE state it belongs to.
    """
    if if_match is None:
        raise _RefusedError(
            428, "If-Match is missing", "a PATCH needs If-Match with the ETag of the 201 response"
        )
    return if_match.strip().removeprefix("W/").strip('"')


def _problem(error: SenderError | _RefusedError) -> Response:
    if isinstance(error, _RefusedError):
        response = problem(error.status, error.title, error.detail)
        if error.status == 413:
            # Otherwise all the rest would be read, only to be thrown away.
            response.headers["Connection"] = "close"
        return response
    status, title = next((status, title) for kind, status, title in STATUSES if isinstance(error, kind))
    response = problem(status, title, str(error))
    if status == 503:
        response.headers["Retry-After"] = RETRY_AFTER
    return response


def _dressed(request: Request, response: Response, methods: str | None = None) -> Response:
    """CORS headers for the origins that the gate lets in; ``methods`` only in answer to OPTIONS."""
    origin = request.headers.get("origin")
    if origin is None:
        return response
    response.headers["Access-Control-Allow-Origin"] = origin
    response.headers["Access-Control-Expose-Headers"] = "Location, ETag, Link, Accept-Patch"
    response.headers["Vary"] = "Origin"
    if methods is not None:
        response.headers["Access-Control-Allow-Methods"] = methods
        response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type, If-Match"
    return response
