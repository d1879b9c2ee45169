"""Who and what is not read: consent by name, the law of the place, and a mode that looks at nothing."""
