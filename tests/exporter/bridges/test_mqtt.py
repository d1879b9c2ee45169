"""The MQTT bridge against a real broker, mosquitto, on loopback."""

from __future__ import annotations

import json
import logging
import queue
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from agent.errors import ConfigError
from exporter.bridges.mqtt import MOST_WAITING, Broker, MqttBridge, payloads
from exporter.privacy import PrivacyPolicy
from tests.exporter.samples import snapshot
from tests.paths import absent
from tests.waiting import PATIENCE, until

MOSQUITTO = shutil.which("mosquitto", path="/usr/sbin:/usr/bin:/usr/local/sbin:/opt/homebrew/sbin")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@contextmanager
def mosquitto(folder: Path, number: int, *, anonymous: bool = True) -> Iterator[None]:
    """A broker on a port of this machine, as long as the block lasts."""
    if MOSQUITTO is None:
        absent("there is no broker to test with: install mosquitto")
    config = folder / "mosquitto.conf"
    config.write_text(f"listener {number} 127.0.0.1\nallow_anonymous {str(anonymous).lower()}\n")
    broker = subprocess.Popen([MOSQUITTO, "-c", str(config)], stderr=subprocess.DEVNULL)
    try:
        until(lambda: answers(number))
        yield
    finally:
        broker.terminate()
        broker.wait()


def answers(number: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", number), 1).close()
    except OSError:
        return False
    return True


def impatient(bridge: MqttBridge) -> MqttBridge:
    """The same bridge, which tries again at once: of itself it waits for a second, then twice as long."""
    bridge._client.reconnect_delay_set(0.05, 0.1)  # type: ignore[arg-type]
    return bridge


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    number = free_port()
    with mosquitto(tmp_path_factory.mktemp("broker"), number):
        yield number


class Listener:
    """Another client of the broker."""

    def __init__(self, port: int, topic: str) -> None:
        self._said: queue.Queue[tuple[str, bytes]] = queue.Queue()
        ready: queue.Queue[None] = queue.Queue()
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2)
        self._client.on_message = lambda _, __, message: self._said.put(
            (message.topic, bytes(message.payload))
        )
        self._client.on_subscribe = lambda *_: ready.put(None)
        self._client.connect("127.0.0.1", port)
        self._client.subscribe(topic)
        self._client.loop_start()
        ready.get(timeout=PATIENCE)

    def next(self) -> tuple[str, bytes]:
        return self._said.get(timeout=PATIENCE)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


@pytest.mark.parametrize(("mode", "parts"), [("tiles", ["room", "tiles"]), ("room", ["room"])])
def test_a_real_broker_gets_what_the_privacy_mode_lets_out(port: int, mode: str, parts: list[str]) -> None:
    topic = f"school/{mode}"
    listener = Listener(port, f"{topic}/#")
    with MqttBridge(Broker("127.0.0.1", port, topic=topic), PrivacyPolicy(mode, 5)) as bridge:  # type: ignore[arg-type]
        assert listener.next() == (f"{topic}/status", b"online")
        bridge.publish(snapshot(1, 8), 100.0)
        bridge.publish(snapshot(2, 8), 100.5)
        got = {name: json.loads(payload) for name, payload in (listener.next() for _ in parts)}
    assert listener.next() == (f"{topic}/status", b"offline")
    listener.close()
    assert sorted(got) == [f"{topic}/{part}" for part in parts]
    # Twice in a second is more than hz, so the second one was left out.
    assert got[f"{topic}/room"]["seq"] == 1
    assert got[f"{topic}/room"]["room"]["read"] == 8
    assert ("t3" in json.dumps(got)) == (mode == "tiles")


@pytest.mark.parametrize("takes_connections", [False, True], ids=["nobody", "nobody answers"])
def test_without_a_broker_nothing_waits_and_nothing_fails(takes_connections: bool) -> None:
    """The analysis publishes in its own thread: at 5 frames a second it has 0.2 s for everything."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        number = server.getsockname()[1] if takes_connections else free_port()
        with MqttBridge(Broker("127.0.0.1", number), PrivacyPolicy()) as bridge:
            begun = time.monotonic()
            for seq in range(50):
                bridge.publish(snapshot(seq), float(seq))
            assert time.monotonic() - begun < 50 * 0.02
            begun = time.monotonic()
        assert time.monotonic() - begun < 10, "to leave took long"
        bridge.close()


@pytest.mark.parametrize("waiting", [0, MOST_WAITING], ids=["gone", "takes nothing"])
def test_a_broker_that_goes_in_the_last_moment_ends_no_lesson(
    monkeypatch: pytest.MonkeyPatch, waiting: int
) -> None:
    """It is asked whether there is a connection, and then there is none."""
    bridge = MqttBridge(Broker("127.0.0.1", 1), PrivacyPolicy())
    with bridge:
        for _ in range(waiting):
            bridge._client.publish("any", b"", qos=1)
        monkeypatch.setattr(bridge._client, "is_connected", lambda: True)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("paho")]


def test_a_broker_that_cannot_be_reached_is_named_with_what_to_check(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    number = free_port()
    where = f"the MQTT broker 127.0.0.1:{number}"
    caplog.set_level(logging.INFO, logger="readtheroom")
    with impatient(MqttBridge(Broker("127.0.0.1", number), PrivacyPolicy())):
        until(lambda: len(caplog.messages) == 1)
        with mosquitto(tmp_path, number):
            until(lambda: len(caplog.messages) == 2)
        until(lambda: len(caplog.messages) == 4)
    for line in (caplog.messages[0], caplog.messages[3]):
        assert line.startswith(f"{where} cannot be reached ([Errno ")
        assert "check mqtt.host, mqtt.port" in line
    assert caplog.messages[1] == f"connected to {where}"
    assert caplog.messages[2].startswith(f"{where} is lost")


def test_what_is_wrong_is_said_once_for_all_attempts(caplog: pytest.LogCaptureFixture) -> None:
    """Something that is no broker answers, as where TLS is asked for and not spoken."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        number = server.getsockname()[1]
        with impatient(MqttBridge(Broker("127.0.0.1", number), PrivacyPolicy())):
            for _ in range(3):
                server.accept()[0].close()
            until(lambda: caplog.messages)
    assert len(caplog.messages) == 1
    assert f"127.0.0.1:{number} ends the connection before it answers: check mqtt.port" in caplog.text


def test_a_broker_that_refuses_is_told_with_what_to_check(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    number = free_port()
    with (
        mosquitto(tmp_path, number, anonymous=False),
        MqttBridge(Broker("127.0.0.1", number, user="u", password="wrong-one"), PrivacyPolicy()),  # noqa: S106
    ):
        until(lambda: caplog.messages)
    assert "refuses (Not authorized): check mqtt.user and READTHEROOM_MQTT_PASSWORD" in caplog.text
    assert "wrong-one" not in caplog.text


def test_below_the_least_group_no_figures_are_sent() -> None:
    sent = payloads(snapshot(1, 4), PrivacyPolicy("room", 5))
    assert list(sent) == ["room"]
    assert json.loads(sent["room"])["room"]["scores"] is None


def test_that_readings_leave_the_machine_is_said(caplog: pytest.LogCaptureFixture) -> None:
    with (
        caplog.at_level(logging.WARNING, logger="readtheroom"),
        MqttBridge(Broker("broker.invalid", user="u", password="hidden-one"), PrivacyPolicy()),  # noqa: S106
    ):
        pass
    assert "leave this machine, unencrypted" in caplog.messages[0]
    assert "broker.invalid:1883" in caplog.messages[0]
    assert "hidden-one" not in caplog.text + repr(Broker("h", password="hidden-one"))  # noqa: S106


def test_a_user_without_a_password_is_refused() -> None:
    with pytest.raises(ConfigError, match="READTHEROOM_MQTT_PASSWORD"):
        MqttBridge(Broker("127.0.0.1", user="teacher"), PrivacyPolicy())


@pytest.mark.parametrize("host", ["192.168.1..5", ".local", "x" * 64])
def test_a_host_that_no_name_server_could_know_is_refused(host: str) -> None:
    with pytest.raises(ConfigError, match=r"mqtt\.host is '.*', but must be a host name or an IP address"):
        MqttBridge(Broker(host), PrivacyPolicy())


def test_no_reading_is_retained(port: int, tmp_path: Path) -> None:
    with MqttBridge(Broker("127.0.0.1", port, topic="kept"), PrivacyPolicy()) as bridge:
        during = Listener(port, "kept/#")
        while during.next() != ("kept/status", b"online"):
            pass
        bridge.publish(snapshot(1), 0.0)
        during.next()
        during.close()
    later = Listener(port, "kept/#")
    # What is retained comes before whatever is published after the subscription.
    later._client.publish("kept/end")
    assert list(iter(later.next, ("kept/end", b""))) == [("kept/status", b"offline")]
    later.close()
