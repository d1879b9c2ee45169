"""The program as a process: background life, logs, memory and system libraries."""
