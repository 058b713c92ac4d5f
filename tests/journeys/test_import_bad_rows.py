"""A file with every kind of bad row: each is rejected for its own reason and nothing else is."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from lender_files import account, due, ensure_lender, payment, person, point, take, write_csv

from fairdue.contexts.book.models import Account, ImportBatch
from fairdue.contexts.ledger.models import DueItem, Transaction
from fairdue.contexts.parties.models import ContactPoint, Person
from fairdue.engine.intake.reasons import REASONS

pytestmark = pytest.mark.django_db

BAD = {
    "parties": [
        (person(None), "party_ref", "intake.value.missing"),
        (person("P" * 65), "party_ref", "intake.value.too_long"),
        (person("B02", name="李\x07明"), "name", "intake.text.control_character"),
        (person("B03", name="１２３"), "name", "intake.name.no_letter"),
        (person("B04", id_type="driver", id_number="X1"), "id_type", "intake.choice.unknown"),
        (
            person("B05", id_type="cn_resident", id_number="1101051949123"),
            "id_number",
            "intake.id_number.length",
        ),
        (person("B06", id_number="11010519491231A02X"), "id_number", "intake.id_number.character"),
        (person("B07", id_number="110105194912310021"), "id_number", "intake.id_number.checksum"),
        (person("B08", id_number="110105194902300020"), "id_number", "intake.id_number.birth_date"),
        (person("B09", id_number="990105194912310023"), "id_number", "intake.id_number.region"),
        (person("B10", id_number="E12345678"), "id_type", "intake.id_number.type_missing"),
        (person("B11", id_type="passport"), "id_number", "intake.id_number.number_missing"),
        (person("B12", birth_date="2026-02-30"), "birth_date", "intake.date.impossible"),
        (person("B13", birth_date="05/01/1980"), "birth_date", "intake.date.ambiguous"),
        (person("B14", birth_date="yesterday"), "birth_date", "intake.date.unreadable"),
        (person("B15", birth_date="1700-01-01"), "birth_date", "intake.date.out_of_range"),
        (person("B16", birth_date="2027-01-01"), "birth_date", "intake.date.in_the_future"),
        (
            person("B17", id_number="11010519491231002X", birth_date="1949-12-30"),
            "birth_date",
            "intake.birth_date.differs_from_id",
        ),
        (person("B18", home_zone="Asia/Beijing"), "home_zone", "intake.zone.unknown"),
        (person("GOOD"), "party_ref", "intake.row.duplicate"),
    ],
    "contact_points": [
        (point("GOOD", value="hello"), "value", "intake.phone.unreadable"),
        (point("GOOD", value="12345678901"), "value", "intake.phone.invalid"),
        (point("GOOD", value="010-65529988"), "value", "intake.phone.not_mobile"),
        (point("GOOD", medium="landline", value="13800138001"), "value", "intake.phone.not_landline"),
        (point("GOOD", medium="email", value="a@b@c.cn"), "value", "intake.email.invalid"),
        (point("GOOD", medium="address", value="北京"), "value", "intake.address.too_short"),
        (point("GOOD", value="13800138002", opted_out="maybe"), "opted_out", "intake.flag.unreadable"),
        (point("GOOD", value="13800138003", rank="first"), "rank", "intake.rank.unreadable"),
        (point("NOBODY", value="13800138004"), "party_ref", "intake.party.unknown"),
        (
            point("GOOD", value="13800138005", consent_at="2027-01-01"),
            "consent_at",
            "intake.date.in_the_future",
        ),
        (point("GOOD", value="+86 138-0013-8000"), "value", "intake.row.duplicate"),
        (point("GOOD", medium="pigeon", value="coo coo"), "medium", "intake.choice.unknown"),
    ],
    "accounts": [
        (account("A01", "GOOD", principal="12.345"), "principal", "intake.amount.too_many_decimals"),
        (account("A02", "GOOD", principal="1.234,50"), "principal", "intake.amount.ambiguous"),
        (account("A03", "GOOD", principal="abc"), "principal", "intake.amount.unreadable"),
        (account("A04", "GOOD", principal="-5"), "principal", "intake.amount.negative"),
        (account("A05", "GOOD", principal="90071992547409.93"), "principal", "intake.amount.too_large"),
        (account("A06", "GOOD", currency="XAU"), "currency", "intake.currency.unknown"),
        (account("A07", "NOBODY"), "party_ref", "intake.party.unknown"),
        (account("A08", "GOOD", product_code="NONE"), "product_code", "intake.product.unknown"),
        (
            account("A09", "GOOD", balance_date="2021-06-29"),
            "balance_date",
            "intake.account.balance_before_opening",
        ),
        (account("GOOD", "GOOD"), "account_ref", "intake.row.duplicate"),
    ],
    "dues": [
        (due("NONE", "1"), "account_ref", "intake.account.unknown"),
        (due("GOOD", "2", principal=None), "principal", "intake.due.nothing_due"),
        (due("GOOD", "3", currency="USD"), "currency", "intake.currency.differs_from_account"),
        (due("GOOD", "good"), "due_ref", "intake.row.duplicate"),
    ],
    "transactions": [
        (payment("T01", "GOOD", amount="0"), "amount", "intake.amount.zero"),
        (payment("T02", "GOOD", kind="charge"), "component", "intake.transaction.component_missing"),
        (payment("T03", "GOOD", component="fee"), "component", "intake.transaction.component_unwanted"),
        (payment("T04", "GOOD", kind="reversal"), "reverses_ref", "intake.transaction.reverses_missing"),
        (payment("T05", "GOOD", reverses_ref="x"), "reverses_ref", "intake.transaction.reverses_unwanted"),
        (
            payment("T06", "GOOD", kind="reversal", reverses_ref="T06"),
            "reverses_ref",
            "intake.transaction.reverses_itself",
        ),
        (
            payment("T07", "GOOD", kind="reversal", reverses_ref="NONE"),
            "reverses_ref",
            "intake.transaction.reverses_unknown",
        ),
        (
            payment("T08", "GOOD", kind="reversal", reverses_ref="GOOD", amount="49"),
            "amount",
            "intake.transaction.amount_differs",
        ),
        (
            payment("T09", "GOOD", effective_date="2026-01-30"),
            "effective_date",
            "intake.transaction.before_opening",
        ),
    ],
}
GOOD = {
    "parties": person("GOOD"),
    "contact_points": point("GOOD"),
    "accounts": account("GOOD", "GOOD"),
    "dues": due("GOOD", "good"),
    "transactions": payment("GOOD", "GOOD"),
}


def rejected(path: str) -> list[tuple[int, str, str]]:
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        return [(int(row["line"]), row["column"], row["reason"]) for row in csv.DictReader(file)]


@pytest.fixture
def imported(tmp_path):
    ensure_lender()
    reports = {}
    for kind, bad in BAD.items():
        path = write_csv(tmp_path / f"{kind}.csv", kind, [GOOD[kind], *(row for row, _, _ in bad)])
        reports[kind] = take(path, kind, tmp_path)
    return reports


def test_there_are_at_least_fifty_kinds_of_bad_rows():
    assert sum(len(rows) for rows in BAD.values()) >= 50


def test_every_bad_row_is_rejected_for_its_own_reason_and_no_other(imported):
    for kind, bad in BAD.items():
        expected = [(line, column, code) for line, (_, column, code) in enumerate(bad, start=3)]
        assert sorted(rejected(imported[kind].reject_file)) == expected, kind


def test_only_the_good_rows_landed(imported):
    assert (Person.objects.count(), ContactPoint.objects.count(), Account.objects.count()) == (1, 1, 1)
    assert (DueItem.objects.count(), Transaction.objects.count()) == (1, 1)


def test_in_equals_accepted_plus_rejected_in_every_batch(imported):
    for kind, bad in BAD.items():
        batch = ImportBatch.objects.get(id=imported[kind].batch_id)
        assert (batch.row_count, batch.accepted_count, batch.rejected_count) == (len(bad) + 1, 1, len(bad))
        assert sum(batch.rejections.values()) == len(bad)


def test_reject_files_hold_no_personal_value_in_clear(imported):
    text = (
        Path(imported["parties"].reject_file).read_text()
        + Path(imported["contact_points"].reject_file).read_text()
    )
    for secret in ("110105194912310021", "李\x07明", "13800138001", "010-65529988", "a@b@c.cn", "E12345678"):
        assert secret not in text


def test_the_reject_file_names_the_line_of_the_first_of_two_rows(imported):
    with Path(imported["accounts"].reject_file).open(encoding="utf-8-sig", newline="") as file:
        last = list(csv.DictReader(file))[-1]
    assert (last["reason"], last["first_line"]) == ("intake.row.duplicate", "2")


def test_every_reason_has_text_and_remedy_in_both_languages():
    for reason in REASONS.values():
        assert all((reason.en, reason.zh, reason.remedy_en, reason.remedy_zh))


def test_rows_with_too_many_or_too_few_cells_are_rejected_with_their_line(tmp_path):
    ensure_lender()
    path = tmp_path / "parties.csv"
    path.write_text("party_ref,name\nP1,王敏\nP2\n\nP3,李雷,too,many\nP4,韩梅梅\n")
    report = take(path, "parties", tmp_path)
    assert rejected(report.reject_file) == [(3, "", "intake.row.malformed"), (5, "", "intake.row.malformed")]
    assert (report.row_count, report.accepted_count, Person.objects.count()) == (4, 2, 2)
