"""Who works cases, what each can take, and who is away on a day."""

from __future__ import annotations

from datetime import date

from fairdue.contexts.cases.capacity_contracts import AbsenceCard, CollectorCard
from fairdue.contexts.cases.models import CollectorAbsence, CollectorProfile
from fairdue.contexts.identity import facade as identity
from fairdue.kernel.actor import Actor, system


def collectors(*, actor: Actor, on: date) -> tuple[CollectorCard, ...]:
    """Return the active staff that work cases, by name, with what they can take on a day.

    Members of the own team only, unless the actor sees every creditor.
    """
    actor.require("capacity.view")
    scope = {team.team_id: team.creditor_ids for team in identity.teams()}
    profiles = CollectorProfile.objects.in_bulk()
    away = _away(on)
    everyone = identity.staff_cards(actor=system("capacity"))
    return tuple(
        _card(card, profiles.get(card.staff_id), scope.get(card.team_id or 0, frozenset()), away)
        for card in everyone
        if card.is_active
        and "cases.work" in identity.PERMISSIONS_BY_ROLE.get(card.role, frozenset())
        and (actor.creditor_ids is None or card.team_id == actor.team_id)
    )


def collectors_on(on: date) -> tuple[CollectorCard, ...]:
    """Return the collectors that have a profile and take cases, for the night: no scope."""
    every = collectors(actor=system("cycle"), on=on)
    return tuple(card for card in every if card.has_profile and card.takes_cases)


def without_profile(on: date) -> frozenset[int]:
    """Return the active staff that work cases and of whom nothing was said: the night leaves their cases alone."""
    every = collectors(actor=system("cycle"), on=on)
    return frozenset(card.staff_id for card in every if not card.has_profile)


def agencies_by_team() -> dict[int, str]:
    """Return the agency of every team that is one's."""
    return {team.team_id: team.agency_code for team in identity.teams() if team.agency_code}


def _away(on: date) -> dict[int, date]:
    days = CollectorAbsence.objects.filter(first_date__lte=on, final_date__gte=on, is_cancelled=False)
    return dict(days.order_by("final_date").values_list("staff_id", "final_date"))


def _card(
    card: identity.StaffCard,
    profile: CollectorProfile | None,
    scope: frozenset[int] | None,
    away: dict[int, date],
) -> CollectorCard:
    found = profile or CollectorProfile(staff_id=card.staff_id)
    return CollectorCard(
        staff_id=card.staff_id,
        name=card.display_name,
        team_id=card.team_id,
        agency_code=card.agency_code,
        creditor_ids=scope,
        queues=tuple(found.queues),
        languages=tuple(found.languages),
        max_cases=found.max_cases,
        max_hard_cases=found.max_hard_cases,
        weekdays=tuple(found.weekdays),
        first_hour=found.first_hour,
        end_hour=found.end_hour,
        takes_cases=found.takes_cases,
        is_absent=card.staff_id in away,
        absent_until_date=away.get(card.staff_id),
        has_profile=profile is not None,
    )


def absences(*, actor: Actor, since: date) -> tuple[AbsenceCard, ...]:
    """Return the absences that end on a day or later, by their first day, of the collectors that the actor leads."""
    actor.require("capacity.view")
    names = {card.staff_id: card.name for card in collectors(actor=actor, on=since)}
    days = CollectorAbsence.objects.filter(final_date__gte=since, is_cancelled=False, staff_id__in=names)
    return tuple(
        AbsenceCard(
            absence_id=absence.pk,
            staff_id=absence.staff_id,
            name=names[absence.staff_id],
            first_date=absence.first_date,
            final_date=absence.final_date,
        )
        for absence in days.order_by("first_date", "id")
    )
