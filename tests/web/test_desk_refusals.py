"""Every refusal that the desk can meet has words of its own and never becomes a server error."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.test import RequestFactory

import fairdue
from fairdue.contexts.cases import facade as cases
from fairdue.contexts.identity import facade as identity
from fairdue.contexts.ledger import errors as ledger_errors
from fairdue.engine.negotiation.offers import CounterRefused
from fairdue.kernel.actor import PermissionRefused, system
from fairdue.web.workbench.middleware import RefusalPages
from fairdue.web.workbench.refusals import REFUSALS, REFUSED, refusal_text

ROOT = Path(fairdue.__file__).parent
PLACES = [
    *(path for name in ("cases", "law", "ledger", "parties") for path in (ROOT / "contexts" / name).rglob("*.py")),
    *(ROOT / "journeys").glob("*.py"),
]  # fmt: skip
ELSEWHERE = {"law.pack.changed", "book.lender.invalid"}
"""Met by the command line only."""


def is_code(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.count(".") >= 1


def codes_in(path: Path) -> set[str]:
    """The codes that a module raises: `raise X("a.b.c", …)` and `code = "a.b.c"` of a class."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args:
            first = node.exc.args[0]
            if is_code(first) and " " not in first.value:
                found.add(first.value)
        if isinstance(node, ast.ClassDef):
            for part in node.body:
                if isinstance(part, ast.Assign) and part.targets[0].id == "code" and is_code(part.value):
                    found.add(part.value.value)
    return found


def test_every_code_that_is_raised_has_words():
    raised = set().union(*(codes_in(path) for path in PLACES))
    assert len(raised) > 50
    assert raised - ELSEWHERE - set(REFUSALS) == set()


def every_refusal() -> list[type[Exception]]:
    found, waiting = [], list(REFUSED)
    while waiting:
        kind = waiting.pop()
        found.append(kind)
        waiting += kind.__subclasses__()
    return sorted(set(found), key=lambda kind: f"{kind.__module__}.{kind.__name__}")


def made(kind: type[Exception]) -> Exception:
    """One refusal of a class, with the arguments that its constructor asks for."""
    counter = CounterRefused(reason="term_too_long")
    for arguments in (
        ("said in English",),
        ("x.y.z", "said"),
        (system("test"), "cases.work"),
        ({"x": 1},),
        (counter,),
    ):
        try:
            return kind(*arguments)
        except (TypeError, AttributeError):
            continue
    raise AssertionError(f"{kind} cannot be made")


@pytest.mark.django_db
@pytest.mark.parametrize("kind", every_refusal(), ids=lambda kind: kind.__name__)
def test_a_refusal_that_no_form_took_up_becomes_a_page_in_words(world, staff, kind):
    staff("collector")
    request = RequestFactory().post("/desk/")
    request.actor = identity.actor_by_username("collector")
    request.user = None
    answer = RefusalPages(lambda _request: None).process_exception(request, made(kind))
    wanted = {PermissionRefused: 403, cases.NotInScope: 404}.get(kind, 422)
    assert answer is not None and answer.status_code == wanted
    assert "Traceback" not in answer.content.decode()


def test_a_fault_that_is_no_refusal_goes_its_way():
    request = RequestFactory().post("/desk/")
    request.actor = system("test")
    assert RefusalPages(lambda _request: None).process_exception(request, KeyError("x")) is None


def test_a_refusal_without_words_says_what_its_raiser_said():
    assert refusal_text(ValueError("plain words")) == "plain words"
    assert refusal_text(ledger_errors.FutureDate("x")) != "x"


ODD = ["", "²", "-1", "9" * 30, "x", "1;drop", "%00"]


@pytest.mark.django_db
@pytest.mark.parametrize("odd", ODD)
def test_odd_input_in_any_field_is_answered_without_a_fault(world, staff, signed_in, odd):
    staff("supervisor")
    client = signed_in("supervisor")
    case = f"/desk/case/{world.case.pk}/"
    names = (
        "contact_point_id", "item", "outcome", "contact_id", "work_item_id", "account_id", "transaction_id", "hold_id",
        "kind", "about", "source", "amount", "promised_date", "effective_date", "external_ref", "staff_id", "queue", "field",
    )  # fmt: skip
    data = dict.fromkeys(names, odd) | {"reason": "why", "case_ids": [odd, str(world.case.pk)]}
    parts = ("call", "outcome", "reveal", "payment", "reverse", "hold", "lift", "statement", "close", "next")
    for path in (*(case + part for part in parts), "/desk/queue/assign", "/desk/queue/open"):
        assert client.post(path, data).status_code in (200, 302, 400, 404, 422), path
    for path in (
        "/desk/queue/?after=",
        "/desk/queue/?queue=",
        f"{case}?before=",
        f"{case}?show=",
        f"{case}?item=",
    ):
        assert client.get(path + odd).status_code in (200, 302, 400, 404), path
