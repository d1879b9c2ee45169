"""From readings to a lesson: one face over time, what is usual, the room, trend and alerts."""
