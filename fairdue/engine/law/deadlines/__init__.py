"""Clocks of the law: by when, from when, or within which days. One module a jurisdiction."""
