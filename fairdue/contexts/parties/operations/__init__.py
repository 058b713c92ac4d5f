"""Writes: landing files, consents, reveals, portal links, key rotation."""
