"""The door of the payments room: every other room imports from here only."""
