"""Who serves the feed: the server, its addresses, each client's pace, and WHIP."""
