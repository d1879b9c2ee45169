"""A drawn, animated class whose truth is known: the demo, and the ground for tests."""
