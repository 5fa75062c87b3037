"""Whole stories on virtual time, each under a rulebook of its own."""
