"""Turns a GenerationSpec into a clip at a vendor: one file a vendor, each of them two pure translations."""
