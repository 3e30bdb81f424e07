"""Stores for the tests of bots."""

from tests.stores import store

__all__ = ["store"]
