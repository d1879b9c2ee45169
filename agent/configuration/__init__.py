"""What can be configured, and how files, variables and flags become one configuration."""
