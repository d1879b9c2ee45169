"""WHIP, the WebRTC-HTTP ingestion protocol (RFC 9725): how a browser, OBS or FFmpeg offers a picture.

This is the HTTP side: methods, headers and statuses. The sessions are behind ``Sessions``, so that nothing
here touches media. The gate in front of all routes has already checked host, origin and token.

Trickle ICE is supported. ICE restarts are not: aioice cannot restart on an open connection. A PATCH is
answered as in RFC 9725 4.3, by the first rule that applies: 404 or 410 for an unknown or ended session, 415
for a wrong content type, 413 for a too long body, 428 without If-Match, 412 if it does not match, 400 for a
malformed fragment, 422 for an ICE restart (the session goes on), and 204 without an ETag for candidates;
unusable candidates are ignored. DELETE does not check the ETag.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from agent.errors import (
    BusyError,
    EndedSessionError,
    NoSessionError,
    OfferError,
    RequestError,
    SenderError,
    UnfitOfferError,
)
from agent.values import SenderAnswer
from exporter.access.gate import problem
from exporter.access.refusal_page import not_shared
from exporter.server.ice import ice_address
from exporter.server.routes import PAGES

logger = logging.getLogger("readtheroom")

SDP = "application/sdp"
FRAGMENT = "application/trickle-ice-sdpfrag"

LARGEST_OFFER = 64 * 1024
"""Maximum bytes of an offer; a browser's offer of sound and picture with 20 candidates has about 10,000."""

LARGEST_FRAGMENT = 16 * 1024
RETRY_AFTER = "5"

STATUSES: tuple[tuple[type[SenderError], int, str], ...] = (
    (OfferError, 400, "Bad offer"),
    (UnfitOfferError, 422, "Nothing to read"),
    (NoSessionError, 404, "No such session"),
    (EndedSessionError, 410, "Session ended"),
    (BusyError, 503, "Too many senders"),
)
"""The HTTP status and title for each error."""

ENTITY_TAG = re.compile(r'(W/)?"([^"]*)"')
ANY_TAG = {"*", '"*"'}
"""Values of If-Match that match any ETag: the RFC's text has the first form, its examples the second."""

ENDPOINT_METHODS, SESSION_METHODS = "POST, OPTIONS", "PATCH, DELETE, OPTIONS"
NOT_READING = (
    "This agent does not take a shared picture: it reads something else. "
    "Start it with `readtheroom run --source webrtc` and open the address for sharing that it prints."
)


class Sessions(Protocol):
    """The senders' sessions; all methods raise the SenderErrors of ``STATUSES``."""

    async def open(self, offer: str, camera: bool) -> SenderAnswer:
        """Begin a session from an SDP offer; ``camera``: the picture is from a camera."""

    async def tag(self, session: str) -> str:
        """The entity tag of a session's current ICE state."""

    async def trickle(self, session: str, fragment: str) -> None:
        """Add candidates to a session."""

    async def end(self, session: str) -> None:
        """End a session."""


def share_routes(sessions: Sessions | None, ice_servers: Sequence[str] = ()) -> list[BaseRoute]:
    """The routes ``/whip`` and ``/share``; if ``sessions`` is None, both say how to start the agent for them.

    ``ice_servers`` are sent to senders: addresses such as ``stun:host:3478``, ``turn:user:password@host``.
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
    """The request handlers; each answers errors with a problem text."""

    def __init__(self, sessions: Sessions, ice_servers: Sequence[str]) -> None:
        self._sessions = sessions
        self._links = [_ice_link(address) for address in ice_servers]
        self._told = ""

    async def offer(self, request: Request) -> Response:
        try:
            body = await _body(request, SDP, LARGEST_OFFER, "offer")
            # Our own query parameter: RFC 9725 leaves an endpoint's address to the server.
            camera = request.query_params.get("picture") == "camera"
            answer = await self._sessions.open(body, camera)
        except SenderError as error:
            self._tell(str(error))
            return _dressed(request, _problem(error))
        response = Response(answer.sdp, 201, media_type=SDP)
        response.headers["Location"] = f"/whip/{answer.session}"
        response.headers["ETag"] = f'"{answer.tag}"'
        response.headers["Accept-Patch"] = FRAGMENT
        return _dressed(request, self._linked(response))

    async def trickle(self, request: Request) -> Response:
        session = request.path_params["session"]
        try:
            # RFC 9110 13.2.1: preconditions are checked only if the request would succeed without them.
            tag = await self._sessions.tag(session)
            body = await _body(request, FRAGMENT, LARGEST_FRAGMENT, "fragment")
            _check_precondition(request.headers.getlist("if-match"), tag)
            await self._sessions.trickle(session, body)
        except SenderError as error:
            return _dressed(request, _problem(error))
        return _dressed(request, Response(status_code=204))

    async def end(self, request: Request) -> Response:
        try:
            await self._sessions.end(request.path_params["session"])
        except SenderError as error:
            return _dressed(request, _problem(error))
        return _dressed(request, Response(status_code=200))

    async def options(self, request: Request) -> Response:
        response = Response(headers={"Allow": ENDPOINT_METHODS, "Accept-Post": SDP})
        # A preflight needs no token, so it must not get the links: a TURN server's link has a password.
        is_preflight = "access-control-request-method" in request.headers
        return _dressed(request, response if is_preflight else self._linked(response), ENDPOINT_METHODS)

    async def session_options(self, request: Request) -> Response:
        response = Response(headers={"Allow": SESSION_METHODS, "Accept-Patch": FRAGMENT})
        return _dressed(request, response, SESSION_METHODS)

    def _tell(self, why: str) -> None:
        """Log why an offer was refused, because OBS shows no problem text; once for equal retries."""
        if why != self._told:
            logger.warning("a sender was refused: %s", why)
            self._told = why

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
        return HTMLResponse(not_shared(), 404)

    async def whip(_: Request) -> Response:
        return problem(404, "Not sharing", NOT_READING)

    methods = ["GET", "POST", "PATCH", "DELETE", "OPTIONS"]
    return [Route("/share", share), Route("/whip", whip, methods=methods)]


async def _body(request: Request, kind: str, largest: int, name: str) -> str:
    """The text of a request's body. Raises RequestError for a wrong type, too many bytes, or no UTF-8."""
    given = request.headers.get("content-type", "")
    if given.partition(";")[0].strip().lower() != kind:
        raise RequestError(
            415, "Wrong content type", f"the {name} must come as {kind}, not {given or 'untyped'!r}"
        )
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > largest:
            raise RequestError(413, "Too large", f"the {name} is longer than {largest} bytes")
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise RequestError(400, "Bad text", f"the {name} is not UTF-8 text") from None


def _check_precondition(if_match: Sequence[str], tag: str) -> None:
    """Raise RequestError unless a request's If-Match headers match the session's current ICE state.

    ``if_match`` are lists of entity tags, which are compared strongly (RFC 9110 13.1.1).
    """
    if not if_match:
        raise RequestError(
            428, "If-Match is missing", "a PATCH needs If-Match with the ETag of the 201 response"
        )
    given = ", ".join(if_match).strip()
    strong = [value for weak, value in ENTITY_TAG.findall(given) if not weak]
    if given not in ANY_TAG and tag not in strong:
        detail = "If-Match does not have the ETag of this session's ICE state, which the 201 response had"
        raise RequestError(412, "Not the present state", detail)


def _ice_link(address: str) -> str:
    """A STUN or TURN server as a Link header (RFC 9725 4.6), with user and password as parameters."""
    parts = ice_address(address)
    link = f'<{parts.url}>; rel="ice-server"'
    if parts.user or parts.password:
        user, password = (re.sub(r'(["\\])', r"\\\1", part) for part in (parts.user, parts.password))
        link += f'; username="{user}"; credential="{password}"; credential-type="password"'
    return link


def _problem(error: SenderError) -> Response:
    if isinstance(error, RequestError):
        response = problem(error.status, error.title, str(error))
        if error.status == 413:
            # Otherwise the rest of the body would be read and discarded.
            response.headers["Connection"] = "close"
        return response
    status, title = next((status, title) for kind, status, title in STATUSES if isinstance(error, kind))
    response = problem(status, title, str(error))
    if status == 503:
        response.headers["Retry-After"] = RETRY_AFTER
    return response


def _dressed(request: Request, response: Response, methods: str | None = None) -> Response:
    """Add CORS headers for an origin that the gate has admitted; ``methods`` only for OPTIONS."""
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
