"""A job's names, its legal moves and its end."""
