"""The version of Memento. A checkout that was never installed has no metadata to ask; a test compares the two."""

VERSION = "0.1.0"
