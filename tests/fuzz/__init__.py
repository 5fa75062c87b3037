"""Rulebooks that nobody would write, run like any other: no text may bring the service down or be decided two ways."""
