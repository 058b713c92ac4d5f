"""Transactions, postings and versions of due items are facts: the database refuses to change them."""

from django.db import migrations

from fairdue.storage.append_only import append_only

ROOM_TO_UPDATE = """
ALTER TABLE ledger_dueitem SET (fillfactor = 85);
ALTER TABLE ledger_accountstate SET (fillfactor = 50);
"""
"""The two tables that are updated keep room in each page, so that an update touches no index."""

KEY_BY_ACCOUNT = """
ALTER TABLE ledger_posting DROP CONSTRAINT ledger_posting_pkey, ADD PRIMARY KEY (account_id, id);
"""
"""Postings are read by account; an index of ids alone would cost every import and help no query."""

FEW_OF_MANY = """
CREATE INDEX ledger_transaction_special ON ledger_transaction (account_id)
 WHERE kind NOT IN ('payment', 'charge', 'credit', 'reversal') OR details ? 'due_date';
CREATE INDEX ledger_transaction_suspense ON ledger_transaction (account_id) WHERE fund = 'suspense';
CREATE INDEX ledger_dueversion_item ON ledger_dueversion (due_item_id, id);
"""
"""Indexes that cost an import nothing: few rows have what they name."""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [
        append_only("ledger_transaction"),
        append_only("ledger_posting"),
        append_only("ledger_dueversion"),
        append_only("ledger_loancontract"),
        append_only("ledger_houseposting"),
        migrations.RunSQL(ROOM_TO_UPDATE, migrations.RunSQL.noop),
        migrations.RunSQL(KEY_BY_ACCOUNT, migrations.RunSQL.noop),
        migrations.RunSQL(FEW_OF_MANY, migrations.RunSQL.noop),
    ]
