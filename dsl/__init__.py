"""The rule language: text becomes a checked, then a compiled rulebook.

Business people write the manners of the brand here. Refuses: I/O, clocks and chance, and to run anything
that was not checked.
"""
