"""Where and to whom the feed is served: what is safe, and the socket."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.errors import ConfigError, FeedError
from exporter.access.rules import Request
from exporter.access.tls import is_for, kept_certificate, own_names
from exporter.server.server_settings import ServerSettings, access_rules_of, check_reach, listen, local_name

TOKEN = "0123456789abcdef"  # noqa: S105 - guards nothing


def asked(host: str) -> Request:
    return Request("http", (host,), query_token=TOKEN)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST", "::1"])
def test_this_machine_alone_needs_no_certificate(host: str) -> None:
    check_reach(ServerSettings(host))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.7.7", "teacher.example"])  # noqa: S104
def test_another_address_is_refused_without_one_and_says_what_to_do(host: str) -> None:
    with pytest.raises(ConfigError, match=r"in clear: start with --lan"):
        check_reach(ServerSettings(host))


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("0.0.0.0", "127.0.0.1"),  # noqa: S104
        ("::", "localhost"),
        ("192.168.7.7", "192.168.7.7"),
        ("127.0.0.1", "127.0.0.1"),
    ],
)
def test_programs_of_this_machine_use_a_name_that_the_certificate_holds(
    tmp_path: Path, host: str, name: str
) -> None:
    kept = kept_certificate(own_names(host), tmp_path)
    assert local_name(ServerSettings(host, certificate=str(kept.certificate))) == name
    assert is_for(kept.certificate, name)


def test_a_configured_name_is_let_in_and_no_other() -> None:
    access = access_rules_of(ServerSettings(allowed_hosts=["teacher.local"]), TOKEN)
    assert access.check(asked("teacher.local:8765")) is None
    assert access.check(asked("127.0.0.1:8765")) is None
    refused = access.check(asked("evil.example"))
    assert refused is not None
    assert refused.status == 403


def test_the_name_that_is_served_on_is_let_in() -> None:
    assert access_rules_of(ServerSettings("teacher.example"), TOKEN).check(asked("teacher.example")) is None


def test_a_port_that_is_taken_is_named_and_0_takes_a_free_one() -> None:
    with listen(ServerSettings(port=0)) as first:
        port = int(first.getsockname()[1])
        assert port > 0
        with pytest.raises(FeedError, match=f"port {port} is taken .*--port"):
            listen(ServerSettings(port=port))
        with listen(ServerSettings(port=0)) as second:
            assert second.getsockname()[1] != port


def test_an_address_of_another_machine_cannot_be_served_on() -> None:
    with pytest.raises(FeedError, match=r"192\.0\.2\.1"):
        listen(ServerSettings("192.0.2.1", 0))
