"""The ways out to a customer: encode a delivery and hand it over.

What became of it comes back as an event. Refuses: deciding whether or when to send, and sending the same
delivery under two keys.
"""
