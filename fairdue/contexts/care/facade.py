"""The only module of care that others import."""
