"""What is wrong with a DMN file."""

from __future__ import annotations


class DmnError(ValueError):
    """A file is not a DMN model that can be read; the message says what is wrong and where."""

    code = "dmn.unreadable"
