"""Strategies as decision tables: cells, tables, their checks, and their compilation to columns."""
