"""Where frames come from: the screen, a camera, a file or address, a sender by WebRTC, or a drawn class."""
