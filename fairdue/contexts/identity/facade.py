"""The way into the identity context."""

from __future__ import annotations

from fairdue.contexts.identity.contracts import StaffCard, TeamCard
from fairdue.contexts.identity.drafts import (
    SEALED_COLUMNS,
    DraftCard,
    DraftTooLong,
    clear_draft,
    draft_of,
    save_draft,
)
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
from fairdue.contexts.identity.preferences import PreferenceUnknown, set_columns, set_preferences
from fairdue.contexts.identity.presence import (
    PRESENT_SECONDS,
    PresentCard,
    leave,
    note_presence,
    others_present,
)
from fairdue.contexts.identity.queries import (
    actor_by_id,
    actor_by_username,
    actor_for,
    colleagues,
    staff_address,
    staff_cards,
    staff_names,
    staff_of_roles,
    teams,
)
from fairdue.contexts.identity.saved_views import ViewCard, ViewRefused, delete_view, save_view, views_of
from fairdue.contexts.identity.undo_offers import UndoCard, UndoRefused, offer_undo, take_offer

__all__ = [
    "PERMISSIONS",
    "PERMISSIONS_BY_ROLE",
    "PRESENT_SECONDS",
    "SEALED_COLUMNS",
    "DraftCard",
    "DraftTooLong",
    "PasswordTooWeak",
    "PreferenceUnknown",
    "PresentCard",
    "Role",
    "StaffCard",
    "StaffRefused",
    "StaffUnknown",
    "TeamCard",
    "TeamMismatch",
    "UndoCard",
    "UndoRefused",
    "UsernameTaken",
    "ViewCard",
    "ViewRefused",
    "actor_by_id",
    "actor_by_username",
    "actor_for",
    "change_password",
    "clear_draft",
    "colleagues",
    "create_staff",
    "deactivate_staff",
    "delete_view",
    "draft_of",
    "ensure_team",
    "leave",
    "note_presence",
    "offer_undo",
    "others_present",
    "reactivate_staff",
    "save_draft",
    "save_view",
    "set_columns",
    "set_preferences",
    "staff_address",
    "staff_cards",
    "staff_names",
    "staff_of_roles",
    "take_offer",
    "teams",
    "views_of",
]
