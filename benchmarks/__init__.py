"""Benchmarks: each module with a `register(bench)` adds a command to `fairdue bench`."""
