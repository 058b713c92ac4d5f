"""Law: the gate that every contact passes, its permits, the contact budget and holds.

Owns rule packs as loaded, verdicts as stored, contacts as counted. Does not own the messages (outreach).
"""
