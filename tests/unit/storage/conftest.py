"""Stores for the tests of storage."""

from tests.stores import store

__all__ = ["store"]
