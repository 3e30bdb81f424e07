"""Finished clips on their way into channels: a publication is a second delivery of a clip, never a second job."""
