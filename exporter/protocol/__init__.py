"""What the feed says: messages, their parts, their schema, and what clients may ask for."""
