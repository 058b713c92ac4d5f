"""Identity: staff, teams, roles and what each may do and see.

Owns who may log in, with which role, over which creditors. Does not own borrowers (parties do).
"""
