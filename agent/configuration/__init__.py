"""The configuration: its keys, and how files, variables and flags are merged."""
