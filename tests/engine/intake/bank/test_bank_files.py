"""Bank files of every form are read to the cent, row by row; what cannot be trusted is refused with its place."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from fairdue.engine.intake.bank.contents import BankFileRefused
from fairdue.engine.intake.bank.mapping import read_mapping
from fairdue.engine.intake.bank.reading import format_of, read_bank_file

ROOT = Path(__file__).resolve().parents[4]
FILES = ROOT / "examples" / "bank_files"
DAY = date(2026, 11, 17)


def mapping(name):
    return read_mapping(
        yaml.safe_load((ROOT / f"packs/reference/bank_csv/{name}.yaml").read_text()), name=name
    )


def read(name, **values):
    (statement,) = read_bank_file((FILES / name).read_bytes(), **values)
    return statement


def test_camt_053_with_single_batch_fee_and_pending_entries():
    statement = read("statement.camt053.xml")
    assert (statement.format, statement.account, statement.currency) == (
        "camt.053.001.08",
        "110002345678",
        "CNY",
    )
    assert (statement.opening_minor, statement.closing_minor, statement.difference_minor) == (
        1_000_000,
        1_118_750,
        0,
    )
    assert [entry.minor for entry in statement.entries] == [40_000, 30_000, 50_000, -1_250, 8_800]
    assert [entry.is_booked for entry in statement.entries] == [True, True, True, True, False]
    single, first, second, fee, _ = statement.entries
    assert (single.bank_ref, single.end_to_end_ref, single.payer_name) == (
        "2026111700017",
        "HK-20261117-0001",
        "王建国",
    )
    assert (single.payer_account, single.remittance, single.bank_code) == (
        "6222021001098765",
        "还款 信用卡",
        "PMNT/RCDT/DMCT",
    )
    assert (first.bank_ref, first.end_to_end_ref, first.position) == (
        "",
        "DD-0001",
        "statement 1 entry 2 transaction 1",
    )
    assert (second.structured_ref, second.booking_date, fee.remittance) == ("RF18539007547034", DAY, "手续费")


def test_camt_054_of_the_oldest_version_with_a_return():
    statement = read("notification.camt054.xml")
    assert (statement.format, statement.difference_minor) == ("camt.054.001.02", None)
    credit, back = statement.entries
    assert (credit.minor, credit.payer_name, credit.bank_ref) == (40_000, "王建国", "2026111700017")
    assert (back.minor, back.is_return, back.return_code, back.original_ref) == (
        -15_000,
        True,
        "AM04",
        "DD-0000",
    )


@pytest.mark.parametrize("version", ["01", "02", "04", "06", "08", "10", "13"])
@pytest.mark.parametrize(
    ("kind", "outer", "inner"), [("052", "BkToCstmrAcctRpt", "Rpt"), ("053", "BkToCstmrStmt", "Stmt")]
)
def test_every_version_is_read_by_its_namespace(version, kind, outer, inner):
    status = "<Sts><Cd>BOOK</Cd></Sts>" if int(version) >= 8 else "<Sts>BOOK</Sts>"
    name = "<Pty><Nm>王芳</Nm></Pty>" if int(version) >= 8 else "<Nm>王芳</Nm>"
    text = f"""<d:Document xmlns:d="urn:iso:std:iso:20022:tech:xsd:camt.{kind}.001.{version}"><d:{outer}><d:{inner}>
    <d:Id>1</d:Id><d:Acct><d:Id><d:IBAN>DE89370400440532013000</d:IBAN></d:Id></d:Acct>
    <d:Ntry><d:Amt Ccy="EUR">1.5</d:Amt><d:CdtDbtInd>CRDT</d:CdtDbtInd>{status}<d:BookgDt><d:Dt>2026-11-17+01:00</d:Dt></d:BookgDt>
    <d:NtryDtls><d:TxDtls><d:Refs><d:EndToEndId>NOTPROVIDED</d:EndToEndId></d:Refs><d:RltdPties><d:Dbtr>{name}</d:Dbtr></d:RltdPties>
    </d:TxDtls></d:NtryDtls></d:Ntry></d:{inner}></d:{outer}></d:Document>""".replace(
        "<Sts", "<d:Sts"
    ).replace("</Sts", "</d:Sts")
    for tag in ("Cd", "Pty", "Nm"):
        text = text.replace(f"<{tag}>", f"<d:{tag}>").replace(f"</{tag}>", f"</d:{tag}>")
    (statement,) = read_bank_file(text.encode())
    (entry,) = statement.entries
    assert (statement.format, entry.minor, entry.payer_name) == (f"camt.{kind}.001.{version}", 150, "王芳")
    assert (entry.value_date, entry.end_to_end_ref, entry.is_booked) == (DAY, "", True)


def test_mt940_with_three_ways_of_field_86_and_a_reversal():
    statement = read("statement.mt940")
    assert (statement.account, statement.currency, statement.difference_minor) == (
        "DE89370400440532013000",
        "EUR",
        0,
    )
    assert [entry.minor for entry in statement.entries] == [40_000, -15_000, -1_250, 8_800]
    credit, back, fee, turn = statement.entries
    assert (credit.end_to_end_ref, credit.bank_ref, credit.payer_name) == (
        "HK-0001",
        "B2026111700017",
        "MARTHA MUSTERMANN",
    )
    assert (credit.payer_account, credit.remittance) == (
        "DE02120300000000202051",
        "Rate November Konto 48-77",
    )
    assert (back.is_return, back.return_code, back.original_ref) == (True, "914", "DD-0000")
    assert (fee.remittance, fee.is_return) == ("Account fees", False)
    assert (turn.booking_date, turn.value_date) == (date(2026, 1, 2), date(2025, 12, 31))
    assert (turn.payer_name, turn.payer_account, turn.remittance) == (
        "J. JANSEN",
        "NL91ABNA0417164300",
        "Termijn 3",
    )


def test_the_csv_of_chinese_e_banking():
    statement = read("transactions.gb18030.csv", mapping=mapping("cn-standard"))
    assert (statement.account, statement.format) == ("1100 0234 5678", "csv:cn-standard")
    assert [entry.minor for entry in statement.entries] == [140_000, -1_250, 30_000]
    assert (statement.opening_minor, statement.closing_minor, statement.difference_minor) == (
        1_000_000,
        1_168_750,
        0,
    )
    assert (statement.entries[0].remittance, statement.entries[0].position) == ("转账 还款,十一月", "line 4")


def test_the_settlement_list_of_a_payment_company_newest_first():
    statement = read("settlement.utf8.csv", mapping=mapping("cn-signed"))
    assert [entry.minor for entry in statement.entries] == [-15_000, 50_000, 15_000]
    assert (statement.opening_minor, statement.closing_minor, statement.difference_minor) == (
        15_000,
        65_000,
        0,
    )
    assert (statement.entries[0].is_return, statement.entries[0].original_ref) == (True, "O-1")


def test_the_csv_of_a_european_bank():
    statement = read("statement.eu.csv", mapping=mapping("eu-semicolon"))
    assert [(entry.minor, entry.currency) for entry in statement.entries] == [
        (140_000, "EUR"),
        (-1_250, "EUR"),
    ]
    assert (statement.entries[0].structured_ref, statement.difference_minor) == ("RF18539007547034", 0)


def test_a_missing_row_shows_by_the_running_balance():
    content = (FILES / "transactions.gb18030.csv").read_bytes().split(b"\n")
    with pytest.raises(BankFileRefused) as refusal:
        read_bank_file(b"\n".join(content[:4] + content[5:]), mapping=mapping("cn-standard"))
    assert (refusal.value.code, refusal.value.where) == ("bank.statement.unbalanced", "statement 1")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("20261320,1.00,,1.00,a,,b,,1", "bank.row.date"),
        ("20261117,,,1.00,a,,b,,1", "bank.row.credit_or_debit"),
        ("20261117,1.00,2.00,1.00,a,,b,,1", "bank.row.credit_or_debit"),
        ("20261117,1.005,,1.00,a,,b,,1", "bank.row.amount"),
        ("20261117,1e5,,1.00,a,,b,,1", "bank.row.amount"),
        ("20261117,99999999999999999,,1.00,a,,b,,1", "bank.row.amount_too_large"),
        ("20261117,1.00", "bank.row.cells_missing"),
    ],
)
def test_a_row_that_cannot_be_read_is_rejected_with_its_reason(line, code):
    header = "交易日期,贷方发生额,借方发生额,余额,对方户名,对方账号,摘要,附言,交易流水号"
    text = f"x\ny\n{header}\n{line}\n20261117,5.00,,6.00,a,,b,,2\n"
    (statement,) = read_bank_file(text.encode("gb18030"), mapping=mapping("cn-standard"))
    assert [(row.position, row.code) for row in statement.rejected] == [("line 4", code)]
    assert (statement.row_count, len(statement.entries)) == (2, 1)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"  \n", "bank.file.empty"),
        (
            b":20:X\n:25:1\n:60F:C261116EUR10,00\n:61:2611171117CR4,00NTRFX\n:62F:C261117EUR15,00\n",
            "bank.statement.unbalanced",
        ),
        (b":20:X\n:25:1\n:60F:Z261116EUR10,00\n", "bank.statement.header"),
        (b":20:X\n:25:1\n:61:2611171117CR4,00NTRFX\n", "bank.statement.header"),
        (
            b'<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"/>',
            "bank.file.not_camt",
        ),
        (b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "b">]><d>&a;</d>', "bank.file.doctype"),
        (
            b'<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"/>',
            "bank.file.empty",
        ),
    ],
)
def test_a_file_that_cannot_be_trusted_is_refused(content, code):
    with pytest.raises(BankFileRefused) as refusal:
        read_bank_file(content)
    assert refusal.value.code == code


def test_a_line_of_mt940_that_cannot_be_read_is_rejected_and_its_difference_is_shown():
    text = b":20:X\n:25:1\n:60F:C261116EUR10,00\n:61:26111O1117CR4,00NTRFX\n:61:2611171117CR1,00NTRFY\n:62F:C261117EUR15,00\n"
    (statement,) = read_bank_file(text)
    assert [row.code for row in statement.rejected] == ["bank.row.form"]
    assert (len(statement.entries), statement.difference_minor) == (1, -400)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"columns": {}}, "booking_date"),
        ({"colums": {}}, "colums"),
        ({"columns": {"booking_date": "d", "amount": "a", "credit": "c", "debit": "d"}}, "amount"),
        ({"currency": "XYZ"}, "currency"),
        ({"encoding": "utf-9"}, "utf-9"),
        ({"footer": "("}, "footer"),
        ({"delimiter": "::"}, "delimiter"),
    ],
)
def test_a_mapping_that_cannot_be_meant_names_its_key(change, word):
    document = {"currency": "CNY", "columns": {"booking_date": "d", "amount": "a"}} | change
    with pytest.raises(BankFileRefused, match=word) as refusal:
        read_mapping(document, name="test")
    assert refusal.value.code == "bank.mapping.invalid"


def test_a_file_in_another_encoding_or_with_another_header_says_so():
    with pytest.raises(BankFileRefused) as encoding:
        read_bank_file("收入".encode("gb18030"), mapping=mapping("cn-signed"))
    with pytest.raises(BankFileRefused) as header:
        read_bank_file(b"a,b\n1,2\n", mapping=mapping("cn-signed"))
    assert (encoding.value.code, header.value.code) == ("bank.file.encoding", "bank.file.column_missing")


def test_the_form_is_told_from_the_content():
    assert [
        format_of((FILES / name).read_bytes())
        for name in ("statement.camt053.xml", "statement.mt940", "statement.eu.csv")
    ] == ["camt", "mt940", "csv"]


def test_every_example_can_be_taken_on_the_day_of_the_demonstration():
    from fairdue.cli.demo.state import DEMO_DATE

    mappings = {
        "transactions.gb18030.csv": "cn-standard",
        "settlement.utf8.csv": "cn-signed",
        "statement.eu.csv": "eu-semicolon",
    }
    for path in sorted(FILES.iterdir()):
        if path.suffix == ".md":
            continue
        named = mappings.get(path.name)
        for entry in read(path.name, mapping=mapping(named) if named else None).entries:
            assert entry.value_date <= DEMO_DATE, path.name
