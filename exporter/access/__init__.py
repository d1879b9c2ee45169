"""Who is let in: the gate, tokens, addresses that open once, and TLS."""
