"""Moments of the lesson, marked on the dashboard, listed and removed."""

from __future__ import annotations

import queue
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from agent.values import (
    Marker,
)
from exporter.protocol.client_commands import ClientCommand, MarkerCommand, UnmarkCommand
from tests.browser.conftest import Agent, OpenPage, until
from tests.browser.rooms import lesson, snapshot

pytestmark = pytest.mark.browser


Asked = tuple[Page, "queue.Queue[ClientCommand]", Agent]


@pytest.fixture
def asked(chromium: Browser) -> Iterator[Asked]:
    """A page whose agent takes markers, and takes them back."""
    taken: queue.Queue[ClientCommand] = queue.Queue()
    with Agent(commands=taken.put) as agent:
        agent.publish(lesson())
        page = chromium.new_page(viewport={"width": 1280, "height": 720})
        page.goto(agent.url("/"))
        until(page, "document.body.dataset.connection === 'live'")
        yield page, taken, agent
        page.close()


def test_markers_are_set_by_button_and_by_hand(asked: Asked) -> None:
    page, taken, _ = asked
    page.get_by_role("button", name="Exercise").click()
    assert taken.get(timeout=15) == MarkerCommand(text="Exercise")
    expect(page.locator("#marker-said")).to_have_text("Marked “Exercise”")
    page.locator("#marker-text").fill("  questions ")
    page.keyboard.press("Enter")
    assert taken.get(timeout=15) == MarkerCommand(text="questions")
    expect(page.locator("#marker-text")).to_have_value("")
    page.keyboard.press("Enter")
    expect(page.locator("#marker-text")).to_be_focused()
    assert taken.empty()


def test_without_the_agent_no_marker_can_be_set_or_removed(asked: Asked) -> None:
    page, _, agent = asked
    button = page.get_by_role("button", name="New topic", exact=True)
    expect(button).to_be_enabled()
    page.locator("#marker-count").click()
    remove = page.get_by_role("button", name="Remove marker 1: New topic")
    expect(remove).to_be_enabled()
    agent.close()
    expect(button).to_be_disabled()
    expect(remove).to_be_disabled()


def test_a_marker_is_removed_by_its_button(asked: Asked) -> None:
    """The keyboard goes on where it was: the next marker's button has the focus; an empty list is shut."""
    page, taken, agent = asked
    given = lesson(2)
    given = replace(given, markers=(Marker("New tpoic", given.markers[0].wall), *given.markers))
    agent.publish(given)
    page.locator("#marker-count").click()
    page.get_by_role("button", name="Remove marker 1: New tpoic").focus()
    page.keyboard.press("Enter")
    asked_back = taken.get(timeout=15)
    assert isinstance(asked_back, UnmarkCommand)
    assert asked_back.time.timestamp() == pytest.approx(given.markers[0].wall, abs=0.0006)
    expect(page.locator("#marker-said")).to_have_text("Removed “New tpoic”")
    agent.publish(replace(given, seq=3, markers=given.markers[1:]))
    expect(page.get_by_role("button", name="Remove marker 1: New topic")).to_be_focused()
    agent.publish(replace(given, seq=4, markers=()))
    expect(page.locator("#marker-list")).to_be_hidden()
    expect(page.locator("#marker-count")).to_be_hidden()


def test_all_markers_are_listed_at_the_press_of_a_key(
    open_page: OpenPage, agent: Agent, tmp_path: Path
) -> None:
    agent.publish(snapshot(1))
    page = open_page("/", size=(1366, 768))
    expect(page.locator("#room-read")).to_contain_text("read")
    button = page.locator("#marker-count")
    expect(button).to_be_hidden()
    agent.publish(lesson(2))
    expect(button).to_have_attribute("aria-label", "2 markers: show or hide the list")
    button.focus()
    page.keyboard.press("Enter")
    heard = page.get_by_role("list", name="Markers").get_by_role("listitem")
    words = [re.compile(r"^[\d:]+New topicRemove$"), re.compile(r"<i>group</i> workRemove$")]
    expect(heard).to_have_text(words)
    page.screenshot(path=tmp_path / "markers.png")
    page.keyboard.press("Escape")
    expect(heard).to_have_count(0)
