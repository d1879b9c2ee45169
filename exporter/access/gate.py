"""Middleware in front of all routes: access checks, security headers, errors that leak nothing."""

from __future__ import annotations

import dataclasses
import http.cookies
import logging
from collections.abc import Callable
from urllib.parse import parse_qs, parse_qsl, urlencode

import msgspec
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from exporter.access.one_time_tokens import OneTimeTokens
from exporter.access.refusal_page import STYLE_SOURCE, doorstep
from exporter.access.rules import AccessRules, Refusal, Request, normal_origin

logger = logging.getLogger("readtheroom")

PAGES = frozenset({"/", "/overlay", "/share", "/schema/"})
"""Paths that people open: a refusal is shown as a page, and a visit with the token gets the cookie."""

SENDERS = "/whip"
"""The path OBS uses. OBS shows none of our texts to its user, so the first refusal is logged."""

PARTS = ("/static/", "/schema/")
"""Paths of the pages' files. The cookie opens only these and the pages, which contain no readings."""

HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def problem(status: int, title: str, detail: str) -> Response:
    """An error response in the problem format of RFC 9457."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    headers = {"WWW-Authenticate": 'Bearer realm="readtheroom"'} if status == 401 else None
    return Response(msgspec.json.encode(body), status, headers, "application/problem+json")


class Gate:
    """ASGI middleware: admits requests by the access rules and adds security headers to every response."""

    def __init__(
        self,
        app: ASGIApp,
        rules: AccessRules,
        port: int,
        on_refusal: Callable[[], None],
        one_time_tokens: OneTimeTokens | None = None,
    ) -> None:
        self._app = app
        self._rules = rules
        self._one_time_tokens = one_time_tokens or OneTimeTokens()
        self._cookie = f"readtheroom-{port}"
        self._on_refusal = on_refusal
        self._told: set[str] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        request = _request(scope, self._cookie)
        refusal = self._rules.check(request)
        # Checked before the cookie: a new tab has the cookie, but lacks the token for the readings.
        leads = self._sent_on(scope, request)
        if leads is not None:
            await leads(scope, receive, self._dressed(scope, send, request, admitted=False))
            return
        if refusal is not None:
            self._log(scope["path"], request, refusal)
            self._on_refusal()
            answer = _refused(scope, request, refusal)
            await self._answer(answer, scope, receive, self._dressed(scope, send, request, admitted=False))
            return
        try:
            await self._app(scope, receive, self._dressed(scope, send, request, admitted=True))
        except WebSocketDisconnect:
            logger.debug("a client of %r went away", scope["path"])
        except Exception:
            # Logged without the query, which may contain a token.
            logger.exception("a request for %r failed", scope["path"])
            raise

    def _log(self, path: str, request: Request, refusal: Refusal) -> None:
        """Log why a request was refused; as a warning, once, where nothing else tells whoever set it up."""
        # %r, because a line break in a path would start a new log line.
        logger.debug("refused %r: %s", path[:80], refusal.reason)
        if path == SENDERS and refusal.status == 401 and SENDERS not in self._told:
            self._told.add(SENDERS)
            logger.warning(
                "a sender was refused: wrong token; use the token of the printed address "
                "(in OBS: Bearer Token)"
            )
        # A browser tells a page nothing of a refused WebSocket. Whoever has the token is no stranger.
        elsewhere = dataclasses.replace(request, origins=(), fetch_site=None)
        origin = normal_origin(request.origins[0]) if len(request.origins) == 1 else None
        is_known = not request.preflight and self._rules.check(elsewhere) is None
        if origin is not None and is_known and origin not in self._told:
            self._told.add(origin)
            logger.warning("a page of %s was refused: its origin is not in feed.allowed_origins", origin)

    def _sent_on(self, scope: Scope, request: Request) -> Response | None:
        """A redirect to the same page with the token, for a request with a valid one-time token.

        None if there is no valid one-time token, or if the request also has the session token.
        """
        query = scope["query_string"].decode("latin-1")
        given = _values(query, "pass")
        is_visit = scope["type"] == "http" and scope["method"] == "GET" and scope["path"] in PAGES
        if not is_visit or len(given) != 1 or _values(query, "token"):
            return None
        with_token = dataclasses.replace(request, query_token=self._rules.token)
        if self._rules.check(with_token) is not None or not self._one_time_tokens.redeem(given[0]):
            return None
        others = [(name, value) for name, value in parse_qsl(query, max_num_fields=100) if name != "pass"]
        return RedirectResponse(f"{scope['path']}?{urlencode([('token', self._rules.token), *others])}", 303)

    @staticmethod
    async def _answer(response: Response, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await WebSocket(scope, receive, send).send_denial_response(response)
        else:
            await response(scope, receive, send)

    def _dressed(self, scope: Scope, send: Send, request: Request, *, admitted: bool) -> Send:
        async def dressed(message: Message) -> None:
            if message["type"] in {"http.response.start", "websocket.http.response.start"}:
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers["Content-Security-Policy"] = _content_policy(request, scope["path"])
                if admitted and request.query_token and scope["path"] in PAGES:
                    headers.append("Set-Cookie", self._set_cookie(request))
            await send(message)

        return dressed

    def _set_cookie(self, request: Request) -> str:
        secure = "; Secure" if request.scheme == "https" else ""
        return f"{self._cookie}={self._rules.cookie}; Path=/; HttpOnly; SameSite=Strict{secure}"


def _request(scope: Scope, cookie: str) -> Request:
    headers = Headers(scope=scope)
    tokens = _values(scope["query_string"].decode("latin-1"), "token")
    is_safe = scope["scheme"] in {"https", "wss"}
    return Request(
        scheme="https" if is_safe else "http",
        hosts=tuple(headers.getlist("host")),
        origins=tuple(headers.getlist("origin")),
        authorization=headers.get("authorization"),
        query_token=tokens[0] if len(tokens) == 1 else None,
        cookie=_cookie(headers.get("cookie"), cookie),
        fetch_site=headers.get("sec-fetch-site"),
        page=_is_page(scope),
        preflight=scope.get("method") == "OPTIONS" and "access-control-request-method" in headers,
    )


def _is_page(scope: Scope) -> bool:
    path = scope["path"]
    is_reading = scope["type"] == "http" and scope["method"] in {"GET", "HEAD"}
    return is_reading and (path in PAGES or path.startswith(PARTS))


def _values(query: str, name: str) -> list[str]:
    try:
        return parse_qs(query, max_num_fields=100).get(name, [])
    except ValueError:
        return []


def _cookie(header: str | None, name: str) -> str | None:
    try:
        found = http.cookies.SimpleCookie(header or "").get(name)
    except http.cookies.CookieError:
        return None
    return None if found is None else found.value


def _refused(scope: Scope, request: Request, refusal: Refusal) -> Response:
    if refusal.status == 401 and scope["type"] == "http" and scope["path"] in PAGES:
        was_pass = bool(_values(scope["query_string"].decode("latin-1"), "pass"))
        page = doorstep(had_key=request.query_token is not None, had_pass=was_pass)
        return HTMLResponse(page, 401, {"WWW-Authenticate": 'Bearer realm="readtheroom"'})
    return problem(refusal.status, "Not let in", refusal.reason)


def _content_policy(request: Request, path: str) -> str:
    # In older browsers 'self' does not cover ws: of the same host. The Host header may be that of a refused
    # request: only letters, digits, '.' and ':' are put into the policy.
    socket = ""
    if len(request.hosts) == 1 and request.hosts[0].replace(".", "").replace(":", "").isalnum():
        socket = f" {'wss' if request.scheme == 'https' else 'ws'}://{request.hosts[0]}"
    # The share page frames the overlay page above its picture; no other page may be framed.
    framers = "'self'" if path == "/overlay" else "'none'"
    return (
        f"default-src 'self'; connect-src 'self'{socket}; img-src 'self' data:; object-src 'none'; "
        f"style-src 'self' {STYLE_SOURCE}; base-uri 'none'; form-action 'none'; frame-ancestors {framers}"
    )
