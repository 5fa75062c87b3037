"""What a rulebook says that its author may not mean, found without running it.

Conditions are compared as boxes: sets of values for each thing that is read. What cannot be compared so (a window of
time, a promise, a count beside another) stands as a yes or no of its own, and what is found with its help is told as
possible, never as certain. Refuses to guess: what would take too long is said to be left out.
"""
