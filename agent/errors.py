"""Every error that this project raises on purpose.

::

    ReadTheRoomError            one base: catch this at a border
    ├── ConfigError             a key, flag or environment variable is wrong
    ├── SourceError             a source gives no frames
    │   ├── SourceLostError     a source that gave frames no longer does; a retry may help
    │   ├── DisplayError        the screen cannot be grabbed (no display, no permission)
    │   └── SenderError         a WebRTC sender's request cannot be fulfilled
    │       ├── RequestError        the request is not valid WHIP; says how to answer
    │       ├── OfferError          the SDP offer is malformed
    │       ├── UnfitOfferError     the offer is valid, but this program can read none of its media
    │       ├── BusyError           there are too many senders already
    │       ├── NoSessionError      the request names a session that does not exist
    │       └── EndedSessionError   the request names a session that ended; the message says why
    ├── PictureError            a picture, video or frame cannot be read
    ├── ModelError              a model file or its card is missing, altered or unfit
    │   ├── MissingRivalError   another program, to be measured beside this one, cannot run here
    │   └── HumanError          the npm package ``human`` cannot be started, or ended
    ├── DataError               a training or evaluation data set is malformed
    ├── RecordError             a session cannot be recorded, found, read, exported or forgotten
    │   └── SessionInUseError   another program has the session open
    ├── OverlayError            the overlay cannot be drawn on this desktop
    ├── InstanceError           an agent in the background cannot be started, found or ended
    └── FeedError               the feed cannot be served or followed

A message says what was wrong, with the value, and what to do about it. Nothing here imports anything:
``models`` and ``exporter`` use this module too.
"""


class ReadTheRoomError(Exception):
    """Base of every error that a user can cause and fix; its text is ``problem: remedy``.

    ``remedy`` is what to do about it, for callers that show the two apart; empty if ``problem`` is the whole
    message.
    """

    def __init__(self, problem: str, remedy: str = "") -> None:
        super().__init__(f"{problem}: {remedy}" if remedy else problem)
        self.problem, self.remedy = problem, remedy


class ConfigError(ReadTheRoomError):
    """A configuration key, command-line flag or environment variable is wrong."""


class SourceError(ReadTheRoomError):
    """A source gives no frames."""


class SourceLostError(SourceError):
    """A source that gave frames no longer does; opening it again may help."""


class DisplayError(SourceError):
    """The screen cannot be grabbed: no display, or no permission."""


class SenderError(SourceError):
    """A WebRTC sender's request cannot be fulfilled."""


class RequestError(SenderError):
    """A sender's request is not valid WHIP; ``status`` and ``title`` are those of the HTTP answer."""

    def __init__(self, status: int, title: str, detail: str) -> None:
        super().__init__(detail)
        self.status, self.title = status, title


class OfferError(SenderError):
    """A sender's SDP offer is malformed."""


class UnfitOfferError(SenderError):
    """A sender's SDP offer is valid, but this program can read none of its media."""


class BusyError(SenderError):
    """There are too many senders already."""


class NoSessionError(SenderError):
    """A sender's request names a session that does not exist."""


class EndedSessionError(SenderError):
    """A sender's request names a session that ended; the message says why."""


class PictureError(ReadTheRoomError):
    """A picture, video or frame cannot be read."""


class ModelError(ReadTheRoomError):
    """A model file or its card is missing, altered or of another shape than declared."""


class MissingRivalError(ModelError):
    """Another program, to be measured beside this one, cannot run; the message says how to install it."""


class HumanError(ModelError):
    """The npm package ``human`` cannot be started, or ended; the message says why."""


class DataError(ReadTheRoomError):
    """A training or evaluation data set is malformed."""


class RecordError(ReadTheRoomError):
    """A session cannot be recorded, found, read, exported or forgotten."""


class SessionInUseError(RecordError):
    """Another program has the session open."""


class OverlayError(ReadTheRoomError):
    """The overlay cannot be drawn on this desktop."""


class InstanceError(ReadTheRoomError):
    """An agent in the background cannot be started, found or ended; there is one per user."""


class FeedError(ReadTheRoomError):
    """The feed cannot be served, or a client cannot follow it."""
