"""Piying on Discord."""
