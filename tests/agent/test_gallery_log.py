"""Which numbers of tiles are worth a line of the log."""

from __future__ import annotations

from agent.gallery_log import GalleryLog, describe_gallery


def test_a_number_of_tiles_is_logged_once_it_has_lasted() -> None:
    log = GalleryLog()
    counts = {0.0: 0, 1.0: 25, 2.0: 20, 2.5: 25, 3.0: 0, 3.5: 25, 5.0: 24, 7.5: 24, 8.0: 0, 11.0: 0, 12.0: 9}
    assert [count for time, count in counts.items() if log.should_log(count, time)] == [0, 25, 24, 0, 9]


def test_after_a_loss_the_same_gallery_is_new() -> None:
    log = GalleryLog()
    assert [log.should_log(25, 0.0), log.should_log(25, 10.0)] == [True, False]
    log.forget()
    assert log.should_log(25, 10.1)


def test_a_gallery_is_described_in_words() -> None:
    assert describe_gallery(0) == "no gallery in sight"
    assert describe_gallery(1) == "a gallery of 1 tile"
    assert describe_gallery(25) == "a gallery of 25 tiles"
