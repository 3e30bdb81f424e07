"""A public page of the clips that their owners show to everybody."""
