"""A bank file is taken whole: every row has a verdict, nothing is booked twice, returns go back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.conf import settings

from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.payments import facade as payments
from fairdue.contexts.payments.models import BankStatement, IncomingPayment, StatementRow
from fairdue.kernel.actor import PermissionRefused
from fairdue.kernel.money import Money
from tests.case_world import NOW, TODAY, cny

pytestmark = pytest.mark.django_db
DAY = TODAY - timedelta(days=1)


def entry(
    amount, ref="", *, sign="CRDT", e2e="", name="王建国", text="还款", day=DAY, reversal=False, code=""
):
    return f"""<Ntry><Amt Ccy="CNY">{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd>
      {"<RvslInd>true</RvslInd>" if reversal else ""}<Sts><Cd>BOOK</Cd></Sts>
      <BookgDt><Dt>{day}</Dt></BookgDt><ValDt><Dt>{day}</Dt></ValDt>
      {f"<AcctSvcrRef>{ref}</AcctSvcrRef>" if ref else ""}
      <NtryDtls><TxDtls><Refs>{f"<EndToEndId>{e2e}</EndToEndId>" if e2e else ""}</Refs>
      <RltdPties><Dbtr><Pty><Nm>{name}</Nm></Pty></Dbtr></RltdPties>
      <RmtInf><Ustrd>{text}</Ustrd></RmtInf>{f"<RtrInf><Rsn><Cd>{code}</Cd></Rsn></RtrInf>" if code else ""}
      </TxDtls></NtryDtls></Ntry>"""


def camt(*entries, kind="053", opening=None, closing=None, number=1):
    outer, inner = {"053": ("BkToCstmrStmt", "Stmt"), "054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn"),
                    "052": ("BkToCstmrAcctRpt", "Rpt")}[kind]  # fmt: skip
    balances = "".join(
        f'<Bal><Tp><CdOrPrtry><Cd>{name}</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">{amount}</Amt>'
        f"<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>{DAY}</Dt></Dt></Bal>"
        for name, amount in (("OPBD", opening), ("CLBD", closing))
        if amount is not None
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
    <Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.{kind}.001.08"><{outer}>
    <GrpHdr><MsgId>M{number}</MsgId><CreDtTm>2026-11-22T20:00:00</CreDtTm></GrpHdr>
    <{inner}><Id>S{number}</Id><Acct><Id><Othr><Id>110002345678</Id></Othr></Id><Ccy>CNY</Ccy></Acct>
    {balances}{"".join(entries)}</{inner}></{outer}></Document>""".encode()


def take(desk, content, name="bank.xml", **values):
    return payments.take_statement_file(
        creditor_id=desk.world.creditors["north"].pk,
        content=content,
        file_name=name,
        actor=desk.clerk,
        **{"now": NOW} | values,
    )


def verdicts(statement) -> list[str]:
    return list(
        StatementRow.objects.filter(statement_id=statement.statement_id)
        .order_by("id")
        .values_list("verdict", flat=True)
    )


def suspense(desk) -> int:
    return ledger.suspense_balance(desk.world.creditors["north"].pk, TODAY).get("CNY", Money(0)).minor


def test_every_row_gets_a_verdict_and_only_new_credits_are_booked(desk):
    taken = take(
        desk,
        camt(
            entry("400.00", "R1"),
            entry("12.00", "R2", sign="DBIT", text="手续费"),
            entry("7.5x", "R3"),
            entry("30.00", "R4", reversal=True),
            opening="1000.00",
            closing="1418.00",
        ),
    )
    (card,) = taken.statements
    assert verdicts(card) == ["rejected", "booked", "set_aside", "set_aside"]
    assert (card.row_count, card.booked_count, card.set_aside_count, card.rejected_count) == (4, 1, 2, 1)
    assert (card.difference, card.booked, suspense(desk)) == (cny("0"), cny("400"), 40_000)
    rows = payments.statement_rows(statement_id=card.statement_id, actor=desk.clerk)
    assert [row.reason for row in rows] == [
        "bank.row.amount",
        "",
        "bank.row.debit_not_ours",
        "bank.row.outgoing_came_back",
    ]


def test_the_same_file_again_changes_nothing(desk):
    content = camt(entry("400.00", "R1"))
    first, again = take(desk, content), take(desk, content)
    assert again.is_repeated and again.statements == first.statements
    assert (BankStatement.objects.count(), IncomingPayment.objects.count(), suspense(desk)) == (1, 1, 40_000)


def test_a_notification_and_the_statement_after_it_tell_the_same_money_once(desk):
    take(desk, camt(entry("400.00", "R1"), kind="054"))
    taken = take(desk, camt(entry("400.00", "R1"), entry("25.00", "R2"), opening="0", closing="425.00"))
    assert verdicts(taken.statements[0]) == ["repeated", "booked"]
    assert (suspense(desk), len(taken.payment_ids)) == (42_500, 1)


def test_twins_without_any_reference_stay_two_and_overlapping_statements_do_not_double_them(desk):
    twin = entry("100.00")
    take(desk, camt(twin, kind="052"))
    taken = take(desk, camt(twin, twin, opening="0", closing="200.00"))
    assert verdicts(taken.statements[0]) == ["repeated", "booked"]
    assert suspense(desk) == 20_000
    assert verdicts(take(desk, camt(twin, twin, number=3)).statements[0]) == ["repeated", "repeated"]


def test_money_that_two_formats_tell_differently_is_booked_and_waits_for_a_person(desk):
    (first,) = take(desk, camt(entry("400.00", "R1", text="还款 A"))).payment_ids
    csv_file = "\n".join(
        [
            "户名:北方银行", "账号:110002345678",
            "交易日期,贷方发生额,借方发生额,余额,对方户名,对方账号,摘要,附言,交易流水号",
            f"{DAY:%Y%m%d},400.00,,400.00,王建国,,转账,还款A,",
        ]
    ).encode("gb18030")  # fmt: skip
    (second,) = take(desk, csv_file, "list.csv", mapping="cn-standard").payment_ids
    payments.match_automatically(payment_id=second, actor=desk.clerk, now=NOW)
    card = payments.payment_card(payment_id=second, as_of=TODAY, actor=desk.clerk)
    assert (card.resembles_id, card.why_waiting, card.status) == (first, "maybe_repeated", "suspense")


def test_a_return_undoes_the_match_and_is_not_taken_twice(desk):
    person, account = desk.debtor()
    (payment_id,) = take(desk, camt(entry("400.00", "R1", e2e="E-77"))).payment_ids
    payments.match_payment(payment_id=payment_id, account_ids=[account.pk], actor=desk.clerk, now=NOW)
    back = entry("400.00", "R9", sign="DBIT", e2e="E-77", code="AC04", day=TODAY)
    taken = take(desk, camt(back, opening="400.00", closing="0.00"))
    assert (verdicts(taken.statements[0]), taken.undone_person_ids) == (["returned"], (person.pk,))
    assert payments.payment_card(payment_id=payment_id, as_of=TODAY, actor=desk.clerk).status == "returned"
    assert (suspense(desk), ledger.account_summary(account.pk, TODAY).balance.minor) == (0, 100_000)
    assert verdicts(take(desk, camt(back, number=9)).statements[0]) == ["repeated"]
    stray = entry("50.00", "R10", sign="DBIT", e2e="E-78", reversal=True)
    assert verdicts(take(desk, camt(stray)).statements[0]) == ["set_aside"]


def test_a_return_in_the_very_file_that_brought_the_money(desk):
    rows = [entry("400.00", "R1", e2e="E-1"), entry("400.00", "R2", sign="DBIT", e2e="E-1", reversal=True)]
    taken = take(desk, camt(*rows, opening="0", closing="0"))
    assert (verdicts(taken.statements[0]), suspense(desk)) == (["booked", "returned"], 0)


def test_an_entry_of_tomorrow_is_rejected_and_a_value_date_of_tomorrow_counts_from_today(desk):
    taken = take(desk, camt(entry("10.00", "R1", day=TODAY + timedelta(days=1))))
    assert verdicts(taken.statements[0]) == ["rejected"]
    assert IncomingPayment.objects.count() == 0


def test_the_same_bytes_are_judged_again_once_the_cause_of_a_rejected_row_is_gone(desk):
    content = camt(entry("400.00", "R1"), entry("10.00", "R2", day=TODAY + timedelta(days=1)))
    first, still = take(desk, content), take(desk, content)
    assert (verdicts(first.statements[0]), still.is_repeated) == (["booked", "rejected"], True)
    tomorrow = NOW + timedelta(days=1)
    later, again = take(desk, content, now=tomorrow), take(desk, content, now=tomorrow)
    assert (verdicts(later.statements[0]), later.is_repeated) == (["repeated", "booked"], False)
    assert again.is_repeated and again.statements == later.statements
    assert (BankStatement.objects.count(), IncomingPayment.objects.count()) == (2, 2)
    assert sum(IncomingPayment.objects.values_list("amount_minor", flat=True)) == 41_000


def test_a_file_of_which_every_row_was_rejected_is_taken_once_its_day_has_come(desk):
    content = camt(entry("10.00", "R1", day=TODAY + timedelta(days=1)))
    take(desk, content)
    later = take(desk, content, now=NOW + timedelta(days=1))
    assert (verdicts(later.statements[0]), len(later.payment_ids)) == (["booked"], 1)


@pytest.mark.parametrize(
    ("name", "mapping", "masked", "expected"),
    [
        ("settlement.utf8.csv", "cn-signed", "", ["booked", "booked", "returned"]),
        ("statement.eu.csv", "eu-semicolon", "", ["booked", "set_aside"]),
        ("transactions.gb18030.csv", "cn-standard", "****5678", ["booked", "set_aside", "booked"]),
    ],
)
def test_every_csv_of_the_examples_is_taken_whether_it_names_its_account_or_not(
    desk, name, mapping, masked, expected
):
    content = (settings.PACKS_DIR.parent / "examples" / "bank_files" / name).read_bytes()
    taken = take(desk, content, name, mapping=mapping)
    kept = BankStatement.objects.get(pk=taken.statements[0].statement_id)
    assert (verdicts(taken.statements[0]), kept.account_masked) == (expected, masked)
    assert (kept.account_hash is None) == (masked == "")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "bank.file.empty"),
        (b"<?xml version='1.0'?><Document><cut", "bank.file.not_xml"),
        (b"<?xml version='1.0'?><Document xmlns='urn:x'/>", "bank.file.not_camt"),
        (
            b"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><Document>&x;</Document>",
            "bank.file.doctype",
        ),
        (camt(entry("400.00", "R1"), opening="0", closing="399.99"), "bank.statement.unbalanced"),
        (b"a,b,c\n1,2,3\n", "bank.file.mapping_missing"),
    ],
)
def test_a_file_that_cannot_be_trusted_is_refused_whole(desk, content, code):
    with pytest.raises(payments.StatementRefused) as refusal:
        take(desk, content)
    assert refusal.value.code == code
    assert (BankStatement.objects.count(), suspense(desk)) == (0, 0)


def test_who_may_not_match_takes_no_file(desk):
    with pytest.raises(PermissionRefused):
        payments.take_statement_file(
            creditor_id=desk.world.creditors["north"].pk,
            content=camt(),
            file_name="x",
            actor=desk.supervisor,
            now=NOW,
        )
    with pytest.raises(payments.StatementRefused):
        payments.take_statement_file(
            creditor_id=desk.world.creditors["south"].pk,
            content=camt(),
            file_name="x",
            actor=desk.clerk,
            now=NOW,
        )


def test_the_booking_day_is_not_before_what_the_bank_said(desk):
    take(desk, camt(entry("10.00", "R1", day=date(2026, 11, 20))))
    payment = IncomingPayment.objects.get()
    assert (payment.value_date, payment.effective_date) == (date(2026, 11, 20), date(2026, 11, 20))
