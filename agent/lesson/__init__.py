"""From readings to a lesson: faces over time, each participant's baseline, the room, trend and alerts."""
