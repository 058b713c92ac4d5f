"""Consents and versions are append-only."""

from __future__ import annotations

from django.db import migrations

from fairdue.storage.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("parties", "0001_initial")]
    operations = [append_only("parties_consent"), append_only("parties_partyversion")]
