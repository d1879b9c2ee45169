"""A picture that is shared by WebRTC: its senders' sessions, their streams, and the source that reads
them."""
