"""The demo book: 30,000 real card accounts with invented persons, as canonical files."""
