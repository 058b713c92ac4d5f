"""The reads of arrangements, one verb a module."""
