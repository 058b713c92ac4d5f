"""Who does something: the identity that every operation receives and every audit record keeps."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from typing import Literal

ActorKind = Literal["staff", "system", "agency", "borrower", "provider"]


class PermissionRefused(Exception):
    """The actor may not do this; nothing was changed."""

    code = "identity.permission.refused"

    def __init__(self, actor: Actor, permission: str) -> None:
        super().__init__(f"{actor.label} ({actor.role or actor.kind}) may not {permission}")
        self.actor = actor
        self.permission = permission


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Somebody or something that acts, with what it may do and whose data it may touch.

    `creditor_ids` is None for an actor that may touch every creditor. `gesture` groups all audit
    records of one click, one job or one file.
    """

    kind: ActorKind
    label: str
    id: int | None = None
    role: str = ""
    team_id: int | None = None
    creditor_ids: frozenset[int] | None = frozenset()
    permissions: frozenset[str] = frozenset()
    agency_code: str = ""
    """Of an agency, or of somebody who works for one: the code under which its contacts count."""
    gesture: uuid.UUID = field(default_factory=uuid.uuid4)

    @property
    def made_by(self) -> str:
        """How contacts name who makes them: the lender, or an agency by its code."""
        return (self.agency_code or self.label)[:60] if self.kind == "agency" else "lender"

    def may(self, permission: str) -> bool:
        """Tell whether the actor holds a permission."""
        return self.kind == "system" or permission in self.permissions

    def require(self, permission: str) -> None:
        """Pass silently, or refuse.

        :raises PermissionRefused: if the actor does not hold the permission
        """
        if not self.may(permission):
            raise PermissionRefused(self, permission)

    def empowered(self, *permissions: str, is_everywhere: bool = False) -> Actor:
        """Return the actor with what one step of the house needs beyond their own; who acts stays who acts.

        `is_everywhere` also lifts the limit to creditors, for work on all debts of a person who is in scope.
        """
        granted = replace(self, permissions=self.permissions | frozenset(permissions))
        return replace(granted, creditor_ids=None) if is_everywhere else granted


def system(label: str) -> Actor:
    """Return the actor for work that the installation does by itself, such as the nightly cycle."""
    return Actor(kind="system", label=label, role="system", creditor_ids=None)
