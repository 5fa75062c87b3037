"""Thin: parse the input, call one function, shape the payload.

Refuses: business decisions, and a second door around the engine. Subscriptions only watch commits.
"""
