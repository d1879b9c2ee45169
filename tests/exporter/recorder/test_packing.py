"""Snapshots as rows: nothing is lost but digits, and nothing is kept of those who opted out."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.values import (
    LABELS,
    Advice,
    Alert,
    Box,
    Emotion,
    Marker,
    Reading,
    Reason,
    Scope,
    Snapshot,
    SourceState,
    SourceStatus,
    Tempo,
    TileState,
)
from exporter.recorder.packing import NOTHING, REASONS, RECORD, SEEN, STATES, STEPS, UNKNOWN, Packer, Rows
from exporter.recorder.store import Store
from tests.builders import face_at
from tests.exporter.recorder.lessons import WALL, details, excluded, lesson

units = st.floats(0, 1)


def said(rows: Rows) -> np.ndarray:
    blob = rows.frame[-1]
    assert isinstance(blob, bytes)
    return np.frombuffer(blob, RECORD)


def snapshot(**changes: object) -> Snapshot:
    return dataclasses.replace(next(lesson(1)), **changes)  # type: ignore[arg-type]


@st.composite
def readings(draw: st.DrawFn) -> Reading:
    state = draw(st.sampled_from([one for one in TileState if one is not TileState.EXCLUDED]))
    has_face = state is TileState.FACE
    reason = draw(st.sampled_from([None, *Reason])) if has_face else None
    emotion = None
    if has_face and reason is None:
        raw = draw(st.tuples(*[st.floats(0.001, 1)] * 7))
        scores = tuple(value / sum(raw) for value in raw)
        label = draw(st.sampled_from(LABELS))
        emotion = Emotion(label, 0.5, scores, draw(st.floats(-1, 1)), draw(st.floats(-1, 1)))
    face = face_at(Box(0, 0, draw(st.integers(0, 100_000)), 9)) if has_face else None
    row, col = draw(st.integers(0, 300)), draw(st.integers(0, 300))
    motivation = draw(st.none() | units)
    return Reading(
        draw(st.text(min_size=1, max_size=4)),
        row,
        col,
        Box(0, 0, 9, 9),
        state,
        draw(st.booleans()),
        face,
        draw(units),
        emotion,
        reason,
        WALL,
        motivation,
    )


@settings(deadline=None)
@given(st.lists(readings(), max_size=6))
def test_a_reading_comes_back_as_it_was(given_: list[Reading]) -> None:
    packer = Packer()
    rows = packer.pack(snapshot(readings=tuple(given_)), 1.0)
    ids = dict(rows.participants)
    found = said(rows)
    assert len(found) == len(given_)
    for one, back in zip(given_, found, strict=True):
        assert ids[int(back["who"])] == one.id
        assert STATES[back["state"]] == one.state
        assert (None if back["reason"] == NOTHING else REASONS[back["reason"]]) == one.reason
        assert (back["label"] == NOTHING) == (one.emotion is None)
        assert bool(back["speaking"]) == one.speaking
        assert (back["row"], back["col"]) == (min(one.row, 255), min(one.col, 255))
        assert (back["width"] == UNKNOWN) == (one.face is None)
        assert (back["motivation"] == UNKNOWN) == (one.motivation is None)
        if one.emotion is not None:
            assert LABELS[back["label"]] == one.emotion.label
            assert np.allclose(back["scores"] / STEPS, one.emotion.scores, atol=1.0 / STEPS)
            assert back["scores"].sum() == STEPS
            assert np.isclose(back["valence"] / STEPS, one.emotion.valence, atol=0.51 / STEPS)


def test_a_record_has_the_size_that_was_promised() -> None:
    assert RECORD.itemsize == 32


def test_one_who_is_excluded_leaves_no_trace() -> None:
    packer = Packer()
    rows = packer.pack(excluded(next(lesson(1)), 2), 0.0)
    assert len(said(rows)) == 8
    assert "t2" not in dict(rows.participants).values()


def test_a_participant_is_told_once_and_keeps_her_number() -> None:
    packer = Packer()
    first, second = (packer.pack(one, at) for at, one in enumerate(lesson(2)))
    assert [name for _, name in first.participants] == [f"t{number}" for number in range(9)]
    assert second.participants == ()
    assert said(first)["who"].tolist() == said(second)["who"].tolist()


def test_an_alert_begins_and_ends_once_by_the_recordings_own_clock() -> None:
    packer = Packer()
    alert = Alert("sad", "many", ("t1",), WALL + 2, Scope.ROOM)
    moved = dataclasses.replace(alert, tiles=("t1", "t5"), text="more")
    steps = [(), (alert,), (moved,), ()]
    rows = [
        packer.pack(snapshot(wall=WALL + 2 + at, alerts=alerts), 100.0 + at)
        for at, alerts in enumerate(steps)
    ]
    assert [len(one.begun) for one in rows] == [0, 1, 0, 0]
    begun = rows[1].begun[0]
    assert (begun.name, begun.tiles, begun.since) == ("sad", ("t1",), 100.0)
    assert rows[3].ended == ((begun.key, 103.0),)


def test_alerts_on_single_participants_are_told_apart() -> None:
    alerts = tuple(Alert("unusual", f"t{at} is", (f"t{at}",), WALL) for at in range(2))
    assert len(Packer().pack(snapshot(alerts=alerts), 0.0).begun) == 2


def test_a_marker_is_kept_once_at_its_own_time() -> None:
    packer = Packer()
    marked = snapshot(wall=WALL + 10, markers=(Marker("topic", WALL + 9),))
    first, second = packer.pack(marked, 20.0), packer.pack(marked, 21.0)
    assert [(event.text, event.since) for event in first.begun] == [("topic", 19.0)]
    assert second.begun == ()


def test_a_marker_that_was_taken_back_is_removed_once() -> None:
    packer, wrong = Packer(), Marker("tpoic", WALL + 9)
    set_ = packer.pack(snapshot(wall=WALL + 10, markers=(wrong, Marker("topic", WALL + 9.5))), 20.0)
    taken_back = snapshot(wall=WALL + 11, markers=(Marker("topic", WALL + 9.5),), unmarked=(wrong.wall, 5.0))
    removed = [packer.pack(taken_back, at).removed for at in (21.0, 22.0)]
    assert removed == [(set_.begun[0].key,), ()]


def test_a_marker_that_the_newest_ones_pushed_out_stays() -> None:
    packer = Packer()
    packer.pack(snapshot(markers=(Marker("first", WALL),)), 0.0)
    assert packer.pack(snapshot(markers=(Marker("fifty-first", WALL + 1),)), 1.0).removed == ()


def test_a_marker_set_while_the_source_stalls_stands_where_it_was_set() -> None:
    packer = Packer()
    packer.pack(snapshot(wall=WALL + 10), 20.0)
    repeated = snapshot(wall=WALL + 10, markers=(Marker("topic", WALL + 55),))
    assert [event.since for event in packer.pack(repeated, 65.5).begun] == [65.0]


def test_advice_is_kept_when_its_tempo_changes() -> None:
    packer = Packer()
    room = next(lesson(1)).room

    def advise(tempo: Tempo, text: str) -> Snapshot:
        return snapshot(room=dataclasses.replace(room, advice=Advice(tempo, text, "3 of 9")))

    steps = (advise(Tempo.KEEP, "a"), advise(Tempo.KEEP, "b"), advise(Tempo.SLOWER, "c"))
    rows = [packer.pack(one, at) for at, one in enumerate(steps)]
    assert [[event.text for event in one.begun] for one in rows] == [["a 3 of 9"], [], ["c 3 of 9"]]


def test_a_snapshot_that_cannot_be_packed_leaves_no_trace() -> None:
    alert = Alert("quiet", "nobody speaks", ("t0",), 1.0, Scope.ROOM)
    advice = Advice(Tempo.KEEP, "go on", "")
    whole = snapshot(alerts=(alert,), markers=(Marker("begin", WALL),))
    whole = dataclasses.replace(whole, room=dataclasses.replace(whole.room, advice=advice))
    *others, last = whole.readings
    broken = dataclasses.replace(last, facing=float("nan"))
    tried, fresh = Packer(), Packer()
    for bad in (
        dataclasses.replace(whole, readings=(*others, broken)),
        dataclasses.replace(whole, room=dataclasses.replace(whole.room, motivation=float("nan"))),
    ):
        with pytest.raises(ValueError, match="NaN"):
            tried.pack(bad, 0.0)
        assert tried == fresh
    assert tried.pack(whole, 0.2) == fresh.pack(whole, 0.2)


@pytest.mark.parametrize(
    ("status", "seen"),
    [
        (SourceStatus(SourceState.LIVE), True),
        (SourceStatus(SourceState.LIVE, paused=True), False),
        (SourceStatus(SourceState.STALLED), False),
        (SourceStatus(SourceState.LOST), False),
    ],
)
def test_only_frames_that_were_read_count_as_seen_also_in_the_file(status: SourceStatus, seen: bool) -> None:
    rows = Packer().pack(snapshot(source=status), 0.0)
    assert rows.is_seen is seen
    with Store(None, details()) as store:
        store.write([rows])
        assert store.is_empty is not seen
        query = f"SELECT count(*) FROM frames WHERE {SEEN}"  # noqa: S608 - our own words
        found = store.connection.execute(query).fetchone()
    assert found == (int(seen),)
