"""One face in each tile: found, cut out, judged, looked at again only where it changed, and read."""
