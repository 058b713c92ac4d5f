"""Audit: the append-only record of every change and every reveal, chained in sealed blocks.

Owns events and blocks. Does not own what the events are about, nor how they are shown.
"""
