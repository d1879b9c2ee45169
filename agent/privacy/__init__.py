"""Who and what is not read: consent by name, the law that applies, and a mode that looks at nothing."""
