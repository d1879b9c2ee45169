"""One headless Chromium, a real feed server, and pages that report whatever goes wrong in them."""

from __future__ import annotations

import gc
from collections.abc import Callable, Generator, Iterator
from typing import Any, Literal, Protocol
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright

from tests import waiting
from tests.browser.serving import Agent
from tests.paths import need_chromium

__all__ = ["Agent", "OpenPage", "Scheme", "ready", "until"]

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


Scheme = Literal["light", "dark"]


class OpenPage(Protocol):
    """Opens a page of the agent in a fresh context; at the end of the test it must have caused no trouble.

    Without ``motion`` the page is asked for less of it: drawing every step of a fade is most of the cost.
    With ``clock`` the page's own time can be put forward, by ``page.clock``.
    """

    def __call__(
        self,
        path: str,
        *,
        size: tuple[int, int] = ...,
        scheme: Scheme = ...,
        motion: bool = ...,
        clock: bool = ...,
    ) -> Page: ...


def until(page: Page, script: str, arg: object = None) -> Any:
    """Wait until ``script`` returns something true, and return that.

    Playwright's own ``wait_for_function`` evaluates text inside the page, which the pages' policy forbids.
    """
    return waiting.until(lambda: page.evaluate(script, arg), script, beside(page))


def ready(page: Page) -> Page:
    until(page, "document.body.dataset.condition === 'live'")
    return page


def beside(page: Page) -> Callable[[float], None]:
    """To wait for something on our side while the browser goes on."""
    return lambda seconds: page.wait_for_timeout(1000 * seconds)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    call: pytest.CallInfo[None],
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Report failures without a garbage collection in between.

    Collecting Playwright's suspended greenlets while Python 3.11 parses source for the report changes its
    recursion count: "AST constructor recursion depth mismatch" then stands instead of the failure.
    """
    if call.excinfo is None:
        return (yield)
    gc.collect()
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


# For the package, not the session: while Playwright runs in this thread, asyncio.run() in other tests cannot.
@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """One Chromium for all tests of this folder."""
    program = need_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def workbench(chromium: Browser) -> Iterator[Page]:
    """One page for all tests that only call functions of the pages' modules."""
    with Agent() as served:
        page = chromium.new_page()
        page.goto(served.url("/overlay"))
        yield page
        page.close()


@pytest.fixture
def agent() -> Iterator[Agent]:
    """A real feed server on a free port, to which the test publishes snapshots."""
    with Agent() as served:
        yield served


@pytest.fixture
def trouble() -> list[str]:
    """What went wrong in the pages of this test; a test that provokes something clears it."""
    return []


@pytest.fixture
def open_page(chromium: Browser, agent: Agent, trouble: list[str]) -> Iterator[OpenPage]:
    """Open pages of ``agent`` and insist on no console error, no blocked resource and no foreign request."""
    contexts: list[BrowserContext] = []

    def foreign(request: Request) -> None:
        if urlsplit(request.url).netloc != urlsplit(agent.url("/")).netloc:
            trouble.append(f"a request left the agent: {request.url}")

    def complaint(message: ConsoleMessage) -> None:
        # A violated policy is reported on the console as an error too.
        if message.type in ("error", "warning"):
            trouble.append(f"console: {message.text}")

    def opened(
        path: str,
        *,
        size: tuple[int, int] = (1280, 720),
        scheme: Scheme = "light",
        motion: bool = False,
        clock: bool = False,
    ) -> Page:
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme=scheme,
            locale="en-GB",
            reduced_motion="no-preference" if motion else "reduce",
        )
        contexts.append(context)
        context.set_default_timeout(1000 * waiting.PATIENCE)
        page = context.new_page()
        if clock:
            page.clock.install()
        page.on("request", foreign)
        page.on("websocket", lambda socket: check_socket(socket.url))
        page.on("pageerror", lambda error: trouble.append(f"error: {error}"))
        page.on("console", complaint)
        page.goto(agent.url(path))
        return page

    def check_socket(url: str) -> None:
        if urlsplit(url).netloc != urlsplit(agent.url("/")).netloc:
            trouble.append(f"a socket left the agent: {url}")

    yield opened
    for context in contexts:
        context.close()
    assert trouble == []
