"""The reads of care, one verb a module."""
