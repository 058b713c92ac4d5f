"""Account versions are append-only."""

from __future__ import annotations

from django.db import migrations

from fairdue.storage.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("book", "0001_initial")]
    operations = [append_only("book_accountversion")]
