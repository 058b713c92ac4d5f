"""Reads of the law: verdicts without effect, cards, the proof of the chains."""
