"""Opening a page: nobody waits for a browser that stays open, and it is said where none can be opened."""

from __future__ import annotations

import threading
import time
import webbrowser

import pytest

from exporter import browser
from exporter.browser import open_page, open_page_and_leave


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webbrowser, "get", lambda: webbrowser.GenericBrowser("a-window"))


def test_a_browser_that_stays_open_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    closed, asked = threading.Event(), list[str]()

    def stay(address: str) -> bool:
        asked.append(address)
        return closed.wait(30)

    monkeypatch.setattr(webbrowser, "open", stay)
    monkeypatch.setattr(browser, "PATIENCE", 0.1)
    start = time.monotonic()
    thread = open_page("http://a", "do it yourself")
    open_page_and_leave("http://b", "do it yourself")
    assert time.monotonic() - start < 5
    assert thread.is_alive()
    assert thread.daemon, "it must not hold up the end of the program either"
    closed.set()
    thread.join()
    assert asked == ["http://a", "http://b"]


@pytest.mark.parametrize("failure", [False, webbrowser.Error("none"), OSError("no")])
def test_it_is_said_where_no_browser_opens(
    failure: bool | Exception, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(_: str) -> bool:
        if isinstance(failure, Exception):
            raise failure
        return failure

    monkeypatch.setattr(webbrowser, "open", refuse)
    open_page("http://a?pass=secret", "open the Dashboard address yourself").join()
    assert caplog.messages == ["no browser could be opened: open the Dashboard address yourself"]


def test_a_browser_that_would_take_the_terminal_over_is_not_opened(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(webbrowser, "get", lambda: webbrowser.GenericBrowser("/usr/bin/w3m"))
    monkeypatch.setattr(webbrowser, "open", lambda _: pytest.fail("opened"))
    open_page("http://a", "open it yourself").join()
    assert caplog.messages == ["no browser could be opened: open it yourself"]
