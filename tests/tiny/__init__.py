"""Tiny pipelines with random weights, built without a hub: the shapes and quirks of the real models, in under a MB."""
