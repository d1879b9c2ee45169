"""Sends readings to an MQTT broker, for home automation, lights, dashboards.

Messages are those of the feed, filtered by the privacy mode. ``TOPIC/room`` has the room's figures and the
source's state, ``TOPIC/tiles`` the tiles (only in mode tiles), ``TOPIC/status`` "online" or "offline". If the
agent dies, the broker publishes "offline" (MQTT's last will). Only the status is retained by the broker.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import msgspec

from agent.errors import ConfigError
from agent.values import Snapshot
from exporter.access.rules import is_loopback
from exporter.privacy import PrivacyPolicy, filter_snapshot
from exporter.protocol.messages import room_message

if TYPE_CHECKING:
    from paho.mqtt.client import Client

logger = logging.getLogger("readtheroom")

PASSWORD = "READTHEROOM_MQTT_PASSWORD"  # noqa: S105 - the name of a variable
MOST_WAITING = 5
"""Maximum number of messages queued for a broker that does not answer; old readings are useless."""


@dataclass(frozen=True, slots=True)
class Broker:
    """The broker's address, login and topic; ``hz`` is the maximum of snapshots sent per second."""

    host: str
    port: int = 1883
    tls: bool = False
    topic: str = "readtheroom"
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    hz: float = 1.0

    @property
    def where(self) -> str:
        """Host and port."""
        return f"{self.host}:{self.port}"


def payloads(snapshot: Snapshot, policy: PrivacyPolicy) -> dict[str, bytes]:
    """The payloads of a snapshot by the last part of their topic; pure."""
    message = room_message(filter_snapshot(snapshot, policy))
    given: dict[str, Any] = msgspec.to_builtins(message)
    tiles = given.pop("tiles", [])
    found = {"room": msgspec.json.encode(given)}
    if policy.mode == "tiles":
        found["tiles"] = msgspec.json.encode({"seq": given["seq"], "time": given["time"], "tiles": tiles})
    return found


class MqttBridge:
    """Sends snapshots to a broker while the context is entered; reconnects if the broker is unreachable.

    Raises ConfigError if the package is missing, if there is a user without a password, or for a host that
    no name server could know.
    """

    def __init__(self, broker: Broker, policy: PrivacyPolicy) -> None:
        try:
            from paho.mqtt.client import Client
            from paho.mqtt.enums import CallbackAPIVersion
        except ImportError:
            raise ConfigError(
                "mqtt.host is set, but the package for it is missing: "
                'pip install ".[mqtt]" in the program\'s folder'
            ) from None
        if broker.user is not None and broker.password is None:
            raise ConfigError(f"mqtt.user is {broker.user!r}: put the password into the variable {PASSWORD}")
        try:
            broker.host.encode("idna")
        except UnicodeError:
            # In paho's thread it would be a traceback, and the end of that thread.
            raise ConfigError(
                f"mqtt.host is {broker.host!r}, but must be a host name or an IP address: a part between "
                "its dots is empty or too long"
            ) from None
        self._broker, self._policy = broker, policy
        self._due = 0.0
        self._is_joined = False
        self._warned = ""
        """The last warning's advice, so that retries do not repeat it; empty after a connection."""
        self._client = Client(CallbackAPIVersion.VERSION2)
        self._client.max_queued_messages_set(MOST_WAITING)
        self._client.will_set(self._topic("status"), b"offline", qos=1, retain=True)
        if broker.user is not None:
            self._client.username_pw_set(broker.user, broker.password)
        if broker.tls:
            self._client.tls_set()
        self._client.on_connect = self._connected
        self._client.on_connect_fail = self._unreachable
        self._client.on_disconnect = self._disconnected

    def publish(self, snapshot: Snapshot, now: float) -> None:
        """Send the filtered snapshot, at most ``hz`` times a second; ``now`` in monotonic seconds."""
        if now < self._due or not self._client.is_connected():
            return
        self._due = now + 1.0 / self._broker.hz
        for name, payload in payloads(snapshot, self._policy).items():
            self._client.publish(self._topic(name), payload)

    def close(self) -> None:
        """Publish "offline" and disconnect; idempotent."""
        if self._client.is_connected():
            said = self._client.publish(self._topic("status"), b"offline", qos=1, retain=True)
            # The broker may be gone or not accept it; it then publishes "offline" itself (last will).
            with contextlib.suppress(RuntimeError, ValueError):
                said.wait_for_publish(1.0)
        self._client.disconnect()
        self._client.loop_stop()

    def __enter__(self) -> Self:
        if not is_loopback(self._broker.host.lower()):
            secured = "by TLS" if self._broker.tls else "unencrypted, because mqtt.tls is false"
            logger.warning(
                "readings leave this machine, %s: to the MQTT broker %s (mqtt.host)",
                secured,
                self._broker.where,
            )
        self._client.connect_async(self._broker.host, self._broker.port)
        self._client.loop_start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _topic(self, name: str) -> str:
        return f"{self._broker.topic}/{name}"

    def _connected(self, client: Client, _: Any, __: Any, reason: Any, ___: Any) -> None:
        if reason.is_failure:
            self._warn(f"refuses ({reason})", f"mqtt.user and {PASSWORD}")
            return
        self._is_joined, self._warned = True, ""
        logger.info("connected to the MQTT broker %s", self._broker.where)
        client.publish(self._topic("status"), b"online", qos=1, retain=True)

    def _disconnected(self, _: Client, __: Any, ___: Any, reason: Any, ____: Any) -> None:
        if not reason.is_failure:
            return
        if self._is_joined:
            self._is_joined = False
            logger.warning("the MQTT broker %s is lost (%s); trying again", self._broker.where, reason)
        elif not self._warned:
            self._warn("ends the connection before it answers", "mqtt.port and mqtt.tls")

    def _unreachable(self, _: Client, __: Any) -> None:
        # paho calls this inside its except block, without the error as an argument.
        self._warn(
            f"cannot be reached ({sys.exception()})", "mqtt.host, mqtt.port, mqtt.tls and that it runs"
        )

    def _warn(self, what: str, check: str) -> None:
        """Log a connection problem, once for all retries that fail in the same way."""
        if check != self._warned:
            self._warned = check
            logger.warning("the MQTT broker %s %s: check %s; trying again", self._broker.where, what, check)


def password_from_environment() -> str | None:
    """The broker's password from the environment, so that it is in no file and on no command line."""
    return os.environ.get(PASSWORD)
