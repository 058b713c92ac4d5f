"""Role × view × foreign record, over every address that the resolver knows: staff, borrowers, machines.

A new view is in the matrix by itself. It fails here if it has no guard, or if its address has a part of which
`FOREIGN` does not say what a record of somebody else is.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.messages.storage.cookie import CookieStorage
from django.db import connection, transaction
from django.http import Http404
from django.test import Client, RequestFactory
from django.urls import URLPattern, get_resolver

from fairdue.contexts.book.models import Account
from fairdue.contexts.cases.facade import NotInScope
from fairdue.contexts.identity import facade as identity
from fairdue.contexts.identity.facade import PERMISSIONS, PERMISSIONS_BY_ROLE
from fairdue.contexts.identity.models import Staff
from fairdue.kernel import clock
from fairdue.kernel.actor import PermissionRefused
from fairdue.web.portal import sessions
from tests.web.desk_world import ROLES, make_staff

pytestmark = pytest.mark.django_db

NOBODY = 987_654_321
"""A number that no record has: what is foreign and what does not exist read alike."""

FOREIGN: dict[str, Any] = {
    "case_id": lambda world: world.foreign_case.pk,
    "account_id": lambda world: world.foreign_account,
    **dict.fromkeys(
        ("absence_id", "agreement_id", "assessment_id", "batch_id", "call_id", "deadline_id", "document_id", "errand_id",
         "extension_id", "mandate_id", "matter_id", "message_id", "number", "payment_id", "permit_id", "plan_id",
         "proposal_id", "request_id", "run_id", "statement_id", "strategy_id", "transaction_id", "view_id", "template_id",
         "creditor_id", "team_id", "staff_id", "change_id", "job_id", "recording_id", "contact_point_id"),
        lambda _world: NOBODY,
    ),
    "card": lambda _world: "book", "channel": lambda _world: "sms", "code": lambda _world: "no-such-code",
    "day": lambda _world: "2026-01-01", "form": lambda _world: "yaml", "key": lambda _world: "no-such-key",
    "kind": lambda _world: "case", "source": lambda _world: "no-such-source", "flow": lambda _world: "no-such-flow",
    "ref": lambda _world: "no-such-ref", "slug": lambda _world: "no-such-slug", "step": lambda _world: "no-such-step",
    "token": lambda _world: "A" * 43, "secret": lambda _world: "A" * 43,
    "provider": lambda _world: "nobody", "idempotency_key": lambda _world: "no-such-key",
}  # fmt: skip
"""What stands for each part of an address: records of another lender where the world has them, else of nobody."""

PUBLIC_DESK: frozenset[str] = frozenset()
"""Addresses of the desk that need no login, by name; there is none but by an entry here."""

PUBLIC_API = frozenset({"api/health", "api/v1/openapi.json", "api/v1/"})
"""What machines may read without a key: that we live, and the description of the interface."""

MARKS = ("赵六", "赵*", "137****2222", "13700002222", "9999")
"""How the foreign debtor would show, in full or masked."""

WATCHED = (
    "law_permit", "law_contact", "law_hold", "cases_outcome", "cases_promisetopay", "ledger_transaction",
    "outreach_message", "payments_request", "care_matter", "arrangements_proposal",
)  # fmt: skip


def addresses(prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address with its pattern."""

    def walk(patterns: Any, before: str) -> Iterator[tuple[str, URLPattern]]:
        for each in patterns:
            if hasattr(each, "url_patterns"):
                yield from walk(each.url_patterns, before + str(each.pattern))
            else:
                yield before + str(each.pattern), each

    return ((path, each) for path, each in walk(get_resolver().url_patterns, "") if path.startswith(prefix))


def parts(pattern: URLPattern) -> list[str]:
    return list(pattern.pattern.converters or getattr(pattern.pattern.regex, "groupindex", ()))


def filled(path: str, pattern: URLPattern, world: Any) -> str:
    """The address with records of somebody else."""
    text = path
    for name in parts(pattern):
        value = str(FOREIGN[name](world))
        for opened in (f"<int:{name}>", f"<slug:{name}>", f"<str:{name}>", f"<{name}>"):
            text = text.replace(opened, value)
    return "/" + (text.partition("^")[0] + str(FOREIGN["token"](world)) + "/" if "^" in text else text)


@pytest.fixture
def matrix(world) -> SimpleNamespace:
    """The world with somebody of every role."""
    for role in ROLES:
        make_staff(role, team="agency" if role == "agency" else "early")
    world.staff = {staff.role: staff for staff in Staff.objects.select_related("team")}
    world.actors = {role: identity.actor_for(staff) for role, staff in world.staff.items()}
    world.foreign_account = Account.objects.get(external_ref="9999").pk
    return world


def test_every_view_of_the_desk_has_a_guard_and_every_part_of_an_address_a_meaning():
    unguarded, unknown, ungiven = [], [], []
    for path, pattern in addresses("desk/"):
        asked = getattr(pattern.callback, "permissions", None)
        if asked is None and pattern.name not in PUBLIC_DESK:
            unguarded.append(path)
        ungiven += [(path, permission) for permission in asked or () if permission not in PERMISSIONS]
    for path, pattern in addresses():
        unknown += [(path, name) for name in parts(pattern) if name not in FOREIGN]
    assert unguarded == [], "views without staff_page"
    assert unknown == [], "say in FOREIGN what a foreign record is"
    assert ungiven == [], "permissions that no role holds"


def called(pattern: URLPattern, world: Any, staff: Staff, method: str) -> Any:
    """What a view does when somebody asks it about records of somebody else; nothing of it stays."""
    request = getattr(RequestFactory(), method.lower())("/desk/", HTTP_HX_REQUEST="true")
    request.user, request.actor = staff, world.actors[staff.role]
    request.session = {}
    request._messages = CookieStorage(request)
    given = {name: FOREIGN[name](world) for name in parts(pattern)}
    try:
        with transaction.atomic():
            try:
                return pattern.callback(request, **given)
            finally:
                transaction.set_rollback(True)
    except (PermissionRefused, NotInScope, Http404) as refusal:
        return refusal


def counted() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("select " + ", ".join(f"(select count(*) from {table})" for table in WATCHED))
        return list(cursor.fetchone())


def test_no_role_opens_what_its_permissions_do_not_name(matrix):
    opened = []
    for _path, pattern in addresses("desk/"):
        asked, methods = pattern.callback.permissions, pattern.callback.methods
        for role, staff in matrix.staff.items():
            missing = [each for each in asked if each not in PERMISSIONS_BY_ROLE[role]]
            if missing and not isinstance(called(pattern, matrix, staff, methods[0]), PermissionRefused):
                opened.append((role, pattern.name))
    assert opened == []


def test_no_view_shows_or_changes_a_record_of_another_lender_to_anybody(matrix):
    before, shown, broken = counted(), [], []
    for _path, pattern in addresses("desk/"):
        if not parts(pattern):
            continue
        allowed = [role for role in ROLES if set(pattern.callback.permissions) <= PERMISSIONS_BY_ROLE[role]]
        is_real = bool(set(parts(pattern)) & {"case_id", "account_id"})
        for role in allowed if is_real else allowed[:2]:
            staff = matrix.staff[role]
            for method in pattern.callback.methods:
                answer = called(pattern, matrix, staff, method)
                text = b"" if isinstance(answer, Exception) else getattr(answer, "content", b"")
                if any(mark.encode() in text for mark in MARKS[:4]):
                    shown.append((role, method, pattern.name))
                if is_real and getattr(answer, "status_code", 404) == 200 and text:
                    broken.append((role, method, pattern.name))
    assert shown == []
    assert broken == [], "a foreign case or account must read like none at all"
    assert counted() == before


NO_PERSONS = {
    "strategy.view",
    "gate.try",
    "templates.view",
    "capacity.view",
    "cycle.view",
    "staff.manage",
    "retention.view",
}
"""Pages about rules, texts and figures: what they read holds no person."""

LIST_ROLES = ("supervisor", "finance", "administrator")
"""Between them they open every list."""


def test_no_list_names_somebody_of_another_lender(matrix):
    shown = []
    for path, pattern in addresses("desk/"):
        if (
            parts(pattern)
            or "GET" not in pattern.callback.methods
            or set(pattern.callback.permissions) & NO_PERSONS
        ):
            continue
        role = next(
            (each for each in LIST_ROLES if set(pattern.callback.permissions) <= PERMISSIONS_BY_ROLE[each]),
            "",
        )
        if not role:
            continue
        client = Client()
        client.force_login(matrix.staff[role], backend="allauth.account.auth_backends.AuthenticationBackend")
        text = client.get("/" + path).content.decode(errors="ignore")
        title = text.partition("<title>")[2].partition("</title>")[0]
        if any(mark in text for mark in MARKS[:4]) or "李" in title or "*" in title:
            shown.append((role, path))
    assert shown == []


def test_without_a_login_the_desk_shows_nothing(matrix):
    client = Client()
    for path, pattern in addresses("desk/"):
        method = pattern.callback.methods[0].lower()
        answer = getattr(client, method)(filled(path, pattern, matrix))
        assert answer.status_code == 302 and answer["Location"].startswith("/accounts/login/"), path


def test_nothing_is_changed_by_a_form_without_its_token(matrix, settings):
    """Under htmx the token comes in a header that is inherited only where it says so: forgetting it must fail loudly."""
    settings.MFA_REQUIRED_ROLES = frozenset()
    exempt = [
        path
        for prefix in ("desk/", "my/", "accounts/")
        for path, pattern in addresses(prefix)
        if getattr(pattern.callback, "csrf_exempt", False)
    ]
    assert exempt == []
    desk = Client(enforce_csrf_checks=True)
    desk.force_login(
        matrix.staff["supervisor"], backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    own = visit(matrix.person.pk, enforce_csrf_checks=True)
    for client, path in ((desk, "/desk/rest/"), (own, "/my/leave/")):
        assert client.post(path, {"reason": "abuse"}, HTTP_HX_REQUEST="true").status_code == 403


def visit(person_id: int, **options: Any) -> Client:
    """A borrower who is in, with a code given."""
    client = Client(**options)
    session = client.session
    moment = clock.now().timestamp()
    session[sessions.KEY] = {
        "person_id": person_id,
        "began": moment,
        "seen": moment,
        "confirmed": moment,
        "is_first": False,
    }
    session.save()
    client.cookies["sessionid"] = session.session_key
    return client


def test_a_borrower_sees_nothing_of_anybody_else_and_a_stranger_nothing_at_all(matrix):
    before, shown = counted(), []
    own, anybody = visit(matrix.person.pk), Client()
    for path, pattern in addresses("my/"):
        address = filled(path, pattern, matrix)
        for who, client in (("own", own), ("anybody", anybody)):
            if who == "own" and address == "/my/leave/":
                continue
            answer = client.get(address)
            text = b"".join(answer.streaming_content) if answer.streaming else answer.content
            marks = MARKS[:4] if who == "own" else (*MARKS[:4], "李**", "138****5521", "9,700.50")
            if any(mark.encode() in text for mark in marks):
                shown.append((who, path))
            if who == "own" and set(parts(pattern)) & {
                "account_id",
                "message_id",
                "matter_id",
                "agreement_id",
            }:
                assert answer.status_code in (302, 404, 405), (path, answer.status_code)
    assert shown == []
    assert counted() == before


def test_machines_without_a_key_get_nothing(matrix):
    client = Client()
    for path, pattern in addresses("api/"):
        if path in PUBLIC_API:
            continue
        statuses = {
            client.get(filled(path, pattern, matrix)).status_code,
            client.post(filled(path, pattern, matrix), b"{}", content_type="application/json").status_code,
        }
        assert statuses <= {401, 403, 404, 405}, (path, statuses)
