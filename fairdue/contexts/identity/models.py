"""Staff and teams, and what the desk remembers for them: drafts, views, offers to undo, who looks at what."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a member of staff is; permissions follow from it (policies.py)."""

    COLLECTOR = "collector", _("Collector")
    SUPERVISOR = "supervisor", _("Supervisor")
    COMPLIANCE = "compliance", _("Compliance officer")
    LEGAL = "legal", _("Legal officer")
    STRATEGIST = "strategist", _("Strategist")
    RISK = "risk", _("Risk analyst")
    AGENCY = "agency", _("Agency collector")
    FIELD = "field", _("Field collector")
    FINANCE = "finance", _("Finance officer")
    ADMINISTRATOR = "administrator", _("Administrator")


class Team(models.Model):
    """A group of staff that works the debts of some creditors."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    agency_code = models.CharField(max_length=40, default="", db_default="", blank=True)
    """Not empty for a team of an outside agency."""
    sees_all_creditors = models.BooleanField(default=False, db_default=False)


class TeamCreditor(models.Model):
    """One creditor in a team's data scope; `creditor_id` points at book.Creditor, which lies above."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="creditors")
    creditor_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team", "creditor_id"], name="identity_team_creditor_once")
        ]


class Staff(AbstractUser):
    """A person who works here: logs in, has one role and one team."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    display_name = models.CharField(max_length=80)
    role = models.CharField(max_length=20, choices=Role)
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="members")
    locale = models.CharField(max_length=10, default="zh-hans", db_default="zh-hans")
    preferences = models.JSONField(default=dict, blank=True)
    """Screen choices only: theme, density, whether single keys are on."""

    def get_full_name(self) -> str:
        """Return the name that colleagues read; there is no split into first and last name."""
        return self.display_name or self.username

    get_short_name = get_full_name


class SavedView(models.Model):
    """A list as somebody wants to find it again: filters, sorting and columns, for oneself or for the team."""

    owner = models.ForeignKey(Staff, models.CASCADE, related_name="saved_views")
    list_name = models.CharField(max_length=40)
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=400, blank=True, default="", db_default="")
    """The filters as the address has them; no address carries personal data."""
    columns = models.JSONField(default=list, blank=True)
    team = models.ForeignKey(Team, models.CASCADE, null=True, blank=True, related_name="+")
    """Not empty: the whole team sees the view."""
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "list_name", "name"], name="identity_view_once")
        ]


class Draft(models.Model):
    """What somebody has begun to write; sealed, because notes speak of people."""

    staff = models.ForeignKey(Staff, models.CASCADE, related_name="+")
    key = models.CharField(max_length=80)
    """Which form of which record: `case:12:outcome`."""
    body_sealed = models.BinaryField()
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["staff", "key"], name="identity_draft_once")]


class UndoOffer(models.Model):
    """An internal change that whoever made it may still take back; numbers only, no words about people."""

    token = models.UUIDField(unique=True)
    staff = models.ForeignKey(Staff, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    facts = models.JSONField(default=dict)
    offered_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)


class Presence(models.Model):
    """Who looks at which record now, and whether they write or call."""

    staff = models.ForeignKey(Staff, models.CASCADE, related_name="+")
    subject = models.CharField(max_length=60)
    """A record by kind and number: `case:12`."""
    doing = models.CharField(max_length=12, default="viewing", db_default="viewing")
    since_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject", "staff"], name="identity_presence_once")]


from fairdue.contexts.identity.change_models import Invitation, StaffChange  # noqa: E402

__all__ = [
    "Draft",
    "Invitation",
    "Presence",
    "Role",
    "SavedView",
    "Staff",
    "StaffChange",
    "Team",
    "TeamCreditor",
    "UndoOffer",
]
