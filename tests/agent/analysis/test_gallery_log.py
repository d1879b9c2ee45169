"""Which numbers of tiles are worth a line of the log."""

from __future__ import annotations

from dataclasses import replace

from agent.analysis.gallery_log import GalleryLog, UnreadLog, describe_gallery, describe_unread
from agent.values import Reason
from tests.browser.rooms import excluded, snapshot, withheld


def test_a_number_of_tiles_is_logged_once_it_has_lasted() -> None:
    log = GalleryLog()
    counts = {0.0: 0, 1.0: 25, 2.0: 20, 2.5: 25, 3.0: 0, 3.5: 25, 5.0: 24, 7.5: 24, 8.0: 0, 11.0: 0, 12.0: 9}
    told = [(count, log.take(count, time)) for time, count in counts.items()]
    assert [one for one in told if one[1]] == [(25, "info"), (24, "debug"), (0, "info"), (9, "info")]


def test_nobody_is_told_of_one_or_two_who_come_and_go_until_they_add_up() -> None:
    log = GalleryLog()
    counts = [25, 24, 23, 25, 23, 22, 24, 20, 19]
    told = [(count, log.take(count, 10.0 * n + late)) for n, count in enumerate(counts) for late in (0, 5)]
    assert [count for count, level in told if level == "info"] == [25, 22, 19]
    assert [count for count, level in told if level == "debug"] == [24, 23, 25, 23, 24, 20]


def test_that_there_is_no_gallery_is_told_once_that_has_lasted() -> None:
    log = GalleryLog()
    assert [log.take(0, time) for time in (0.0, 1.0, 2.0, 9.0)] == [None, None, "info", None]


def test_the_search_is_told_once_for_each_source() -> None:
    log = GalleryLog()
    assert [log.begin(), log.begin()] == [True, False]
    log.forget()
    assert log.begin()


def test_after_a_loss_the_same_gallery_is_new() -> None:
    log = GalleryLog()
    assert [log.take(25, 0.0), log.take(25, 10.0)] == ["info", None]
    log.forget()
    assert log.take(25, 10.1) == "info"


def test_a_gallery_is_described_in_words() -> None:
    assert describe_gallery(0) == "no gallery in sight"
    assert describe_gallery(1) == "a gallery of 1 tile"
    assert describe_gallery(25) == "a gallery of 25 tiles"


def test_why_none_is_read_is_told_once_after_a_while() -> None:
    small = [replace(one, emotion=None, reason=Reason.SMALL) for one in snapshot(1, 9, plain=True).readings]
    log = UnreadLog()
    times = [0.0, 5.0, 14.9, 15.0, 16.0, 60.0]
    assert [time for time in times if log.should_log(small, time)] == [15.0]
    log = UnreadLog()
    assert not log.should_log(small, 0.0)
    assert not log.should_log([], 10.0), "without a gallery there is nothing to read"
    assert not log.should_log(small, 20.0)
    assert log.should_log(small, 35.0)


def test_that_everybody_is_excluded_is_such_a_reason() -> None:
    log = UnreadLog()
    assert [time for time in (0.0, 20.0, 40.0) if log.should_log(excluded().readings, time)] == [20.0]


def test_after_a_reading_and_under_a_policy_nobody_is_told_why_there_is_none() -> None:
    for told in (snapshot(1), withheld()):
        log = UnreadLog()
        assert not any(log.should_log(told.readings, time) for time in (0.0, 20.0))
        assert not any(log.should_log(excluded().readings, time) for time in (30.0, 60.0))


def test_reasons_are_counted_in_words_the_most_frequent_first() -> None:
    assert describe_unread(excluded().readings) == "25 tiles, none read so far: 24 excluded, 1 camera off"
    (one,) = snapshot(1, 1, plain=True).readings
    said = describe_unread([replace(one, emotion=None, reason=Reason.SMALL)])
    assert said == "1 tile, none read so far: 1 too small"
