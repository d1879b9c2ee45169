"""Finding the tiles of a gallery in one picture, without knowing its colours."""
