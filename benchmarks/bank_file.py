"""`fairdue bench bank-file`: a bank's statement taken and its payments matched, against the same one by one."""

from __future__ import annotations

import json
import sys
import time
from typing import Annotated, Any

import typer

from benchmarks.common import bench_database, measure, report
from benchmarks.ledger_book import NOW, fill_loans

BASELINE = (
    "a statement of the same form whose payments are matched each in a transaction of its own, as those are that "
    "cannot be matched together; scaled to the same number of rows"
)
DAY = NOW.date().isoformat()


def register(bench: typer.Typer) -> None:
    """Add the command."""
    bench.command("bank-file")(run)


def run(
    accounts: Annotated[int, typer.Option(help="How many loans the creditor has.")] = 20_000,
    rows: Annotated[int, typer.Option(help="How many payments the statement tells of.")] = 2_000,
    singles: Annotated[int, typer.Option(help="How many rows are matched one by one.")] = 100,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object; it always is.")] = True,
) -> None:
    """Take a bank statement whose payments name repayment codes, match them, and prove the ledger."""
    with bench_database("fairdue_bench_bank_file"):
        document = measured(accounts, rows, singles)
    sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")


def measured(accounts: int, rows: int, singles: int) -> dict[str, Any]:
    """Return the figures; the database is empty before."""
    from django.db import connection

    from fairdue.contexts.ledger.facade import prove
    from fairdue.journeys import take_bank_statement

    fill_loans(connection, accounts)
    codes = _codes(accounts, rows + singles)
    few, take_bank_statement.FEW = take_bank_statement.FEW, rows + singles
    baseline = _taken(_camt(codes[:singles], 1), singles)
    take_bank_statement.FEW = few
    with measure() as taking:
        seconds = _taken(_camt(codes[singles:], 2), rows)
    proof = prove()
    return report(
        name="bank-file",
        seconds=seconds,
        baseline_seconds=baseline * rows / singles,
        baseline=BASELINE,
        rows=rows,
        peak_mb=taking.peak_rss_mb,
        accounts=accounts,
        rows_per_second=round(rows / seconds, 1),
        one_by_one_per_second=round(singles / baseline, 1),
        proved=proof.is_proved,
    )


def _codes(accounts: int, count: int) -> list[str]:
    """Give accounts spread over the book their repayment codes."""
    from fairdue.contexts.payments import facade as payments
    from fairdue.kernel.actor import system

    chosen = [1 + number * accounts // count for number in range(count)]
    actor = system("bench")
    return [payments.issue_code(account_id=each, actor=actor, now=NOW).spoken for each in chosen]


def _taken(content: bytes, rows: int) -> float:
    """Take a statement, see that all of it is matched, and return the seconds."""
    from fairdue.journeys.take_bank_statement import take_bank_statement
    from fairdue.kernel.actor import system

    started = time.perf_counter()
    done = take_bank_statement(
        creditor_code="bench", content=content, file_name="bench.xml", actor=system("bench"), now=NOW
    )
    seconds = time.perf_counter() - started
    if done.matched_count != rows:
        raise RuntimeError(f"{done.matched_count} of {rows} payments were matched")
    return seconds


def _camt(codes: list[str], number: int) -> bytes:
    entries = "".join(_entry(code, f"R{number}-{place}", 100 + place) for place, code in enumerate(codes))
    return f"""<?xml version="1.0" encoding="UTF-8"?>
    <Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
    <GrpHdr><MsgId>M{number}</MsgId><CreDtTm>{DAY}T20:00:00</CreDtTm></GrpHdr>
    <Stmt><Id>S{number}</Id><Acct><Id><Othr><Id>110002345678</Id></Othr></Id><Ccy>CNY</Ccy></Acct>
    {entries}</Stmt></BkToCstmrStmt></Document>""".encode()


def _entry(code: str, ref: str, yuan: int) -> str:
    return f"""<Ntry><Amt Ccy="CNY">{yuan}.45</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
      <BookgDt><Dt>{DAY}</Dt></BookgDt><ValDt><Dt>{DAY}</Dt></ValDt><AcctSvcrRef>{ref}</AcctSvcrRef>
      <NtryDtls><TxDtls><RltdPties><Dbtr><Pty><Nm>王建国</Nm></Pty></Dbtr></RltdPties>
      <RmtInf><Ustrd>还款 {code}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"""
