"""Products: the terms of kinds of debt as data, checked when read, and schedules made from them. Pure."""
