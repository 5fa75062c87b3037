"""Settings, wiring and the command line, most of them as real processes."""
