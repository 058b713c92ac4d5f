"""Writes of decisions, split by verb: strategies, cycles, stages, records."""
