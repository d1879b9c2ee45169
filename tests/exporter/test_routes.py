"""What can be asked for in the feed's address, and what stands at the pages' addresses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.routing import Mount, Route

from agent.errors import FeedError
from exporter.gate import PAGES
from exporter.hub import Options
from exporter.routes import HIGHEST_HZ, feed_options, page_routes


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("", Options()),
        ("token=abc", Options()),
        ("ack=1", Options(ack=True)),
        ("ack=0&hz=2.5&view=room", Options(ack=False, hz=2.5, view="room")),
    ],
)
def test_options_are_read(query: str, wanted: Options) -> None:
    assert feed_options(query) == wanted


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("ack=yes", "ack is 'yes', but must be 0 or 1"),
        ("view=faces", "view is 'faces', but must be one of tiles, room"),
        ("hz=0", "hz is '0'"),
        ("hz=nan", "hz is 'nan'"),
        (f"hz={HIGHEST_HZ * 2}", "at most 1000"),
        ("hz=", "hz is ''"),
        ("ack=1&ack=1", "ack is given twice"),
        ("token=abc&veiw=room", "'veiw' is no option of the feed: it takes ack, hz, view"),
    ],
)
def test_a_mistake_names_the_option_and_the_value(query: str, said: str) -> None:
    with pytest.raises(FeedError, match=said):
        feed_options(query)


@given(st.text(max_size=60))
def test_any_query_is_options_or_a_named_error(query: str) -> None:
    try:
        options = feed_options(query)
    except FeedError:
        return
    assert options.hz is None or 0 < options.hz <= HIGHEST_HZ


def test_each_page_that_explains_a_refusal_is_served() -> None:
    served = {route.path for route in page_routes() if isinstance(route, Route)}
    # The share page comes with the source that takes pictures.
    assert PAGES - {"/share"} <= served
    assert [route.path for route in page_routes() if isinstance(route, Mount)] == ["/static"]
