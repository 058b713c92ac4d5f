"""Writes of the payments room, one verb a file."""
