"""The only module of arrangements that others import."""
