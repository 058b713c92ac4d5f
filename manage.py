"""Django's own command line, for developers; users have `fairdue`."""

from __future__ import annotations

import os
import sys

from django.core.management import execute_from_command_line

from fairdue.storage.embedded import ensure_database_url

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fairdue.settings")
    ensure_database_url()
    execute_from_command_line(sys.argv)
