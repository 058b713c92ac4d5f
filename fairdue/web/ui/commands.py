"""Commands: what can be done on the open page, for the command bar (`Ctrl K`) and the sheet of keys (`?`).

    commands.declare(request, Command(label=_("Record a payment"), target="#action-payment > summary", key="a p"),
                     Command(label=_("Hand over"), why_not=_("Only its collector may."), icon="people"))

A view declares them before it renders; the frame shows them as `shell.commands`. What is reached by `data-key` alone
need not be declared: the sheet finds it on the page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One thing to do: opens `href`, sends `post` with `fields`, or activates the element `target` of the page.

    `why_not` shows it disabled with its reason. `words` are further words that find it.
    """

    label: str
    href: str = ""
    post: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    target: str = ""
    icon: str = "next"
    key: str = ""
    words: str = ""
    why_not: str = ""


def declare(request: HttpRequest, *commands: Command) -> None:
    """Add commands of the open page; the first declared stand first."""
    kept: Any = request
    kept.desk_commands = (*declared(request), *commands)


def declared(request: HttpRequest) -> tuple[Command, ...]:
    """Return the commands that the view declared."""
    found: tuple[Command, ...] = getattr(request, "desk_commands", ())
    return found
