"""Decides what may be done when: the CPU budget, the cost of work, and waiting after failures."""
