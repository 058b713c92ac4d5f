"""Importing a lender's files: once, again, corrected, in every format, killed, and two at once."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from django.conf import settings
from django.db import connection
from lender_files import ACTOR, NOW, account, due, ensure_lender, payment, person, point, take, write_csv

from fairdue.contexts.audit.models import Event
from fairdue.contexts.book import facade as book
from fairdue.contexts.book.models import Account, AccountVersion, ImportBatch
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.ledger.models import DueItem, DueVersion, Transaction
from fairdue.contexts.parties import facade as parties
from fairdue.contexts.parties.models import Consent, ContactPoint, PartyVersion, Person, PersonReference
from fairdue.journeys.import_file import CreditorForbidden, KindUnknown, import_file
from fairdue.kernel.actor import Actor, PermissionRefused

RESIDENT = "11010519491231002X"
TOMORROW = NOW + timedelta(days=1)


@pytest.fixture
def lender(db):
    return ensure_lender()


def import_rows(tmp_path, kind, rows, name="", **more):
    return take(write_csv(tmp_path / f"{kind}{name}.csv", kind, rows), kind, tmp_path, **more)


def whole_book(tmp_path):
    import_rows(tmp_path, "parties", [person("P1"), person("P2", name="王敏", id_number=RESIDENT)])
    import_rows(tmp_path, "contact_points", [point("P1"), point("P2", medium="email", value="Wang@Mail.CN")])
    import_rows(tmp_path, "accounts", [account("A1", "P1"), account("A2", "P2", principal="2,000.00")])
    import_rows(tmp_path, "dues", [due("A1", "1"), due("A2", "1", interest="3.50")])
    return import_rows(tmp_path, "transactions", [payment("T1", "A1")])


def test_a_whole_book_lands_with_its_control_totals(lender, tmp_path):
    report = whole_book(tmp_path)
    assert report.control_totals["accepted"] == {"CNY": {"payment": 5000}}
    accounts = ImportBatch.objects.get(kind="accounts")
    assert accounts.control_totals["accepted"] == {"CNY": {"principal": 300_000, "interest": 2_500}}
    assert (accounts.row_count, accounts.accepted_count, accounts.created_count) == (2, 2, 2)
    account_id = Account.objects.get(external_ref="A1").pk
    summary = ledger.account_summary(account_id, date(2026, 2, 1))
    assert summary.balance.minor == 100_000 + 1_250 - 5_000
    assert summary.overdue.minor == 10_000 - 5_000 or summary.overdue.minor == 10_000 - (5_000 - 1_250)
    assert ledger.prove().is_proved


def test_the_same_file_again_is_repeated_and_changes_nothing(lender, tmp_path):
    whole_book(tmp_path)
    before = snapshot()
    for kind in ("parties", "contact_points", "accounts", "dues", "transactions"):
        report = take(tmp_path / f"{kind}.csv", kind, tmp_path, now=TOMORROW)
        assert (report.status, report.created_count, report.changed_count) == ("repeated", 0, 0), kind
    assert snapshot() == before
    assert ImportBatch.objects.filter(status="repeated").count() == 5


def snapshot():
    models = (
        Person,
        PersonReference,
        ContactPoint,
        Consent,
        PartyVersion,
        Account,
        AccountVersion,
        DueItem,
        Transaction,
    )
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in models}


def test_the_same_rows_in_another_file_are_unchanged(lender, tmp_path):
    whole_book(tmp_path)
    before = snapshot()
    for kind in ("parties", "contact_points", "accounts", "dues", "transactions"):
        table = pl.read_csv(tmp_path / f"{kind}.csv", infer_schema=False).reverse()
        path = tmp_path / f"{kind}.parquet"
        table.write_parquet(path)
        report = take(path, kind, tmp_path, now=TOMORROW)
        assert (report.status, report.created_count, report.changed_count) == ("accepted", 0, 0), kind
        assert report.unchanged_count > 0
    assert snapshot() == before


def test_a_corrected_file_changes_exactly_what_differs_and_keeps_the_history(lender, tmp_path):
    whole_book(tmp_path)
    people = import_rows(
        tmp_path,
        "parties",
        [person("P1", name="李晓明"), person("P2", name="王敏", id_number=RESIDENT)],
        "-2",
    )
    assert (people.created_count, people.changed_count, people.unchanged_count) == (0, 1, 1)
    version = PartyVersion.objects.get(subject="person")
    first = PersonReference.objects.get(external_ref="P1").person
    assert (version.subject_id, version.before["name_masked"]) == (first.pk, "李**")
    assert parties.name_for_letter(first.pk) == "李晓明"

    accounts = import_rows(
        tmp_path,
        "accounts",
        [account("A1", "P1", status="closed"), account("A2", "P2", principal="2,000.00")],
        "-2",
    )
    assert (accounts.changed_count, accounts.unchanged_count) == (1, 1)
    assert AccountVersion.objects.get().before["status"] == "active"
    assert Account.objects.get(external_ref="A1").status == "closed"

    dues = import_rows(
        tmp_path, "dues", [due("A1", "1", principal="90.00"), due("A2", "1", interest="3.50")], "-2"
    )
    assert (dues.created_count, dues.changed_count, dues.unchanged_count) == (0, 1, 2)
    assert DueVersion.objects.get().before["amount_minor"] == 10_000
    assert ledger.prove().is_proved


def test_a_corrected_opening_balance_corrects_the_ledger(lender, tmp_path):
    whole_book(tmp_path)
    import_rows(tmp_path, "accounts", [account("A2", "P2", principal="1,900.00")], "-2")
    account_id = Account.objects.get(external_ref="A2").pk
    assert ledger.account_summary(account_id, date(2026, 2, 1)).balance.minor == 190_000 + 1_250
    assert ledger.prove().is_proved


def test_rows_that_wanted_another_file_are_taken_when_the_same_file_comes_again(lender, tmp_path):
    early = import_rows(tmp_path, "accounts", [account("A1", "P1")])
    assert (early.accepted_count, early.rejections) == (0, {"intake.party.unknown": 1})
    import_rows(tmp_path, "parties", [person("P1")])
    again = take(tmp_path / "accounts.csv", "accounts", tmp_path)
    assert (again.status, again.accepted_count, Account.objects.count()) == ("accepted", 1, 1)


def test_an_account_keeps_its_person_and_its_currency(lender, tmp_path):
    whole_book(tmp_path)
    report = import_rows(
        tmp_path, "accounts", [account("A1", "P2"), account("A2", "P2", currency="USD")], "-2"
    )
    assert report.rejections == {"intake.account.currency_fixed": 1, "intake.account.person_fixed": 1}
    assert AccountVersion.objects.count() == 0


def test_a_reversal_may_stand_before_the_payment_that_it_takes_back(lender, tmp_path):
    whole_book(tmp_path)
    reversal = payment("T3", "A1", kind="reversal", reverses_ref="T2")
    report = import_rows(tmp_path, "transactions", [reversal, payment("T2", "A1")], "-2")
    assert (report.accepted_count, report.rejected_count) == (2, 0)
    account_id = Account.objects.get(external_ref="A1").pk
    assert ledger.account_summary(account_id, date(2026, 2, 1)).balance.minor == 100_000 + 1_250 - 5_000


def test_the_same_id_number_is_one_person_over_all_debts_and_another_name_is_noted(lender, tmp_path):
    ensure_lender("OTHER")
    import_rows(
        tmp_path,
        "parties",
        [person("P1", id_number=RESIDENT), person("P2", name="李小鸣", id_number=RESIDENT)],
    )
    other = import_rows(
        tmp_path,
        "parties",
        [person("X9", id_number="１１０１０５１９４９１２３１００２ｘ")],
        "-2",
        creditor="OTHER",
    )
    assert (other.created_count, other.notes) == (1, {})
    assert (Person.objects.count(), PersonReference.objects.count()) == (1, 3)
    batch = ImportBatch.objects.order_by("id").first()
    assert batch.control_totals["notes"] == {"intake.person.names_differ": 1}
    owner = Person.objects.get()
    assert (owner.name_masked, owner.birth_date, owner.sex) == ("李**", date(1949, 12, 31), "f")


def test_a_row_never_gives_a_person_the_id_number_of_another(lender, tmp_path):
    import_rows(tmp_path, "parties", [person("P1", id_number=RESIDENT), person("P2", name="王敏")])
    report = import_rows(tmp_path, "parties", [person("P2", name="王敏", id_number=RESIDENT)], "-2")
    assert report.rejections == {"intake.id_number.other_person": 1}
    assert Person.objects.filter(id_hash=None).count() == 1
    assert PartyVersion.objects.count() == 0


def test_an_empty_id_number_leaves_the_known_one(lender, tmp_path):
    import_rows(tmp_path, "parties", [person("P1", id_number=RESIDENT)])
    report = import_rows(tmp_path, "parties", [person("P1", name="李四")], "-2")
    assert report.changed_count == 1
    assert Person.objects.get().id_masked == "110*************2X"


def test_gb18030_full_width_and_thousands_are_read(lender, tmp_path):
    path = write_csv(
        tmp_path / "p.csv",
        "parties",
        [person("Ｐ１", name="李　小明", birth_date="２０００年１月５日")],
        encoding="gb18030",
    )
    take(path, "parties", tmp_path)
    assert PersonReference.objects.get().external_ref == "P1"
    assert parties.name_for_letter(Person.objects.get().pk) == "李 小明"
    assert Person.objects.get().birth_date == date(2000, 1, 5)
    rows = [
        account("A1", "P1", principal="１，２３４．５０", opened_date="2021/6/30", balance_date="20260131")
    ]
    report = import_rows(tmp_path, "accounts", rows)
    assert report.control_totals["accepted"] == {"CNY": {"principal": 123_450, "interest": 1_250}}
    assert Account.objects.get().opened_date == date(2021, 6, 30)


def test_a_byte_order_mark_and_semicolons_are_read(lender, tmp_path):
    path = tmp_path / "p.csv"
    path.write_bytes("\ufeffparty_ref;name\r\nP1;李雷\r\n".encode())
    assert take(path, "parties", tmp_path).accepted_count == 1


def test_xlsx_and_parquet_give_the_same_book_as_csv(lender, tmp_path):
    rows = [
        {"party_ref": "P1", "name": "李雷", "birth_date": date(1990, 5, 1)},
        {"party_ref": "P2", "name": "韩梅梅", "birth_date": None},
    ]
    table = pl.DataFrame(rows)
    table.write_excel(tmp_path / "p.xlsx")
    table.write_parquet(tmp_path / "p.parquet")
    first = take(tmp_path / "p.xlsx", "parties", tmp_path)
    second = take(tmp_path / "p.parquet", "parties", tmp_path)
    assert (first.created_count, second.created_count, second.unchanged_count) == (2, 0, 2)
    assert Person.objects.order_by("id")[0].birth_date == date(1990, 5, 1)


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("party_ref,nmae\nP1,x\n", "intake.file.unknown_column", "'nmae' (did you mean 'name'?)"),
        ("party_ref\nP1\n", "intake.file.missing_column", "name"),
        ("party_ref,name,name\nP1,x,y\n", "intake.file.repeated_column", "name"),
        ("\n", "intake.file.empty", "no header"),
        (b"party_ref,name\nP1,\xff\xff\n", "intake.file.encoding", "GB18030"),
        (b"\xff\xfep\x00", "intake.file.encoding", "UTF-16"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused_whole(lender, tmp_path, text, code, words):
    path = tmp_path / "p.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    report = take(path, "parties", tmp_path)
    assert (report.status, report.rejections, report.row_count) == ("refused", {code: 1}, 0)
    assert words in report.problem
    assert Person.objects.count() == 0


@pytest.mark.parametrize("name", ["p.xlsx", "p.parquet", "p.docx"])
def test_a_broken_file_of_any_format_is_refused(lender, tmp_path, name):
    (tmp_path / name).write_bytes(b"nonsense")
    assert take(tmp_path / name, "parties", tmp_path).status == "refused"


def test_an_import_is_audited_and_needs_permission_and_scope(lender, tmp_path):
    path = write_csv(tmp_path / "p.csv", "parties", [person("P1")])
    common = {"path": path, "kind": "parties", "creditor_code": "BANK", "now": NOW, "reject_dir": tmp_path}
    stranger = Actor(kind="staff", label="x", creditor_ids=None)
    with pytest.raises(PermissionRefused):
        import_file(actor=stranger, **common)
    elsewhere = Actor(
        kind="staff", label="x", creditor_ids=frozenset({-1}), permissions=frozenset({"book.import"})
    )
    with pytest.raises(CreditorForbidden):
        import_file(actor=elsewhere, **common)
    with pytest.raises(KindUnknown):
        import_file(actor=ACTOR, **(common | {"kind": "people"}))
    with pytest.raises(book.CreditorUnknown):
        import_file(actor=ACTOR, **(common | {"creditor_code": "NOBODY"}))
    assert (Person.objects.count(), ImportBatch.objects.count()) == (0, 0)
    report = import_file(actor=ACTOR, **common)
    event = Event.objects.get(code="book.file.accepted")
    assert (event.subject_id, event.after["rows"]) == (str(report.batch_id), 1)


def test_an_opt_out_of_a_file_closes_the_point_until_a_newer_consent(lender, tmp_path):
    import_rows(tmp_path, "parties", [person("P1")])
    import_rows(tmp_path, "contact_points", [point("P1", consent_at="2025-03-01")])
    import_rows(tmp_path, "contact_points", [point("P1", opted_out="是", consent_at="2025-05-01")], "-2")
    assert ContactPoint.objects.get().is_opted_out
    import_rows(tmp_path, "contact_points", [point("P1", consent_at="2025-04-01")], "-3")
    assert ContactPoint.objects.get().is_opted_out
    import_rows(tmp_path, "contact_points", [point("P1", consent_at="2025-06-01")], "-4")
    assert not ContactPoint.objects.get().is_opted_out
    kinds = list(Consent.objects.order_by("occurred_at").values_list("kind", flat=True))
    assert kinds == ["opt_in", "opt_out", "opt_in"]
    assert PartyVersion.objects.filter(subject="contact_point").count() == 3


def test_values_that_begin_like_a_formula_are_defused_in_the_reject_file(lender, tmp_path):
    report = import_rows(
        tmp_path, "accounts", [account("A1", "P1", principal="=1+1"), account("A2", "P1", principal="-5")]
    )
    text = Path(report.reject_file).read_text()
    assert ",'=1+1," in text
    assert ",-5," in text


IMPORTER = """
import sys, time, os
os.environ["DJANGO_SETTINGS_MODULE"] = "fairdue.settings"
import django; django.setup()
from datetime import datetime, UTC
from pathlib import Path
from fairdue.journeys.import_file import import_file, importing
from fairdue.kernel.actor import system
if sys.argv[3] == "stop":
    close = importing.book.batch_closed
    def hang(*words):
        print("landed", flush=True); time.sleep(60)
    importing.book.batch_closed = hang
report = import_file(path=Path(sys.argv[1]), kind="parties", creditor_code="BANK", actor=system("t"),
                     now=datetime(2026, 2, 1, tzinfo=UTC), reject_dir=Path(sys.argv[2]))
print(report.status, flush=True)
"""


def importer(path, folder, word):
    from fairdue.storage.bulk import database_url

    return subprocess.Popen(
        [sys.executable, "-c", IMPORTER, str(path), str(folder), word],
        stdout=subprocess.PIPE,
        text=True,
        cwd=settings.ROOT_DIR,
        env={**__import__("os").environ, "DATABASE_URL": database_url()},
    )


@pytest.mark.django_db(transaction=True)
def test_an_import_that_is_killed_leaves_nothing_and_the_next_one_works(tmp_path):
    ensure_lender()
    path = write_csv(tmp_path / "p.csv", "parties", [person(f"P{n}") for n in range(500)])
    victim = importer(path, tmp_path, "stop")
    assert victim.stdout.readline() == "landed\n"
    victim.kill()
    victim.wait()
    for _ in range(100):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
            if cursor.fetchone()[0] == 0:
                break
        time.sleep(0.1)
    assert (Person.objects.count(), ImportBatch.objects.count()) == (0, 0)
    assert take(path, "parties", tmp_path).accepted_count == 500
    assert Person.objects.count() == 500


@pytest.mark.django_db(transaction=True)
def test_two_imports_of_a_file_at_once_land_it_once(tmp_path):
    ensure_lender()
    path = write_csv(tmp_path / "p.csv", "parties", [person(f"P{n}") for n in range(2000)])
    statuses = []

    def run():
        try:
            statuses.append(take(path, "parties", tmp_path).status)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == ["accepted", "repeated", "repeated"]
    assert Person.objects.count() == 2000


def test_many_batches_find_duplicates_and_number_their_lines(lender, tmp_path, monkeypatch):
    from fairdue.engine.intake import files

    monkeypatch.setattr(files, "BLOCK_BYTES", 400)
    rows = [person(f"P{n % 90}") for n in range(100)]
    report = import_rows(tmp_path, "parties", rows)
    assert (report.row_count, report.accepted_count, report.rejections) == (
        100,
        90,
        {"intake.row.duplicate": 10},
    )
    lines = pl.read_csv(report.reject_file).select("line", "first_line").rows()
    assert lines == [(n + 2, n - 90 + 2) for n in range(90, 100)]


def test_moments_are_stored_as_they_were_said(lender, tmp_path):
    import_rows(tmp_path, "parties", [person("P1")])
    import_rows(tmp_path, "contact_points", [point("P1", consent_at="2025-03-01 10:00", verified="true")])
    assert ContactPoint.objects.get().verified_at == datetime(2025, 3, 1, 2, 0, tzinfo=UTC)


def test_the_longest_names_and_addresses_fit(lender, tmp_path):
    report = import_rows(tmp_path, "parties", [person("P1", name=" ".join("abcdefghij" * 4))])
    assert report.accepted_count == 1
    mail = point("P1", medium="email", value=f"x@{'a' * 60}.{'b' * 60}.{'c' * 50}.com")
    assert import_rows(tmp_path, "contact_points", [mail]).accepted_count == 1
    assert ContactPoint.objects.get().value_masked.startswith("x***@aaa")


def test_empty_columns_and_rows_of_a_workbook_are_left_out(lender, tmp_path):
    import xlsxwriter

    with xlsxwriter.Workbook(tmp_path / "p.xlsx") as book_file:
        sheet = book_file.add_worksheet()
        sheet.write_row(0, 0, ["party_ref", "name", "", ""])
        sheet.write_row(1, 0, ["P1", "李雷"])
        sheet.write_row(3, 0, ["P2", "１"])
        sheet.write_blank(9, 5, None, book_file.add_format({"bold": True}))
    report = take(tmp_path / "p.xlsx", "parties", tmp_path)
    assert (report.status, report.row_count, report.accepted_count) == ("accepted", 2, 1)
    assert pl.read_csv(report.reject_file)["line"].to_list() == [4]
