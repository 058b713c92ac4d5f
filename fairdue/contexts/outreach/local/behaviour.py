"""What the local provider was told to do."""

from __future__ import annotations

from django.db import transaction

from fairdue.contexts.outreach.contracts import LocalBehaviour
from fairdue.contexts.outreach.models import LocalProviderBehaviour
from fairdue.kernel.actor import Actor

LONGEST_DELAY_SECONDS = 24 * 3600


class BehaviourWrong(ValueError):
    """A percentage is not between 0 and 100, or the delay is not between 0 seconds and a day."""

    code = "outreach.local.behaviour_wrong"


def local_behaviour() -> LocalBehaviour:
    """Return how the local provider behaves at present."""
    row = LocalProviderBehaviour.objects.filter(pk=1).first() or LocalProviderBehaviour()
    return LocalBehaviour(
        fail_percent=row.fail_percent,
        delay_seconds=row.delay_seconds,
        duplicate_callbacks=row.duplicate_callbacks,
        drop_answer_percent=row.drop_answer_percent,
    )


def set_local_behaviour(
    *,
    actor: Actor,
    fail_percent: int = 0,
    delay_seconds: int = 1,
    duplicate_callbacks: bool = False,
    drop_answer_percent: int = 0,
) -> LocalBehaviour:
    """This function will tell the local provider how to behave from now on.

    :raises PermissionRefused: without `outbox.view`
    :raises BehaviourWrong: if a number is out of its range
    """
    actor.require("outbox.view")
    for percent in (fail_percent, drop_answer_percent):
        if not 0 <= percent <= 100:
            raise BehaviourWrong(f"{percent} is not a percentage")
    if not 0 <= delay_seconds <= LONGEST_DELAY_SECONDS:
        raise BehaviourWrong(f"{delay_seconds} seconds is not a delay of up to a day")
    with transaction.atomic():
        LocalProviderBehaviour.objects.update_or_create(
            pk=1,
            defaults={
                "fail_percent": fail_percent,
                "delay_seconds": delay_seconds,
                "duplicate_callbacks": duplicate_callbacks,
                "drop_answer_percent": drop_answer_percent,
            },
        )
    return local_behaviour()
