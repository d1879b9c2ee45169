"""A picture shared by WebRTC: the senders' sessions, their streams, and the source that reads them."""
