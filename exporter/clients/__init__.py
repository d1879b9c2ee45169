"""Small feed clients, to use or to copy."""
