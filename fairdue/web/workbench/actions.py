"""The actions panel of a case: each action with its form, or with the reason why it is not offered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as word

from fairdue.journeys.record_origin import is_origin_asked
from fairdue.journeys.view_case import CaseBasics, CaseView
from fairdue.kernel.actor import Actor
from fairdue.web.workbench.action_forms import (
    ActionForm,
    CloseForm,
    HoldForm,
    LiftForm,
    LinkForm,
    MatterForm,
    OriginForm,
    PayLinkForm,
    PaymentForm,
    StatementForm,
)
from fairdue.web.workbench.case_change_forms import CallbackForm, EscalateForm, HandOverForm
from fairdue.web.workbench.deadline_forms import IntakeForm
from fairdue.web.workbench.words import PERMISSION_WORDS, role_word

URLS = {"matter": "matter_intake"}
"""Where an address is not called like its action."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One thing that can be done on a case; `key` follows `a`."""

    form: Callable[..., ActionForm] | None
    code: str
    permission: str
    label: str
    submit: str
    icon: str
    key: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One action as the panel shows it: with a form, or with why it cannot be done."""

    code: str
    label: str
    submit: str
    icon: str
    key: str
    note: str
    url: str
    form_url: str
    """Where its form is fetched from; without a script it is the case page with the form open."""
    form: ActionForm | None
    """Only where it stands open: the others are fetched when they are."""
    refused: str


KINDS = (
    Kind(
        code="payment", form=PaymentForm, permission="payments.record", icon="payment", key="a p",
        label=word("Record a payment"), submit=word("Ask for approval"),
        note=word("Nothing is booked until somebody else approves it; then it settles what is owed."),
    ),
    Kind(
        code="reverse", form=None, permission="payments.reverse", icon="payment", key="",
        label=word("Reverse a payment"), submit="",
    ),
    Kind(
        code="matter", form=MatterForm, permission="deadlines.record", icon="complaint", key="a m",
        label=word("Dispute, hardship, complaint"), submit=word("Take it in"),
        note=word("Contacts stop at once where the law or the house says so; a number and the day of the answer follow."),
    ),
    Kind(
        code="intake", form=IntakeForm, permission="deadlines.record", icon="note", key="a r",
        label=word("Record a request or complaint"), submit=word("Record it"),
        note=word("The clock of the law runs from when it was received; the deadlines above show until when."),
    ),
    Kind(
        code="hold", form=HoldForm, permission="holds.place", icon="hold", key="h",
        label=word("Place a hold"), submit=word("Stop contacts"),
    ),
    Kind(
        code="lift", form=LiftForm, permission="holds.lift", icon="check", key="a l",
        label=word("Lift a hold"), submit=word("Lift the hold"),
    ),
    Kind(
        code="callback", form=CallbackForm, permission="cases.work", icon="clock", key="a t",
        label=word("Agree on a call back"), submit=word("Note the call back"),
        note=word("The case waits until then and stands first afterwards."),
    ),
    Kind(
        code="escalate", form=EscalateForm, permission="cases.work", icon="up", key="e",
        label=word("Escalate"), submit=word("Put it before a supervisor"),
    ),
    Kind(
        code="hand_over_case", form=HandOverForm, permission="cases.work", icon="people", key="a v",
        label=word("Hand over"), submit=word("Hand the case over"),
    ),
    Kind(
        code="statement", form=StatementForm, permission="contacts.make", icon="stop", key="a c",
        label=word("Consent or opt-out"), submit=word("Record the statement"),
    ),
    Kind(
        code="origin", form=OriginForm, permission="contacts.make", icon="person", key="a o",
        label=word("How a number or address was obtained"), submit=word("Record it"),
        note=word("Regulation F lets a collector write to it only if it was obtained in one of these ways."),
    ),
    Kind(
        code="link", form=LinkForm, permission="contacts.make", icon="person", key="a b",
        label=word("Link for the borrower"), submit=word("Issue the link"),
        note=word("It lets the borrower in once, within three days, and is shown only now. Hand it to nobody else."),
    ),
    Kind(
        code="pay_link", form=PayLinkForm, permission="contacts.make", icon="payment", key="a k",
        label=word("Send a link to pay"), submit=word("Send the link"),
        note=word("An approved text with a fresh link that opens once; the gate judges it like every message."),
    ),
    Kind(
        code="close", form=CloseForm, permission="cases.work", icon="lock", key="a x",
        label=word("Close the case"), submit=word("Close the case"),
        note=word("Possible when nothing is overdue and no promise is open; otherwise a supervisor says why."),
    ),
)  # fmt: skip
"""In the order of the panel. A payment is reversed on its card in the timeline; the panel only says who may."""


def panel(
    view: CaseView, actor: Actor, now: datetime, *, given: ActionForm | None = None, opened: str = ""
) -> list[Action]:
    """Return the actions of a case; `given` is a form that was refused, `opened` the code of one that is asked for."""
    return [_action(kind, view, actor, now, given, opened) for kind in KINDS if _is_shown(kind, view, actor)]


def action_of(code: str, view: CaseBasics, actor: Actor, now: datetime) -> Action | None:
    """Return one action with its form, or with why it is not offered; None if the case has no such action."""
    kind = next((each for each in KINDS if each.code == code), None)
    if kind is None or not _is_shown(kind, view, actor):
        return None
    return _action(kind, view, actor, now, None, code)


def _is_shown(kind: Kind, view: CaseView | CaseBasics, actor: Actor) -> bool:
    """Leave out what has no subject: no hold to lift, a reversal that stands on the payment's own card."""
    if kind.code == "lift":
        return bool(view.holds)
    if kind.code == "origin":
        return bool(view.contact_points) and is_origin_asked(
            frozenset(entry.account.jurisdiction for entry in view.accounts)
        )
    return kind.code != "reverse" or not actor.may(kind.permission)


def _action(
    kind: Kind,
    view: CaseView | CaseBasics,
    actor: Actor,
    now: datetime,
    given: ActionForm | None,
    opened: str,
) -> Action:
    refused, case_id = _refused(kind, view, actor), view.case.case_id
    form = given if given is not None and given.code == kind.code else None
    if form is None and kind.form and opened == kind.code and not refused:
        form = kind.form(view, now)
    return Action(
        code=kind.code, label=_(kind.label), submit=_(kind.submit) if kind.submit else "", icon=kind.icon,
        key=kind.key, note=_(kind.note) if kind.note else "", form=form, refused=refused,
        url=reverse(f"workbench:{URLS.get(kind.code, kind.code)}", args=[case_id]),
        form_url=reverse("workbench:action_form", args=[case_id, kind.code]),
    )  # fmt: skip


def _refused(kind: Kind, view: CaseView | CaseBasics, actor: Actor) -> str:
    """Return why the action is not offered, or nothing."""
    if not actor.may(kind.permission):
        said: dict[str, Any] = {
            "role": role_word(actor.role), "permission": _(PERMISSION_WORDS[kind.permission]),
        }  # fmt: skip
        return _("Your role %(role)s does not include %(permission)s.") % said
    if kind.code in ("callback", "escalate", "hand_over_case") and view.case.status != "open":
        return _("The case is closed already.")
    is_anothers = view.case.assigned_to_id not in (None, actor.id) and not actor.may("cases.assign")
    if kind.code == "hand_over_case" and is_anothers:
        return _("%(name)s has the case: who has it hands it over.") % {"name": view.case.assigned_to}
    if kind.code == "close" and view.case.status != "open":
        return _("The case is closed already.")
    if kind.code == "payment" and not view.accounts:
        return _("No debt lies in your data scope.")
    return ""
