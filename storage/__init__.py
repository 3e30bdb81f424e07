"""Keeps accounts, jobs and clips; runs the durable queue."""
