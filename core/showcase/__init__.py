"""Clips that their owners show to everybody, the votes on them, and what was made out of them."""
