"""Piying 皮影: turns a chat message, in Chinese or English, into a video, and returns it where it was asked for."""
