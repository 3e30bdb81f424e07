"""Turns a Scene into frames: vector scenery in layers, sprites on paths, weather and a camera."""
