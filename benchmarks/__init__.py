"""Figures for the lines of docs/benchmarks.md: what it costs, beside what decides whether that is good.

Never run by the tests, but for one run with tiny sizes that only sees whether every benchmark still works.
"""
