"""Reads of decisions, split by what is asked."""
