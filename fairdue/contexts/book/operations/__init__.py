"""Writes: creditors and products, import batches, landing of accounts."""
