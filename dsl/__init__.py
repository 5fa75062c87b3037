"""The rule language: text in, a compiled rulebook out.

Each pass is a file with its own output: scan (pieces), cut (declarations), parser (syntax tree), check (typed tree and
diagnostics), closures (compiled) or interpret (the oracle); format goes from the tree back to text. No I/O but reading
this package's own grammar and words, no clock, no randomness.
"""
