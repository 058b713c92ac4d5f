"""Reporting: figures over the whole book, for people and for checks.

Owns no table; reads what the other contexts' facades publish.
"""
