"""WHIP over real HTTP: statuses, headers and problem texts, in front of real sessions."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from agent.sources.webrtc.sessions import SenderLimits, Senders
from agent.sources.webrtc.source import WebRTCSource
from exporter.server.feed_server import FeedServer, ServerSettings
from exporter.server.whip import LARGEST_OFFER, share_routes
from tests.exporter.samples import ABOUT
from tests.peers import Sender, coloured, mean_colour, pull
from tests.waiting import until_async

ORIGIN = "https://tool.example"
RED = (200, 40, 40)


@pytest.fixture
def senders() -> Iterator[Senders]:
    with Senders(SenderLimits(sessions=2)) as opened:
        yield opened


@pytest.fixture
def server(senders: Senders, tmp_path: Path) -> Iterator[FeedServer]:
    settings = ServerSettings(port=0, connection_folder=tmp_path, allowed_origins=[ORIGIN])
    routes = share_routes(senders, ["stun:192.0.2.9:3478"])
    with FeedServer(settings, ABOUT, routes=routes) as served:
        yield served


def client(server: FeedServer, token: str | None = None) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {token or server.token}"}
    return httpx.AsyncClient(base_url=f"http://127.0.0.1:{server.port}", headers=headers)


def fetch(
    server: FeedServer,
    method: str,
    path: str = "/whip",
    headers: dict[str, str] | None = None,
    body: bytes = b"",
) -> httpx.Response:
    """One request with the token, unless ``headers`` hold another."""
    given = {"Authorization": f"Bearer {server.token}", "Content-Type": "application/sdp", **(headers or {})}
    return httpx.request(method, f"http://127.0.0.1:{server.port}{path}", headers=given, content=body)


def said(answer: httpx.Response) -> str:
    """The detail of a problem, which must be one as RFC 9457 describes it."""
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = json.loads(answer.content)
    assert body["status"] == answer.status_code
    return str(body["detail"])


@asynccontextmanager
async def shared(web: httpx.AsyncClient) -> AsyncIterator[tuple[Sender, httpx.Response]]:
    """A sender that did what WHIP asks of it, and the answer it had."""
    async with Sender(coloured(*RED)) as sender:
        offer = await sender.offer()
        answer = await web.post("/whip", content=offer, headers={"Content-Type": "application/sdp"})
        assert answer.status_code == 201, answer.text
        await sender.take(answer.text)
        yield sender, answer


def test_a_session_from_offer_to_end(server: FeedServer, senders: Senders) -> None:
    async def work() -> None:
        async with client(server) as web, shared(web) as (_, answer):
            assert answer.headers["Content-Type"] == "application/sdp"
            assert answer.headers["ETag"].strip('"')
            assert answer.headers["Accept-Patch"] == "application/trickle-ice-sdpfrag"
            assert answer.headers["Link"] == '<stun:192.0.2.9:3478>; rel="ice-server"'
            with WebRTCSource(senders) as source:
                frame = await asyncio.to_thread(pull, source.frames())
                assert mean_colour(frame.pixels) == pytest.approx(RED, abs=16)
            place = answer.headers["Location"]
            assert (await web.delete(place)).status_code == 200
            assert senders.sessions == 0
            again = await web.delete(place)
            assert again.status_code == 410
            assert "the sender stopped sharing" in said(again)

    asyncio.run(work())


TRICKLE = "application/trickle-ice-sdpfrag"
LATE = """{user}\r
{password}\r
m=video 9 UDP/TLS/RTP/SAVPF 97\r
a=mid:0\r
a=candidate:1 1 udp 1 127.0.0.1 9 typ host\r
a=candidate:2 1 udp 1 nobody.local 9 typ host\r
a=candidate:3 1 tcp 1 127.0.0.1 9 typ host tcptype active\r
a=end-of-candidates\r
"""
RESTART = "a=ice-ufrag:new1\r\na=ice-pwd:new2new2new2new2new2new2\r\n"


def test_a_patch_has_the_status_that_the_rfc_asks_for(server: FeedServer, senders: Senders) -> None:
    """RFC 9725 4.3: trickle ICE is supported and restarts are not; preconditions as in RFC 9110 13."""

    async def work() -> None:
        async with client(server) as web, shared(web) as (sender, answer):
            place, tag = answer.headers["Location"], answer.headers["ETag"]
            lines = sender.peer.localDescription.sdp.split("\r\n")
            user, password = (
                next(line for line in lines if line.startswith(name)) for name in ("a=ice-ufrag", "a=ice-pwd")
            )
            late = LATE.format(user=user, password=password)
            restart, half = RESTART, LATE.format(user=user, password="a=ice-pwd:new2new2new2new2new2new2")  # noqa: S106

            async def patch(content: str, match: str | None, kind: str = TRICKLE, at: str = place) -> str:
                headers = {"Content-Type": kind, **({} if match is None else {"If-Match": match})}
                response = await web.patch(at, content=content, headers=headers)
                assert "ETag" not in response.headers
                if response.status_code == 204:
                    assert response.content == b""
                    return "204"
                return f"{response.status_code} {said(response)}"

            for match in (tag, f'"old", {tag}', "*", '"*"'):
                assert await patch(late, match) == "204"
            assert (await patch(late, None)).startswith("428 a PATCH needs If-Match")
            for match in ('"old"', f"W/{tag}", tag.strip('"'), ""):
                assert (await patch(late, match)).startswith("412 If-Match")
            assert (await patch(restart, '"old"')).startswith("412")
            for content in (restart, half):
                assert (await patch(content, "*")).startswith("422 ICE restarts are not supported")
            for content, named in (
                ("", "empty"),
                ("{}", "no SDP"),
                ("a=candidate:1 1 udp", "cannot be read"),
            ):
                answered = await patch(content, tag)
                assert answered.startswith("400")
                assert named in answered
            # What would fail anyway is told before what If-Match is about.
            assert (await patch(late, None, "application/sdp")).startswith("415")
            assert (await patch(late, None, at="/whip/nobody")).startswith("404")
            # A refused restart leaves the session as it is.
            await until_async(lambda: senders.sending, "the picture comes all the same")
            ended = await web.delete(place, headers={"If-Match": '"old"'})
            assert ended.status_code == 200, "DELETE must ignore the ETag"
            assert (await patch(late, None)).startswith("410")

    asyncio.run(work())


@pytest.mark.parametrize(
    ("body", "headers", "status", "named"),
    [
        (b"v=0", {"Content-Type": "text/plain"}, 415, "application/sdp"),
        (b"v=0", {"Content-Type": ""}, 415, "application/sdp"),
        (b"v=0" + b"x" * LARGEST_OFFER, {}, 413, "65536 bytes"),
        (b"\xff\xfe", {}, 400, "UTF-8"),
        (b"", {}, 400, "v=0"),
        (b"v=0\r\nm=video", {}, 400, "cannot be read"),
        (b"v=0\r\nt=0 0\r\n", {}, 422, "no video"),
        (b"v=0", {"Authorization": ""}, 401, "a token is needed"),
        (b"v=0", {"Authorization": "Bearer wrong"}, 401, "not the one of this session"),
        (b"v=0", {"Origin": "https://evil.example"}, 403, "origin"),
        (b"v=0", {"Host": "evil.example"}, 403, "host"),
    ],
)
def test_bad_requests_are_told_why(
    server: FeedServer, body: bytes, headers: dict[str, str], status: int, named: str
) -> None:
    answer = fetch(server, "POST", headers=headers, body=body)
    assert answer.status_code == status
    assert named in said(answer)
    assert server.token not in answer.text


def test_a_flood_is_refused_and_disturbs_nobody(server: FeedServer, senders: Senders) -> None:
    async def work() -> None:
        async with client(server) as web, shared(web):
            await until_async(lambda: senders.sending, "the picture comes")
            async with Sender(coloured(*RED)) as sender:
                offer = await sender.offer()
                kind = {"Content-Type": "application/sdp"}
                posts = [web.post("/whip", content=offer, headers=kind) for _ in range(40)]
                answers = await asyncio.gather(*posts)
            statuses = [answer.status_code for answer in answers]
            assert statuses.count(201) == 1
            assert statuses.count(503) == 39
            refused = next(answer for answer in answers if answer.status_code == 503)
            assert int(refused.headers["Retry-After"]) > 0
            assert "2 senders already" in said(refused)
            assert senders.sending
            assert senders.sessions == 2

    asyncio.run(work())


def test_an_offer_that_is_longer_than_allowed_is_not_read_to_its_end(server: FeedServer) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(2000):
            sent += 16384
            yield b"x" * 16384

    headers = {"Authorization": f"Bearer {server.token}", "Content-Type": "application/sdp"}
    # The server hangs up while the client still talks: the answer may not reach it.
    with contextlib.suppress(httpx.TransportError):
        answer = httpx.post(f"http://127.0.0.1:{server.port}/whip", headers=headers, content=endless())
        assert answer.status_code == 413
    assert sent < 2000 * 16384


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/whip", "POST, OPTIONS"),
        ("PUT", "/whip", "POST, OPTIONS"),
        ("PATCH", "/whip", "POST, OPTIONS"),
        ("GET", "/whip/x", "PATCH, DELETE, OPTIONS"),
        ("POST", "/whip/x", "PATCH, DELETE, OPTIONS"),
    ],
)
def test_other_methods_are_reserved(server: FeedServer, method: str, path: str, allowed: str) -> None:
    answer = fetch(server, method, path)
    assert answer.status_code == 405
    assert answer.headers["Allow"] == allowed
    assert allowed in said(answer)


def test_options_say_what_is_taken(server: FeedServer) -> None:
    answer = fetch(server, "OPTIONS")
    assert (answer.status_code, answer.headers["Accept-Post"]) == (200, "application/sdp")
    assert answer.headers["Link"] == '<stun:192.0.2.9:3478>; rel="ice-server"'
    assert "Access-Control-Allow-Origin" not in answer.headers
    answer = fetch(server, "OPTIONS", "/whip/x")
    assert answer.headers["Accept-Patch"] == "application/trickle-ice-sdpfrag"


@pytest.mark.parametrize(("path", "methods"), [("/whip", "POST"), ("/whip/x", "DELETE")])
def test_a_browser_of_an_allowed_origin_may_ask_without_the_token(
    server: FeedServer, path: str, methods: str
) -> None:
    """A preflight never carries the token; what it is about does."""
    asking = {"Authorization": "", "Origin": ORIGIN, "Access-Control-Request-Method": methods}
    answer = fetch(server, "OPTIONS", path, asking)
    assert answer.status_code == 200
    assert "Link" not in answer.headers
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert methods in answer.headers["Access-Control-Allow-Methods"]
    assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]
    assert answer.headers["Vary"] == "Origin"
    foreign = {**asking, "Origin": "https://evil.example"}
    assert fetch(server, "OPTIONS", path, foreign).status_code == 403
    assert fetch(server, "OPTIONS", path, {"Authorization": ""}).status_code == 401
    refused = fetch(server, "POST", headers={"Origin": ORIGIN}, body=b"v=0")
    assert refused.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "Location" in refused.headers["Access-Control-Expose-Headers"]


def test_a_head_is_reserved_as_well(server: FeedServer) -> None:
    for path in ("/whip", "/whip/x"):
        assert fetch(server, "HEAD", path).status_code == 405


def test_a_turn_server_is_told_with_its_login_beside_it(senders: Senders, tmp_path: Path) -> None:
    routes = share_routes(senders, ['turn:me:a"b\\c@192.0.2.9:3478', "stun:192.0.2.9"])
    with FeedServer(ServerSettings(port=0, connection_folder=tmp_path), ABOUT, routes=routes) as served:
        links = fetch(served, "OPTIONS").headers.get_list("Link")
    login = r'username="me"; credential="a\"b\\c"; credential-type="password"'
    assert links == [
        f'<turn:192.0.2.9:3478>; rel="ice-server"; {login}',
        '<stun:192.0.2.9>; rel="ice-server"',
    ]


def test_an_agent_that_reads_something_else_says_so(tmp_path: Path) -> None:
    with FeedServer(
        ServerSettings(port=0, connection_folder=tmp_path), ABOUT, routes=share_routes(None)
    ) as served:
        page = httpx.get(served.page("/share"))
        assert (page.status_code, "--source webrtc" in page.text) == (404, True)
        answer = fetch(served, "POST", body=b"v=0")
        assert (answer.status_code, "--source webrtc" in said(answer)) == (404, True)


def test_the_session_is_named_in_a_log_neither_by_id_nor_by_token(
    server: FeedServer, senders: Senders, caplog: pytest.LogCaptureFixture
) -> None:
    async def work() -> None:
        async with client(server) as web, shared(web) as (_, answer):
            await until_async(lambda: senders.sending, "the picture comes")
            place = answer.headers["Location"]
            await web.delete(place)
            assert any("a sender shares a picture" in line for line in caplog.messages)
            ours = [record.getMessage() for record in caplog.records if record.name == "readtheroom"]
            secrets = (server.token, place.rpartition("/")[2])
            assert not any(secret in line for secret in secrets for line in ours)

    with caplog.at_level("DEBUG", logger="readtheroom"):
        asyncio.run(work())
