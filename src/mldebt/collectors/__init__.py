"""What records facts while a file is walked, one fact kind a module."""
