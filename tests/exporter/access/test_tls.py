from __future__ import annotations

import datetime as dt
import os
import ssl
import stat
from pathlib import Path

import httpx
import pytest

from agent.errors import ConfigError
from exporter.access.tls import (
    VALID,
    KeptCertificate,
    fingerprint,
    kept_certificate,
    lan_addresses,
    own_names,
)
from tests.exporter.samples import serving

NAMES = ["localhost", "127.0.0.1", "192.168.1.5", "teacher.local"]
NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def test_a_browser_that_trusts_it_comes_in_by_name_and_address(tmp_path: Path) -> None:
    kept = kept_certificate(NAMES, tmp_path)
    context = ssl.create_default_context(cafile=str(kept.certificate))
    certificate, key = str(kept.certificate), str(kept.key)
    with serving(tmp_path / "state", certificate=certificate, key=key) as server:
        for name in ("localhost", "127.0.0.1"):
            assert httpx.get(server.page("/", name), verify=context).status_code == 200
        with pytest.raises(httpx.ConnectError, match="self.signed"):
            httpx.get(server.address)


def test_it_is_kept_while_it_fits_and_lasts(tmp_path: Path) -> None:
    first = fingerprint(kept_certificate(NAMES, tmp_path, NOW).certificate)

    def again(names: list[str], days: int) -> bool:
        kept = kept_certificate(names, tmp_path, NOW + dt.timedelta(days=days))
        return fingerprint(kept.certificate) == first

    assert again(NAMES, 0)
    assert again(NAMES[:2], 300)
    assert not again([*NAMES, "10.0.0.9"], 0)


@pytest.mark.parametrize("days", [-1, VALID.days - 29])
def test_it_is_made_anew_outside_its_time(tmp_path: Path, days: int) -> None:
    first = fingerprint(kept_certificate(NAMES, tmp_path, NOW).certificate)
    other = kept_certificate(NAMES, tmp_path, NOW + dt.timedelta(days=days))
    assert fingerprint(other.certificate) != first


@pytest.mark.parametrize("spoilt", ["certificate", "key"])
def test_a_damaged_file_is_replaced(tmp_path: Path, spoilt: str) -> None:
    kept = kept_certificate(NAMES, tmp_path)
    getattr(kept, spoilt).write_text("-----BEGIN NONSENSE-----\n")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    mended = kept_certificate(NAMES, tmp_path)
    context.load_cert_chain(mended.certificate, mended.key)


def test_a_key_of_another_certificate_is_replaced(tmp_path: Path) -> None:
    kept = kept_certificate(NAMES, tmp_path)
    other = kept_certificate(NAMES, tmp_path / "other")
    kept.key.write_bytes(other.key.read_bytes())
    mended = kept_certificate(NAMES, tmp_path)
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(mended.certificate, mended.key)


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_only_the_user_can_read_the_key(tmp_path: Path) -> None:
    kept = kept_certificate(NAMES, tmp_path / "new")
    assert stat.S_IMODE(kept.key.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.key.parent.stat().st_mode) == 0o700
    assert sorted(kept.key.parent.iterdir()) == sorted([kept.certificate, kept.key])


def test_without_a_place_for_it_the_message_says_what_to_set(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match=r"feed\.certificate"):
        kept_certificate(NAMES, tmp_path / "file")


def test_names_of_this_machine() -> None:
    assert own_names("192.168.1.5") == ["192.168.1.5", "localhost", "127.0.0.1"]
    everywhere = own_names("0.0.0.0")  # noqa: S104
    assert everywhere[: len(lan_addresses())] == lan_addresses()
    assert {"localhost", "127.0.0.1"} <= set(everywhere)
    assert not any(address.startswith(("127.", "169.254.")) for address in lan_addresses())


@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("desk-7", ["desk-7", "desk-7.local"]),
        ("desk.school.example", ["desk.school.example"]),
        ("Müllers PC", []),
        ("a_b", []),
        ("", []),
    ],
)
def test_odd_names_of_the_machine_are_left_out(
    monkeypatch: pytest.MonkeyPatch, name: str, names: list[str]
) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: name)
    expected = [*lan_addresses(), *names, "localhost", "127.0.0.1"]
    assert own_names("0.0.0.0") == expected  # noqa: S104


def test_a_kept_certificate_is_a_plain_pair_of_paths(tmp_path: Path) -> None:
    assert kept_certificate(NAMES, tmp_path) == KeptCertificate(
        tmp_path / "self-signed.pem", tmp_path / "self-signed.key"
    )
