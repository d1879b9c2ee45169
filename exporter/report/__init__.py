"""The report of a recorded session: one self-contained page, with figures, that also prints."""
