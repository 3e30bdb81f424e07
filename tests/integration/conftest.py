"""Stores for the integration tests."""

from tests.stores import store

__all__ = ["store"]
