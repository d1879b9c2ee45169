"""Opens the bridges that the configuration names."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from agent.analysis.runner import Publish
from agent.configuration.config import Config
from agent.privacy.policy import privacy_policy
from agent.values import Snapshot


@contextmanager
def bridges(config: Config) -> Iterator[Publish]:
    """Yield a function that passes snapshots to MQTT and LSL where they are configured, else to nothing.

    Raises ConfigError when a package is missing.
    """
    policy = privacy_policy(config.privacy)
    takers: list[Publish] = []
    with ExitStack() as stack:
        given = config.mqtt
        if given.host is not None:
            from exporter.bridges.mqtt import Broker, MqttBridge, password_from_environment

            password = password_from_environment()
            broker = Broker(given.host, given.port, given.tls, given.topic, given.user, password, given.hz)
            mqtt = stack.enter_context(MqttBridge(broker, policy))
            takers.append(lambda snapshot: mqtt.publish(snapshot, time.monotonic()))
        if config.lsl.enabled:
            from exporter.bridges.lsl import LslBridge

            takers.append(stack.enter_context(LslBridge(config.lsl.name, policy)).publish)

        def publish(snapshot: Snapshot) -> None:
            for take in takers:
                take(snapshot)

        yield publish
