"""Tests: unit, contract, integration, acceptance and browser."""
