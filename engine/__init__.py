"""The kernel: fold events into memory, decide about messages, say why.

Pure functions, so that any decision can be enacted again byte for byte; one module, `pipeline`, strings
them to a store port. Refuses: a wall clock, randomness, and knowing which store or channel is in use.
"""
