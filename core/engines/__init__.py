"""What turns a GenerationSpec into a Clip."""
