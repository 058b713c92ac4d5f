"""What is owed and why, how one was contacted, and documents that prove themselves."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import zipfile

import pytest
from case_world import NOW, TODAY, World, cny
from django.test import Client
from test_portal_pages import body, inside, send_in_app

from fairdue.contexts.audit import facade as audit
from fairdue.contexts.law import facade as law
from fairdue.contexts.ledger import facade as ledger
from fairdue.journeys.check_genuine import CONTACT, MESSAGE, SETTLEMENT, code_of, code_of_document
from fairdue.kernel import clock
from fairdue.kernel.actor import system
from fairdue.storage.pdf_signing import verify_pdf


def pay(account, amount: str) -> None:
    ledger.record_payment(
        account_id=account.pk, amount=cny(amount), effective_date=TODAY, external_ref="P1", source="hand",
        actor=system("test"), now=NOW,
    )  # fmt: skip


@pytest.fixture(autouse=True)
def at_the_tests_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the pages live on the Monday on which the small world lives."""
    monkeypatch.setenv(clock.OFFSET_VARIABLE, str(int((NOW - clock.now()).total_seconds())))


@pytest.mark.django_db
def test_each_amount_is_explained_down_to_its_parts_and_nobody_elses_is() -> None:
    world = World.build()
    person, other = world.person(), world.person()
    account, foreign = world.account(person), world.account(other)
    pay(account, "150")
    client = inside(person.pk)
    page = body(client.get("/my/debts/"))
    assert f"/my/debts/{account.pk}/why/?of=component%3Aprincipal" in page
    for subject, amount in (("balance", "850.00"), ("overdue", "250.00"), ("component:principal", "850.00")):
        answer = client.get(f"/my/debts/{account.pk}/why/", {"of": subject})
        assert answer.status_code == 200, subject
        assert f">{amount}<" in body(answer).replace('<span class="money-code">CNY</span>', ""), subject
        assert "2026-11-23" in body(answer)
    assert client.get(f"/my/debts/{foreign.pk}/why/").status_code == 404
    assert client.get("/my/debts/999999/why/").status_code == 404
    assert client.get(f"/my/debts/{account.pk}/why/", {"of": "nonsense"}).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_every_contact_stands_there_with_its_number_and_a_code_that_anybody_can_check() -> None:
    world = World.build()
    person = world.person()
    message_id = send_in_app(world, person)
    page = body(inside(person.pk).get("/my/contacts/"))
    (card,) = law.contacts(person.pk)
    code = code_of(CONTACT, card.contact_id)
    assert code in page
    assert f"No. {card.contact_id}" in page
    for written in (code, code.lower().replace("-", " "), code_of(MESSAGE, message_id)):
        answer = body(Client(headers={"accept-language": "en"}).get("/my/genuine/", {"code": written}))
        assert "Yes, this is genuine." in answer, written
        assert "李" not in answer


@pytest.mark.django_db
def test_a_wrong_code_and_one_of_nothing_get_the_same_answer() -> None:
    World.build()
    client = Client(headers={"accept-language": "en"})
    answers = [
        client.post("/my/genuine/", {"code": written})
        for written in ("C1-0000-0000", code_of(CONTACT, 987_654), "hello")
    ]
    bodies = {re.sub(r'value="[^"]*"', "", body(answer)) for answer in answers}
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert len(bodies) == 1
    assert "We cannot confirm this code." in bodies.pop()


@pytest.mark.django_db
def test_thirty_checks_pause_an_address() -> None:
    World.build()
    codes = [Client().post("/my/genuine/", {"code": "X"}).status_code for _ in range(31)]
    assert codes == [200] * 30 + [429]
    assert Client(REMOTE_ADDR="10.0.0.9").post("/my/genuine/", {"code": "X"}).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_statement_is_a_signed_file_of_ones_own_account_only(language: str) -> None:
    world = World.build()
    person, other = world.person(), world.person()
    account, foreign = world.account(person), world.account(other)
    pay(account, "150")
    client = inside(person.pk, language)
    answer = client.post(f"/my/documents/statement/{account.pk}/")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    signed = verify_pdf(answer.content)
    assert signed is not None
    assert (signed.is_intact, signed.is_ours) == (True, True)
    assert signed.reason.startswith(f"T{account.pk}.20261123-")
    assert client.post(f"/my/documents/statement/{foreign.pk}/").status_code == 404
    assert client.get(f"/my/documents/statement/{account.pk}/").status_code == 405
    assert [event.code for event in audit.events(person_id=other.pk)] == []


@pytest.mark.django_db
def test_the_settlement_certificate_is_written_when_nothing_is_owed_and_not_before() -> None:
    world = World.build()
    person = world.person()
    account = world.account(person)
    client = inside(person.pk)
    assert client.post(f"/my/documents/settlement/{account.pk}/").status_code == 409
    assert audit.events(person_id=person.pk, code="portal.document.issued") == ()
    pay(account, "1000")
    answer = client.post(f"/my/documents/settlement/{account.pk}/")
    assert answer.status_code == 200
    signed = verify_pdf(answer.content)
    assert signed is not None
    assert signed.is_intact
    code = code_of_document(SETTLEMENT, account.pk, TODAY)
    assert signed.reason == code
    checked = body(Client(headers={"accept-language": "en"}).get("/my/genuine/", {"code": code}))
    for text in ("Yes, this is genuine.", "North Bank", "settled: nothing is owed", "2026-11-23"):
        assert text in checked, text


@pytest.mark.django_db(transaction=True)
def test_the_proof_of_contacts_verifies_offline_and_holds_nothing_of_others(tmp_path) -> None:
    world = World.build()
    person, other = world.person(), world.person()
    send_in_app(world, person)
    send_in_app(world, other)
    client = inside(person.pk)
    answer = client.post("/my/documents/proof/")
    assert answer.headers["Content-Type"] == "application/zip"
    file = tmp_path / "proof.zip"
    file.write_bytes(answer.content)
    with zipfile.ZipFile(io.BytesIO(answer.content)) as bundle:
        bundle.extract("verify_permits.py", tmp_path)
        permits = [json.loads(line) for line in bundle.read("permits.jsonl").splitlines()]
        contacts = json.loads(bundle.read("contacts.json"))
    assert [permit["content"]["person_id"] for permit in permits] == [person.pk]
    assert [each["number"] for each in contacts] == [card.contact_id for card in law.contacts(person.pk)]
    run = [sys.executable, "-I", str(tmp_path / "verify_permits.py"), str(file), "--json"]
    found = json.loads(subprocess.run(run, capture_output=True, check=True, text=True).stdout)
    assert (found["is_whole"], found["permits"], found["faults"]) == (True, 1, [])
    record = client.post("/my/documents/contacts/")
    assert verify_pdf(record.content).is_intact
    forged = answer.content.replace(b"manifest.json", b"manifest.json")
    altered = tmp_path / "altered"
    altered.mkdir()
    with zipfile.ZipFile(io.BytesIO(forged)) as bundle:
        bundle.extractall(altered)
    lines = (altered / "permits.jsonl").read_text().replace('"channel":"inapp"', '"channel":"sms"')
    (altered / "permits.jsonl").write_text(lines)
    assert subprocess.run([*run[:3], str(altered)], capture_output=True, check=False).returncode == 1
