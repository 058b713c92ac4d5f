"""The writes of care, one verb a module."""
