"""Turns the project's own code into measured figures: ``make bench``, or ``python -m bench NAME…`` for some of them."""
