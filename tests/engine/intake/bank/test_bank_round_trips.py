"""What is written as CSV, MT940 or camt is read back to the cent, and agrees with another reader."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from xml.sax.saxutils import escape

import mt940
from hypothesis import given
from hypothesis import strategies as st

from fairdue.engine.intake.bank.mapping import read_mapping
from fairdue.engine.intake.bank.reading import read_bank_file

DAY = date(2026, 11, 20)
amounts = st.integers(1, 10**12).flatmap(lambda minor: st.sampled_from([minor, -minor]))
plain = st.text(
    st.characters(codec="ascii", min_codepoint=48, max_codepoint=122, categories=("Nd", "Lu", "Ll")),
    max_size=12,
)
rows = st.lists(st.tuples(amounts, st.integers(0, 400), plain), max_size=15)
opening = st.integers(-(10**12), 10**12)


def decimal(minor: int, point: str = ".") -> str:
    whole, cents = divmod(abs(minor), 100)
    return f"{whole}{point}{cents:02d}"


@given(rows, opening, st.sampled_from(["utf-8", "gb18030"]), st.booleans())
def test_csv(drawn, start, encoding, is_newest_first):
    balance, lines = start, []
    for minor, days, text in drawn:
        balance += minor
        sign = "-" if balance < 0 else ""
        lines.append(
            [
                f"{DAY + timedelta(days)}",
                ("-" if minor < 0 else "") + decimal(minor),
                sign + decimal(balance),
                "王" + text,
            ]
        )
    target = io.StringIO()
    csv.writer(target).writerows(
        [["日期", "金额", "余额", "户名"], *(reversed(lines) if is_newest_first else lines)]
    )
    mapping = read_mapping(
        {"encoding": encoding, "currency": "CNY", "order": "newest_first" if is_newest_first else "oldest_first",
         "columns": {"booking_date": "日期", "amount": "金额", "balance": "余额", "payer_name": "户名"}},
        name="test",
    )  # fmt: skip
    (statement,) = read_bank_file(target.getvalue().encode(encoding), mapping=mapping)
    read = [
        (entry.minor, (entry.booking_date - DAY).days, entry.payer_name[1:]) for entry in statement.entries
    ]
    assert (read if not is_newest_first else read[::-1]) == drawn
    assert statement.rejected == () and (
        not drawn or (statement.opening_minor, statement.closing_minor) == (start, balance)
    )


@given(rows, opening)
def test_mt940_agrees_with_the_package_of_that_name(drawn, start):
    def mark(minor: int) -> str:
        return "C" if minor >= 0 else "D"

    end = start + sum(minor for minor, _, _ in drawn)
    lines = [
        ":20:REF",
        ":25:DE89370400440532013000",
        ":28C:1/1",
        f":60F:{mark(start)}261119EUR{decimal(start, ',')}",
    ]
    for minor, days, text in drawn:
        day = DAY + timedelta(days)
        lines += [
            f":61:{day:%y%m%d}{day:%m%d}{mark(minor)}{decimal(minor, ',')}NTRF{text or 'NONREF'}//B1",
            f":86:{text} paid",
        ]
    content = "\n".join([*lines, f":62F:{mark(end)}261120EUR{decimal(end, ',')}"])
    (statement,) = read_bank_file(content.encode())
    other = list(mt940.parse(io.StringIO(content + "\n")))
    ours = [(entry.minor, entry.value_date, entry.booking_date) for entry in statement.entries]
    assert ours == [(minor, DAY + timedelta(days), DAY + timedelta(days)) for minor, days, _ in drawn]
    if drawn:
        assert ours == [
            (int(each.data["amount"].amount * 100), each.data["date"], each.data["entry_date"])
            for each in other
        ]
    assert statement.difference_minor == 0


@given(rows, opening)
def test_camt(drawn, start):
    def amount(minor: int) -> str:
        return (
            f'<Amt Ccy="EUR">{decimal(minor)}</Amt><CdtDbtInd>{"CRDT" if minor >= 0 else "DBIT"}</CdtDbtInd>'
        )

    end = start + sum(minor for minor, _, _ in drawn)
    entries = "".join(
        f"<Ntry>{amount(minor)}<Sts>BOOK</Sts><BookgDt><Dt>{DAY + timedelta(days)}</Dt></BookgDt>"
        f"<NtryDtls><TxDtls><RmtInf><Ustrd>{escape(text)}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
        for minor, days, text in drawn
    )
    balances = "".join(
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{amount(minor)}</Bal>"
        for code, minor in (("OPBD", start), ("CLBD", end))
    )
    text = f"""<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.06"><BkToCstmrStmt><Stmt><Id>1</Id>
    <Acct><Id><IBAN>X</IBAN></Id></Acct>{balances}{entries}</Stmt></BkToCstmrStmt></Document>"""
    (statement,) = read_bank_file(text.encode(), format="camt")
    assert [
        (entry.minor, (entry.value_date - DAY).days, entry.remittance) for entry in statement.entries
    ] == drawn
    assert statement.difference_minor == 0


@given(st.binary(max_size=400), st.sampled_from([b"", b"<?xml version='1.0'?>", b":20:X\n:25:1\n"]))
def test_no_bytes_break_a_reader(noise, head):
    from fairdue.engine.intake.bank.contents import BankFileRefused

    mapping = read_mapping({"currency": "CNY", "columns": {"booking_date": "d", "amount": "a"}}, name="test")
    for values in ({}, {"mapping": mapping}):
        try:
            read_bank_file(head + noise, **values)
        except BankFileRefused as refusal:
            assert refusal.code.startswith("bank.")
