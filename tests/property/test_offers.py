"""Whatever is sent as an offer or a fragment is answered, or refused by a SenderError; nothing stays open."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.errors import SenderError
from agent.sources.webrtc.sessions import Senders
from tests.peers import Sender, coloured

SIGNS = "0 9a:=/-;.\x00é\t"


PLACES = st.integers(0, 40)
"""A real offer has about as many lines."""

EDITS = st.one_of(
    st.tuples(st.just("drop"), PLACES, PLACES, st.just("")),
    st.tuples(st.just("repeat"), PLACES, PLACES, st.just("")),
    st.tuples(st.just("cut"), PLACES, st.integers(0, 40), st.just("")),
    st.tuples(st.just("write"), PLACES, st.integers(0, 40), st.text(SIGNS, max_size=3)),
    st.tuples(st.just("number"), PLACES, st.integers(0, 9), st.integers(-1, 10**12).map(str)),
)


def edited(lines: list[str], kind: str, place: int, where: int, text: str) -> list[str]:
    """The offer's lines with one of them dropped, repeated, cut or written into."""
    place = min(place, len(lines) - 1)
    line = lines[place]
    if kind == "drop":
        return lines[:place] + lines[place + 1 :] or [""]
    if kind == "repeat":
        return [*lines[:place], lines[min(where, len(lines) - 1)], *lines[place:]]
    changed = {
        "cut": line[:where],
        "write": line[:where] + text + line[where + 1 :],
        "number": line.replace(str(where), text),
    }[kind]
    return [*lines[:place], changed, *lines[place + 1 :]]


@cache
def real_offer() -> tuple[str, ...]:
    """The lines of an offer that aiortc makes."""

    async def made() -> str:
        async with Sender(coloured(200, 40, 40)) as sender:
            return await sender.offer()

    return tuple(asyncio.run(made()).split("\r\n"))


@pytest.fixture(scope="module")
def senders() -> Iterator[Senders]:
    with Senders() as opened:
        yield opened


@settings(max_examples=150, deadline=None)
@given(st.lists(EDITS, min_size=1, max_size=3))
def test_a_damaged_offer_is_answered_or_refused(
    senders: Senders, edits: list[tuple[str, int, int, str]]
) -> None:
    lines = list(real_offer())
    for edit in edits:
        lines = edited(lines, *edit)

    async def work() -> None:
        try:
            answer = await senders.open("\r\n".join(lines))
        except SenderError:
            return
        assert answer.sdp.startswith("v=0")
        await senders.end(answer.session)

    asyncio.run(work())
    assert senders.sessions == 0


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200), st.lists(st.text(SIGNS + "candidate udp 1", max_size=60), max_size=4))
def test_a_damaged_fragment_is_taken_or_refused(senders: Senders, text: str, lines: list[str]) -> None:
    async def work() -> None:
        answer = await senders.open("\r\n".join(real_offer()))
        try:
            await senders.trickle(answer.session, "\n".join(f"a=candidate:{line}" for line in lines))
            await senders.trickle(answer.session, text)
        except SenderError:
            pass
        finally:
            await senders.end(answer.session)

    asyncio.run(work())
    assert senders.sessions == 0
