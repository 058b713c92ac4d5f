"""Pure rules of outgoing payments: the files that a bank executes."""
