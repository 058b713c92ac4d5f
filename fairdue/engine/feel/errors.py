"""What is wrong with an expression: the words for it, the source and the place."""

from __future__ import annotations


class FeelError(ValueError):
    """A text is not FEEL; the message says what is wrong, where, and what to do about it."""

    code = "feel.unreadable"

    def __init__(self, message: str, source: str, position: int) -> None:
        super().__init__(message, source, position)
        self.message = message
        self.source = source
        self.position = position

    def __str__(self) -> str:
        """Return the message with the place, counted in characters from 1, and what stands around it."""
        return f"{self.message} (character {self.position + 1} of {self._around()})"

    def _around(self) -> str:
        start, end = max(0, self.position - 30), self.position + 30
        shown = self.source[start:end].replace("\n", " ")
        return f"{'…' if start else ''}{shown}{'…' if end < len(self.source) else ''}" or "an empty text"
