"""Reads: cards for screens, facts for the night, search by keyed hash."""
