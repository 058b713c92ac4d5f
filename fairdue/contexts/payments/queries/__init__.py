"""Reads of the payments room, one question a file."""
