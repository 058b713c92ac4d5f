"""Passwords of tests: the house's own method, with so little work that five hundred logins take no minute."""

from __future__ import annotations

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class QuickHasher(PBKDF2PasswordHasher):
    """PBKDF2 with one round; a server in a process of its own reads it and hashes anew with all rounds."""

    iterations = 1
