"""The writes of cases, one verb a module."""
