"""Readings for other programs, through the client libraries that they expect; each is optional."""
