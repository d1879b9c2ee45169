from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.errors import OfferError
from agent.sources.webrtc.sdp import DIRECTIONS, MOST_CANDIDATES, Fragment, cleaned, usable_candidate

OWN = "candidate:1 1 udp 2130706431 192.168.1.5 40000 typ host"
HEAD = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\n"


def allows_home(address: str) -> bool:
    return address in {"192.168.1.5", "fd00::2"}


@pytest.mark.parametrize(
    ("candidate", "stays"),
    [
        (OWN, True),
        ("candidate:1 1 UDP 2130706431 fd00:0:0::2 40000 typ host", True),
        ("candidate:1 1 udp 2130706431 192.168.1.6 40000 typ host", False),
        ("candidate:1 1 tcp 2130706431 192.168.1.5 9 typ host tcptype active", False),
        # A name would have to be looked up: by DNS, or by multicast for those that browsers make up.
        ("candidate:1 1 udp 2130706431 0f7c3a2e-5d6b.local 40000 typ host", False),
        ("candidate:1 1 udp 2130706431 evil.example 40000 typ host", False),
        ("candidate:1 1 udp", False),
        ("candidate:1 1 udp 2130706431 192.168.1.5 0 typ host", False),
        ("candidate:1 1 udp 2130706431 192.168.1.5 65536 typ host", False),
        ("candidate:1 1 udp 2130706431 192.168.1.5 4e3 typ host", False),
        # Sound and control are sent together with the picture: there is no second component.
        ("candidate:1 2 udp 2130706431 192.168.1.5 40000 typ host", False),
    ],
)
def test_only_allowed_addresses_are_contacted(candidate: str, stays: bool) -> None:
    assert usable_candidate(candidate, allows_home) is stays
    offer = cleaned(f"{HEAD}a={candidate}\r\na=mid:0\r\n", allows_home)
    assert (candidate in offer) is stays
    assert "\r\na=mid:0\r\n" in offer


def test_the_end_of_candidates_is_not_believed() -> None:
    assert "end-of-candidates" not in cleaned(HEAD + "a=end-of-candidates\r\n", allows_home)


def test_bare_line_feeds_are_mended() -> None:
    offer = HEAD + "a=sendonly\r\n"
    assert cleaned(offer.replace("\r\n", "\n"), allows_home) == offer


@pytest.mark.parametrize(
    ("offer", "named"),
    [
        ("", "v=0"),
        ('{"sdp": "v=0"}', "v=0"),
        (HEAD + "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n" * 8, "9 media sections"),
        (HEAD + f"a={OWN}\r\n" * (MOST_CANDIDATES + 1), "41 candidates"),
    ],
)
def test_what_is_no_offer_or_too_much_is_named(offer: str, named: str) -> None:
    with pytest.raises(OfferError, match=named):
        cleaned(offer, allows_home)


def test_a_fragment_gives_its_user_section_and_candidates() -> None:
    head = "a=ice-ufrag:abcd\r\na=ice-pwd:x\r\nm=video 9 RTP/AVP 0\r\na=mid:0\r\n"
    body = f"{head}a={OWN}\r\na=end-of-candidates\r\n"
    fragment = Fragment(body, allows_home)
    assert fragment.credentials == ["a=ice-ufrag:abcd", "a=ice-pwd:x"]
    assert (fragment.mid, fragment.candidates) == ("0", [OWN])
    with pytest.raises(OfferError, match="more than 40"):
        Fragment(f"a={OWN}\n" * (MOST_CANDIDATES + 1), allows_home)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "empty"),
        ("\r\n \r\n", "empty"),
        ('{"candidate": ""}', "no SDP"),
        (f"{OWN}\n", "no SDP"),
        ("a=candidate:\n", "cannot be read"),
        (f"a={OWN.replace('40000', 'x')}\n", "cannot be read"),
    ],
)
def test_a_malformed_fragment_is_refused_by_name(text: str, named: str) -> None:
    with pytest.raises(OfferError, match=named):
        Fragment(text, allows_home)


@given(st.text(max_size=300), st.text(alphabet="candidate: 12udp.:\r\n=amv0", max_size=300))
def test_any_text_is_cleaned_or_refused(first: str, second: str) -> None:
    for text in (first, HEAD + second, HEAD + "a=candidate:" + first):
        with contextlib.suppress(OfferError):
            assert cleaned(text, allows_home).startswith("v=0")
        with contextlib.suppress(OfferError):
            Fragment(text[:200], allows_home)


@pytest.mark.parametrize(
    ("session", "section", "directions"),
    [
        ("", "", ["a=sendrecv"]),
        ("", "a=sendonly\r\n", ["a=sendonly"]),
        ("a=recvonly\r\n", "", ["a=recvonly", "a=recvonly"]),
        ("a=recvonly\r\n", "a=sendonly\r\n", ["a=recvonly", "a=sendonly"]),
    ],
)
def test_a_section_without_a_direction_has_the_session_s(
    session: str, section: str, directions: list[str]
) -> None:
    lines = cleaned(HEAD.replace("m=", f"{session}m=") + section, allows_home).splitlines()
    assert [line for line in lines if line in DIRECTIONS] == directions
