"""Small clients of the feed, to use or to copy."""
