"""What there is of what contacts need: calls, letters, visits, messages, an agency's quota; and who works which cases."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

EVERY_DAY = [1, 2, 3, 4, 5, 6, 7]


def every_day() -> list[int]:
    """Return all days of the week, Monday is 1."""
    return list(EVERY_DAY)


class Capacity(models.Model):
    """产能: how much of something there is on the days on which this line holds. Append-only; the newest line counts.

    Of the lines that hold on a day with the same kind, name, creditor and hour, the one counts that began latest, and
    of those the one recorded latest. What no line names is without limit.
    """

    kind = models.CharField(max_length=12)
    """`calls`, `messages`, `letters`, `visits`, `placements`."""
    name = models.CharField(max_length=40, default="", db_default="")
    """Of calls the queue (empty: all queues together), of messages the channel, of placements the agency."""
    creditor = models.ForeignKey("book.Creditor", models.PROTECT, null=True, related_name="+")
    """Whose debts it is kept for; null counts the debts of all."""
    hour = models.SmallIntegerField(null=True)
    """Of calls: the hour of the house's day, 0 to 23; null is the whole day."""
    weekdays = ArrayField(models.SmallIntegerField(), default=every_day)
    amount = models.IntegerField(null=True)
    """Null: without limit from then on."""
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    """The last day; null: until further notice."""
    note = models.CharField(max_length=200, default="", db_default="")
    set_by_label = models.CharField(max_length=150)
    set_at = models.DateTimeField()

    class Meta:
        app_label = "cases"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["calls", "messages", "letters", "visits", "placements"]),
                name="cases_capacity_kind",
            ),
            models.CheckConstraint(
                condition=models.Q(amount=None) | models.Q(amount__gte=0), name="cases_capacity_amount"
            ),
            models.CheckConstraint(
                condition=models.Q(hour=None) | models.Q(hour__gte=0, hour__lte=23, kind="calls"),
                name="cases_capacity_hour",
            ),
            models.CheckConstraint(
                condition=models.Q(valid_until=None) | models.Q(valid_until__gte=models.F("valid_from")),
                name="cases_capacity_days",
            ),
        ]
        indexes = [models.Index(fields=["valid_from"], name="cases_capacity_from")]


class CapacityWait(models.Model):
    """A person whom the strategy wanted to contact and for whom there was no capacity, with the number of nights."""

    person_id = models.BigIntegerField(primary_key=True)
    nights = models.SmallIntegerField()
    latest_date = models.DateField()
    """The latest night that left the person out."""

    class Meta:
        app_label = "cases"


class CollectorProfile(models.Model):
    """What a collector can take: queues, languages, how many cases and how many hard ones, and when."""

    staff = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+")
    queues = ArrayField(models.CharField(max_length=40), default=list)
    """Queues that the collector is trained for; empty: none."""
    languages = ArrayField(models.CharField(max_length=10), default=list)
    """`zh`, `en`, …; empty: any."""
    max_cases = models.IntegerField(null=True)
    """Null: without limit."""
    max_hard_cases = models.IntegerField(null=True)
    weekdays = ArrayField(models.SmallIntegerField(), default=every_day)
    first_hour = models.SmallIntegerField(default=9, db_default=9)
    end_hour = models.SmallIntegerField(default=18, db_default=18)
    """Working hours of the house's day: from the first hour until the end."""
    takes_cases = models.BooleanField(default=True, db_default=True)
    changed_at = models.DateTimeField()

    class Meta:
        app_label = "cases"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(first_hour__gte=0, end_hour__lte=24)
                & models.Q(end_hour__gt=models.F("first_hour")),
                name="cases_collector_hours",
            ),
            models.CheckConstraint(
                condition=(models.Q(max_cases=None) | models.Q(max_cases__gte=0))
                & (models.Q(max_hard_cases=None) | models.Q(max_hard_cases__gte=0)),
                name="cases_collector_limits",
            ),
        ]


class CollectorAbsence(models.Model):
    """Days on which a collector is not there; a cancelled one stays and does not count."""

    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    first_date = models.DateField()
    final_date = models.DateField()
    is_cancelled = models.BooleanField(default=False, db_default=False)

    class Meta:
        app_label = "cases"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(final_date__gte=models.F("first_date")), name="cases_absence_days"
            )
        ]
        indexes = [models.Index(fields=["staff", "final_date"], name="cases_absence_staff")]


class CaseAssignment(models.Model):
    """分案: a change of who works a case, made by a night, with the reason. Append-only."""

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="+", db_index=False)
    cycle_date = models.DateField()
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    before_staff_id = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=20)
    recorded_at = models.DateTimeField()

    class Meta:
        app_label = "cases"
        constraints = [
            models.UniqueConstraint(fields=["case", "cycle_date"], name="cases_assignment_once_a_night")
        ]
