"""The bounded contexts: Django apps of one inner shape, entered by their facade only."""
