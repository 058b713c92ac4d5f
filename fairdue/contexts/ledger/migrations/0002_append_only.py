"""Transactions, postings and versions of due items are facts: the database refuses to change them."""

from django.db import migrations

from fairdue.storage.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [
        append_only("ledger_transaction"),
        append_only("ledger_posting"),
        append_only("ledger_dueversion"),
    ]
