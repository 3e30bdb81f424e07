"""What an account or a chat may use."""
