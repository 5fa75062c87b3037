"""The tests mirror the rooms; `house` holds the architecture's own rules."""
