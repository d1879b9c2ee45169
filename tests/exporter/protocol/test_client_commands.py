"""What clients ask for: read strictly, handed to whoever registered, forgotten when the client leaves."""

from __future__ import annotations

import json
import queue
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from websockets.exceptions import ConnectionClosed

from agent.errors import FeedError
from exporter.privacy import PrivacyPolicy
from exporter.protocol.client_commands import (
    MOST_BOXES,
    MOST_BOXES_TOGETHER,
    ClientCommand,
    CommandDispatcher,
    ExcludeCommand,
    IncludeCommand,
    MarkerCommand,
    OverlayCommand,
    OverlayRegions,
    PauseCommand,
    ResumeCommand,
    StopCommand,
    UnmarkCommand,
    decode_client,
    encode_command,
)
from exporter.protocol.messages import AckMessage
from exporter.protocol.schema import COMMANDS
from exporter.server.feed_server import About, FeedServer, ServerSettings
from tests.exporter.samples import ABOUT, following, receive, serving, snapshot
from tests.waiting import PATIENCE

ASKED: list[ClientCommand] = [
    PauseCommand(),
    ResumeCommand(),
    StopCommand(),
    ExcludeCommand(id="t3"),
    MarkerCommand(text="group work"),
    UnmarkCommand(time=datetime(2026, 1, 1, 8, 55, 12, 300_000, UTC)),
    OverlayCommand(boxes=((1, 2, 30, 10),)),
]


def test_an_ack_with_more_in_it_is_an_ack() -> None:
    assert decode_client('{"type":"ack","seq":3,"later":true}') == AckMessage(seq=3)


@pytest.mark.parametrize("command", ASKED)
def test_what_is_written_is_read_again(command: ClientCommand) -> None:
    assert decode_client(encode_command(command)) == command


@pytest.mark.parametrize(
    "text",
    [
        '{"type":"room","seq":3}',
        '{"type":"exclude"}',
        '{"type":"exclude","id":""}',
        '{"type":"marker","text":"' + "x" * 201 + '"}',
        '{"type":"unmark"}',
        '{"type":"unmark","time":"08:55:12"}',
        '{"type":"unmark","time":"2026-01-01T08:55:12.300"}',
        '{"type":"overlay","boxes":[[1,2,-3,4]]}',
        '{"type":"overlay","boxes":[[1,2,3]]}',
    ],
)
def test_what_is_no_command_is_refused(text: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        decode_client(text)


@pytest.mark.parametrize("after", ["", "x", " and more words"])
def test_half_an_emoji_is_called_that(after: str) -> None:
    text = json.dumps({"type": "marker", "text": f"well \ud83d{after}"})
    for given in (text, text.encode()):
        with pytest.raises(msgspec.DecodeError, match="surrogate pair"):
            decode_client(given)


def test_every_command_is_in_the_schema() -> None:
    assert {encode_command(one).split('"')[3] for one in ASKED} <= set(COMMANDS)


def test_a_command_goes_to_those_who_registered_for_its_kind() -> None:
    dispatcher, seen = CommandDispatcher(), []
    dispatcher.register(PauseCommand, lambda _: seen.append("first"))
    dispatcher.register(PauseCommand, lambda _: seen.append("second"))
    dispatcher.register(MarkerCommand, lambda marker: seen.append(marker.text))
    for command in ASKED:
        dispatcher.dispatch(command)
    assert seen == ["first", "second", "group work"]


def test_the_boxes_of_all_overlays_count_until_each_leaves() -> None:
    covered, one, two = OverlayRegions(), object(), object()
    covered.put(one, OverlayCommand(boxes=((0, 0, 1, 1),)))
    assert covered.put(two, OverlayCommand(boxes=((5, 5, 2, 2),))).boxes == ((0, 0, 1, 1), (5, 5, 2, 2))
    assert covered.leave(object()) is None
    left = covered.leave(one)
    assert left is not None
    assert left.boxes == ((5, 5, 2, 2),)


def test_all_overlays_together_draw_a_bounded_number_of_boxes() -> None:
    regions, full = OverlayRegions(), OverlayCommand(boxes=((0, 0, 9, 9),) * MOST_BOXES)
    clients = range(MOST_BOXES_TOGETHER // MOST_BOXES)
    for client in clients:
        assert len(regions.put(client, full).boxes) == (client + 1) * MOST_BOXES
    with pytest.raises(FeedError, match="at most 1000 boxes"):
        regions.put("another", OverlayCommand(boxes=((0, 0, 1, 1),)))
    assert len(regions.put(0, full).boxes) == MOST_BOXES_TOGETHER
    assert regions.leave("another") is None
    regions.leave(0)
    assert len(regions.put("another", full).boxes) == MOST_BOXES_TOGETHER


def test_a_command_reaches_the_agent_beside_acknowledgements(tmp_path: Path) -> None:
    taken: queue.Queue[ClientCommand] = queue.Queue()
    settings = ServerSettings(port=0, connection_folder=tmp_path)
    with FeedServer(settings, ABOUT, commands=taken.put) as server:
        server.publish(snapshot(1))
        with following(server, "&ack=1") as client:
            assert receive(client)["seq"] == 1
            for command in ASKED:
                client.send(encode_command(command))
            assert [taken.get(timeout=PATIENCE) for _ in ASKED] == ASKED
            client.send(encode_command(AckMessage(seq=1)))
            server.publish(snapshot(2))
            assert receive(client)["seq"] == 2
        assert taken.get(timeout=PATIENCE) == OverlayCommand(boxes=())


@pytest.mark.parametrize("command", [ExcludeCommand(id="t3"), IncludeCommand(id="t3")])
def test_in_mode_room_a_client_that_leaves_somebody_out_is_told_that_it_does_not(
    tmp_path: Path, command: ClientCommand
) -> None:
    taken: queue.Queue[ClientCommand] = queue.Queue()
    about = About(ABOUT.source, ABOUT.model, PrivacyPolicy("room"))
    settings = ServerSettings(port=0, connection_folder=tmp_path)
    with FeedServer(settings, about, commands=taken.put) as server, following(server) as client:
        client.send(encode_command(OverlayCommand(boxes=((1, 2, 30, 10),))))
        client.send(encode_command(PauseCommand()))
        assert taken.get(timeout=PATIENCE) == PauseCommand()
        client.send(encode_command(command))
        with pytest.raises(ConnectionClosed) as closed:
            client.recv(timeout=PATIENCE)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1008
        assert "consent.list" in closed.value.rcvd.reason
    assert taken.empty()


def test_a_feed_that_takes_no_commands_says_so(tmp_path: Path) -> None:
    with serving(tmp_path) as server, following(server) as client:
        client.send(encode_command(PauseCommand()))
        with pytest.raises(ConnectionClosed) as closed:
            client.recv(timeout=PATIENCE)
        assert closed.value.rcvd is not None
        assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (1008, "this feed takes no commands")
