"""Builds the parts that the configuration names and joins them to a running program."""
