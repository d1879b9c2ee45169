"""The server as a whole: who is let in, how it starts and how it ends."""

from __future__ import annotations

import datetime as dt
import json
import logging
import os
import socket
import ssl
import stat
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from agent.errors import ConfigError, FeedError
from exporter.access.tls import self_signed
from exporter.access.token import read_connection_file
from exporter.server.feed_server import FeedServer, ServerSettings
from tests.exporter.samples import (
    ABOUT,
    bare_client,
    feed_url,
    following,
    receive,
    serving,
    serving_tls,
    snapshot,
)
from tests.waiting import PATIENCE

HTTP_PATHS = [
    "/",
    "/overlay",
    "/feed",
    "/healthz",
    "/metrics",
    "/history",
    "/schema/",
    "/schema/feed.json",
    "/schema/asyncapi.json",
    "/static/feed.js",
    "/static/../server.py",
    "/no-such-page",
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FeedServer]:
    with serving(tmp_path_factory.mktemp("connection"), allowed_origins=["https://tool.example"]) as running:
        yield running


def _good(server: FeedServer) -> dict[str, str]:
    return {"Authorization": f"Bearer {server.token}"}


@pytest.mark.parametrize("path", HTTP_PATHS)
@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"Authorization": ""}, 401),
        ({"Authorization": "Bearer wrong"}, 401),
        ({"Host": "evil.example"}, 403),
        ({"Host": "127.0.0.1.evil.example:8765"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://127.0.0.1:1"}, 403),
    ],
)
def test_every_path_is_guarded(server: FeedServer, path: str, change: dict[str, str], status: int) -> None:
    answer = httpx.get(f"http://127.0.0.1:{server.port}{path}", headers={**_good(server), **change})
    assert answer.status_code == status
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in answer.headers
    assert server.token not in answer.text


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"Authorization": "Bearer wrong"}, 401),
        ({"Authorization": ""}, 401),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_the_feed_is_guarded(server: FeedServer, change: dict[str, str], status: int) -> None:
    address = f"ws://127.0.0.1:{server.port}/feed"
    with (
        pytest.raises(InvalidStatus) as refused,
        connect(address, additional_headers={**_good(server), **change}, proxy=None),
    ):
        pass
    assert refused.value.response.status_code == status
    assert json.loads(refused.value.response.body or b"")["status"] == status


@pytest.mark.parametrize("path", ["/", "/Feed", "/feed/", "/history", "/static/base.css", "/ws"])
def test_a_websocket_elsewhere_is_told_where_the_feed_is(server: FeedServer, path: str) -> None:
    with (
        pytest.raises(InvalidStatus) as refused,
        connect(f"ws://127.0.0.1:{server.port}{path}?token={server.token}", proxy=None),
    ):
        pass
    assert refused.value.response.status_code == 404
    said = json.loads(refused.value.response.body or b"")["detail"]
    assert said == f"no WebSocket is at {path}: the feed is at /feed"


def test_a_foreign_host_gets_no_feed(server: FeedServer) -> None:
    """DNS rebinding: the name is the attacker's, the address is ours."""
    address = f"ws://evil.example:{server.port}/feed?token={server.token}"
    with (
        pytest.raises(InvalidStatus) as refused,
        connect(address, sock=socket.create_connection(("127.0.0.1", server.port)), proxy=None),
    ):
        pass
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize("origin", ["https://tool.example", "http://127.0.0.1:{port}"])
def test_own_and_configured_origins_follow_the_feed(server: FeedServer, origin: str) -> None:
    origin = origin.format(port=server.port)
    with connect(feed_url(server), additional_headers={"Origin": origin}, proxy=None) as client:
        assert receive(client)["type"] == "hello"


def test_a_bare_visit_says_how_to_come_in(server: FeedServer) -> None:
    answer = httpx.get(f"http://localhost:{server.port}/")
    assert answer.status_code == 401
    assert "token=" in answer.text


def test_a_page_opened_with_the_token_can_reload_and_load_its_parts(server: FeedServer) -> None:
    base = f"http://127.0.0.1:{server.port}"
    with httpx.Client() as browser:
        first = browser.get(server.address)
        cookie = first.headers["Set-Cookie"]
        assert server.token not in cookie
        assert "HttpOnly; SameSite=Strict" in cookie
        own = {"Sec-Fetch-Site": "same-origin"}
        for path in ("/", "/overlay", "/static/feed.js", "/schema/feed.json"):
            assert browser.get(base + path, headers=own).status_code == 200
        for path in ("/healthz", "/metrics", "/history", "/feed"):
            assert browser.get(base + path, headers=own).status_code == 401
        # Another site, or another port of this machine, that makes the browser ask.
        for site in ("cross-site", "same-site"):
            assert browser.get(base + "/", headers={"Sec-Fetch-Site": site}).status_code == 401
        pair = cookie.split(";")[0]
    value = pair.partition("=")[2]
    assert httpx.get(f"{base}/?token={value}").status_code == 401
    assert httpx.post(base, headers={"Cookie": pair}).status_code == 401
    # Whoever serves another port of this machine is sent the cookie, and can then say any origin.
    for origin in ({}, {"Origin": base}):
        address = f"ws://127.0.0.1:{server.port}/feed"
        with (
            pytest.raises(InvalidStatus) as refused,
            connect(address, additional_headers={"Cookie": pair, **origin}, proxy=None),
        ):
            pass
        assert refused.value.response.status_code == 401


@pytest.mark.parametrize("path", ["/", "/overlay", "/static/dashboard.css", "/static/icon.svg"])
def test_pages_come_with_safe_headers(server: FeedServer, path: str) -> None:
    headers = httpx.get(server.page(path)).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert f"connect-src 'self' ws://127.0.0.1:{server.port};" in policy
    # The share page lays the overlay over its picture.
    framers = "'self'" if path == "/overlay" else "'none'"
    assert f"frame-ancestors {framers}" in policy
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"


def test_no_log_line_holds_the_token(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def broken(_: Request) -> PlainTextResponse:
        raise RuntimeError("a bug in a route")

    with caplog.at_level(logging.DEBUG, logger="readtheroom"):
        settings = ServerSettings(port=0, connection_folder=tmp_path)
        with FeedServer(settings, ABOUT, routes=[Route("/broken", broken)]) as server:
            assert httpx.get(server.page("/broken")).status_code == 500
            httpx.get(server.address)
            with following(server):
                pass
    lines = [line for line in caplog.messages if "127.0.0.1" not in line]
    assert any("/broken" in line for line in lines)
    logged = [r for r in caplog.records if r.name.startswith(("uvicorn", "readtheroom"))]
    assert not any(server.token in r.getMessage() for r in logged)


def test_health_follows_the_source(tmp_path: Path) -> None:
    with serving(tmp_path) as server, following(server) as client:
        assert httpx.get(server.page("/healthz")).json()["status"] == "starting"
        server.publish(snapshot(4))
        receive(client)
        health = httpx.get(server.page("/healthz")).json()
    assert (health["status"], health["seq"], health["clients"]) == ("live", 4, 1)


def test_closing_tells_the_clients_and_frees_the_port(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        with following(server) as client:
            server.close()
            server.close()
            with pytest.raises(FeedError, match="closed"):
                server.start()
            with pytest.raises(ConnectionClosed) as closed:
                client.recv(timeout=PATIENCE)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1001
        server.publish(snapshot(1))
        with serving(tmp_path, port=server.port) as again:
            assert again.port == server.port


def test_closing_does_not_wait_for_clients_that_do_not_read(tmp_path: Path) -> None:
    before = threading.active_count()
    with serving(tmp_path) as server, following(server) as good, bare_client(server):
        for seq in range(1, 60):
            server.publish(snapshot(seq, tiles=49))
            while receive(good)["seq"] != seq:
                pass
        server.close()
    assert threading.active_count() <= before


def test_starting_and_closing_leaves_nothing_behind(tmp_path: Path) -> None:
    def cycle() -> None:
        with serving(tmp_path) as server, following(server) as client:
            server.publish(snapshot(1))
            receive(client)

    cycle()
    process = psutil.Process()
    files, threads = process.num_fds(), threading.active_count()
    for _ in range(5):
        cycle()
    assert process.num_fds() <= files
    assert threading.active_count() <= threads
    assert list(tmp_path.iterdir()) == []


def test_a_start_that_takes_too_long_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exporter.server.feed_server.START_TIMEOUT", 0.0)
    server, before = (
        FeedServer(ServerSettings(port=0, connection_folder=tmp_path), ABOUT),
        set(threading.enumerate()),
    )

    def start() -> None:
        with pytest.raises(FeedError, match="did not start"):
            server.start()

    starting = threading.Thread(target=start, daemon=True)
    starting.start()
    starting.join(20)
    assert not starting.is_alive()
    assert set(threading.enumerate()) <= before


def test_a_taken_port_is_named_with_what_to_do(tmp_path: Path) -> None:
    with (
        serving(tmp_path) as server,
        pytest.raises(FeedError, match=f"port {server.port} is taken.*--port"),
        serving(tmp_path, port=server.port),
    ):
        pass


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"host": "0.0.0.0"}, "feed.certificate"),  # noqa: S104
        ({"host": "192.168.7.7"}, "feed.certificate"),
        ({"host": "teacher.example"}, "feed.certificate"),
        ({"key": "key.pem"}, "feed.certificate"),
        ({"certificate": "missing.pem"}, "missing.pem"),
        ({"allowed_hosts": ["http://x"]}, "no host name"),
        ({"allowed_origins": ["tool.example"]}, "no origin"),
    ],
)
def test_unsafe_or_wrong_settings_are_refused(settings: dict[str, object], named: str) -> None:
    with pytest.raises(ConfigError, match=named):
        FeedServer(ServerSettings(**settings), ABOUT)  # type: ignore[arg-type]


def test_an_address_of_another_machine_is_named(tmp_path: Path) -> None:
    certificate, key = _certificate(tmp_path)
    settings = ServerSettings("192.0.2.1", 0, certificate=certificate, key=key)
    with pytest.raises(FeedError, match=r"192\.0\.2\.1"):
        FeedServer(settings, ABOUT).start()


def test_tls(tmp_path: Path) -> None:
    certificate, key = _certificate(tmp_path)
    context = ssl.create_default_context(cafile=certificate)
    with serving(tmp_path / "t", host="localhost", certificate=certificate, key=key) as server:
        assert server.address.startswith("https://localhost:")
        answer = httpx.get(server.address, verify=context)
        assert "Secure" in answer.headers["Set-Cookie"]
        address = f"wss://localhost:{server.port}/feed?token={server.token}"
        origin = {"Origin": f"https://localhost:{server.port}"}
        with connect(address, ssl=context, additional_headers=origin, proxy=None) as client:
            assert receive(client)["type"] == "hello"


def test_the_connection_file_leads_to_this_machine_and_to_the_certificate_to_trust(tmp_path: Path) -> None:
    with serving_tls(tmp_path, "0.0.0.0") as server:  # noqa: S104 - what --lan serves
        assert server.connection_file is not None
        info = read_connection_file(server.connection_file)
        assert info.feed == f"wss://127.0.0.1:{server.port}/feed"
        assert info.certificate == str(tmp_path / "self-signed.pem")


def test_the_connection_file_of_a_certificate_without_a_loopback_name_says_the_machines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, key = self_signed(["desk.school.example"], dt.datetime.now(dt.UTC))
    (tmp_path / "own.pem").write_bytes(certificate)
    (tmp_path / "own.key").write_bytes(key)
    monkeypatch.setattr("socket.gethostname", lambda: "desk.school.example")
    monkeypatch.chdir(tmp_path)
    with serving(tmp_path, host="0.0.0.0", certificate="own.pem", key="own.key") as server:  # noqa: S104
        assert server.connection_file is not None
        info = read_connection_file(server.connection_file)
        assert info.feed == f"wss://desk.school.example:{server.port}/feed"
        assert info.certificate == str(tmp_path / "own.pem")


def _certificate(folder: Path) -> tuple[str, str]:
    certificate, key = folder / "cert.pem", folder / "key.pem"
    request = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=localhost"
    names = ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    places = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*request.split(), *names, *places], check=True, capture_output=True)
    return str(certificate), str(key)


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_only_the_user_can_read_the_connection_file(tmp_path: Path) -> None:
    with serving(tmp_path / "new" / "folder") as server:
        path = server.connection_file
        assert path is not None
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        assert json.loads(path.read_text())["token"] == server.token
    assert not path.exists()


def test_without_a_place_for_the_connection_file_it_serves_on(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with serving(tmp_path / "file") as server:
        assert server.connection_file is None
        assert httpx.get(server.address).status_code == 200


def test_the_token_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("READTHEROOM_TOKEN", "0123456789abcdef")
    with serving(tmp_path) as server:
        assert server.address.endswith("?token=0123456789abcdef")
    for wrong in ("", "short", "with a space in it and more", "ümlautümlautümlaut"):
        monkeypatch.setenv("READTHEROOM_TOKEN", wrong)
        with pytest.raises(ConfigError, match="READTHEROOM_TOKEN"):
            FeedServer(ServerSettings(port=0), ABOUT)


@pytest.mark.parametrize("path", ["/nope", "/static/nope.js", "/whip/nobody"])
def test_where_nothing_is_tools_get_a_problem_text_and_browsers_a_page(server: FeedServer, path: str) -> None:
    told = httpx.get(server.page(path))
    assert (told.status_code, told.headers["content-type"]) == (404, "application/problem+json")
    assert told.json()["title"] == "Not Found"
    assert path in told.json()["detail"]
    page = httpx.get(server.page(path), headers={"Accept": "text/html,*/*"})
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert f'href="/overlay?token={server.token}"' in page.text
    assert page.headers["cache-control"] == "no-store"


def test_browsers_are_shown_the_metrics_as_plain_text(server: FeedServer) -> None:
    address = server.page("/metrics")
    assert httpx.get(address).headers["content-type"].startswith("application/openmetrics-text")
    shown = httpx.get(address, headers={"Accept": "text/html,*/*"})
    assert shown.headers["content-type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize("path", ["/history", "/", "/static/feed.js"])
def test_a_wrong_method_is_a_problem_that_names_the_right_ones(server: FeedServer, path: str) -> None:
    told = httpx.delete(server.page(path))
    assert (told.status_code, told.headers["content-type"]) == (405, "application/problem+json")
    assert told.json()["title"] == "Method Not Allowed"
    assert "GET" in told.headers["allow"]
    assert f"use {told.headers['allow']}" in told.json()["detail"]
