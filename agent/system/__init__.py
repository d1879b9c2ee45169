"""The program as a process: running in the background, logs, memory and system libraries."""
