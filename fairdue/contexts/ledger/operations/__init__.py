"""The ledger's writes, one verb a file."""
