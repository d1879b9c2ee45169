"""What can be asked for in the feed's address, and what stands at the pages' addresses."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, MutableMapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.routing import Mount, Route, WebSocketRoute

from agent.errors import FeedError
from exporter.access.gate import PAGES
from exporter.privacy import PrivacyPolicy
from exporter.server.feed_server import hello_of
from exporter.server.hub import ClientLimits, Hub
from exporter.server.routes import HIGHEST_HZ, LOWEST_HZ, feed_options, feed_routes, page_routes
from exporter.server.views import FeedOptions
from tests.exporter.samples import ABOUT


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("", FeedOptions()),
        ("token=abc", FeedOptions()),
        ("ack=1", FeedOptions(ack=True)),
        ("ack=0&hz=2.5&view=room", FeedOptions(ack=False, hz=2.5, view="room")),
    ],
)
def test_options_are_read(query: str, wanted: FeedOptions) -> None:
    assert feed_options(query) == wanted


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("ack=yes", "ack is 'yes', but must be 0 or 1"),
        ("view=faces", "view is 'faces', but must be one of tiles, room"),
        ("hz=0", "hz is '0'"),
        ("hz=nan", "hz is 'nan'"),
        (f"hz={HIGHEST_HZ * 2}", "a number from 0.001 to 1000"),
        ("hz=1_0", "hz is '1_0'"),
        ("hz=%D9%A3", "hz is '٣'"),
        ("hz=5e-324", "hz is '5e-324'"),
        ("hz=0.0001", "hz is '0.0001'"),
        ("hz=+2", "hz is ' 2'"),
        ("hz=", "hz is ''"),
        ("ack=1&ack=1", "ack is given twice"),
        ("token=abc&veiw=room", "'veiw' is no option of the feed: it takes ack, hz, view"),
    ],
)
def test_a_mistake_names_the_option_and_the_value(query: str, said: str) -> None:
    with pytest.raises(FeedError, match=said):
        feed_options(query)


@given(st.text(max_size=60) | st.text("0123456789_.eE+-%D9A3 ", max_size=12).map("hz={}".format))
def test_any_query_is_options_or_a_named_error(query: str) -> None:
    try:
        options = feed_options(query)
    except FeedError:
        return
    assert options.hz is None or LOWEST_HZ <= options.hz <= HIGHEST_HZ


def test_clients_that_connect_at_once_do_not_pass_the_limit() -> None:
    hello = hello_of(ABOUT, "session", 0.0)
    hub = Hub(hello, PrivacyPolicy(), ClientLimits(clients=1))
    feed = next(route for route in feed_routes(hub) if isinstance(route, WebSocketRoute))
    scope = {
        "type": "websocket", "path": "/feed", "query_string": b"", "headers": [], "scheme": "ws",
        "server": ("127.0.0.1", 1), "extensions": {"websocket.http.response": {}},
    }  # fmt: skip

    async def connect(answers: list[str]) -> None:
        said: Iterator[dict[str, object]] = iter([{"type": "websocket.connect"}])

        async def receive() -> dict[str, object]:
            return next(said, {"type": "websocket.disconnect", "code": 1000})

        async def send(message: MutableMapping[str, object]) -> None:
            answers.append(f"{message['type']} {message.get('status', '')}")
            # Whoever is accepted has to be written to, and meanwhile others come.
            await asyncio.sleep(0.01)

        await feed.app(scope, receive, send)

    async def three_at_once() -> list[list[str]]:
        answers: list[list[str]] = [[], [], []]
        await asyncio.gather(*map(connect, answers))
        return answers

    assert [first for first, *_ in asyncio.run(three_at_once())] == [
        "websocket.accept ",
        "websocket.http.response.start 503",
        "websocket.http.response.start 503",
    ]


def test_each_page_that_explains_a_refusal_is_served() -> None:
    served = {route.path for route in page_routes() if isinstance(route, Route)}
    # The share page comes with the source that takes pictures.
    assert PAGES - {"/share"} <= served
    assert [route.path for route in page_routes() if isinstance(route, Mount)] == ["/static"]
