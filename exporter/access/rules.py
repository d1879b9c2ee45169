"""Access rules for requests: token, ``Host`` and ``Origin``, checked without sockets.

Any web page can connect to localhost, and DNS rebinding to 127.0.0.1 even makes a page same-origin. So every
request needs a known ``Host``, a known ``Origin`` if a browser sends one, and the token: as ``Authorization:
Bearer``, as ``?token=``, or as the cookie of a page that was opened with the token.

The cookie only lets such a page load its files and be reloaded. Browsers send cookies to all ports of a host,
so another server on this machine may receive it. The cookie is therefore accepted only for files that are in
every copy of the program, and its value, derived from the token, is not accepted as a token. For readings a
page sends the token itself, from its sessionStorage, which no other origin can read.
"""

from __future__ import annotations

import hmac
import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

HOST_PATTERN = re.compile(r"(?P<name>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(?P<port>[0-9]{1,5}))?")
DEFAULT_PORTS = {"http": 80, "https": 443}
OWN_PAGES = frozenset({"same-origin", "none"})
"""Values of Sec-Fetch-Site for requests of our own pages and for addresses that the user typed."""


@dataclass(frozen=True, slots=True)
class Request:
    """The parts of a request that the rules check; ``scheme`` is http or https, also for WebSockets.

    ``page``: the request is for a page or its files, which contain no readings. ``preflight``: a CORS
    preflight request, which has no token and no effect.
    """

    scheme: str
    hosts: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    authorization: str | None = field(default=None, repr=False)
    query_token: str | None = field(default=None, repr=False)
    cookie: str | None = field(default=None, repr=False)
    fetch_site: str | None = None
    page: bool = False
    preflight: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is refused: an HTTP status and a reason that reveals no secret."""

    status: int
    reason: str


@dataclass(frozen=True, slots=True)
class AccessRules:
    """The token, and the host names and origins allowed in addition to the loopback names and our own."""

    token: str = field(repr=False)
    hosts: frozenset[str] = frozenset()
    origins: frozenset[str] = frozenset()

    @property
    def cookie(self) -> str:
        """The value of the cookie of an admitted page; it is not accepted as a token."""
        return hmac.new(self.token.encode(), b"readtheroom page cookie", "sha256").hexdigest()

    def check(self, request: Request) -> Refusal | None:
        """Why the request is refused, or None if it is admitted."""
        return self._check_host(request) or self._check_origin(request) or self._check_token(request)

    def _check_host(self, request: Request) -> Refusal | None:
        if len(request.hosts) != 1:
            return Refusal(403, "a request needs exactly one Host header")
        name = host_name(request.hosts[0])
        if name is None:
            return Refusal(403, "the Host header is malformed")
        if is_loopback(name) or name in self.hosts:
            return None
        return Refusal(403, f"the host name {name} is not allowed; feed.allowed_hosts lists further ones")

    def _check_origin(self, request: Request) -> Refusal | None:
        if not request.origins:
            return None
        if len(request.origins) > 1:
            return Refusal(403, "a request has at most one Origin header")
        origin = normal_origin(request.origins[0])
        if origin is not None:
            own = normal_origin(f"{request.scheme}://{request.hosts[0]}")
            if origin == own or origin in self.origins:
                return None
        return Refusal(403, "pages of this origin are not allowed; feed.allowed_origins lists further ones")

    def _check_token(self, request: Request) -> Refusal | None:
        if request.preflight:
            return None
        given = [_bearer(request.authorization), request.query_token]
        # All comparisons are made, so that the time taken does not reveal which one matched.
        matches = [_same(self.token, token) for token in given if token]
        if any(matches) or (request.cookie and self._cookie_counts(request)):
            return None
        if any(given):
            return Refusal(401, "the token is not the one of this session")
        return Refusal(401, "a token is needed: 'Authorization: Bearer TOKEN' or '?token=TOKEN'")

    def _cookie_counts(self, request: Request) -> bool:
        if not request.page or request.fetch_site not in {None, *OWN_PAGES}:
            return False
        return _same(self.cookie, request.cookie or "")


def make_access_rules(token: str, hosts: Iterable[str] = (), origins: Iterable[str] = ()) -> AccessRules:
    """Access rules from configured names and origins.

    Raises ValueError for an invalid host name, or for an origin unlike ``https://tool.example``.
    """
    if not token:
        raise ValueError("the token must not be empty")
    names, allowed = set(), set()
    for host in hosts:
        name = host_name(host)
        if name is None:
            raise ValueError(f"{host!r} is no host name, such as 'teacher.local'")
        names.add(name)
    for origin in origins:
        normal = normal_origin(origin)
        if normal is None:
            raise ValueError(f"{origin!r} is no origin, such as 'https://tool.example'")
        allowed.add(normal)
    return AccessRules(token, frozenset(names), frozenset(allowed))


def host_name(host: str) -> str | None:
    """The host name in a Host header, in lower case, without port and brackets; None if malformed."""
    match = HOST_PATTERN.fullmatch(host)
    if match is None or int(match["port"] or 1) > 65535:
        return None
    return match["name"].lower().strip("[]").removesuffix(".") or None


def is_loopback(name: str) -> bool:
    """Whether a host name or address can only mean this machine."""
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def normal_origin(origin: str) -> str | None:
    """``scheme://host:port`` in lower case, always with the port; None if ``origin`` is no web origin."""
    try:
        parts = urlsplit(origin)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in DEFAULT_PORTS or parts.path or parts.query or parts.fragment:
        return None
    name = host_name(parts.netloc)
    if name is None:
        return None
    return f"{parts.scheme}://{name}:{port or DEFAULT_PORTS[parts.scheme]}"


def _bearer(authorization: str | None) -> str | None:
    scheme, _, token = (authorization or "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def _same(wanted: str, given: str) -> bool:
    return hmac.compare_digest(wanted.encode(), given.encode("utf-8", "surrogatepass"))
