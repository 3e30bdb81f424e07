"""A Bot API server on loopback: strict, with the limits, errors and memory of the real one, and people to talk to."""
