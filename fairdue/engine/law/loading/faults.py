"""What is wrong with a pack: in which file, in which field, and what to do about it."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that makes a pack unfit for use."""

    file: str
    """Below the pack's folder, such as `checks/contact.yaml`."""
    field: str
    """Rule or parameter and what of it, such as `CN-TIME-01: message.zh`."""
    problem: str
    advice: str

    def __str__(self) -> str:
        place = f"{self.file}: {self.field}" if self.field else self.file
        return f"{place}: {self.problem}; {self.advice}"

    def as_json(self) -> dict[str, str]:
        """Return the fault as plain JSON values."""
        return asdict(self)


class PackInvalid(ValueError):
    """A pack that may not be used; the message lists everything that is wrong with it."""

    def __init__(self, pack: str, details: list[Fault]) -> None:
        self.details = tuple(details)
        self.faults = [str(fault) for fault in details]
        super().__init__(f"pack {pack}: " + " | ".join(self.faults))
