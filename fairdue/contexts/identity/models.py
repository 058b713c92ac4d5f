"""Staff and teams."""

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
