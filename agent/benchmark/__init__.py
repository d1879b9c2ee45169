"""Measures the speed of the agent, and of programs that people would use in its place, on the same frames."""
