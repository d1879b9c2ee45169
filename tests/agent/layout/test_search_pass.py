from __future__ import annotations

import pytest

from agent.layout import search_pass
from agent.layout.lattice import Lattice
from agent.layout.picture import Picture
from agent.layout.search_profile import COARSE
from agent.values import Box
from tests.labels import drawn


def test_two_rows_taken_for_one_end_no_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a small compressed picture, where they look like a gallery so clear that no other is tried."""
    drawing = drawn(9, "teams", (640, 360))
    tiles = [tile.box for tile in sorted(drawing.truth, key=lambda tile: (tile.row, tile.col))]
    gap = (tiles[1].left - tiles[0].right, tiles[3].top - tiles[0].bottom)
    joined = [Box(box.left, box.top, box.width, 2 * box.height + gap[1]) for box in tiles[3:6]]
    right = Lattice((tuple(tiles[:3]), tuple(tiles[3:6]), tuple(tiles[6:])), gap)
    wrong = Lattice((tuple(tiles[:3]), tuple(joined)), gap)
    monkeypatch.setattr(search_pass, "suggested", lambda *_, **__: iter([wrong, right]))
    found = search_pass.best_lattices(Picture.of(drawing.pixels), COARSE, expecting=False)
    assert len(found[0].lattice.boxes) == len(tiles) == 8
