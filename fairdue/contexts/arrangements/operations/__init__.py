"""The writes of arrangements, one verb a module."""
