"""The customer artifact as frozen data: what is remembered, what is being said, and how both came about.

Nothing here reads a clock, makes an id at random, or does I/O; nothing here decides. Rooms above build new
values from old ones and never change one in place.
"""
