"""Opening a real operation: asked at a terminal or read from files, then written in one transaction."""
