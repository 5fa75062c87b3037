"""What a store promises (`port`), and the stores that keep the promise.

One customer, one document, one compare-and-set. Refuses: deciding anything, and being picked anywhere but
in `memento`.
"""
