"""Reads each frame: the pipeline of one frame, and the loop that runs it beside the meeting."""
