"""Parties: persons, their contact points and consents; one person over all debts.

Owns personal data, sealed at rest and masked on the way out. Does not own what anybody owes.
"""
