"""Stores for the tests of core."""

from tests.stores import store

__all__ = ["store"]
