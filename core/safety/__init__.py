"""Turns prompts and frames into verdicts."""
