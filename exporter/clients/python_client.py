"""Follows the feed from Python: always the newest message, at most one behind, also when the agent restarts.

Needs ``websockets`` and ``platformdirs``; a copy also needs ``exporter/access/tls_trust.py`` and
``agent/errors.py``. As a program it prints the room:
``python -m exporter.clients.python_client [FILE]``.
"""

from __future__ import annotations

import json
import os
import ssl
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import platformdirs
from websockets.exceptions import ConnectionClosed, InvalidMessage, InvalidStatus, InvalidURI
from websockets.sync.client import connect

from agent.errors import FeedError
from exporter.access.tls_trust import certificate_error_text, ssl_context_for

CONNECTION_FILE = platformdirs.user_state_path("readtheroom", appauthor=False) / "feed-8765.json"
"""The connection file of an agent on the default port, with its address and token."""

USAGE = f"""usage: python -m exporter.clients.python_client [FILE]

Prints a line for each message of the feed: its type, its number, how many faces are read, the label of most.
FILE is the agent's connection file, with address and token ({CONNECTION_FILE})."""


def follow(file: Path = CONNECTION_FILE, options: str = "", pause: float = 1.0) -> Iterator[dict[str, Any]]:
    """Yield messages as they arrive; ``hello`` comes first, and again after each reconnect.

    ``options`` are further feed options, such as ``"&hz=2&view=room"``; ``pause`` is the time between retries
    in seconds. Raises errors that a retry cannot fix: websockets' InvalidStatus if the agent refuses,
    FeedError if its certificate is not trusted, and ValueError, KeyError or TypeError for an invalid
    connection file.
    """
    refused: Any = None
    while True:
        agent = None
        try:
            # Read at each attempt: a restarted agent has another token.
            agent = json.loads(file.read_text())
            headers = {"Authorization": f"Bearer {agent['token']}"}
            address, trust = f"{agent['feed']}?ack=1{options}", ssl_context_for(agent["certificate"])
            with connect(address, ssl=trust, additional_headers=headers, proxy=None) as socket:
                refused = None
                for text in socket:
                    message = json.loads(text)
                    yield message
                    if message["type"] == "room":
                        socket.send(json.dumps({"type": "ack", "seq": message["seq"]}))
        except ssl.SSLCertVerificationError as error:
            # A subclass of OSError, but a retry would not help.
            raise FeedError(certificate_error_text(error)) from None
        except InvalidURI as error:
            raise ValueError(str(error)) from None
        except InvalidStatus:
            # An agent that starts anew listens a moment before its token is in the file.
            if agent == refused:
                raise
            refused = agent
        except (OSError, ConnectionClosed, InvalidMessage):
            # InvalidMessage: the agent closed the connection before it answered.
            pass
        time.sleep(pause)


def main() -> None:
    """Print one line for each message until interrupted, or the error that prevents it."""
    given = sys.argv[1:]
    if given in (["-h"], ["--help"]):
        print(USAGE)
        return
    if len(given) > 1 or (given and given[0].startswith("-")):
        print(USAGE, file=sys.stderr)
        sys.exit(2)
    file = Path(given[0]) if given else CONNECTION_FILE
    try:
        if not file.is_file():
            print(f"waiting for an agent: there is no file {file}", file=sys.stderr)
        show(file)
    except FeedError as error:
        sys.exit(str(error))
    except InvalidStatus as error:
        sys.exit(f"the agent refused this client: {_reason(error)}")
    except (ValueError, KeyError, TypeError) as error:
        sys.exit(f"{file} is no connection file of an agent: {error!r}")
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # The reader of stdout has gone; without this, Python reports it again when it flushes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(f"{error.filename or 'the output'} cannot be used: {error.strerror}")


def _reason(refusal: InvalidStatus) -> str:
    """The agent's reason (``detail`` of RFC 9457); the status alone if another server has answered."""
    try:
        return str(json.loads(refusal.response.body or b"")["detail"])
    except (ValueError, KeyError, TypeError):
        return f"HTTP {refusal.response.status_code}"


def show(file: Path) -> None:
    """Print one line for each message."""
    for message in follow(file):
        room = message.get("room", {})
        print(
            message["type"], message.get("seq", ""), room.get("read", ""), room.get("label") or "", flush=True
        )


if __name__ == "__main__":
    main()
