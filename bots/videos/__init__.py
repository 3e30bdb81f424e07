"""The videos API: programs that speak OpenAI's protocol ``/v1/videos``."""
