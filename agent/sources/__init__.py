"""Sources of frames: the screen, a camera, a file or address, a WebRTC sender, or a drawn class."""
