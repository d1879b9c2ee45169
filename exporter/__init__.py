"""What leaves the agent: the feed server, its pages and its clients."""
