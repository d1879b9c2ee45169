from __future__ import annotations

from dataclasses import replace

import pytest

from agent.layout.gallery_rules import is_gallery
from agent.layout.lattice_features import Features

NAMELESS = Features(
    cells=35, area=0.5, sides=0.9, weakest=0.8, outer=0.2, seams=1.0, video_sides=0.9, merged=False,
    gap=0.02, shorter=190, uneven=0.0,
    purity=0.9, caption=0.0, labels=0.0, foreign=0.0, nested=0.0, captioned=0.0, panels=0.0, video=30,
    variety=3.4, aspect=1.2, rim=0.1, ragged=0.0,
)  # fmt: skip
TOUCHING = replace(NAMELESS, cells=10, gap=0.0, labels=0.9, video=9, sides=0.6, weakest=0.55, aspect=16 / 9)
WIDE = replace(NAMELESS, cells=16, video=16, labels=1.0, aspect=3.7, rim=0.5)


def test_days_of_a_calendar_with_coloured_bars_are_no_tiles() -> None:
    calendar = replace(NAMELESS, video=23, variety=2.48)
    assert is_gallery(NAMELESS)
    assert not is_gallery(calendar)
    # Names say that it is a class in the dark.
    assert is_gallery(replace(calendar, labels=1.0))


def test_a_list_of_files_is_no_column_of_touching_tiles() -> None:
    assert is_gallery(TOUCHING)
    assert not is_gallery(replace(TOUCHING, weakest=0.25))


def test_a_page_with_two_equal_portraits_is_no_single_tile() -> None:
    single = replace(NAMELESS, cells=1, gap=0.0, labels=1.0, video=1, sides=1.0, aspect=16 / 9, rim=0.0)
    assert is_gallery(single)
    assert not is_gallery(replace(single, nested=1.0))
    assert not is_gallery(replace(single, area=0.05))


def test_few_small_pictures_without_names_are_thumbnails() -> None:
    thumbnails = replace(NAMELESS, cells=5, video=5, area=0.1, aspect=16 / 9)
    assert is_gallery(replace(thumbnails, area=0.3))
    assert not is_gallery(thumbnails)
    assert is_gallery(replace(thumbnails, labels=0.8))


def test_a_short_row_of_upright_pictures_with_names_is_of_a_social_site() -> None:
    stories = replace(NAMELESS, cells=5, video=5, area=0.11, labels=0.8, aspect=9 / 16, sides=1.0, purity=1.0)
    assert is_gallery(replace(stories, aspect=16 / 9))
    assert is_gallery(replace(stories, area=0.2))
    assert not is_gallery(stories)


def test_buttons_are_no_tiles_but_small_tiles_of_a_full_page_are() -> None:
    buttons = replace(NAMELESS, cells=12, video=12, shorter=36, aspect=1.0)
    assert not is_gallery(buttons)
    assert is_gallery(replace(buttons, cells=49, video=49, aspect=16 / 9))


def test_a_dark_end_of_one_of_two_videos_is_no_caption() -> None:
    pair = replace(NAMELESS, cells=2, video=2, labels=1.0, sides=1.0, purity=1.0, captioned=0.5, aspect=4 / 3)
    assert is_gallery(pair)
    assert not is_gallery(replace(pair, cells=4, video=4))


def test_tiles_may_fill_a_wide_window() -> None:
    wide = replace(NAMELESS, cells=16, video=16, labels=1.0, aspect=2.3)
    assert is_gallery(wide)
    assert is_gallery(replace(wide, aspect=3.7))
    assert not is_gallery(replace(wide, aspect=4.0))


@pytest.mark.parametrize(
    "banners",
    [
        replace(WIDE, labels=0.7),
        replace(WIDE, sides=0.85),
        replace(WIDE, purity=0.8),
        replace(WIDE, gap=0.0),
        replace(WIDE, cells=3, video=3),
        replace(WIDE, area=0.15),
        replace(WIDE, rim=0.7),
    ],
    ids=["few names", "faint sides", "no page between", "no gap", "few", "small", "margins"],
)
def test_tiles_wider_than_usual_are_drawn_clearly_and_named(banners: Features) -> None:
    assert is_gallery(WIDE)
    assert not is_gallery(banners)


def test_touching_tiles_before_dark_walls_are_told_by_all_their_sides() -> None:
    dark = replace(TOUCHING, cells=4, video=4, labels=1.0, sides=1.0, weakest=1.0, aspect=2.2, rim=0.5)
    assert is_gallery(dark)
    assert not is_gallery(replace(dark, sides=0.95))


def test_a_desktop_cut_into_six_is_no_gallery_that_fills_the_picture() -> None:
    whole = replace(TOUCHING, cells=6, video=6, area=1.0, sides=0.92, weakest=0.83, labels=0.83, aspect=1.07)
    assert not is_gallery(whole)
    assert is_gallery(replace(whole, area=0.9))
    assert is_gallery(replace(whole, sides=0.98))
    assert is_gallery(replace(whole, aspect=16 / 9))


def test_tiles_without_names_may_fill_the_screen_if_the_gaps_between_them_are_clear() -> None:
    full = replace(
        NAMELESS, cells=9, video=8, area=0.95, sides=1.0, weakest=1.0, purity=1.0, aspect=1.78, rim=0.03
    )
    assert is_gallery(full)
    # A picture may be cut into cells like these.
    for cut_up in ({"gap": 0.0}, {"purity": 0.9}, {"sides": 0.95}, {"aspect": 1.6}, {"cells": 3, "video": 3}):
        assert not is_gallery(replace(full, **cut_up))


def test_narrow_gaps_that_compression_filled_are_made_up_for_by_names_and_all_sides() -> None:
    blurred = replace(NAMELESS, cells=5, video=4, gap=0.02, shorter=177, labels=1.0, sides=1.0, purity=0.5)
    assert is_gallery(blurred)
    assert not is_gallery(replace(blurred, shorter=400))
    assert not is_gallery(replace(blurred, sides=0.9))
    assert not is_gallery(replace(blurred, labels=0.6))


def test_a_window_cut_through_its_middle_is_no_gallery() -> None:
    tiles = replace(NAMELESS, cells=4, video=4, gap=0.0, labels=1.0, sides=0.88, weakest=0.88, aspect=16 / 9)
    assert is_gallery(replace(tiles, seams=1.0))
    # Its own sides are seen, and some of what its middle lines cut.
    assert not is_gallery(replace(tiles, seams=0.75))
    assert is_gallery(replace(tiles, cells=25, video=25, seams=0.75))


def test_cards_of_one_colour_that_touch_each_other_hide_no_gallery() -> None:
    meeting = replace(TOUCHING, cells=25, video=6, labels=1.0, weakest=0.4, seams=0.47, video_sides=1.0)
    assert is_gallery(meeting)
    assert not is_gallery(replace(meeting, video_sides=0.8))
    assert not is_gallery(replace(meeting, labels=0.7))


def test_people_in_the_dark_are_believed_beside_the_controls_of_a_call() -> None:
    dark = replace(NAMELESS, variety=2.2)
    assert not is_gallery(dark)
    assert is_gallery(dark, in_call=True)
    # Text and drawings vary less.
    assert not is_gallery(replace(dark, variety=1.9), in_call=True)


def test_a_small_column_without_a_fault_needs_names_in_half_of_its_tiles() -> None:
    beside = replace(
        NAMELESS, cells=8, video=6, area=0.14, sides=1.0, purity=0.99, labels=0.5, aspect=16 / 9, rim=0.0
    )
    assert is_gallery(beside)
    assert not is_gallery(replace(beside, labels=0.4))
    assert not is_gallery(replace(beside, sides=0.9))
