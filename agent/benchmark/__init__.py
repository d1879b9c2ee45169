"""Measuring the speed of the agent, and of what people would use in its place, on the same frames."""
