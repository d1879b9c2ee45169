"""Access control: the gate, the session token, one-time tokens and TLS."""
