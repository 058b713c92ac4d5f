"""Outreach: templates, messages, dispatch through channels, receipts.

Owns what was said and what became of it. Does not own the permission: a dispatch must name its permit.
"""
