"""Bank statements, incoming payments, matches, requests for approval."""
