"""Turns a repository of weights into a folder that the engine loads: checked, in bfloat16, recorded file by file."""
