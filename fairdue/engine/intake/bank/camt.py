"""ISO 20022 camt.052, camt.053 and camt.054, any version: told apart by the namespace of the document.

1. The parser expands no entities, loads nothing from outside and refuses document types altogether.
2. Elements are found by local name, so that versions .001.02 to .001.13 read alike; where a version moved
   an element (`Sts/Cd`, `Dbtr/Pty/Nm`), both places are looked at.
3. A batch entry whose transactions carry amounts that sum to the entry's comes as its transactions;
   any other entry comes as one row.
4. RvslInd with DBIT takes back an earlier credit; RtrInf marks a return as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from lxml import etree

from fairdue.engine.intake.bank.contents import (
    MAX_ROWS,
    BankEntry,
    BankFileRefused,
    BankStatement,
    RowRejected,
    RowUnreadable,
)
from fairdue.engine.intake.bank.values import day, minor_units, one_line

NAMESPACE = re.compile(r"urn:(?:iso:std:iso:20022:tech:xsd|swift:xsd):\$?(camt\.05[234]\.001\.\d{2})")
STATEMENTS = {"camt.052": "Rpt", "camt.053": "Stmt", "camt.054": "Ntfctn"}
NO_REFERENCE = {"NOTPROVIDED", "NOT PROVIDED", "NONREF", ""}


def looks_like_camt(content: bytes) -> bool:
    """Tell whether bytes begin like an XML document."""
    head = content[:200].removeprefix(b"\xef\xbb\xbf").lstrip()
    return (
        head.startswith((b"<?xml", b"<Document", b"<!", b"\xff\xfe<", b"\xfe\xff\x00<"))
        or b":Document" in head
    )


def read_camt(content: bytes) -> tuple[BankStatement, ...]:
    """Return the statements of a camt file.

    :raises BankFileRefused: if it is not well-formed, has a document type, or is no camt.052/053/054
    """
    root = _root(content)
    version = _version(root)
    wanted = STATEMENTS[version[:8]]
    found = [node for node in root.iter("{*}" + wanted) if etree.QName(node).localname == wanted]
    if not found:
        raise BankFileRefused(
            "bank.file.empty", f"the {version} document holds no {wanted}", where="Document"
        )
    if sum(1 for _ in root.iter("{*}Ntry")) > MAX_ROWS:
        raise BankFileRefused("bank.file.too_many_rows", f"more than {MAX_ROWS:,} entries")
    return tuple(_statement(node, version, number) for number, node in enumerate(found, start=1))


def _root(content: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        raise BankFileRefused(
            "bank.file.not_xml",
            "the file is not well-formed XML",
            where=f"line {line}" if line else "",
            advice="It may be cut off: fetch it from the bank again",
        ) from None
    if getattr(root.getroottree().docinfo, "doctype", ""):
        raise BankFileRefused(
            "bank.file.doctype", "the file declares a document type, which no bank file has"
        )
    return root


def _version(root: etree._Element) -> str:
    namespaces = [root.nsmap.get(root.prefix) or "", *(value for value in root.nsmap.values() if value)]
    document = next(iter(root.iter("{*}Document")), None)
    if document is not None:
        namespaces.insert(0, etree.QName(document).namespace or "")
    for namespace in namespaces:
        if match := NAMESPACE.fullmatch(namespace):
            return match[1]
    raise BankFileRefused(
        "bank.file.not_camt",
        "the document's namespace is none of camt.052, camt.053, camt.054",
        where="Document",
        advice="Ask the bank for camt.053 (end of day) or camt.054 (notifications)",
    )


def _find(node: etree._Element | None, path: str) -> etree._Element | None:
    """Return the first element under a path of local names."""
    for name in path.split("/"):
        if node is None:
            return None
        node = next(iter(node.iterchildren("{*}" + name)), None)
    return node


def _text(node: etree._Element | None, *paths: str) -> str:
    """Return the text of the first of some paths that has any."""
    for path in paths:
        found = _find(node, path)
        if found is not None and (found.text or "").strip():
            return one_line(found.text or "")
    return ""


def _statement(node: etree._Element, version: str, number: int) -> BankStatement:
    where = f"statement {number}"
    account = _text(node, "Acct/Id/IBAN", "Acct/Id/Othr/Id")
    entries: list[BankEntry] = []
    rejected: list[RowRejected] = []
    for index, entry in enumerate(node.iterchildren("{*}Ntry"), start=1):
        position = f"{where} entry {index}"
        try:
            entries += _rows(entry, position)
        except RowUnreadable as reason:
            rejected.append(RowRejected(position=position, code=reason.code))
    try:
        opening, closing, currency = _balances(node)
        period = [_day_or_none(_text(node, path)) for path in ("FrToDt/FrDtTm", "FrToDt/ToDtTm")]
    except RowUnreadable as reason:
        raise BankFileRefused(
            "bank.statement.header", f"a balance or the period cannot be read ({reason.code})", where=where
        ) from None
    currency = _text(node, "Acct/Ccy") or currency or (entries[0].currency if entries else "")
    dates = [entry.booking_date for entry in entries]
    return BankStatement(
        format=version,
        statement_ref=_text(node, "Id"),
        account=account,
        currency=currency,
        from_date=period[0] or min(dates, default=None),
        to_date=period[1] or max(dates, default=None),
        opening_minor=opening,
        closing_minor=closing,
        entries=tuple(entries),
        rejected=tuple(rejected),
    )


def _balances(node: etree._Element) -> tuple[int | None, int | None, str]:
    """Return booked opening and closing balance, interim ones where a page has no others, and the currency."""
    found: dict[str, list[int]] = {}
    currency = ""
    for balance in node.iterchildren("{*}Bal"):
        amount, unit = _amount(_find(balance, "Amt"))
        code = _text(balance, "Tp/CdOrPrtry/Cd")
        found.setdefault(code, []).append(_signed(amount, _text(balance, "CdtDbtInd")))
        currency = currency or unit
    interim = found.get("ITBD", [])
    opening = next((found[code][0] for code in ("OPBD", "PRCD") if code in found), None)
    closing = found["CLBD"][-1] if "CLBD" in found else None
    if opening is None and len(interim) - (closing is None) >= 1:
        opening = interim[0]
    if closing is None and len(interim) >= (2 if "OPBD" not in found and "PRCD" not in found else 1):
        closing = interim[-1]
    return opening, closing, currency


def _amount(node: etree._Element | None) -> tuple[int, str]:
    if node is None:
        raise RowUnreadable("bank.row.amount")
    currency = (node.get("Ccy") or "").strip()
    return minor_units(node.text or "", currency), currency


def _signed(minor: int, indicator: str) -> int:
    if indicator not in ("CRDT", "DBIT"):
        raise RowUnreadable("bank.row.credit_or_debit")
    return minor if indicator == "CRDT" else -minor


def _rows(entry: etree._Element, position: str) -> Iterator[BankEntry]:
    """Yield an entry's rows: its transactions where they carry the money, else the entry itself."""
    amount, currency = _amount(_find(entry, "Amt"))
    if amount == 0:
        raise RowUnreadable("bank.row.amount")
    total = _signed(amount, _text(entry, "CdtDbtInd"))
    details = [tx for group in entry.iterchildren("{*}NtryDtls") for tx in group.iterchildren("{*}TxDtls")]
    shares = _shares(details, total, currency)
    if shares is None:
        only = details[0] if len(details) == 1 else None
        return iter([_row(entry, only, position, total, currency)])
    return iter(
        [
            _row(entry, tx, f"{position} transaction {number}", minor, currency)
            for number, (tx, minor) in enumerate(zip(details, shares, strict=True), start=1)
        ]
    )


def _shares(details: Sequence[etree._Element], total: int, currency: str) -> list[int] | None:
    """Return signed amounts of a batch's transactions, or None when they do not make up the entry."""
    if len(details) < 2:
        return None
    sign = 1 if total > 0 else -1
    shares = []
    for tx in details:
        node = _find(tx, "Amt")
        node = node if node is not None else _find(tx, "AmtDtls/TxAmt/Amt")
        try:
            minor, unit = _amount(node)
        except RowUnreadable:
            return None
        if unit != currency or minor == 0:
            return None
        indicator = _text(tx, "CdtDbtInd")
        shares.append(_signed(minor, indicator) if indicator else sign * minor)
    return shares if sum(shares) == total else None


def _row(
    entry: etree._Element, tx: etree._Element | None, position: str, minor: int, currency: str
) -> BankEntry:
    booking = _text(entry, "BookgDt/Dt", "BookgDt/DtTm")
    value = _text(entry, "ValDt/Dt", "ValDt/DtTm")
    side = "Dbtr" if minor > 0 else "Cdtr"
    refs = _find(tx, "Refs")
    is_single = tx is None or " transaction " not in position
    return BankEntry(
        position=position,
        minor=minor,
        currency=currency,
        booking_date=day(booking or value),
        value_date=day(value or booking),
        is_booked=_text(entry, "Sts/Cd", "Sts", "Sts/Prtry") in ("BOOK", ""),
        is_reversal=_text(entry, "RvslInd").lower() in ("true", "1"),
        return_code=_text(tx, "RtrInf/Rsn/Cd", "RtrInf/Rsn/Prtry"),
        bank_ref=_text(refs, "AcctSvcrRef") or (_text(entry, "AcctSvcrRef") if is_single else ""),
        end_to_end_ref=_known(_text(refs, "EndToEndId")) or _known(_text(refs, "TxId")),
        original_ref=_known(_text(refs, "EndToEndId")) or _known(_text(refs, "InstrId")),
        structured_ref=_text(tx, "RmtInf/Strd/CdtrRefInf/Ref"),
        remittance=_remittance(entry, tx),
        payer_name=_text(tx, f"RltdPties/{side}/Pty/Nm", f"RltdPties/{side}/Nm", f"RltdPties/Ultmt{side}/Nm"),
        payer_account=_text(tx, f"RltdPties/{side}Acct/Id/IBAN", f"RltdPties/{side}Acct/Id/Othr/Id"),
        bank_code=_bank_code(entry, tx),
    )


def _known(reference: str) -> str:
    return "" if reference.upper() in NO_REFERENCE else reference


def _remittance(entry: etree._Element, tx: etree._Element | None) -> str:
    lines = [node.text or "" for node in tx.iterfind("{*}RmtInf/{*}Ustrd")] if tx is not None else []
    more = _text(tx, "AddtlTxInf") or _text(entry, "AddtlNtryInf")
    return one_line(*lines) or more


def _bank_code(entry: etree._Element, tx: etree._Element | None) -> str:
    for node in (_find(tx, "BkTxCd"), _find(entry, "BkTxCd")):
        parts = [_text(node, path) for path in ("Domn/Cd", "Domn/Fmly/Cd", "Domn/Fmly/SubFmlyCd")]
        code = "/".join(part for part in parts if part) or _text(node, "Prtry/Cd")
        if code:
            return code
    return ""


def _day_or_none(text: str) -> date | None:
    return day(text) if text else None
