"""Stores for the contract tests."""

from tests.stores import store

__all__ = ["store"]
