"""What is due: claims due customers, runs their timers, hands deliveries to channels.

It owns the clock, so that nothing below needs one. Refuses: sending anything that was not decided once
more and committed first.
"""
