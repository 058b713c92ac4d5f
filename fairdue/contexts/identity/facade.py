"""The way into the identity context."""

from __future__ import annotations

from fairdue.contexts.identity.contracts import StaffCard, TeamCard
from fairdue.contexts.identity.models import Role
from fairdue.contexts.identity.operations import (
    PasswordTooWeak,
    StaffRefused,
    StaffUnknown,
    TeamMismatch,
    UsernameTaken,
    change_password,
    create_staff,
    deactivate_staff,
    ensure_team,
    reactivate_staff,
)
from fairdue.contexts.identity.policies import PERMISSIONS, PERMISSIONS_BY_ROLE
from fairdue.contexts.identity.preferences import PreferenceUnknown, set_preferences
from fairdue.contexts.identity.queries import (
    actor_by_id,
    actor_by_username,
    actor_for,
    staff_cards,
    staff_names,
    teams,
)

__all__ = [
    "PERMISSIONS",
    "PERMISSIONS_BY_ROLE",
    "PasswordTooWeak",
    "PreferenceUnknown",
    "Role",
    "StaffCard",
    "StaffRefused",
    "StaffUnknown",
    "TeamCard",
    "TeamMismatch",
    "UsernameTaken",
    "actor_by_id",
    "actor_by_username",
    "actor_for",
    "change_password",
    "create_staff",
    "deactivate_staff",
    "ensure_team",
    "reactivate_staff",
    "set_preferences",
    "staff_cards",
    "staff_names",
    "teams",
]
