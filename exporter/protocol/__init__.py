"""The feed's protocol: messages, their parts, their schema, and clients' commands."""
