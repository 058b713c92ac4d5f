"""Money that is held until something falls due is found without reading the postings of every account."""

from django.db import migrations

HELD = """
CREATE INDEX ledger_posting_held ON ledger_posting (effective_date, account_id)
 WHERE debit = 'credit_balance' OR credit = 'credit_balance';
"""
"""An index that costs an import next to nothing: few accounts are ever paid beyond their debt."""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_append_only")]

    operations = [migrations.RunSQL(HELD, "DROP INDEX ledger_posting_held")]
