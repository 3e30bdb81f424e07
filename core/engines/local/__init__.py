"""Open video models on the operator's own GPU, through diffusers. Torch is imported here and in no bot."""
