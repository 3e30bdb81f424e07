"""Turns what people write into what models read, and what happened into sentences people read."""
