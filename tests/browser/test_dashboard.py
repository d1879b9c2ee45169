"""The dashboard against the real server: everybody's seven bars, the room, the timeline, all states."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from agent.values import (
    LABELS,
    Advice,
    Alert,
    Box,
    Reason,
    RecordState,
    RecordStatus,
    SourceInfo,
    SourceState,
    SourceStatus,
    Tempo,
)
from tests.browser.conftest import Agent, OpenPage, Scheme, until
from tests.browser.rooms import emotion, excluded, grid, reading, snapshot, torn

pytestmark = pytest.mark.browser

BARS = """() => [...document.querySelectorAll('.tile')].map(tile =>
  [...tile.querySelectorAll('.bar')].map(bar => [
    [...bar.classList].find(name => name.startsWith('label-')).slice(6),
    new DOMMatrix(bar.firstElementChild.style.transform).d]))"""

FITS = """() => [...document.querySelectorAll('.tile')].filter(tile => {
  const box = tile.getBoundingClientRect();
  const map = document.querySelector('#map').getBoundingClientRect();
  return box.left < map.left - 1 || box.top < map.top - 1
      || box.right > map.right + 1 || box.bottom > map.bottom + 1;
}).length"""

INK = """() => {
  const canvas = document.querySelector('#timeline');
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let coloured = 0;
  for (let i = 0; i < data.length; i += 4) {
    const [r, g, b, a] = data.subarray(i, i + 4);
    if (a > 200 && Math.max(r, g, b) - Math.min(r, g, b) > 80) coloured += 1;
  }
  return coloured;
}"""


SHOWN = """selector => { let shown = 1, node = document.querySelector(selector);
  for (; node; node = node.parentElement) shown *= Number(getComputedStyle(node).opacity);
  return shown; }"""
"""How strongly an element shows, 0..1, with all that it lies in."""


CONTRASTS = """() => {
  const pen = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const levels = colour => { pen.clearRect(0, 0, 1, 1); pen.fillStyle = colour; pen.fillRect(0, 0, 1, 1);
    return [...pen.getImageData(0, 0, 1, 1).data]; };
  const light = rgb => rgb.slice(0, 3).map(one => one / 255)
    .map(one => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4)
    .reduce((sum, one, i) => sum + one * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = node => { for (; node; node = node.parentElement) {
    const got = levels(getComputedStyle(node).backgroundColor); if (got[3] === 255) return got; } };
  const texts = [...document.querySelectorAll('main *')].filter(node => node.offsetParent && !node.closest(
    ':disabled') && [...node.childNodes].some(part => part.nodeType === 3 && part.data.trim()));
  return Object.fromEntries(texts.map(node => {
    const [a, b] = [light(levels(getComputedStyle(node).color)), light(ground(node))];
    return [`${node.className} ${node.textContent}`, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)]; }));
}"""
"""The contrast of every text that is not a resting control with what lies below it."""


def ready(page: Page) -> Page:
    until(page, "document.body.dataset.condition === 'live'")
    return page


def test_25_tiles_with_seven_bars_each(open_page: OpenPage, agent: Agent, tmp_path: Path) -> None:
    shown = snapshot(1)
    agent.publish(shown)
    page = ready(open_page("/", size=(1280, 720)))
    expect(page.locator(".tile")).to_have_count(25)
    drawn = page.evaluate(BARS)
    for one, bars in zip(shown.readings, drawn, strict=True):
        expected = dict(zip(LABELS, one.emotion.scores if one.emotion else [0.0] * 7, strict=True))
        assert dict(bars) == pytest.approx(expected, abs=0.006), one.id
    assert page.evaluate(FITS) == 0
    page.screenshot(path=tmp_path / "dashboard.png")


@pytest.mark.parametrize(
    ("size", "scheme"), [((1280, 720), "dark"), ((390, 844), "light"), ((3840, 2160), "dark")]
)
def test_49_tiles_fit_and_nothing_is_cut_off(
    open_page: OpenPage, agent: Agent, tmp_path: Path, size: tuple[int, int], scheme: Scheme
) -> None:
    agent.publish(snapshot(1, 49))
    page = ready(open_page("/", size=size, scheme=scheme))
    expect(page.locator(".tile")).to_have_count(49)
    assert page.evaluate(FITS) == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    # Seven probabilities are never left out for lack of room: each bar keeps a width that can be seen.
    assert (
        page.evaluate("Math.min(...[...document.querySelectorAll('.bar')].map(bar => bar.clientWidth))") >= 1
    )
    page.screenshot(path=tmp_path / "dashboard.png")


def test_the_room(open_page: OpenPage, agent: Agent) -> None:
    shown = snapshot(1)
    agent.publish(shown)
    page = ready(open_page("/"))
    room = shown.room
    expect(page.locator("#room-read")).to_have_text(f"{room.read} of {room.faces} faces read")
    counted = {
        label: sum(r.emotion is not None and r.emotion.label == label for r in shown.readings)
        for label in LABELS
    }
    legend = page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll('#legend li')].map(item =>
                  [item.querySelector('.name').textContent, Number(item.querySelector('b').textContent)]))"""
    )
    assert legend == counted
    assert page.locator("#stack").get_attribute("aria-label") != "No reading yet"
    for name in ("valence", "arousal", "attention"):
        gauge = page.locator(f"[data-gauge={name}]")
        value = getattr(room, name)
        assert float(gauge.get_attribute("aria-valuenow") or "nan") == pytest.approx(value, abs=0.006)
        assert len(gauge.get_attribute("aria-valuetext") or "") > 3
    expect(page.locator("#spoken")).to_contain_text(f"{room.read} of {room.faces}")


@pytest.mark.parametrize(
    ("tops", "text"),
    [
        ([3, 3, 3], "Most faces: happy"),
        ([6, 6, 3, 4], "Mixed faces, often neutral"),
        ([6, 6, 3, 4, 4, 4, 5], "Mixed faces, often sad"),
    ],
)
def test_the_headline_is_what_the_bar_shows(
    open_page: OpenPage, agent: Agent, tops: list[int], text: str
) -> None:
    places = grid(len(tops), 1280, 720)
    one = tuple(
        replace(reading(i, *place, plain=True), emotion=emotion(top))
        for i, (top, place) in enumerate(zip(tops, places, strict=True))
    )
    agent.publish(snapshot(1, readings=one))
    expect(open_page("/").locator("#mood")).to_have_text(text)


def test_the_headline_counts_faces_and_the_bold_row_is_named_the_mean(
    open_page: OpenPage, agent: Agent, tmp_path: Path
) -> None:
    shown = torn()
    assert shown.room.label == "happy"
    agent.publish(shown)
    page = ready(open_page("/"))
    expect(page.locator("#mood")).to_have_text("Most faces: neutral")
    expect(page.locator("#legend .label-neutral b")).to_have_text("3")
    expect(page.locator("#person-title")).to_have_text("The room's mean")
    expect(page.locator("#person-note")).to_have_text("the average of all faces' bars")
    expect(page.locator("#person-text")).to_contain_text("It differs from the headline, which counts faces.")
    expect(page.locator("#person-bars [data-top=yes] .name")).to_have_text("happy")
    page.screenshot(path=tmp_path / "torn.png")


def test_tiles_tell_their_state_in_words(open_page: OpenPage, agent: Agent) -> None:
    agent.publish(snapshot(1))
    page = ready(open_page("/"))
    for name, word in {"t5": "too small", "t8": "camera off", "t14": "no face", "t22": "excluded"}.items():
        expect(page.locator(f".tile[data-id={name}] .word")).to_have_text(word)
    expect(page.locator(".tile[data-speaking=yes]")).to_have_count(1)
    label = page.locator(".tile[data-id=t3]").get_attribute("aria-label") or ""
    assert label.startswith("Participant t3, row 1, place 3: ")
    assert label.endswith("speaking")


def test_a_participant_is_shown_by_pointer_and_by_keyboard(open_page: OpenPage, agent: Agent) -> None:
    shown = snapshot(1)
    agent.publish(shown)
    page = ready(open_page("/"))
    title = page.locator("#person-title")
    expect(title).to_have_text("The room's mean")
    page.locator(".tile[data-id=t7]").hover()
    expect(title).to_have_text("Participant t7")
    values = [text.removesuffix(" %") for text in page.locator("#person-bars .value").all_inner_texts()]
    said = shown.readings[6].emotion
    assert said is not None
    assert sorted(map(int, values)) == pytest.approx(sorted(score * 100 for score in said.scores), abs=0.51)
    page.mouse.move(2, 2)
    expect(title).to_have_text("The room's mean")

    page.locator(".tile[data-id=t1]").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    expect(title).to_have_text("Participant t7")
    page.keyboard.press("Enter")
    expect(page.locator(".tile[data-id=t7]")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("End")
    expect(title).to_have_text("Participant t25")
    page.keyboard.press("ArrowRight")
    expect(title).to_have_text("Participant t25")
    assert page.locator(".tile[tabindex='0']").count() == 1
    page.locator(".tile[data-id=t7]").focus()
    # The panel is drawn with the next frame, and Tab pressed before that goes past its button.
    expect(title).to_have_text("Participant t7")
    expect(page.locator("#person-exclude")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.locator("#person-exclude")).to_be_focused()
    expect(title).to_have_text("Participant t7")
    page.locator(".tile[data-id=t9]").focus()
    expect(title).to_have_text("Participant t9")
    page.keyboard.press("Escape")
    expect(title).to_have_text("The room's mean")
    expect(page.locator(".tile[aria-selected=true]")).to_have_count(0)


def test_the_keyboard_stays_with_a_participant_who_moves(open_page: OpenPage, agent: Agent) -> None:
    places = grid(4, 1280, 720)
    agent.publish(
        snapshot(1, readings=tuple(reading(i, *place, plain=True) for i, place in enumerate(places)))
    )
    page = ready(open_page("/"))
    page.locator(".tile[data-id=t4]").focus()
    turned = (*places[1:], places[0])
    agent.publish(
        snapshot(2, readings=tuple(reading(i, *place, plain=True) for i, place in enumerate(turned)))
    )
    until(page, "document.querySelector('#tiles').lastElementChild.dataset.id === 't3'")
    assert [tile.get_attribute("data-id") for tile in page.locator(".tile").all()] == ["t4", "t1", "t2", "t3"]
    assert page.evaluate("document.activeElement.dataset.id") == "t4"
    expect(page.locator("#person-title")).to_have_text("Participant t4")


def test_the_timeline_moves(open_page: OpenPage, agent: Agent) -> None:
    now = time.time()
    agent.publish(snapshot(1, wall=now - 120))
    page = ready(open_page("/?hz=60"))
    for seq in range(2, 32):
        agent.publish(snapshot(seq, wall=now - 120 + seq * 4))
        until(page, "seq => Number(document.querySelector('#timeline').dataset.samples) >= seq", seq)
    until(page, f"() => ({INK})() > 2000")
    before = page.locator("#timeline").screenshot()
    until(
        page,
        """() => { const canvas = document.querySelector('#timeline'), now = canvas.toDataURL();
                   const moved = window.seenBefore && window.seenBefore !== now;
                   window.seenBefore ??= now; return moved; }""",
    )
    assert page.locator("#timeline").screenshot() != before


def test_what_the_timeline_remembers(workbench: Page) -> None:
    answer = workbench.evaluate(
        """async () => {
          const { SPAN_MS, bands, remember, runs } = await import('/static/timeline.js');
          const { ORDER } = await import('/static/palette.js');
          const even = Object.fromEntries(ORDER.map(label => [label, 1 / 7]));
          let samples = [];
          for (let time = 0; time <= 2 * SPAN_MS; time += 100) {
            samples = remember(samples, { time, scores: even });
          }
          const gap = [0, 500, 1000, 9000, 9500].map(time => ({ time, scores: even }));
          gap.splice(1, 0, { time: 250, scores: null });
          return {
            kept: samples.length,
            oldest: 2 * SPAN_MS - samples[0].time <= SPAN_MS + 4000,
            newest: samples.at(-1).time,
            runs: runs(gap).map(run => run.length),
            top: bands(even).angry[1],
            none: bands(Object.fromEntries(Object.keys(even).map(l => [l, 0]))).angry,
            restarted: remember(samples, { time: 5, scores: even }).length,
          };
        }"""
    )
    assert 600 <= answer["kept"] <= 610
    assert answer["oldest"]
    assert answer["newest"] == 600_000
    assert answer["runs"] == [1, 2, 2]
    assert answer["top"] == pytest.approx(1)
    assert answer["none"] == [0, 0]
    assert answer["restarted"] == 1


def test_the_timeline_is_there_after_a_reload(open_page: OpenPage, agent: Agent, tmp_path: Path) -> None:
    """A sample a second is kept."""
    for seq in range(1, 6):
        agent.publish_earlier(snapshot(seq, wall=time.time() - 60 + 2 * seq), 2.0 * (6 - seq))
    page = ready(open_page("/"))
    agent.publish(snapshot(6))
    until(page, "Number(document.querySelector('#timeline').dataset.samples) >= 5")
    page.reload()
    agent.publish(snapshot(7))
    until(page, "Number(document.querySelector('#timeline').dataset.samples) >= 5")
    # It is drawn twice a second.
    page.wait_for_timeout(1100)
    assert page.evaluate(INK) > 100
    page.screenshot(path=tmp_path / "reloaded.png")


def test_what_the_agent_remembers_fills_gaps_and_nothing_else(workbench: Page) -> None:
    times = workbench.evaluate(
        """async () => {
          const { filled } = await import('/static/timeline.js');
          const at = times => times.map(time => ({ time: 1000 * time, scores: null }));
          const times = samples => samples.map(({ time }) => time / 1000);
          return {
            fresh: times(filled([], at([1, 2, 3]), 2500)),
            gap: times(filled(at([1, 2, 20, 21]), at([0, 1, 2, 3, 10, 19, 20, 21]), 22000)),
            none: times(filled(at([1, 2]), [], 3000)),
          };
        }"""
    )
    assert times == {"fresh": [1, 2], "gap": [1, 2, 10, 20, 21], "none": [1, 2]}


def test_alerts_name_their_evidence(open_page: OpenPage, agent: Agent) -> None:
    evil = "<b>Half of the room</b> has turned away"
    agent.publish(snapshot(1, alerts=(Alert("turned", evil, ("t3", "t9"), time.time() - 60),)))
    page = ready(open_page("/"))
    expect(page.locator("#alerts li")).to_have_count(1)
    expect(page.locator("#alerts li")).to_contain_text(evil)
    expect(page.locator("#alerts li")).to_contain_text("t3, t9")
    expect(page.locator(".tile[data-named=yes]")).to_have_count(2)
    agent.publish(snapshot(2))
    expect(page.locator("#alerts li")).to_have_count(0)


def test_no_gallery(open_page: OpenPage, agent: Agent, tmp_path: Path) -> None:
    agent.publish(snapshot(1, 0))
    page = ready(open_page("/"))
    expect(page.locator("#empty")).to_contain_text("No gallery in sight")
    expect(page.locator("#age")).to_have_text("")
    page.screenshot(path=tmp_path / "empty.png")
    agent.publish(snapshot(2, 4))
    expect(page.locator("#age")).to_contain_text("old")
    expect(page.locator("#empty")).to_be_hidden()
    expect(page.locator(".tile")).to_have_count(4)


def test_a_gallery_that_went_leaves_nothing_said_of_the_room(
    open_page: OpenPage, agent: Agent, tmp_path: Path
) -> None:
    agent.publish(snapshot(1, 4))
    page = ready(open_page("/"))
    until(page, "document.querySelector('#mood').textContent.includes('faces')")
    for seq in range(2, 8):
        agent.publish(snapshot(seq, 4))
        page.wait_for_timeout(250)
    expect(page.locator("#rate")).to_contain_text("times a second")
    agent.publish(snapshot(9, 0))
    expect(page.locator("#mood")).to_have_text("No expression read now")
    expect(page.locator("#rate")).to_have_text("")
    page.screenshot(path=tmp_path / "gone.png")
    page.reload()
    expect(page.locator("#empty-title")).to_have_text("No gallery in sight")
    expect(page.locator("#mood")).to_have_text("No expression read now")


@pytest.mark.parametrize(
    ("size", "scheme"), [((1366, 768), "light"), ((1280, 720), "dark"), ((400, 800), "light")]
)
def test_that_everybody_is_excluded_is_said_and_what_to_do(
    open_page: OpenPage, agent: Agent, tmp_path: Path, size: tuple[int, int], scheme: Scheme
) -> None:
    agent.publish(excluded())
    page, overlay = open_page("/", size=size, scheme=scheme), open_page("/overlay", size=size)
    expect(page.locator("#mood")).to_have_text("Everybody is excluded")
    expect(page.locator("#room-read")).to_have_text("")
    said = "Everybody is excluded: select a tile and press Read again."
    expect(page.locator("#person-text")).to_have_text(said)
    page.screenshot(path=tmp_path / "dashboard.png", full_page=True)
    said = "Everybody is excluded: on the dashboard select a tile and press Read again"
    expect(overlay.locator("#mark")).to_have_text(said)
    overlay.screenshot(path=tmp_path / "overlay.png")
    page.locator(".tile").nth(3).click()
    expect(page.locator("#person-exclude")).to_have_text("Read again")
    agent.publish(snapshot(2))
    expect(overlay.locator("#mark")).to_be_hidden()
    expect(page.locator("#mood")).to_contain_text("faces")


@pytest.mark.parametrize(
    ("size", "scheme"), [((1366, 768), "light"), ((1280, 720), "dark"), ((400, 800), "light")]
)
def test_one_face_is_not_called_most(
    open_page: OpenPage, agent: Agent, tmp_path: Path, size: tuple[int, int], scheme: Scheme
) -> None:
    alone = snapshot(1, 1, plain=True)
    wide = tuple((0.01, 0.88) for _ in LABELS)
    agent.publish(replace(alone, room=replace(alone.room, intervals=wide, motivation=0.6)))
    page, overlay = (
        ready(open_page("/", size=size, scheme=scheme)),
        open_page("/overlay?style=gauge", size=size),
    )
    expect(page.locator("#mood")).to_have_text("One face: angry")
    expect(page.locator("#person-text")).not_to_contain_text("Uncertain")
    attention = page.locator("[data-gauge=attention]")
    expect(attention.locator(".word")).to_have_text("slightly aside")
    expect(attention).to_have_attribute("aria-valuetext", "slightly aside")
    page.screenshot(path=tmp_path / "dashboard.png", full_page=True)
    expect(overlay.locator("#summary-text")).to_contain_text("One face: angry · 1 of 1 face read")


def test_a_source_without_a_first_picture_is_waited_for(open_page: OpenPage, agent: Agent) -> None:
    agent.publish(replace(snapshot(1, 0, state=SourceState.STALLED), width=0, height=0))
    page, overlay = open_page("/"), open_page("/overlay")
    expect(page.locator("#empty")).to_contain_text("Waiting for the first picture")
    expect(page.locator("#source-state")).to_have_text("waiting")
    expect(page.locator("#banner")).to_be_hidden()
    expect(overlay.locator("#mark")).to_have_text("Waiting for the first picture")
    expect(page.locator("#empty-link")).to_be_hidden()
    agent.publish(snapshot(2, 4))
    expect(page.locator("#empty")).to_be_hidden()
    expect(overlay.locator("#mark")).to_be_hidden()


@pytest.mark.parametrize(("state", "size"), [(SourceState.STALLED, (0, 0)), (SourceState.LOST, (1920, 1080))])
def test_a_picture_that_nobody_shares_is_asked_for(
    chromium: Browser, tmp_path: Path, state: SourceState, size: tuple[int, int]
) -> None:
    with Agent(source=SourceInfo("webrtc", "shared picture", 0, 0)) as agent:
        agent.publish(snapshot(1, 0, size, state=state))
        page, overlay = chromium.new_page(), chromium.new_page()
        page.goto(agent.url("/"))
        expect(page.locator("#empty")).to_contain_text("Nobody shares a picture now")
        expect(page.locator("#empty-link")).to_have_attribute("href", "/share")
        expect(page.locator("#source-state")).to_have_text("nothing shared")
        expect(page.locator("#banner")).to_be_hidden()
        # What is to be done is not as pale as what is over.
        assert page.evaluate(SHOWN, "#empty") == 1
        page.screenshot(path=tmp_path / "dashboard.png")
        overlay.goto(agent.url("/overlay"))
        expect(overlay.locator("#mark")).to_contain_text("Nobody shares a picture now")
        expect(overlay.locator("#mark")).to_have_attribute("data-grave", "no")
        overlay.screenshot(path=tmp_path / "overlay.png")
        page.close()
        overlay.close()


@pytest.mark.parametrize("state", [SourceState.STALLED, SourceState.LOST])
def test_a_source_in_trouble_is_said(open_page: OpenPage, agent: Agent, state: SourceState) -> None:
    agent.publish(snapshot(1, state=state))
    page = open_page("/")
    expect(page.locator("#source-state")).to_have_text(state.value)
    expect(page.locator("#banner")).to_be_visible()
    agent.publish(snapshot(2))
    expect(page.locator("#source-state")).to_have_text("live")
    expect(page.locator("#banner")).to_be_hidden()


def test_pictures_that_cannot_be_read_are_no_missing_gallery(open_page: OpenPage, agent: Agent) -> None:
    failing = SourceStatus(SourceState.STALLED, failed=3, failing=True)
    agent.publish(replace(snapshot(1, 0), source=failing))
    page, overlay = open_page("/"), open_page("/overlay")
    expect(page.locator("#empty-title")).to_have_text("The pictures cannot be read")
    expect(page.locator("#source-state")).to_have_text("failing")
    expect(page.locator("#banner")).to_contain_text("cannot be read")
    expect(overlay.locator("#mark")).to_contain_text("cannot be read")


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (RecordStatus(), ""),
        (RecordStatus(RecordState.RECORDING), "recording"),
        (RecordStatus(RecordState.FAILED, "the disk is full"), "recording failed: the disk is full"),
        (RecordStatus(RecordState.FAILED), "recording failed"),
        (RecordStatus(RecordState.STOPPED), "recording stopped"),
    ],
)
def test_how_the_recording_goes_is_said(
    open_page: OpenPage, agent: Agent, tmp_path: Path, status: RecordStatus, said: str
) -> None:
    agent.publish(replace(snapshot(1), record=status))
    page = ready(open_page("/", size=(1280, 720)))
    expect(page.locator("#record")).to_have_text(said)
    expect(page.locator("#record")).to_be_visible(visible=bool(said))
    page.screenshot(path=tmp_path / "record.png")


def test_a_recording_rests_while_paused(open_page: OpenPage, agent: Agent) -> None:
    recording = replace(snapshot(1), record=RecordStatus(RecordState.RECORDING))
    agent.publish(replace(recording, source=SourceStatus(paused=True)))
    page = open_page("/")
    expect(page.locator("#record")).to_have_text("recording paused")
    agent.publish(replace(recording, seq=2))
    expect(page.locator("#record")).to_have_text("recording")


def test_silence_is_said(open_page: OpenPage, agent: Agent) -> None:
    agent.publish(snapshot(1))
    page = ready(open_page("/", clock=True))
    page.clock.fast_forward(3500)
    expect(page.locator("#source-state")).to_have_text("stale")
    expect(page.locator("#banner")).to_contain_text("No news")


def test_a_pause_is_no_missing_gallery(open_page: OpenPage, agent: Agent, tmp_path: Path) -> None:
    agent.publish(replace(snapshot(1, 0), source=SourceStatus(paused=True)))
    page, overlay = open_page("/"), open_page("/overlay?style=gauge")
    expect(page.locator("#empty-title")).to_have_text("Paused")
    expect(page.locator("#mood")).to_have_text("Paused")
    expect(page.locator("#room-read")).to_have_text("")
    page.screenshot(path=tmp_path / "paused.png")
    expect(overlay.locator("#mark")).to_contain_text("Paused")
    expect(overlay.locator("#summary")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_stays_bright_and_all_words_readable_when_the_agent_does_not_answer(
    open_page: OpenPage, agent: Agent, trouble: list[str], tmp_path: Path, scheme: Scheme
) -> None:
    told = snapshot(1, alerts=(Alert("turned", "Many are turned away", ("t3",), time.time() - 60),))
    advice = Advice(Tempo.SLOWER, "Slower may help.", "90 % before, now 60 %.")
    told = replace(told, room=replace(told.room, advice=advice), record=RecordStatus(RecordState.RECORDING))
    agent.publish(told)
    page = ready(open_page("/", scheme=scheme, clock=True))
    drawn = ("#mood-symbol", ".legend .mark", ".gauge .track", ".row .track", ".tile .mark", ".tile .bars")
    assert [page.evaluate(SHOWN, part) for part in drawn] == [1.0] * len(drawn)
    agent.close()
    page.clock.fast_forward(3500)
    expect(page.locator("#source-state")).to_have_text("no answer")
    assert max(page.evaluate(SHOWN, part) for part in drawn) < 0.5
    for said in ("#mood", "#legend .name", ".gauge .word", ".row .name", "#advice-text", "#alerts b"):
        assert page.evaluate(SHOWN, said) == 1.0, said
    pale = page.evaluate(CONTRASTS)
    assert {word: one for word, one in pale.items() if one < 4.5} == {}
    page.screenshot(path=tmp_path / "gone.png")
    # Otherwise it goes on trying, and complaining.
    page.close()
    trouble.clear()


def test_a_room_without_its_tiles(open_page: OpenPage, agent: Agent) -> None:
    agent.publish(replace(snapshot(1), readings=()))
    page = ready(open_page("/"))
    expect(page.locator("#mood")).to_contain_text("Mean: mixed, often")
    shares = [int(text.removesuffix(" %")) for text in page.locator("#legend b").all_inner_texts()]
    assert 97 <= sum(shares) <= 103


def test_how_a_face_is_seen_is_said_in_plain_words(workbench: Page) -> None:
    faces, times = workbench.evaluate(
        """async () => {
          const { durationText, faceText } = await import('/static/words.js');
          return [[[0.93, 0.99], [0.7, 0.5], [0.5, 0.1]].map(([confidence, facing]) =>
            faceText({ confidence, facing })), [5, 59.9, 60, 100, 125].map(s => durationText(1000 * s))];
        }"""
    )
    assert faces == [
        "The face is seen clearly (93 %) and looks at the camera (99 %).",
        "The face is seen fairly well (70 %) and looks half aside (50 % to the camera).",
        "The face is seen poorly (50 %) and is turned away (10 % to the camera).",
    ]
    assert times == ["less than a minute", "less than a minute", "1 minute", "2 minutes", "2 minutes"]


def test_faces_but_no_reading(open_page: OpenPage, agent: Agent) -> None:
    unread = tuple(
        replace(one, emotion=None, reason=Reason.UNSURE) for one in snapshot(1, 9, plain=True).readings
    )
    agent.publish(snapshot(1, readings=unread))
    page = ready(open_page("/"))
    expect(page.locator("#mood")).to_have_text("No expression read yet")
    expect(page.locator("[data-gauge=valence]")).to_have_attribute("data-known", "no")


def test_ids_are_never_markup(open_page: OpenPage, agent: Agent) -> None:
    evil = "<img src=x onerror=alert(1)>"
    one = replace(reading(0, 0, 0, Box(0, 0, 400, 300), plain=True), id=evil)
    agent.publish(snapshot(1, readings=(one,)))
    page = ready(open_page("/"))
    page.locator(".tile").click()
    expect(page.locator("#person-title")).to_have_text(f"Participant {evil}")
    assert page.locator("main img").count() == 0


def test_the_words_that_must_stand_there(open_page: OpenPage) -> None:
    page = open_page("/")
    expect(page.locator("footer")).to_contain_text("An expression is not a feeling")
    expect(page.locator("footer")).to_contain_text("prohibited in the EU")
    text = page.locator("body").inner_text().replace("An expression is not a feeling", "")
    assert "feeling" not in text


def test_arrow_keys_lead_to_the_nearest_tile_of_that_side(workbench: Page) -> None:
    answer = workbench.evaluate(
        """async () => {
          const { hull, neighbour } = await import('/static/gallery.js');
          const place = (id, left, top) => ({ id, box: { left, top, width: 100, height: 60 } });
          // Two rows; the second, of two tiles, is centred below the first, of three.
          const tiles = [place('a', 100, 50), place('b', 210, 50), place('c', 320, 50),
                         place('d', 155, 120), place('e', 265, 120)];
          const to = (from, key) => neighbour(tiles, tiles.find(({ id }) => id === from), key)?.id ?? null;
          return {
            hull: hull(tiles),
            moves: [['a', 'ArrowRight'], ['c', 'ArrowRight'], ['a', 'ArrowDown'], ['c', 'ArrowDown'],
                    ['d', 'ArrowRight'], ['e', 'ArrowUp'], ['d', 'ArrowLeft'], ['b', 'ArrowUp'], ['a', 'x']]
              .map(([from, key]) => to(from, key)),
          };
        }"""
    )
    assert answer["hull"] == {"left": 100, "top": 50, "width": 320, "height": 130}
    assert answer["moves"] == ["b", None, "d", "e", "e", "b", "a", None, None]


def test_times_are_those_of_the_report_and_the_terminal_whatever_the_language(
    chromium: Browser, agent: Agent
) -> None:
    agent.publish(snapshot(1, alerts=(Alert("turned", "Many are turned away", ("t3",), 1_767_294_120.0),)))
    page = chromium.new_page(locale="en-US", timezone_id="UTC")
    page.goto(agent.url("/"))
    expect(page.locator("#alerts li")).to_contain_text("since 19:02")
    page.close()


def test_what_is_read_first_is_the_room_and_a_participant_s_button_follows_the_gallery(
    open_page: OpenPage, agent: Agent
) -> None:
    agent.publish(snapshot(1))
    page = ready(open_page("/"))
    order = page.locator("main > section").evaluate_all("all => all.map((one) => one.classList[1])")
    assert order == ["room", "gallery", "person", "time", "alerts"]


@pytest.mark.parametrize("size", [(1280, 800), (1366, 768), (1920, 1080)])
def test_what_room_there_is_is_used(open_page: OpenPage, agent: Agent, size: tuple[int, int]) -> None:
    """The tiles of a whole class fill the map in both directions, and the bars their panel."""
    agent.publish(snapshot(1))
    page = open_page("/", size=size)
    until(page, "document.querySelectorAll('.tile').length === 25")
    free = page.evaluate(
        """() => { const edge = (one, side) => one.getBoundingClientRect()[side];
                   const tiles = [...document.querySelectorAll('.tile')];
                   const most = side => Math.max(...tiles.map(one => edge(one, side)));
                   const map = document.querySelector('#map');
                   return { right: edge(map, 'right') - most('right'),
                            bottom: edge(map, 'bottom') - most('bottom'),
                            panel: edge(document.querySelector('.person'), 'bottom')
                                   - edge(document.querySelector('#person-text'), 'bottom') }; }"""
    )
    assert free["right"] < 12
    assert free["bottom"] < 12
    assert free["panel"] < 60
