"""Where frames come from: the screen, a camera, a file or address, or a drawn class."""
