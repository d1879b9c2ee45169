"""The report as one HTML page without scripts and external files. Pure except for reading its style sheet."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from html import escape
from pathlib import Path

import numpy as np

from agent.values import LABELS, Tempo
from exporter.recorder.packing import SessionEvent
from exporter.recorder.session import RecordedSession
from exporter.report import charts, notes, reliability
from exporter.report.figures import (
    STRIP_BINS,
    ParticipantTimeline,
    RoomTimeline,
    Summary,
    bins_for,
    participant_timelines,
    people,
    room_timeline,
    summarize,
)
from exporter.report.formatting import clock, day, unbroken
from exporter.report.notes import bullet_list, section
from exporter.words import ORDER, counted, duration, noun, percent

BINS = 240
STRIPS_A_GROUP = 14
"""Maximum number of strips in one drawing: a taller one leaves half a printed page empty."""

FIGURES = (
    charts.Measure("valence", -1.0, "Valence", "how pleasant the faces look, from &minus;1 to +1"),
    charts.Measure("arousal", -1.0, "Arousal", "how lively the faces look, from &minus;1 to +1"),
    charts.Measure("attention", 0.0, "Attention", "how far heads point to the camera, from 0 to 1"),
    charts.Measure("motivation", 0.0, "Motivation", "an index of expression and head, from 0 to 1"),
)
LABEL_KEYS = "".join(f'<li><i class="{label}"></i>{label}</li>' for label in ORDER)
READ_KEY = '<li><i class="read"></i>read</li>'

POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""The page's Content-Security-Policy: no scripts run, even if a text contained one."""


def render(session: RecordedSession) -> str:
    """The whole page."""
    summary, room = summarize(session), room_timeline(session, bins_for(session, BINS))
    axis = charts.Axis(float(session.seconds[0]), float(room.edges[-1]), session.start, session.utc_offset)
    title = _title(session)
    sections = (
        _head(session, title),
        notes.before(session),
        _short(session, summary),
        _room(session, room, axis),
        _people(session, participant_timelines(session, bins_for(session, STRIP_BINS)), axis),
        notes.unread(session, summary),
        section(
            "How far these numbers can be trusted",
            bullet_list(map(escape, reliability.sentences(session, summary))),
        ),
        section("What this page may not be used for", bullet_list(notes.NOT_FOR), "not-for"),
        notes.about(session, summary),
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f"<title>Read the Room: {escape(title)}</title><style>{_style()}</style></head><body>"
        f"{charts.patterns()}<main>{unbroken(''.join(sections))}</main></body></html>\n"
    )


def _title(session: RecordedSession) -> str:
    if session.details.is_live:
        return f"Lesson of {day(session.start, session.utc_offset)}"
    return f"Recording {session.details.source_name}" if session.details.source_name else "A recorded lesson"


def _head(session: RecordedSession, title: str) -> str:
    facts = [duration(session.duration)]
    if found := people(session):
        facts.append(counted(len(found), "participant"))
    if session.details.is_live:
        end = clock(session.start + session.duration, session.utc_offset)
        begin = clock(session.start, session.utc_offset)
        facts.insert(0, f"{begin} to {end}")
        facts.append(session.details.source_name or session.details.source_kind)
    else:
        facts.append("times are hours and minutes into the recording")
    return (
        f'<header><p class="brand"><i></i>Read the Room</p><h1>{escape(title)}</h1>'
        f"<p>{escape(' · '.join(facts))}</p></header>"
    )


def _short(session: RecordedSession, summary: Summary) -> str:
    alerts, markers = len(session.events_of("alert")), len(session.events_of("marker"))
    infers = session.details.infers
    facts = [(duration(summary.seen), "watched")]
    if infers:
        facts.append((str(summary.read), "faces read at a typical moment"))
    else:
        facts.append((str(summary.faces), "faces in sight at a typical moment"))
    if infers and summary.read_share is not None:
        facts.append((percent(summary.read_share), "of the time with the camera on was read"))
    facts.append((str(alerts), noun(alerts, "alert")))
    facts.append((str(markers), noun(markers, "marker")))
    tiles = "".join(f"<li><b>{escape(value)}</b>{escape(name)}</li>" for value, name in facts)
    return section("In short", f'<ul class="facts">{tiles}</ul>{_shares(summary) if infers else ""}')


def _shares(summary: Summary) -> str:
    if summary.scores is None:
        return "<p>No face was read in this session.</p>"
    shares = [(label, float(summary.scores[LABELS.index(label)])) for label in ORDER]
    cells = "".join(
        f'<li><i class="{label}"></i>{label} <b>{percent(share)}</b></li>' for label, share in shares
    )
    return (
        f'<figure>{charts.share_bar(shares)}<ul class="legend">{cells}</ul><figcaption>'
        "The room's mean over the whole session. How far it can be trusted is said below."
        "</figcaption></figure>"
    )


def _room(session: RecordedSession, room: RoomTimeline, axis: charts.Axis) -> str:
    infers = session.details.infers
    figures = "".join(
        f"<figure><h3>{measure.name} <small>{measure.text}</small></h3>"
        + charts.line_chart(room.figures[:, index], room.edges, axis, measure)
        + "</figure>"
        for index, measure in enumerate(FIGURES)
        if not _is_empty(room, index)
    )
    return section(
        "The room over time",
        f"{_expressions(session, room, axis) if infers else ''}{_events(session, axis)}{figures}"
        f"<figure><h3>How much this rests on <small>tiles, faces found in them{', faces read' * infers}"
        f'</small></h3>{charts.count_chart(room, axis)}<ul class="legend"><li><i class="tiles"></i>tiles</li>'
        f'<li><i class="faces"></i>faces</li>{READ_KEY * infers}</ul></figure>',
    )


def _expressions(session: RecordedSession, room: RoomTimeline, axis: charts.Axis) -> str:
    markers, alerts = session.events_of("marker"), session.events_of("alert")
    legend = LABEL_KEYS
    if alerts:
        legend += '<li><i class="alert"></i>alert</li>'
    if markers:
        legend += '<li><i class="flag"></i>marker</li>'
    return (
        f'<figure>{charts.room_chart(room, axis, markers, alerts)}<ul class="legend">{legend}</ul></figure>'
    )


def _is_empty(room: RoomTimeline, index: int) -> bool:
    return bool(np.isnan(room.figures[:, index]).all())


def _events(session: RecordedSession, axis: charts.Axis) -> str:
    """Markers, alerts and advice by time; the tempo "unknown" is not listed as advice."""
    numbers = {event.key: number for number, event in enumerate(session.events_of("marker"), 1)}
    told = [event for event in session.events if (event.kind, event.name) != ("advice", Tempo.UNKNOWN)]
    rows = []
    for event in sorted(told, key=lambda event: event.since):
        at = clock(axis.wall + event.since - axis.start, axis.utc_offset)
        if event.kind == "marker":
            sign, name = f'<b class="number">{numbers[event.key]}</b>', "marker"
        else:
            sign, name = (
                f'<i class="{escape(event.kind)}"></i>',
                event.name if event.kind == "alert" else "pace",
            )
        rows.append(
            f"<tr><td>{at}</td><td>{sign}</td><td>{escape(name)}</td>"
            f"<td>{escape(event.text)}{_held(event, axis.end)}</td></tr>"
        )
    if not rows:
        return "<p>No markers were set, and no alert came up.</p>"
    return f'<table class="events"><tbody>{"".join(rows)}</tbody></table>'


def _held(event: SessionEvent, end: float) -> str:
    if event.kind != "alert":
        return ""
    if event.until is None:
        return f" <small>It held until the end ({duration(end - event.since)}).</small>"
    return f" <small>It lasted {duration(event.until - event.since)}.</small>"


def _people(session: RecordedSession, found: Sequence[ParticipantTimeline], axis: charts.Axis) -> str:
    if not found:
        return ""
    inner = charts.Axis(axis.start, axis.end, axis.wall, axis.utc_offset, left=128)
    size = math.ceil(len(found) / math.ceil(len(found) / STRIPS_A_GROUP))
    groups = [found[start : start + size] for start in range(0, len(found), size)]
    drawings = "".join(f"<figure>{charts.strip_chart(group, inner)}</figure>" for group in groups)
    infers = session.details.infers
    doubt = " Single lines are far less certain than the room as a whole." if infers else ""
    return section(
        "Each participant, in the order of the gallery",
        "<p>One line for each tile. Names are not recorded; an id holds for this session only. The order is "
        "the place on the screen and says nothing else. The place is where the tile was longest; where tiles "
        f"moved, several have the same.{doubt}</p>"
        f"{_passing(len(session.participants) - len(found))}{drawings}"
        f'<ul class="legend">{LABEL_KEYS * infers}<li><i class="unread"></i>'
        f'{"not read" if infers else "face"}</li><li><i class="no_face"></i>no face</li>'
        '<li><i class="camera_off"></i>camera off</li>'
        '<li><i class="nothing"></i>nothing kept: away or excluded</li></ul>',
        "people",
    )


def _passing(ids: int) -> str:
    """The note on ids that are left out because they were in sight only for an instant."""
    if not ids:
        return ""
    told = f"{counted(ids, 'more id')} {'was' if ids == 1 else 'were'}"
    return (
        f"<p>{told} in sight for less than a second, as happens while a page turns: left out here and in the "
        "number of participants, not in exported tables.</p>"
    )


@cache
def _style() -> str:
    return (Path(__file__).parent / "report.css").read_text(encoding="utf-8")
