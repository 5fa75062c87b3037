"""One mutation a file: read the input, hand the engine one thing, shape the payload."""
