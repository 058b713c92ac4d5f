"""The ledger's reads, one question a file."""
