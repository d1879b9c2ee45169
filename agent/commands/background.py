"""``readtheroom run --background`` and ``stop``: the agent without a terminal."""

from __future__ import annotations

import ssl
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

from websockets.exceptions import WebSocketException

from agent.composition.recording import report_command
from agent.configuration.config import Config
from agent.errors import FeedError, InstanceError
from agent.system.background import Instance, InstanceLock, detach, log_folder
from exporter.access.one_time_tokens import opened_once
from exporter.access.tls_trust import certificate_error_text
from exporter.access.token import ConnectionInfo, connection_file, read_connection_file
from exporter.browser import open_page_and_leave
from exporter.clients.connection import connect_to
from exporter.native.feed_client import page_of
from exporter.protocol.client_commands import StopCommand, encode_command

STOP_TIMEOUT = 15.0


def start(config: Config) -> int:
    """Start the agent in the background with this command line; if one runs, offer to open its dashboard.

    ``config`` is what the command line asks for. Raises InstanceError when it does not start, FeedError when
    the running agent's page cannot be opened.
    """
    lock = InstanceLock()
    holder = lock.holder()
    if holder is not None:
        return _offer(holder)
    holder = detach(sys.argv[1:], lock, log_folder())
    print(f"Running in the background (process {holder.pid}).")
    print(_addresses(config, holder))
    if holder.record:
        print(f"Recording  {holder.record}, see it with: {report_command(Path(holder.record))}")
    print(f"Log        {log_folder() / 'agent.log'}")
    print("End it with `readtheroom stop`.")
    return 0


def stop() -> int:
    """End the agent in the background. Raises InstanceError when there is none, or it does not end."""
    lock = InstanceLock()
    holder = lock.holder()
    if holder is None:
        raise InstanceError(
            "no agent is running in the background: end one that runs in a terminal there, with Ctrl+C"
        )
    try:
        info = read_connection_file(connection_file(holder.port))
        _ask_to_end(info)
    except (FeedError, OSError, WebSocketException) as error:
        why = certificate_error_text(error) if isinstance(error, ssl.SSLCertVerificationError) else error
        raise InstanceError(
            f"the agent (process {holder.pid}) cannot be asked to end ({why}): end that process yourself"
        ) from None
    end = time.monotonic() + STOP_TIMEOUT
    while lock.holder() is not None:
        if time.monotonic() > end:
            raise InstanceError(
                f"the agent (process {holder.pid}) has not ended within {STOP_TIMEOUT:g} s: wait, or end "
                "that process yourself"
            )
        time.sleep(0.1)
    print("Stopped.")
    # A recording that held nothing was deleted.
    if holder.record and Path(holder.record).exists():
        print(f"Recorded   {holder.record}, see it with: {report_command(Path(holder.record))}")
    return 0


def _ask_to_end(info: ConnectionInfo) -> None:
    with connect_to(info, "view=room") as feed:
        feed.send(encode_command(StopCommand()))


def _addresses(config: Config, holder: Instance) -> str:
    """The lines that the agent prints where it has a terminal; the port alone if its token cannot be read."""
    # Only then load the server's code.
    from agent.commands.page_addresses import address_lines

    try:
        info = read_connection_file(connection_file(holder.port))
    except FeedError:
        return f"Dashboard  port {holder.port}"

    def page(path: str, host: str | None = None, /) -> str:
        address = urlsplit(page_of(info, path))
        name = address.netloc if host is None else f"{f'[{host}]' if ':' in host else host}:{address.port}"
        return address._replace(netloc=name).geturl()

    return address_lines(page, config.feed, shares=config.source.origin == "webrtc")


def _offer(holder: Instance) -> int:
    dashboard = _dashboard(holder)
    print(f"An agent is running in the background already (process {holder.pid}): {dashboard}")
    # Without any standard input, as under pythonw on Windows, it is None.
    if sys.stdin is None or not sys.stdin.isatty():
        raise InstanceError("only one agent runs in the background: open the first, or `readtheroom stop`")
    try:
        answer = input("Open its dashboard? [Y/n] ").strip().lower()
    except EOFError:
        print()
        return 0
    if answer in {"", "y", "yes"}:
        info = read_connection_file(connection_file(holder.port))
        open_page_and_leave(opened_once(page_of(info, "/"), info), "open its address above yourself")
    return 0


def _dashboard(holder: Instance) -> str:
    try:
        return page_of(read_connection_file(connection_file(holder.port)), "/")
    except FeedError:
        return f"port {holder.port}"
