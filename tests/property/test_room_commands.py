"""In mode room no message of a client changes what is read: what goes into the analysis stays the same.

Else the figures with and without one tile would give that participant's reading by difference.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import cast

import msgspec
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.analysis.overlay_mask import OverlayMask
from agent.analysis.runner import Runner
from agent.commands.run import answer_commands
from agent.errors import FeedError
from agent.privacy.consent import Consent
from agent.values import Box, Frame, PrivacyMode, Slot, Tile
from exporter.privacy import PrivacyPolicy
from exporter.protocol.client_commands import CommandDispatcher, ExcludeCommand, IncludeCommand, decode_client
from exporter.protocol.messages import AckMessage
from exporter.server.feed_server import hello_of
from exporter.server.hub import Hub
from tests.exporter.samples import ABOUT

IDS = ("t0001", "t0002", "t0003", "t0004")
BOXES = [Box(60 * number, 0, 60, 40) for number in range(len(IDS))]
TILES = [
    Tile(name, Slot(box, 0, number, box, True), False, False)
    for number, (name, box) in enumerate(zip(IDS, BOXES, strict=True))
]
FRAME = Frame(np.random.default_rng(0).integers(0, 256, (40, 240, 3), np.uint8), 1.0, 2.0)

places = st.tuples(
    st.integers(-20, 260), st.integers(-20, 60), st.integers(0, 260), st.integers(0, 60)
) | st.sampled_from([(box.left, box.top, box.width, box.height) for box in BOXES])
messages = st.one_of(
    st.sampled_from([{"type": "pause"}, {"type": "resume"}, {"type": "ack", "seq": 1}]),
    st.builds(lambda name: {"type": "exclude", "id": name}, st.sampled_from(IDS)),
    st.builds(lambda name: {"type": "include", "id": name}, st.sampled_from(IDS)),
    st.builds(lambda boxes: {"type": "overlay", "boxes": boxes}, st.lists(places, max_size=5)),
)
"""What a client may send, with the ids guessed right and boxes that cover one tile exactly."""


class Agent:
    """The parts of an agent on which clients' messages act, as ``run`` puts them together."""

    def __init__(self, mode: PrivacyMode) -> None:
        self.mask, self.consent = OverlayMask(), Consent()
        self.consent.excluded(FRAME, TILES)
        dispatcher = CommandDispatcher()
        runner = cast("Runner", SimpleNamespace(pause=lambda: None, resume=lambda: None))
        answer_commands(dispatcher, runner, self.mask, lambda: None)
        dispatcher.register(ExcludeCommand, lambda asked: self.consent.exclude(asked.id))
        dispatcher.register(IncludeCommand, lambda asked: self.consent.include(asked.id))
        policy = PrivacyPolicy(mode)
        self.hub = Hub(hello_of(ABOUT, "s", 0.0), policy, commands=dispatcher.dispatch)

    def hear(self, said: Sequence[tuple[int, dict[str, object]]]) -> None:
        """Take messages, each with the number of the client that sends it; a refusal changes nothing."""
        for client, message in said:
            command = decode_client(msgspec.json.encode(message))
            if not isinstance(command, AckMessage):
                try:
                    self.hub.command(client, command)
                except FeedError:
                    continue

    def reads_all(self) -> bool:
        """Whether the frame goes into the analysis as it is, and nobody is left out of it."""
        return self.mask.clean(FRAME) is FRAME and self.consent.excluded(FRAME, TILES) == frozenset()


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), messages), max_size=12))
def test_in_mode_room_all_is_read_whatever_clients_say(said: list[tuple[int, dict[str, object]]]) -> None:
    agent = Agent("room")
    for step in said:
        agent.hear([step])
        assert agent.reads_all()


def test_in_mode_tiles_the_same_messages_change_what_is_read() -> None:
    excluded: dict[str, object] = {"type": "exclude", "id": "t0002"}
    covered: dict[str, object] = {"type": "overlay", "boxes": [(60, 0, 60, 40)]}
    for message in (excluded, covered):
        agent = Agent("tiles")
        assert agent.reads_all()
        agent.hear([(0, message)])
        assert not agent.reads_all()
