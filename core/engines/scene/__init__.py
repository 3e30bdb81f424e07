"""Turns a prompt into a moving cartoon scene: the built-in engine, which needs no weights, key or network."""
