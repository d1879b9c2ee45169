"""The feed's centre without a socket: the newest message alone, filtered, once for each view."""

from __future__ import annotations

import asyncio
import json

import pytest

from agent.errors import FeedError
from agent.values import PrivacyMode
from exporter.privacy import PrivacyPolicy
from exporter.protocol.client_commands import (
    ClientCommand,
    ExcludeCommand,
    IncludeCommand,
    OverlayCommand,
    PauseCommand,
)
from exporter.protocol.messages import room_message
from exporter.server.feed_server import hello_of
from exporter.server.hub import ClientLimits, Hub
from exporter.server.views import EncodedMessage
from tests.exporter.samples import ABOUT, snapshot


class Clock:
    """A clock that is set by hand."""

    now = 5.0

    def __call__(self) -> float:
        return self.now


def hub(policy: PrivacyPolicy | None = None, **options: object) -> Hub:
    return Hub(hello_of(ABOUT, "s1", 0.0), policy or PrivacyPolicy(), **options)  # type: ignore[arg-type]


def after(made: Hub, *numbers: int) -> Hub:
    """The hub after these snapshots, published one right after the other."""

    async def publish() -> None:
        made.open(asyncio.get_running_loop())
        for number in numbers:
            made.publish(snapshot(number))
        await asyncio.sleep(0)

    asyncio.run(publish())
    return made


def test_of_what_comes_between_two_looks_only_the_newest_is_kept() -> None:
    made = after(hub(), 1, 2, 3)
    assert made.newest is not None
    assert made.newest.seq == 3
    assert "readtheroom_frames_total 1" in made.metrics.render()


def test_what_came_before_it_opened_is_there_then() -> None:
    made = hub()
    assert made.newest is None
    made.publish(snapshot(7))
    after(made)
    assert made.newest is not None
    assert made.newest.seq == 7


def test_nothing_goes_in_that_privacy_holds_back() -> None:
    made = after(hub(PrivacyPolicy("off")), 1)
    assert made.newest is not None
    assert made.newest.tiles == ()
    assert made.newest.room.tiles == 0


def test_the_age_is_that_of_the_newest_message() -> None:
    clock = Clock()
    made = hub(clock=clock)
    assert made.age is None
    after(made, 1)
    clock.now += 2.5
    assert made.age == pytest.approx(2.5)


def test_the_view_of_the_room_leaves_the_tiles_out_and_nothing_else() -> None:
    encoded = EncodedMessage(room_message(snapshot(1)))
    tiles, room = json.loads(encoded.text("tiles")), json.loads(encoded.text("room"))
    assert len(tiles["tiles"]) == 3
    assert room == {**tiles, "tiles": []}
    assert encoded.text("room") is encoded.text("room")


@pytest.mark.parametrize("mode", ["room", "off"])
def test_only_mode_tiles_takes_commands_on_single_tiles(mode: PrivacyMode) -> None:
    """Else the room's figures with and without a tile would differ by the reading of one participant."""
    taken: list[ClientCommand] = []
    made = hub(PrivacyPolicy(mode), commands=taken.append)
    for command in (ExcludeCommand(id="t1"), IncludeCommand(id="t1")):
        with pytest.raises(FeedError, match=rf"in mode {mode} .*: use consent\.list"):
            made.command(object(), command)
    # Without an error: an overlay that sends what it covers goes on.
    made.command(object(), OverlayCommand(boxes=((0, 0, 9, 9),)))
    made.command(object(), PauseCommand())
    assert taken == [PauseCommand()]


def test_commands_go_to_whoever_takes_them_and_are_refused_without() -> None:
    taken: list[ClientCommand] = []
    hub(commands=taken.append).command(object(), PauseCommand())
    assert taken == [PauseCommand()]
    with pytest.raises(FeedError, match="takes no commands"):
        hub().command(object(), PauseCommand())


def test_there_are_as_many_places_as_the_limit_says_and_each_comes_back() -> None:
    served = hub(limits=ClientLimits(clients=2))
    with (
        served.reserve_client() as first,
        served.reserve_client() as second,
        served.reserve_client() as third,
    ):
        assert (first, second, third) == (True, True, False)
    with pytest.raises(RuntimeError, match="left"), served.reserve_client(), served.reserve_client():
        raise RuntimeError("the client left while it was accepted")
    with served.reserve_client() as first, served.reserve_client() as second:
        assert (first, second) == (True, True)
