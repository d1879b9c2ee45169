"""A drawn, animated class with known expressions: used by the demo and by tests."""
