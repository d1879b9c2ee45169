"""Filters a WebRTC sender's offer: works on its text, before any socket is opened for it.

An offer comes from outside. Connectivity checks are sent to the addresses in it, and a host name in it would
be looked up: both happen only for addresses that the caller allows.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from agent.errors import OfferError

MOST_CANDIDATES = 40
"""Maximum ICE candidates; a browser on a laptop with VPN and virtual machines offers about 20."""

MOST_MEDIA = 8
"""Maximum media sections of an offer: a sender has one or two, and each may cost sockets."""

CANDIDATE = "a=candidate:"
PORT, PORTS = re.compile("[0-9]{1,5}"), range(1, 65536)
MEDIA = "m="
DIRECTIONS = frozenset({"a=sendrecv", "a=sendonly", "a=recvonly", "a=inactive"})
ANY_LINE = re.compile("[a-z]=")
CREDENTIALS = ("a=ice-ufrag:", "a=ice-pwd:")
WELL_FORMED = re.compile(r"candidate:\S+ [0-9]+ \S+ [0-9]+ \S+ [0-9]+ typ \S")
"""RFC 8839 5.1: foundation, component, transport, priority, address, port, type, and optional fields."""
DROPPED = ("a=end-of-candidates",)
"""Beginnings of lines that are removed: after the end of candidates, a sender whose address is not known in
advance (all browsers hide theirs) could no longer reach us."""

Allows = Callable[[str], bool]


def cleaned(offer: str, allows: Allows) -> str:
    """The offer with SDP line ends, and only with the ICE candidates that may be contacted.

    ``allows`` is called with IP addresses only. Raises OfferError for text that is not SDP, or too much of
    it.
    """
    lines = [line.rstrip("\r") for line in offer.split("\n")]
    if not lines[0].startswith("v=0"):
        raise OfferError("the offer is no SDP: it must begin with 'v=0'")
    media = sum(line.startswith(MEDIA) for line in lines)
    if media > MOST_MEDIA:
        raise OfferError(
            f"the offer has {media} media sections, but at most {MOST_MEDIA} are allowed: send one video"
        )
    kept = [line for line in lines if line and not line.startswith(DROPPED) and _stays(line, allows)]
    candidates = sum(line.startswith(CANDIDATE) for line in kept)
    if candidates > MOST_CANDIDATES:
        raise OfferError(f"the offer has {candidates} candidates, but at most {MOST_CANDIDATES} are allowed")
    return "\r\n".join(_with_directions(kept)) + "\r\n"


def _with_directions(lines: Sequence[str]) -> Iterator[str]:
    """The lines, with a direction in each media section, which aiortc requires.

    RFC 8866, 6.7: a section without one has the session's, which is by default sendrecv.
    """
    sections = [index for index, line in enumerate(lines) if line.startswith(MEDIA)] + [len(lines)]
    session = next((line for line in lines[: sections[0]] if line in DIRECTIONS), "a=sendrecv")
    yield from lines[: sections[0]]
    for start, end in pairwise(sections):
        yield from lines[start:end]
        if not DIRECTIONS.intersection(lines[start:end]):
            yield session


def _stays(line: str, allows: Allows) -> bool:
    return not line.startswith(CANDIDATE) or usable_candidate(line.removeprefix("a="), allows)


def usable_candidate(candidate: str, allows: Allows) -> bool:
    """Whether a line ``candidate:...`` (RFC 8839) names a UDP address and port that may be contacted.

    Host names are never allowed: a look-up would ask the network, and browsers that hide their address behind
    a host name reach us all the same.
    """
    parts = candidate.split()
    if len(parts) < 8 or parts[1] != "1" or parts[2].lower() != "udp" or not PORT.fullmatch(parts[5]):
        return False
    try:
        address = ipaddress.ip_address(parts[4])
    except ValueError:
        return False
    return int(parts[5]) in PORTS and allows(str(address))


class Fragment:
    """A trickle-ice-sdpfrag body (RFC 8840): ``credentials``, and the ``candidates`` that may be contacted.

    ``credentials`` are the lines with the sender's ICE user name and password, if any; ``mid`` is the media
    section of the first candidate. Raises OfferError when the body is malformed or too long.
    """

    def __init__(self, text: str, allows: Allows) -> None:
        self.credentials: list[str] = []
        self.mid: str | None = None
        self.candidates: list[str] = []
        lines = [line for raw in text.split("\n") if (line := raw.strip())]
        if not lines:
            raise OfferError("the fragment is empty: it must name candidates")
        for line in lines:
            if not ANY_LINE.match(line):
                raise OfferError(f"the fragment is no SDP: {line[:40]!r} is not like 'a=...'")
            if line.startswith(CREDENTIALS):
                self.credentials.append(line)
            elif line.startswith("a=mid:") and self.mid is None:
                self.mid = line.partition(":")[2]
            elif line.startswith(CANDIDATE):
                self._take(line.removeprefix("a="), allows)

    def _take(self, candidate: str, allows: Allows) -> None:
        if not WELL_FORMED.match(candidate):
            raise OfferError(f"a candidate cannot be read: {candidate[:80]!r}")
        if not usable_candidate(candidate, allows):
            return
        if len(self.candidates) == MOST_CANDIDATES:
            raise OfferError(f"the fragment has more than {MOST_CANDIDATES} candidates")
        self.candidates.append(candidate)
