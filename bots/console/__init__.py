"""A chat page on this machine: the reference adapter."""
