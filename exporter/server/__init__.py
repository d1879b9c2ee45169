"""The feed server: its routes, the pacing of each client, and WHIP."""
